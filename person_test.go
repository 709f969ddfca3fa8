package main

import (
	"testing"
	"time"
)

// The time that is left is shown in minutes and seconds, always as wide, and
// never as less than nothing.
func TestTimeLeft(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		10 * time.Minute:              " (10:00 left)",
		9*time.Minute + 5*time.Second: " ( 9:05 left)",
		400 * time.Millisecond:        " ( 0:00 left)",
		-time.Second:                  " ( 0:00 left)",
	} {
		if got := left(d); got != want {
			t.Errorf("%v: %q, not %q", d, got, want)
		}
	}
}

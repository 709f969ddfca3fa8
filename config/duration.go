package config

import (
	"fmt"
	"strconv"
	"time"
)

// Duration is a length of time that is not negative. Convert it with
// time.Duration(d), or with [Duration.Std] in an expression.
type Duration time.Duration

// UnmarshalText implements encoding.TextUnmarshaler. It takes what
// [time.ParseDuration] takes: every number but 0 has a unit.
func (d *Duration) UnmarshalText(text []byte) error {
	value := string(text)
	parsed, err := time.ParseDuration(value)
	_, bare := strconv.ParseUint(value, 10, 64)
	switch {
	case err != nil && bare == nil:
		return fmt.Errorf("%s has no unit; write %ss for seconds", quote(value), value)
	case err != nil:
		return fmt.Errorf("%s is not a duration such as 90s, 5m or 1h30m", quote(value))
	case parsed < 0:
		return fmt.Errorf("%s is negative", quote(value))
	}
	*d = Duration(parsed)
	return nil
}

// Std returns the duration as the standard library takes it.
func (d Duration) Std() time.Duration { return time.Duration(d) }

// String returns the duration as [time.Duration] prints it.
func (d Duration) String() string { return time.Duration(d).String() }

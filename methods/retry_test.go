package methods

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestRetryAfter(t *testing.T) {
	// Retry-After is a number of seconds or a date by the server's clock.
	// Whatever else it holds asks for nothing.
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for text, want := range map[string]time.Duration{
		"":                                0,
		"0":                               0,
		"1":                               time.Second,
		" 120 ":                           2 * time.Minute,
		"-1":                              0,
		"+1":                              0,
		"1.5":                             0,
		"1e3":                             0,
		"soon":                            0,
		"99999999999999999999999":         maxAfter,
		"Tue, 24 Nov 2026 12:00:30 GMT":   30 * time.Second,
		"Tue, 24 Nov 2026 11:59:00 GMT":   0,
		"Tuesday, 24-Nov-26 12:01:00 GMT": time.Minute,
		"Tue Nov 24 12:00:05 2026":        5 * time.Second,
		"Fri, 31 Dec 9999 23:59:59 GMT":   maxAfter,
	} {
		if got := retryAfter(text, now); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}

func FuzzRetryAfter(f *testing.F) {
	// No header makes us wait for a negative or an absurd time.
	f.Add("120", "42", "in 1 minute")
	f.Add("Tue, 24 Nov 2026 12:00:30 GMT", "x", "in 999999 hours")
	f.Fuzz(func(t *testing.T, after, reset, message string) {
		header := http.Header{"Retry-After": {after}, "X-Ratelimit-Reset": {reset}}
		if wait := limitWait(header, message, time.Unix(1_800_000_000, 0)); wait < 0 || wait > maxAfter {
			t.Errorf("wait %v", wait)
		}
	})
}

func TestLimitWait(t *testing.T) {
	// Of the places in which a rate limit tells how long it lasts, the first
	// that says anything counts.
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	for _, test := range []struct {
		after, reset, remaining, message string
		want                             time.Duration
	}{
		{"7", "8", "0", "in 9 seconds", 7 * time.Second},
		{"0", "8", "0", "in 9 seconds", 0},
		{"", "8", "0", "in 9 seconds", 8 * time.Second},
		{"", "8", "", "in 9 seconds", 8 * time.Second},
		{"", "0", "", "Please try again in 9 seconds", 9 * time.Second},
		{"", "", "", "Please try again in 1 minute", time.Minute},
		{"", "60", "199", "Failed to acquire lock: rate limit exceeded", 0},
	} {
		header := http.Header{}
		header.Set("Retry-After", test.after)
		header.Set("X-Ratelimit-Reset", test.reset)
		header.Set("X-Ratelimit-Remaining", test.remaining)
		if got := limitWait(header, test.message, now); got != test.want {
			t.Errorf("%+v: %v", test, got)
		}
	}
}

func TestTooLongAWait(t *testing.T) {
	// A wait that does not fit is told in whole seconds, also one until a date, and
	// never as longer than a time that reads the same.
	t.Parallel()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	_, err := fit(ctx, 0, hint{after: 99_746 * time.Millisecond}, &Error{Message: "limited"})
	if err == nil || !strings.Contains(err.Error(), "limited; the server asks to wait 1m40s, which") || strings.Contains(err.Error(), "the 1m0s that") {
		t.Error(err)
	}
}

func TestBackOff(t *testing.T) {
	// The bound of the wait doubles up to its cap, however often, and what the
	// server asks for comes on top of it.
	t.Parallel()
	p := retry{max: 5, base: 200 * time.Millisecond, cap: 10 * time.Second}
	for retries, want := range map[uint]time.Duration{0: p.base, 1: 2 * p.base, 5: 32 * p.base, 6: p.cap, 40: p.cap, 70: p.cap} {
		longest := time.Duration(0)
		for range 2000 {
			wait, counts := p.wait(hint{answered: true}, retries)
			if wait < 0 || wait > want || !counts {
				t.Fatalf("retry %d: %v, %v; want at most %v", retries, wait, counts, want)
			}
			longest = max(longest, wait)
		}
		if longest < want/2 {
			t.Errorf("retry %d: never more than %v of %v", retries, longest, want)
		}
	}
	if wait, counts := p.wait(hint{limited: true, after: time.Minute}, 0); counts || wait < time.Minute || wait > 66*time.Second {
		t.Errorf("rate limit: %v, %v", wait, counts)
	}
	if wait, counts := p.wait(hint{after: time.Minute}, 0); !counts || wait < time.Minute || wait > time.Minute+p.base {
		t.Errorf("other: %v, %v", wait, counts)
	}
}

// inMemory returns a client of a server without sockets, so that the clock of
// the bubble moves while they talk.
func inMemory(t *testing.T, server *infisicaltest.Server, change func(*Server)) *Client {
	t.Helper()
	c := client(t, server.StartMemory(t), change)
	c.Dial = server.Dial
	return c
}

func TestRateLimitDoesNotCountAsRetry(t *testing.T) {
	// A 429 waits as told, plus jitter, as often as the timeout allows, however
	// few retries there are.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, fresh := standin(t, infisicaltest.G3)
		server.FaultNext(8, infisicaltest.Status(429, "Retry-After", "5"))
		c := inMemory(t, server, func(s *Server) { s.Retry.Max = 0 })
		begun := time.Now()
		if _, err := login(t, c, fresh); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 40*time.Second || took > 44*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestTimeoutBoundsRateLimit(t *testing.T) {
	// A wait beyond the timeout fails at once, and names the wait.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, fresh := standin(t, infisicaltest.G3)
		server.Fault(infisicaltest.Status(429, "Retry-After", "25"))
		begun := time.Now()
		_, err := login(t, inMemory(t, server, nil), fresh)
		if err == nil || err.Kind != Unavailable || !strings.Contains(err.Error(), "wait 25s") {
			t.Errorf("error %v", err)
		}
		if took := time.Since(begun); took < 50*time.Second || took > 55*time.Second || len(server.Requests()) != 3 {
			t.Errorf("took %v and %d requests", took, len(server.Requests()))
		}
	})
}

func TestTimeout(t *testing.T) {
	// A server that is silent, or sends one byte after another, costs the
	// timeout and no more.
	t.Parallel()
	for name, fault := range map[string]infisicaltest.Fault{
		"silent": infisicaltest.Silent, "trickle": infisicaltest.Trickle(time.Second), "slow": infisicaltest.Slow(time.Hour),
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				server, fresh := standin(t, infisicaltest.G3)
				server.Fault(fault)
				begun := time.Now()
				_, err := login(t, inMemory(t, server, nil), fresh)
				if err == nil || err.Kind != Unavailable || !strings.Contains(err.Error(), "within 1m0s") || !strings.Contains(err.Error(), "INFISICAL_LOGIN_TIMEOUT") {
					t.Errorf("error %v", err)
				}
				if took := time.Since(begun); took != time.Minute {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestDateOfRetryAfterIsTheServers(t *testing.T) {
	// A date in Retry-After is read by the server's clock, not by ours.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server, fresh := standin(t, infisicaltest.G3)
		ahead := time.Now().Add(48 * time.Hour).UTC()
		server.FaultNext(1, infisicaltest.Status(429, "Date", ahead.Format(http.TimeFormat), "Retry-After", ahead.Add(20*time.Second).Format(http.TimeFormat)))
		begun := time.Now()
		if _, err := login(t, inMemory(t, server, nil), fresh); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(begun); took < 20*time.Second || took > 22*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestOnceIsOnce(t *testing.T) {
	// A request that the server counts is not repeated after a 5xx, but after
	// no answer at all.
	t.Parallel()
	for fault, want := range map[string]struct {
		fault    infisicaltest.Fault
		requests int
	}{"500": {infisicaltest.Status(500), 1}, "reset": {infisicaltest.Reset, 6}} {
		server, _ := standin(t, infisicaltest.G3)
		server.Fault(want.fault)
		c := client(t, server.Start(t), nil)
		_, err := c.do(t.Context(), request{what: "the code", path: "/api/x", once: true})
		if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != Unavailable || len(server.Requests()) != want.requests {
			t.Errorf("%s: %v after %d requests", fault, err, len(server.Requests()))
		}
	}
}

package methods

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// retry is the policy for attempts that failed for a reason that may pass.
type retry struct {
	max       uint          // attempts after the first
	base, cap time.Duration // of the back-off
}

// hint is the cause of an [Error] of kind Unavailable that a server's answer
// led to: what the answer said about when to come again.
type hint struct {
	answered bool          // by status, as opposed to no answer at all
	limited  bool          // status 429
	after    time.Duration // as told, 0 if nothing was
	verdict  verdict       // if it was answered
}

// Error implements error.
func (hint) Error() string { return "the server asked to come again" }

// Unwrap returns what the server said, nil if it said nothing.
func (h hint) Unwrap() error {
	if !h.answered {
		return nil
	}
	return h.verdict
}

// told returns the hint that an error carries, if any.
func told(err error) hint {
	h, _ := errors.AsType[hint](err)
	return h
}

// wait returns how long to wait after an attempt, and whether the next one
// counts as a retry. One that a rate limit told us to make does not. The
// back-off has full jitter, so that many clients that failed together do not
// come again together.
func (p retry) wait(h hint, retries uint) (wait time.Duration, counts bool) {
	if h.limited && h.after > 0 {
		return h.after + below(max(h.after/10, p.base)), false
	}
	ceiling := p.cap
	if retries < 32 && p.base < p.cap>>retries {
		ceiling = p.base << retries
	}
	return h.after + below(ceiling), true
}

// below returns a random duration from 0 to limit.
func below(limit time.Duration) time.Duration {
	if limit <= 0 {
		return 0
	}
	return rand.N(limit + 1)
}

// fit shortens a wait so that an attempt fits between its end and that of the
// context. It fails if not even the wait that the server asked for does.
func fit(ctx context.Context, wait time.Duration, h hint, failed *Error) (time.Duration, error) {
	deadline, ok := ctx.Deadline()
	if !ok {
		return wait, nil
	}
	left := time.Until(deadline)
	if h.after > 0 && h.after >= left {
		return 0, &Error{
			Kind:    Unavailable,
			Message: fmt.Sprintf("%s; the server asks to wait %v, which is longer than the %v that are left; set --timeout or INFISICAL_LOGIN_TIMEOUT to allow more", failed.Message, h.after.Round(time.Second), left.Truncate(time.Second/10)),
			Err:     failed,
		}
	}
	if wait < left {
		return wait, nil
	}
	return h.after + (left-h.after)/2, nil
}

// sleep waits, unless the context ends first.
func sleep(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// maxAfter bounds what is believed of a Retry-After; beyond it the server may as
// well have said never.
const maxAfter = 366 * 24 * time.Hour

// retryAfter returns the wait that a Retry-After header asks for (RFC 9110,
// section 10.2.3): seconds, or a date. A date is by the server's clock, which
// now is too. It is 0 if the header asks for nothing, for a time in the past or
// for nonsense.
func retryAfter(text string, now time.Time) time.Duration {
	text = strings.TrimSpace(text)
	if wait := wholeSeconds(text); wait > 0 {
		return wait
	}
	when, err := http.ParseTime(text)
	if err != nil {
		return 0
	}
	return min(max(when.Sub(now), 0), maxAfter)
}

// wholeSeconds reads a number of seconds, 0 if text is none.
func wholeSeconds(text string) time.Duration {
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0
	}
	n, err := strconv.ParseUint(text, 10, 64)
	if err != nil || n > uint64(maxAfter/time.Second) {
		return maxAfter
	}
	return time.Duration(n) * time.Second
}

// limitWait returns the wait that an answer of status 429 asks for: in
// Retry-After, else in the rate limit's own header, else in the words of the
// message. It is 0 if nothing tells, or if there is no need to wait. The header
// comes with every answer, and says nothing while the limit allows more: the
// server also answers 429 if others log in as the same identity at that moment.
func limitWait(header http.Header, message string, now time.Time) time.Duration {
	if after := header.Get("Retry-After"); after != "" {
		return retryAfter(after, now) // also if it is 0: the header was meant
	}
	if wait := wholeSeconds(header.Get("X-Ratelimit-Reset")); wait > 0 && wholeSeconds(header.Get("X-Ratelimit-Remaining")) == 0 {
		return wait
	}
	// "Please try again in 1 minute", "in 42 seconds"
	found := regexp.MustCompile(`in (\d{1,6}) (second|minute|hour)`).FindStringSubmatch(message)
	if found == nil {
		return 0
	}
	units := map[string]time.Duration{"second": 1, "minute": 60, "hour": 3600}
	return min(wholeSeconds(found[1])*units[found[2]], maxAfter)
}

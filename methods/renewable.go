package methods

import (
	"context"
	"errors"
	"time"

	"github.com/infisical-login/infisical-login/methods/token"
)

// due returns how long to wait before a token is replaced: two thirds of the
// life that is left, less up to a tenth, so that what started together does not
// renew together.
func due(left time.Duration) time.Duration {
	const least = 500 * time.Millisecond // whatever a server says of a token's life
	wait := left / 3 * 2
	return max(wait-below(wait/10), least)
}

// birth returns when the first of a chain of renewals was issued, by our clock;
// rather too early than too late.
func birth(t token.Token) time.Time {
	born := t.Received
	claims, _ := t.Claims()
	for _, at := range []time.Time{claims.Issued, claims.Created} {
		if at = at.Add(-t.Skew); at.Unix() > 0 && at.Before(born) {
			born = at
		}
	}
	return born
}

// renewable tells whether to renew rather than to log in. Servers up to early
// 2026 refuse to lengthen a life beyond the bound of all renewals, and destroy
// the token that was to be renewed; later ones shorten the new life, which gains
// less than a login. The time that a request may take is allowed for.
func (s *keeping) renewable(now time.Time) bool {
	claims, _ := s.held.Claims()
	if s.final || expired(s.held) {
		return false
	}
	if claims.Limited { // renewing does not give back the uses, a login does
		return false
	}
	if claims.Period > 0 {
		return true
	}
	life := max(s.held.ExpiresIn, claims.TTL)
	bound := max(s.held.MaxTTL, claims.MaxTTL)
	if bound == 0 { // none, if the server has said anything at all
		return life > 0 || s.lasting()
	}
	return life > 0 && !now.Add(life+s.client.timeout).After(s.born.Add(bound))
}

// lasting tells whether the token is one of those that no renewal destroys:
// they say when the first of their chain was made.
func (s *keeping) lasting() bool {
	claims, _ := s.held.Claims()
	return !claims.Created.IsZero() && !expired(s.held)
}

// expired tells whether a token has expired.
func expired(t token.Token) bool {
	left, ends := t.Remaining(time.Now())
	return ends && left <= 0
}

// denied tells whether a renewal failed in a way that calls for a login: it was
// refused, or led nowhere.
func denied(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return errors.Is(err, errNoGain) || ok && failed.Kind == Refused
}

// final tells whether an error is one that waiting does not heal. What a proxy
// says while the server is replaced (Protocol) passes, too.
func final(err error) bool {
	failed, ok := errors.AsType[*Error](err)
	return !ok || failed.Kind == Refused || failed.Kind == Setting
}

// How long to wait between attempts.
const (
	// keepCap bounds the back-off while the server is away; after an outage it is
	// the time until that is noticed.
	keepCap = 30 * time.Second
	// A refused login is worth another try, since its settings are read anew, but
	// Infisical locks an identity out after three within its half minute.
	refusedBase = time.Minute
	refusedCap  = 5 * time.Minute
)

// backOff returns the wait after a number of failures.
func (s *keeping) backOff(err error, failures int) time.Duration {
	if _, ok := errors.AsType[undelivered](err); !ok && final(err) {
		policy := retry{base: refusedBase, cap: refusedCap}
		wait, _ := policy.wait(hint{}, uint(failures))
		return refusedBase + wait
	}
	policy := retry{base: s.client.retry.base, cap: max(s.client.retry.cap, keepCap)}
	wait, _ := policy.wait(told(err), uint(failures))
	return wait
}

// pause waits, by the wall clock too: a machine that was suspended has lost the
// time by its timers, but not by its tokens.
func pause(ctx context.Context, wait time.Duration) error {
	const look = time.Minute
	begun := time.Now()
	end := begun.Round(0).Add(wait)
	for {
		left := min(wait-time.Since(begun), end.Sub(time.Now().Round(0)))
		if left <= 0 {
			return nil
		}
		if err := sleep(ctx, min(left, look)); err != nil {
			return err
		}
	}
}

package methods

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/infisical-login/infisical-login/methods/token"
)

// Keeper keeps a token alive: it renews it, or logs in again where that is
// better, before it expires.
type Keeper struct {
	Client *Client
	Row    Row
	// Fresh returns the method with its settings decoded anew, as for
	// [Client.Login]. Nobody is asked anything.
	Fresh func() (Method, error)
	// Connect, if set, returns the client made anew before each attempt, for the same
	// instance, since files that its settings name may have been rotated. While that
	// fails the last good one serves.
	Connect func() (*Client, error)
	// Deliver is given a token whose text is not that of the last one.
	Deliver func(token.Token) error
	// Report, if set, is told what happens.
	Report func(News)
	// Guard, if set, is called before each login and returns what is called after
	// it. A login may start a helper and wait for it, which whoever waits for all
	// children must not disturb.
	Guard func() (done func())
}

// Keep keeps a token alive until the context ends, whose cause it then returns.
// A failure is no reason to give up: attempts go on while the server is away,
// even after the token has expired. It returns an error only if there is no
// valid token left and either the login is refused or its settings are of no
// use, or Deliver fails.
func (k Keeper) Keep(ctx context.Context, first token.Token) error {
	s := &keeping{Keeper: k, client: k.Client.patient(), held: first, delivered: first, born: birth(first)}
	for {
		left, ends := s.held.Remaining(time.Now())
		if !ends {
			<-ctx.Done()
			return context.Cause(ctx)
		}
		if pause(ctx, due(left)) != nil {
			return context.Cause(ctx)
		}
		if err := s.replace(ctx); err != nil {
			return err
		}
	}
}

// keeping is a [Keeper] at work.
type keeping struct {
	Keeper
	client    *Client
	held      token.Token // the newest
	delivered token.Token // the last that was delivered
	born      time.Time   // of the first token that the held one is a renewal of
	how       What        // the held token came
	final     bool        // the server said that the held token can never be renewed
	outdated  bool        // the client could not be made anew
}

// replace obtains and delivers the next token, however often that fails.
func (s *keeping) replace(ctx context.Context) error {
	var since time.Time
	for failures := 0; ; failures++ {
		err := s.advance(ctx)
		if err == nil {
			if failures > 0 {
				s.report(News{What: Recovered, Token: s.held, Since: since})
			}
			s.report(News{What: s.how, Token: s.held})
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if s.over(err) {
			return err
		}
		if failures == 0 {
			since = time.Now()
		}
		wait := s.backOff(err, failures)
		s.report(News{What: Failed, Token: s.held, Err: err, First: failures == 0, Wait: wait})
		if pause(ctx, wait) != nil {
			return context.Cause(ctx)
		}
	}
}

// advance makes one attempt to obtain the next token, unless there is one that
// only waits to be delivered, and to deliver it.
func (s *keeping) advance(ctx context.Context) error {
	waiting := s.held.Secret != s.delivered.Secret && !expired(s.held)
	if !waiting {
		if err := s.obtain(ctx); err != nil {
			return err
		}
	}
	return s.deliver()
}

// obtain renews the token or logs in, and holds the result.
func (s *keeping) obtain(ctx context.Context) error {
	s.connect()
	if s.renewable(time.Now()) {
		if err := s.renew(ctx); err == nil || !denied(err) {
			return err
		}
	}
	err := s.login(ctx)
	if err != nil && final(err) && s.lasting() {
		// The credentials are of no use any more, but the token is: what is left
		// of its bound can still be had.
		if s.renew(ctx) == nil {
			return nil
		}
	}
	return err
}

// connect makes the client anew, or tells once that the last good one goes on.
func (s *keeping) connect() {
	if s.Connect == nil {
		return
	}
	client, err := s.Connect()
	if err == nil {
		s.client = client.patient()
	} else if !s.outdated {
		s.report(News{What: Outdated, Token: s.held, Err: err})
	}
	s.outdated = err != nil
}

// patient returns the client as a [Keeper] uses it.
func (c *Client) patient() *Client {
	client := *c
	client.Report, client.retry.max = nil, 0 // one attempt at a time: the keeper's back-off is made for long outages
	client.Person = nil                      // who was asked once is not asked again unasked
	return &client
}

// errNoGain is a renewal that did not lengthen the token's life.
var errNoGain = errors.New("the renewal did not lengthen the token's life")

// renew holds the renewed token, if it lives longer than the held one.
func (s *keeping) renew(ctx context.Context) error {
	next, err := s.client.Renew(ctx, s.held)
	if err != nil {
		if status, ok := errors.AsType[statusError](err); ok && status == 400 {
			s.final = true
		}
		return err
	}
	after, ends := next.Deadline()
	before, _ := s.held.Deadline()
	if ends && after.Sub(before) < time.Second {
		return errNoGain
	}
	next.Email, next.Refresh = s.held.Email, s.held.Refresh
	s.held, s.how = next, Renewed
	return nil
}

// login holds the token of a new login.
func (s *keeping) login(ctx context.Context) error {
	if s.Guard != nil {
		defer s.Guard()()
	}
	next, err := s.client.Login(ctx, s.Row, s.Fresh)
	if err != nil {
		return err
	}
	if next.Secret == s.held.Secret {
		return &Error{Kind: Refused, Message: fmt.Sprintf("the login by %s gives the same token again, which cannot be renewed", s.Row.Name)}
	}
	stillborn := expired(next)
	if !stillborn || expired(s.held) {
		s.held, s.how, s.born, s.final = next, LoggedIn, birth(next), false
	}
	if !stillborn {
		return nil
	}
	// It may be our clock that is wrong, and the newer one is no worse.
	if err := s.deliver(); err != nil {
		return err
	}
	return &Error{Kind: Protocol, Message: fmt.Sprintf("a token of %s had expired when it came; compare the clocks of both machines", s.client.domain.Host)}
}

// deliver delivers the held token if its text is new.
func (s *keeping) deliver() error {
	if s.held.Secret == s.delivered.Secret {
		s.delivered = s.held
		return nil
	}
	if err := s.Deliver(s.held); err != nil {
		return undelivered{err}
	}
	s.delivered = s.held
	return nil
}

// undelivered is an error of Deliver, unchanged.
type undelivered struct{ error }

// Unwrap returns it.
func (u undelivered) Unwrap() error { return u.error }

// over tells whether an error ends it all: one that waiting does not heal, when
// there is no valid token left.
func (s *keeping) over(err error) bool {
	return final(err) && expired(s.delivered)
}

func (s *keeping) report(news News) {
	if s.Report != nil {
		s.Report(news)
	}
}

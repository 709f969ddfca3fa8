package methods

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// Client makes every request to one Infisical instance. It is made by
// [Server.Client].
type Client struct {
	// Dial connects to an address; nil dials the network.
	Dial func(ctx context.Context, network, address string) (net.Conn, error)
	// Report, if set, is told of each attempt that failed and will be repeated.
	Report func(Event)
	// Busy, if set, is called when a request begins; done, when it has ended with
	// all its attempts.
	Busy func() (done func())
	// Person is asked in a person's login; nil if nobody is there. The time that
	// somebody takes to answer is not counted by the timeout.
	Person Person
	// Absent is why nobody is there, as part of a sentence; empty says that nobody
	// is at a terminal.
	Absent string

	domain    *url.URL
	headers   http.Header     // the custom ones
	secrets   []config.Secret // what must not be seen in any message
	transport *http.Transport
	retry     retry
	timeout   time.Duration
	fixed     bool           // the timeout is not what the setting says
	spentCode *config.Secret // the code of a second factor that a setting gave for an earlier login
	spent     *time.Duration // of the timeout, in a login that also waits for a person; nil otherwise
}

// Event is an attempt that failed and will be repeated.
type Event struct {
	Attempt int           // of the attempt that failed, from 1
	Err     error         // why it failed
	Wait    time.Duration // before the next one
}

// Domain returns the address of the instance, without /api.
func (c *Client) Domain() string { return c.domain.String() }

// Within returns a client whose requests, each with all its attempts, take no
// longer than a limit, whatever the setting says.
func (c *Client) Within(limit time.Duration) *Client {
	bounded := *c
	if limit < c.timeout {
		bounded.timeout, bounded.fixed = limit, true
	}
	return &bounded
}

// Login obtains a token by the method of row. Fresh returns the method with its
// settings decoded anew, and is called for each attempt, since a file that a
// setting names may have been rotated. The timeout bounds the login with all
// its attempts; time that a person takes to answer does not count.
//
// An error of fresh is returned as it is. Any other is an [Error], whose cause
// is that of the context if that has ended.
func (c *Client) Login(ctx context.Context, row Row, fresh func() (Method, error)) (token.Token, error) {
	method, err := fresh()
	if err != nil {
		return token.Token{}, err
	}
	if person, ok := method.(Authenticator); ok {
		session := *c
		session.spent = new(time.Duration)
		t, err := person.Login(ctx, &session)
		if err != nil {
			return token.Token{}, err
		}
		t.Method, t.Domain = row.Name, c.Domain()
		return t, nil
	}
	proof := func(ctx context.Context) (Body, error) {
		if method == nil { // the first attempt uses what has just been decoded
			if method, err = fresh(); err != nil {
				return nil, err
			}
		}
		prover, ok := method.(Prover)
		method = nil
		if !ok {
			return nil, errors.New("the method " + row.Name + " can neither prove nor log in")
		}
		return prover.Proof(ctx)
	}
	r := request{what: "the login by " + row.Name, method: row.Name, path: row.Path, body: proof}
	if other, ok := method.(elsewhere); ok {
		r.cloudPort = other.cloudPort()
	}
	answer, err := c.do(ctx, r)
	if err != nil {
		return token.Token{}, err
	}
	t, err := c.token(answer)
	if err != nil {
		return token.Token{}, err
	}
	t.Method, t.Domain = row.Name, c.Domain()
	return t, nil
}

package methods

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"github.com/infisical-login/infisical-login/methods/token"
)

// browserLimit bounds the time that a person has for a login in the browser.
const browserLimit = 10 * time.Minute

// browse logs a person in through a browser: the web application of the instance
// hands the session to a listener on the loopback interface, or the person pastes
// what the page shows instead. Whichever comes first counts.
func (u *User) browse(ctx context.Context, client *Client) (token.Token, error) {
	if client.Person == nil {
		return token.Token{}, client.nobody("a login by browser needs a person", setEmail+", and "+setPassword)
	}
	listener, err := u.listen(ctx)
	if err != nil {
		return token.Token{}, err
	}
	b := &browsing{User: u, client: client, ended: make(chan outcome, 1)}
	callback := &callback{origin: origin(client.domain), host: listener.Addr().String(), accept: func(s session) error { return b.accept(ctx, s) }}
	server := &http.Server{Handler: callback, ReadTimeout: 10 * time.Second, MaxHeaderBytes: 16 << 10}
	go func() { _ = server.Serve(listener) }()
	defer b.close(server)

	address := u.page(client.domain, listener.Addr().(*net.TCPAddr).Port)
	client.Person.Tell(fmt.Sprintf("log in within %d minutes at %s", int(browserLimit.Minutes()), address))
	if err := client.Person.OpenBrowser(address); err != nil {
		client.Person.Tell("no browser could be opened (" + shown(err.Error()) + "); open the address yourself, on this machine or through a forwarded port")
	}
	return b.wait(ctx)
}

// errTooSlow is why the wait for a browser ends.
var errTooSlow = errors.New("nobody logged in within the time limit")

// listen opens the port that the browser will post to, on the loopback interface
// only.
func (u *User) listen(ctx context.Context) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(int(u.CallbackPort))))
	if err != nil {
		return nil, &Error{Kind: Setting, Message: fmt.Sprintf("cannot listen for the browser on port %d of 127.0.0.1: %s; set another --callback-port or INFISICAL_LOGIN_CALLBACK_PORT, or none", u.CallbackPort, why(ctx, err)), Err: err}
	}
	return listener, nil
}

// page returns the address of the login page. The web application reads the port
// from callback_port, and may preselect the organization of org_id.
func (u *User) page(domain *url.URL, port int) string {
	page := *domain
	page.Path += "/login"
	query := url.Values{"callback_port": {strconv.Itoa(port)}}
	if u.Organization != "" {
		query.Set("org_id", string(u.Organization))
	}
	page.RawQuery = query.Encode()
	return page.String()
}

// outcome is the end of a login in the browser.
type outcome struct {
	token token.Token
	err   error
}

// browsing is a login in the browser that goes on.
type browsing struct {
	*User
	client *Client
	ended  chan outcome // of the first session that counts, one at most

	judging sync.Mutex // one session is looked at at a time
	asking  sync.WaitGroup
}

// wait returns the first session that is good, from the listener or the terminal.
func (b *browsing) wait(ctx context.Context) (token.Token, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, browserLimit, errTooSlow)
	defer cancel()
	asking, stop := context.WithCancel(ctx)
	b.asking.Go(func() { b.askForPaste(asking) })
	defer b.asking.Wait() // it leaves the terminal as it was
	defer stop()
	select {
	case end := <-b.ended:
		return end.token, end.err
	case <-ctx.Done():
		cause := context.Cause(ctx)
		if cause == errTooSlow {
			return token.Token{}, &Error{Kind: Unavailable, Message: fmt.Sprintf("nobody logged in in the browser within %d minutes", int(browserLimit.Minutes())), Err: cause}
		}
		return token.Token{}, &Error{Kind: Unavailable, Message: "interrupted", Err: cause}
	}
}

// accept looks at the session that the browser posted. It is the only one that
// is: whatever becomes of it, and of the page that posted it, the login has ended.
func (b *browsing) accept(ctx context.Context, s session) error {
	t, err := b.judge(ctx, s)
	b.end(outcome{t, err})
	return err
}

// askForPaste asks for what the page shows if it cannot reach us, until there is
// a good session or nobody to ask.
func (b *browsing) askForPaste(ctx context.Context) {
	for {
		text, err := b.client.Person.AskSecret(ctx, "or paste here what the page shows")
		if err != nil {
			return // the browser may still come
		}
		s, err := pasted(text.Reveal())
		if err == nil {
			var t token.Token
			if t, err = b.judge(ctx, s); err == nil {
				b.end(outcome{token: t})
				return
			}
		}
		if ctx.Err() != nil {
			return
		}
		b.client.Person.Tell(err.Error())
	}
}

func (b *browsing) end(o outcome) {
	select {
	case b.ended <- o:
	default: // another one was first
	}
}

// judge asks the instance that the login is for whether the session is good, and
// whose it is. The protocol has no secret that would bind a session to the login.
func (b *browsing) judge(ctx context.Context, s session) (token.Token, error) {
	b.judging.Lock()
	defer b.judging.Unlock()
	t, err := token.New(s.Token)
	if err != nil {
		return token.Token{}, &Error{Kind: Protocol, Message: "the browser handed over no token: " + err.Error()}
	}
	if left, known := t.Remaining(time.Now()); known && left <= 0 {
		return token.Token{}, &Error{Kind: Refused, Message: "the session that the browser handed over has expired"}
	}
	if err := b.client.CheckAuth(ctx, t.Secret); err != nil {
		return token.Token{}, err
	}
	if t.Email, err = b.client.Email(ctx, t.Secret); err != nil {
		return token.Token{}, err
	}
	if b.User.Email != "" && b.User.Email != t.Email {
		return token.Token{}, &Error{Kind: Refused, Message: fmt.Sprintf("the browser is logged in as %s, not as %s; log out there, or set another %s", shown(t.Email), shown(b.User.Email), setEmail)}
	}
	if claims, ok := t.Claims(); ok && b.Organization != "" && claims.Organization != "" && claims.Organization != string(b.Organization) {
		return token.Token{}, &Error{Kind: Refused, Message: fmt.Sprintf("the browser is logged in to organization %s, not to %s; choose that one there, or set another %s", shown(claims.Organization), b.Organization, setOrganization)}
	}
	b.client.Person.Tell("logged in as " + shown(t.Email))
	return t, nil
}

// close lets the browser read its answer before the listener goes.
func (b *browsing) close(server *http.Server) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_ = server.Shutdown(ctx)
	_ = server.Close()
}

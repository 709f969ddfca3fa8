package methods

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// userAgent never changes: for a person's login the Infisical server takes a
// new user agent for a new device, and writes an e-mail about it.
const userAgent = "infisical-login"

// maxAnswer bounds what is read of an answer, in bytes. An answer to a login is
// under 8 KiB; the rest is room for lists of organizations and error pages.
const maxAnswer = 1 << 20

// request is one thing to ask of Infisical, in as many attempts as it takes.
type request struct {
	what      string                              // what is asked for, in a sentence: "the login by ldap-auth"
	method    string                              // the method that logs in, empty for anything but a login
	verb      string                              // POST if empty
	path      string                              // below the domain
	cloudPort string                              // where the Infisical cloud serves the path, if not at the usual port
	body      func(context.Context) (Body, error) // makes the body, for each attempt anew; nil sends none and no content type
	bearer    config.Secret                       // sent as authorization, if not empty
	single    bool                                // an attempt that may have reached the server is final, since the server may have counted it
	once      bool                                // an answer is final even if it is 5xx, since that is how the server refuses
	final     string                              // an error of that name is final too; empty for none
}

// answer is a success: status 2xx and one JSON object.
type answer struct {
	header   http.Header
	cookies  []*http.Cookie
	fields   map[string]json.RawMessage // the members of the object
	received time.Time
}

// do makes a request, repeating attempts that failed for a reason that may pass,
// until the timeout. It is the only function that talks to Infisical.
func (c *Client) do(ctx context.Context, r request) (answer, error) {
	limited, done := c.bounded(ctx)
	defer done()
	if c.Busy != nil {
		defer c.Busy()()
	}
	for attempt, retries := 1, uint(0); ; attempt++ {
		answer, err := c.try(limited, r)
		if err == nil {
			return answer, nil
		}
		if limited.Err() != nil {
			return answer, c.ended(ctx, err)
		}
		failed, ok := errors.AsType[*Error](err)
		if !ok || failed.Kind != Unavailable {
			return answer, err
		}
		said := told(err)
		if (r.once || r.final != "" && said.verdict.name == r.final) && said.answered && !said.limited || r.single && !said.limited && !undialled(err) {
			return answer, err
		}
		wait, counts := c.retry.wait(said, retries)
		if counts {
			if retries == c.retry.max {
				return answer, err
			}
			retries++
		}
		if wait, err = fit(limited, wait, said, failed); err != nil {
			return answer, err
		}
		if c.Report != nil {
			c.Report(Event{Attempt: attempt, Err: failed, Wait: wait})
		}
		if sleep(limited, wait) != nil {
			return answer, c.ended(ctx, failed)
		}
	}
}

// bounded applies the timeout, less what a person's login has used of it.
func (c *Client) bounded(ctx context.Context) (context.Context, func()) {
	left := c.timeout
	if c.spent != nil {
		left -= *c.spent
	}
	limited, cancel := context.WithTimeout(ctx, left)
	begun := time.Now()
	return limited, func() {
		cancel()
		if c.spent != nil {
			*c.spent += time.Since(begun)
		}
	}
}

// ended is the error of a request whose context has ended: cancelled from
// outside, or out of time. Last is what the last attempt failed with.
func (c *Client) ended(ctx context.Context, last error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
		return &Error{Kind: Unavailable, Message: "interrupted", Err: cause}
	}
	message := fmt.Sprintf("no answer from %s within %v", c.domain.Host, c.timeout)
	if !errors.Is(last, context.DeadlineExceeded) {
		message += "; the last attempt: " + last.Error()
	}
	if !c.fixed {
		message += "; set --timeout or INFISICAL_LOGIN_TIMEOUT to allow more"
	}
	return &Error{Kind: Unavailable, Message: message, Err: context.DeadlineExceeded}
}

// try makes one attempt. An error is final unless its kind is Unavailable.
func (c *Client) try(ctx context.Context, r request) (answer, error) {
	var body Body
	var content io.Reader
	if r.body != nil {
		var err error
		if body, err = r.body(ctx); err != nil {
			return answer{}, err
		}
		text, err := json.Marshal(plain(body))
		if err != nil {
			return answer{}, err
		}
		content = bytes.NewReader(text)
	}
	verb := r.verb
	if verb == "" {
		verb = http.MethodPost
	}
	ctx = watchCut(ctx)
	sent, err := http.NewRequestWithContext(ctx, verb, c.address(r), content)
	if err != nil {
		return answer{}, err
	}
	maps.Copy(sent.Header, c.headers)
	sent.Header.Set("User-Agent", userAgent)
	sent.Header.Set("Accept", "application/json")
	if r.body != nil { // the server answers an empty body of type JSON with status 500
		sent.Header.Set("Content-Type", "application/json")
	}
	if r.bearer != "" {
		sent.Header.Set("Authorization", "Bearer "+r.bearer.Reveal())
	}
	// RoundTrip, since a redirect must not be followed.
	response, err := c.transport.RoundTrip(sent)
	if err != nil {
		return answer{}, c.unanswered(ctx, err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	if err != nil {
		return answer{}, c.unanswered(ctx, err)
	}
	secrets := append(collect(body), c.secrets...)
	secrets = append(secrets, r.bearer)
	return c.read(r, response, text, secrets)
}

// plain returns the body with its secrets as plain text, for the request alone.
func plain(value any) any {
	switch value := value.(type) {
	case config.Secret:
		return value.Reveal()
	case Body:
		return plain(map[string]any(value))
	case map[string]any:
		revealed := make(map[string]any, len(value))
		for key, member := range value {
			revealed[key] = plain(member)
		}
		return revealed
	}
	return value
}

// collect returns the secrets in a body.
func collect(value any) []config.Secret {
	switch value := value.(type) {
	case config.Secret:
		return []config.Secret{value}
	case Body:
		return collect(map[string]any(value))
	case map[string]any:
		var secrets []config.Secret
		for _, member := range value {
			secrets = append(secrets, collect(member)...)
		}
		return secrets
	}
	return nil
}

package methods

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// read judges an answer by its status and its body. The content type is not
// looked at: proxies send pages of any type, and what matters is what is there.
func (c *Client) read(r request, response *http.Response, text []byte, secrets []config.Secret) (answer, error) {
	now := time.Now().Round(0)
	fields, err := object(text)
	switch status := response.StatusCode; {
	case status >= 300 && status < 400:
		return answer{}, c.redirected(r, response, secrets)
	case status < 200 || status >= 400:
		return answer{}, c.refusal(r, response, text, fields, secrets, now)
	}
	if len(text) > maxAnswer {
		err = fmt.Errorf("its answer is longer than %d bytes", maxAnswer)
	}
	if err != nil {
		return answer{}, c.stranger("%v", err)
	}
	return answer{header: response.Header, cookies: response.Cookies(), fields: fields, received: now}, nil
}

// object decodes one JSON object. Of a key that is there twice one reader takes
// the first value and another the last, so there is no telling which is meant.
func object(text []byte) (map[string]json.RawMessage, error) {
	errNoObject := errors.New("its answer is not a JSON object")
	decoder := json.NewDecoder(bytes.NewReader(text))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil, errNoObject
	}
	fields := map[string]json.RawMessage{}
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return nil, errNoObject
		}
		var value json.RawMessage
		if err := decoder.Decode(&value); err != nil {
			return nil, errNoObject
		}
		name, ok := key.(string)
		if !ok {
			return nil, errNoObject
		}
		if _, twice := fields[name]; twice {
			return nil, errors.New("its answer is a JSON object with a key that is there twice")
		}
		fields[name] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, errNoObject
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("its answer goes on after a JSON object")
	}
	return fields, nil
}

// text returns the member of an answer that is a string, empty if it is none.
func (a answer) text(name string) string {
	var text string
	_ = json.Unmarshal(a.fields[name], &text)
	return text
}

// seconds returns the member of an answer that is a number of seconds, 0 if it
// is none.
func (a answer) seconds(name string) time.Duration {
	var number float64
	if json.Unmarshal(a.fields[name], &number) != nil || !(number > 0) {
		return 0
	}
	if number >= math.MaxInt64/float64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(number * float64(time.Second))
}

// token returns the token in the answer to an identity's login or renewal.
func (c *Client) token(a answer) (token.Token, error) {
	t, err := token.New(config.Secret(a.text("accessToken")))
	if err != nil {
		return token.Token{}, c.stranger("its answer has no good accessToken: %v", err)
	}
	if kind := a.text("tokenType"); isTokenType(kind) {
		t.Type = kind
	}
	t.Domain = c.Domain()
	t.Received = a.received
	t.Skew = skew(a.header, a.received)
	t.ExpiresIn = a.seconds("expiresIn")
	t.MaxTTL = a.seconds("accessTokenMaxTTL")
	return t, nil
}

// isTokenType tells whether a text can be the type of a token, such as Bearer. Any
// other is not repeated to whoever gets the token: it could be what we sent.
func isTokenType(text string) bool {
	const longest = 16 // bytes
	return text != "" && len(text) <= longest && strings.Trim(strings.ToLower(text), "abcdefghijklmnopqrstuvwxyz") == ""
}

// skew returns how far the server's clock is ahead of ours, by its Date header.
// That has a resolution of a second and travels for some time, so that a small
// difference means nothing.
func skew(header http.Header, now time.Time) time.Duration {
	const meaningless = 5 * time.Second
	date, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	if ahead := date.Sub(now); ahead.Abs() > meaningless {
		return ahead
	}
	return 0
}

// stranger is the error for an answer that Infisical would not give.
func (c *Client) stranger(format string, args ...any) *Error {
	return &Error{
		Kind:    Protocol,
		Message: fmt.Sprintf("what answers at %s is not Infisical: %s; check --domain or INFISICAL_DOMAIN, and any proxy before it", c.domain.Host, fmt.Sprintf(format, args...)),
	}
}

// redirected is the error for a redirect, which is not followed: whoever stands
// at the other end would be given the credentials.
func (c *Client) redirected(r request, response *http.Response, secrets []config.Secret) error {
	target, err := response.Location()
	if err != nil || target.Host == "" {
		return c.stranger("it redirects %s, without saying where to", r.what)
	}
	return c.stranger("it redirects %s to %s, which is not followed", r.what, shown(redact(target.Scheme+"://"+target.Host, secrets)))
}

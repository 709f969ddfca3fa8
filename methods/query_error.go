package methods

import (
	"cmp"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// statusError is the status of an answer that is not the one hoped for. It is
// the cause of the [Error], for those who know what a status means there.
type statusError int

// Error implements error.
func (s statusError) Error() string { return "status " + strconv.Itoa(int(s)) }

// challengeError is an answer that asks for a proof.
type challengeError struct {
	status    statusError
	challenge string // the header WWW-Authenticate
}

// Error implements error.
func (c *challengeError) Error() string { return c.status.Error() }

// Unwrap returns the status.
func (c *challengeError) Unwrap() error { return c.status }

// silent is the error for no answer, or none that could be read.
func (q query) silent(ctx context.Context, err error) error {
	if known, ok := errors.AsType[*Error](err); ok { // of a proxy
		return known
	}
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, otherProtocol := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case untrusted:
		return q.nonsense("its certificate does not verify")
	case otherProtocol || errors.Is(err, http.ErrSchemeMismatch):
		return q.nonsense("it does not speak TLS")
	}
	message := fmt.Sprintf("no %s at %s: ", q.Service, q.base())
	reason := q.reason(ctx, err)
	if q.Hint == "" {
		return &Error{Kind: Unavailable, Message: message + reason, Err: err}
	}
	return &Error{Kind: Unavailable, Message: message + q.Hint + " (" + reason + ")", Err: err}
}

// reason says in a few words why there was no answer, without the URL that
// net/http would put before it, whose query may hold a secret.
func (q query) reason(ctx context.Context, err error) string {
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	if ctx.Err() == nil && !passing(err) {
		return "the answer is no HTTP, or the connection broke"
	}
	_, lookup := errors.AsType[*net.DNSError](err)
	slow, ok := errors.AsType[net.Error](err)
	if ctx.Err() != nil || lookup || !ok || !slow.Timeout() {
		return why(ctx, err)
	}
	if q.Limit > 0 {
		return "no answer within " + q.Limit.String()
	}
	return "no answer in time"
}

// refused is the error for an answer with any status but success.
func (q query) refused(response *http.Response, answer []byte) error {
	code := response.StatusCode
	var cause error = statusError(code)
	if challenge := response.Header.Get("WWW-Authenticate"); challenge != "" {
		cause = &challengeError{statusError(code), challenge}
	}
	said := fmt.Sprintf("with status %d", code)
	if text := q.excerpt(answer); text != "" {
		said += ": " + text
	}
	switch {
	case code >= 500, code == http.StatusTooManyRequests, code == http.StatusRequestTimeout, code == http.StatusTooEarly:
		return &Error{Kind: Unavailable, Message: fmt.Sprintf("the %s at %s failed %s", q.Service, q.base(), said), Err: cause}
	case code >= 400:
		return &Error{Kind: Refused, Message: fmt.Sprintf("the %s at %s refused %s", q.Service, q.base(), said), Err: cause}
	case code >= 300:
		said = "it redirects elsewhere, which is not followed"
		if to, err := response.Location(); err == nil && to.Host != "" {
			said = fmt.Sprintf("it redirects to %s, which is not followed", shown(redact(to.Scheme+"://"+to.Host, q.Secrets)))
		}
		return &Error{Kind: Protocol, Message: q.nonsense(said).Error(), Err: cause}
	}
	return &Error{Kind: Protocol, Message: q.nonsense(said).Error(), Err: cause}
}

// nonsense is the error for an answer that the service would not give.
func (q query) nonsense(why string) error {
	return &Error{Kind: Protocol, Message: fmt.Sprintf("what answers at %s is not the %s: %s", q.base(), q.Service, why)}
}

// base is the part of the URL that can be shown: the scheme and the host.
func (q query) base() string {
	u, err := url.Parse(q.URL)
	if err != nil {
		return "its address"
	}
	return u.Scheme + "://" + u.Host
}

// excerpt is what an error answer says: the message in it, where it is JSON of a
// form in use among the clouds, otherwise its beginning, unless that is a web page.
func (q query) excerpt(answer []byte) string {
	var problem struct {
		Description string          `json:"error_description"` // RFC 6749, Azure
		Message     string          `json:"message"`           // AWS, CI systems
		Error       json.RawMessage `json:"error"`             // a code, or Google's object
	}
	text := string(answer)
	if json.Unmarshal(answer, &problem) == nil {
		var inner struct {
			Message string `json:"message"`
		}
		var code string
		_ = json.Unmarshal(problem.Error, &inner)
		_ = json.Unmarshal(problem.Error, &code)
		text = cmp.Or(problem.Description, problem.Message, inner.Message, code, text)
	}
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "<") {
		return ""
	}
	for _, secret := range q.Secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret.Reveal(), secret.String())
		}
	}
	return shown(text)
}

// shown is a stranger's text as it can go into a message: on one line, without
// control characters, and of bounded length.
func shown(text string) string {
	const limit = 200 // characters
	var b strings.Builder
	n := 0
	for _, r := range strings.Join(strings.Fields(text), " ") {
		if n++; n > limit {
			b.WriteString("...")
			break
		}
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			b.WriteString(strings.Trim(strconv.QuoteRuneToASCII(r), "'"))
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// printable tells whether text holds neither white space nor control
// characters, as is true of every token.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r) || r == utf8.RuneError
	})
}

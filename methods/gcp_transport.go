package methods

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

	"golang.org/x/oauth2"
)

// gcpTransport has Google's library end its requests with a context, which it
// does not by itself, and remembers how the last one ended, which the library
// only puts into the text of its errors.
type gcpTransport struct {
	ctx       context.Context
	transport *http.Transport
	host      string
	status    int   // of the answer
	err       error // for want of an answer
}

// RoundTrip implements [http.RoundTripper].
func (t *gcpTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	t.host, t.status = request.URL.Host, 0
	response, err := t.transport.RoundTrip(request.WithContext(t.ctx))
	if t.err = err; err != nil {
		return nil, err
	}
	t.status = response.StatusCode
	response.Body = http.MaxBytesReader(nil, response.Body, maxProof)
	return response, nil
}

// failure says why there is no access token.
func (t *gcpTransport) failure(err error) error {
	if refused, ok := errors.AsType[*oauth2.RetrieveError](err); ok && refused.Response != nil {
		return gcpStatus("the token service "+t.host, refused.Response.StatusCode, refused.Body, err)
	}
	if t.status >= 300 {
		return gcpStatus("the token service "+t.host, t.status, []byte(err.Error()), err)
	}
	if t.err != nil || t.ctx.Err() != nil {
		return query{Service: "token service of Google", URL: "https://" + t.host}.silent(t.ctx, cmp.Or(t.err, err))
	}
	return badGCPCredentials(err)
}

func badGCPCredentials(err error) error {
	return &Error{Kind: Setting, Message: "the GCP credentials are of no use: " + shown(err.Error()), Err: err}
}

func gcpStatus(service string, code int, answer []byte, err error) error {
	kind, message := Refused, fmt.Sprintf("%s refused with status %d", service, code)
	if code >= 500 || code == http.StatusTooManyRequests {
		kind, message = Unavailable, fmt.Sprintf("%s failed with status %d", service, code)
	}
	if said := (query{}).excerpt(answer); said != "" {
		message += ": " + said
	}
	return &Error{Kind: kind, Message: message, Err: err}
}

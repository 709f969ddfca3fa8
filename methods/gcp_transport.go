package methods

import (
	"cmp"
	"context"
	"net/http"
)

// gcpTransport has Google's library end its requests with a context, which it
// does not by itself, and remembers how the last one ended, which the library
// only puts into the text of its errors.
type gcpTransport struct {
	ctx       context.Context
	transport *http.Transport
	query                    // the last one, if URL is set
	response  *http.Response // its answer, nil if there was none
	answer    []byte
	err       error // for want of an answer
}

// RoundTrip implements [http.RoundTripper].
func (t *gcpTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	t.query = query{Service: "token service of Google", URL: request.URL.String(), Secrets: sentSecrets(request)}
	t.response, t.err = t.transport.RoundTrip(request.WithContext(t.ctx))
	if t.err == nil {
		t.answer, t.err = whole(t.response)
	}
	if t.err != nil {
		return nil, t.err
	}
	return t.response, nil
}

// failure says why there is no access token.
func (t *gcpTransport) failure(err error) error {
	switch {
	case t.err != nil || t.ctx.Err() != nil && t.URL != "":
		return t.silent(t.ctx, cmp.Or(t.err, err))
	case t.response == nil:
		return badGCPCredentials(err)
	case t.response.StatusCode/100 != 2:
		return t.refused(t.response, t.answer)
	}
	return t.nonsense("there is no token in its answer")
}

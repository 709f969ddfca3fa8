package methods

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// How long a service that hands out proofs may take. A metadata service is one
// hop away and answers within milliseconds where it exists; a CI's service is
// in its data centre; a cloud's own may be on the other side of the internet.
const (
	metadataLimit = 2 * time.Second
	ciLimit       = 5 * time.Second
	internetLimit = 10 * time.Second
)

// maxProof bounds what is read of an answer, in bytes. A token is under 8 KiB.
const maxProof = 64 << 10

// query is one question to a service that hands out proofs: a cloud's metadata
// service, a CI's token service. It goes to that service and nowhere else: not
// through a proxy, after no redirect, without the custom headers that are meant
// for Infisical.
type query struct {
	Service string            // what is asked, such as "EC2 metadata service"
	Hint    string            // what may be wrong if nothing answers, such as "is this an AWS machine?"
	Limit   time.Duration     // for the whole exchange
	Method  string            // GET if empty
	URL     string            // never shown whole, since its query may hold a secret
	Header  map[string]string // all that is sent beyond the standard library's own
	Body    string            // with its type in Header
	Secrets []config.Secret   // what an error page might echo of the above
	// Repeats is a header of the question that a genuine answer repeats, if there is one.
	Repeats string
	// Proxy is for the services of the internet, which a cluster may only reach
	// through one. Nil, for all others, is no proxy.
	Proxy func(*http.Request) (*url.URL, error)
}

// member asks, and returns the token that a member of the answer, a JSON object,
// holds.
func (q query) member(ctx context.Context, name string) (config.Secret, error) {
	answer, err := q.text(ctx)
	if err != nil {
		return "", err
	}
	var members map[string]json.RawMessage
	var text string
	if json.Unmarshal([]byte(answer), &members) != nil || members[name] != nil && json.Unmarshal(members[name], &text) != nil {
		return "", q.nonsense("the answer is not the JSON that was asked for") // the error of json would quote it
	}
	return q.token(text)
}

// token checks that an answer, or a part of it, can be a token, and returns it.
func (q query) token(text string) (config.Secret, error) {
	text = strings.TrimSpace(text)
	if text == "" || !printable(text) {
		return "", q.nonsense("there is no token in its answer")
	}
	return config.Secret(text), nil
}

// text asks, and returns the body of a good answer.
func (q query) text(ctx context.Context) (string, error) {
	limited, cancel := context.WithTimeout(ctx, q.Limit)
	defer cancel()
	request, err := http.NewRequestWithContext(limited, cmp.Or(q.Method, http.MethodGet), q.URL, strings.NewReader(q.Body))
	if err != nil || request.URL.Host == "" { // the error would quote the URL
		return "", &Error{Kind: Setting, Message: fmt.Sprintf("the address of the %s is not a URL", q.Service)}
	}
	for name, value := range q.Header {
		request.Header.Set(name, value)
	}
	response, err := q.client().Do(request)
	if err != nil {
		return "", q.silent(ctx, err)
	}
	defer response.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(response.Body, maxProof+1))
	if response.StatusCode/100 != 2 {
		return "", q.refused(response, answer)
	}
	if err != nil {
		return "", q.silent(ctx, err)
	}
	if q.Repeats != "" && response.Header.Get(q.Repeats) != q.Header[q.Repeats] {
		return "", q.nonsense("its answer has no header " + q.Repeats)
	}
	if len(answer) > maxProof {
		return "", q.nonsense("its answer is too long")
	}
	return string(answer), nil
}

// client makes the one request of a query.
func (q query) client() *http.Client {
	transport := &http.Transport{
		Proxy:                  q.Proxy,
		OnProxyConnectResponse: proxyAnswered,
		DisableKeepAlives:      true,
		MaxResponseHeaderBytes: maxProof,
	}
	if strings.HasPrefix(q.URL, "https:") { // parsing certificates takes longer than the rest
		trustAsWeDo(transport)
	}
	return &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

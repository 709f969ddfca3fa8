package methods

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// atBrowser is a person who logs in in a browser, or pastes what the page shows.
type atBrowser struct {
	opened chan string        // the address, once it was to be opened
	pastes chan config.Secret // what the person pastes
	told   chan string
}

func newAtBrowser() *atBrowser {
	return &atBrowser{make(chan string, 1), make(chan config.Secret), make(chan string, 32)}
}

func (p *atBrowser) Ask(context.Context, string) (string, error) {
	return "", errors.New("nobody should be asked for anything in the clear")
}

func (p *atBrowser) AskSecret(ctx context.Context, _ string) (config.Secret, error) {
	select {
	case text := <-p.pastes:
		return text, nil
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (p *atBrowser) Choose(context.Context, string, []string) (int, error) { return 0, nil }
func (p *atBrowser) Tell(message string)                                   { p.told <- message }
func (p *atBrowser) OpenBrowser(address string) error                      { p.opened <- address; return nil }

// instance is as much of an Infisical as a login in the browser asks.
func instance(t *testing.T) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer good.session.token" {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"statusCode":403,"message":"Your token has expired. Please re-authenticate.","error":"TokenError"}`)
			return
		}
		switch r.Method + " " + r.URL.Path {
		case "POST /api/v1/auth/checkAuth":
			_, _ = io.WriteString(w, `{"message":"Authenticated"}`)
		case "GET /api/v1/user":
			_, _ = io.WriteString(w, `{"user":{"email":"ada@example.com"}}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// login starts a login by browser and returns where its page would post to.
func loginByBrowser(t *testing.T, user *User) (person *atBrowser, domain, callback string, result chan outcome) {
	t.Helper()
	person, domain = newAtBrowser(), instance(t)
	client, err := Server{Domain: config.URL(domain), Timeout: config.Duration(browserLimit)}.Client()
	if err != nil {
		t.Fatal(err)
	}
	client.Person = person
	result = make(chan outcome, 1)
	go func() {
		got, err := client.Login(t.Context(), Row{Name: "user", New: func() Method { return user }}, func() (Method, error) { return user, nil })
		result <- outcome{got, err}
	}()
	select {
	case address := <-person.opened:
		page, err := url.Parse(address)
		if err != nil || page.Path != "/login" || !strings.HasPrefix(address, domain) {
			t.Fatalf("opened %q", address)
		}
		return person, domain, "http://127.0.0.1:" + page.Query().Get("callback_port") + "/", result
	case end := <-result:
		t.Fatalf("ended before the browser was opened: %v", end.err)
	}
	return nil, "", "", nil
}

// post sends what a page in a browser would send.
func post(t *testing.T, method, address, origin, kind, body string, headers ...string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Origin", origin)
	request.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(headers); i += 2 {
		if headers[i] == "Host" {
			request.Host = headers[i+1]
		}
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { response.Body.Close() })
	return response
}

const goodSession = `{"JTWToken":"good.session.token","email":"ada@example.com","privateKey":""}`

// What is not the login page's one session is refused, and the login goes on.
func TestBrowserCallbackBelievesOnlyTheLoginPage(t *testing.T) {
	t.Parallel()
	_, domain, callback, result := loginByBrowser(t, &User{Browser: true})
	for name, test := range map[string]struct {
		method, origin, kind, body string
		headers                    []string
		want                       int
	}{
		"another page":          {"POST", "https://evil.example", "application/json", goodSession, nil, 403},
		"a page without origin": {"POST", "null", "application/json", goodSession, nil, 403},
		"no page at all":        {"POST", "", "application/json", goodSession, nil, 403},
		"its preflight":         {"OPTIONS", "https://evil.example", "", "", nil, 403},
		"a longer name":         {"POST", domain + ".evil.example", "application/json", goodSession, nil, 403},
		"a rebound name":        {"POST", domain, "application/json", goodSession, []string{"Host", "evil.example"}, 403},
		"a form":                {"POST", domain, "text/plain", goodSession, nil, 415},
		"no session":            {"POST", domain, "application/json", `{"email":"ada@example.com"}`, nil, 400},
		"two tokens":            {"POST", domain, "application/json", `{"JTWToken":"a","JTWToken":"b"}`, nil, 400},
		"too much":              {"POST", domain, "application/json", `{"JTWToken":"` + strings.Repeat("a", maxCallback) + `"}`, nil, 413},
		"a visit":               {"GET", "", "", "", nil, 405},
	} {
		if response := post(t, test.method, callback, test.origin, test.kind, test.body, test.headers...); response.StatusCode != test.want {
			t.Errorf("%s: status %d, not %d", name, response.StatusCode, test.want)
		} else if response.Header.Get("Access-Control-Allow-Origin") != "" && test.want == 403 {
			t.Errorf("%s may read the answer", name)
		}
	}
	if response := post(t, "POST", callback+"elsewhere", domain, "application/json", goodSession); response.StatusCode != 404 {
		t.Errorf("another path: status %d", response.StatusCode)
	}

	// The page itself may ask first, as a browser does for it.
	preflight := post(t, "OPTIONS", callback, domain, "", "", "Access-Control-Request-Private-Network", "true")
	for header, want := range map[string]string{
		"Access-Control-Allow-Origin":          domain,
		"Access-Control-Allow-Private-Network": "true",
		"Access-Control-Allow-Headers":         "Content-Type",
		"Access-Control-Allow-Methods":         "POST, OPTIONS",
	} {
		if got := preflight.Header.Get(header); preflight.StatusCode != 204 || got != want {
			t.Errorf("preflight: status %d, %s is %q", preflight.StatusCode, header, got)
		}
	}
	if response := post(t, "POST", callback, domain, "application/json", goodSession); response.StatusCode != 200 {
		t.Errorf("the login page: status %d", response.StatusCode)
	}
	end := <-result
	if end.err != nil || end.token.Secret.Reveal() != "good.session.token" || end.token.Email != "ada@example.com" {
		t.Errorf("%+v", end)
	}
}

// A session that the instance does not know, or that is somebody else's, ends the
// login with a refusal, and the page is told.
func TestBrowserSessionIsVerified(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		user    User
		session string
		want    string
	}{
		"unknown to the instance": {User{Browser: true}, strings.Replace(goodSession, "good", "bad", 1), "expired"},
		"somebody else's":         {User{Browser: true, Email: "bob@example.com"}, goodSession, "ada@example.com"},
		"no token":                {User{Browser: true}, `{"JTWToken":"a b"}`, "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, domain, callback, result := loginByBrowser(t, &test.user)
			if response := post(t, "POST", callback, domain, "application/json", test.session); response.StatusCode != 401 {
				t.Errorf("status %d", response.StatusCode)
			}
			if end := <-result; end.err == nil || !strings.Contains(end.err.Error(), test.want) || end.token != (token.Token{}) {
				t.Errorf("%v", end.err)
			}
		})
	}
}

// What the page shows can be pasted instead; nonsense is told and asked again.
func TestBrowserPaste(t *testing.T) {
	t.Parallel()
	person, _, _, result := loginByBrowser(t, &User{Browser: true})
	person.pastes <- "nonsense"
	person.pastes <- config.Secret(base64.StdEncoding.EncodeToString([]byte(strings.Replace(goodSession, "good", "bad", 1))))
	good := base64.StdEncoding.EncodeToString([]byte(goodSession))
	person.pastes <- config.Secret(" " + good[:20] + "\n" + good[20:] + " ")
	end := <-result
	if end.err != nil || end.token.Email != "ada@example.com" {
		t.Fatalf("%+v", end)
	}
	close(person.told)
	var told strings.Builder
	for message := range person.told {
		fmt.Fprintln(&told, message)
	}
	for _, want := range []string{"log in within 10 minutes at ", "copy the whole of it", "Please re-authenticate", "logged in as ada@example.com"} {
		if !strings.Contains(told.String(), want) {
			t.Errorf("nobody was told %q:\n%s", want, &told)
		}
	}
}

// A port that is taken is named, before any browser opens.
func TestBrowserPortInUse(t *testing.T) {
	t.Parallel()
	_, _, callback, _ := loginByBrowser(t, &User{Browser: true})
	address, _ := url.Parse(callback)
	var port config.Port
	if err := port.UnmarshalText([]byte(address.Port())); err != nil {
		t.Fatal(err)
	}
	client, err := Server{Domain: "http://infisical.test", Timeout: config.Duration(browserLimit)}.Client()
	if err != nil {
		t.Fatal(err)
	}
	client.Person = newAtBrowser()
	user := &User{Browser: true, CallbackPort: port}
	_, err = user.Login(t.Context(), client)
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.Kind != Setting || !strings.Contains(failed.Message, "--callback-port") {
		t.Errorf("%v", err)
	}
}

// Nobody at a terminal means no browser: nothing waits for a person unasked.
func TestBrowserNeedsSomebody(t *testing.T) {
	t.Parallel()
	client, err := Server{Domain: "http://infisical.test", Timeout: config.Duration(browserLimit)}.Client()
	if err != nil {
		t.Fatal(err)
	}
	_, err = (&User{Browser: true}).Login(t.Context(), client)
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != Setting {
		t.Errorf("%v", err)
	}
}

// Whoever ends the login, by a signal, ends the wait, and no listener stays.
func TestBrowserWaitCanBeEnded(t *testing.T) {
	t.Parallel()
	ended := errors.New("ended by a test")
	person := newAtBrowser()
	client, err := Server{Domain: config.URL(instance(t)), Timeout: config.Duration(browserLimit)}.Client()
	if err != nil {
		t.Fatal(err)
	}
	client.Person = person
	ctx, cancel := context.WithCancelCause(t.Context())
	result := make(chan error, 1)
	go func() {
		_, err := (&User{Browser: true}).Login(ctx, client)
		result <- err
	}()
	address, _ := url.Parse(<-person.opened)
	cancel(ended)
	if err := <-result; !errors.Is(err, ended) {
		t.Errorf("%v", err)
	}
	if _, err := http.Get("http://127.0.0.1:" + address.Query().Get("callback_port")); err == nil {
		t.Error("the listener is still there")
	}
}

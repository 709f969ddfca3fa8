package methods

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

const (
	testID     = "11111111-2222-4333-8444-555555555555"
	testSecret = "s3cret-of-the-client"
	goodAnswer = `{"accessToken":"good-token","expiresIn":3600,"accessTokenMaxTTL":7200,"tokenType":"Bearer"}`
)

// client returns a client of the server at url, with retries too fast to notice.
func client(t *testing.T, url string, change func(*Server)) *Client {
	t.Helper()
	settings := Server{
		Domain:  config.URL(url),
		Timeout: config.Duration(time.Minute),
		Retry:   Retry{Max: 5, Base: config.Duration(time.Millisecond), Cap: config.Duration(time.Millisecond)},
	}
	if change != nil {
		change(&settings)
	}
	c, err := settings.Client()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// row returns the row of a method.
func row(t *testing.T, name string) Row {
	t.Helper()
	r, ok := Find(name)
	if !ok {
		t.Fatalf("no method %q", name)
	}
	return r
}

func withUniversal() (Method, error) {
	return &universal{ClientID: testID, ClientSecret: testSecret}, nil
}

// serve starts a server that answers with one status and body.
func serve(t *testing.T, status int, body string) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	return server
}

func TestLoginIsOneRequest(t *testing.T) {
	// A login is one POST of JSON with nothing that a login must not carry, and
	// the token knows where it came from and how long it lives.
	t.Parallel()
	requests := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests++
		var body map[string]string
		if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
			t.Error(err)
		}
		if body["clientId"] != testID || body["clientSecret"] != testSecret || len(body) != 2 {
			t.Errorf("body %v", body)
		}
		if r.Method != http.MethodPost || r.URL.Path != "/base/api/v1/auth/universal-auth/login" {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		for name, want := range map[string]string{"Content-Type": "application/json", "User-Agent": userAgent, "Authorization": "", "Accept-Encoding": ""} {
			if got := r.Header.Get(name); got != want {
				t.Errorf("%s: %q, want %q", name, got, want)
			}
		}
		if !r.Close {
			t.Error("the connection is to be kept")
		}
		_, _ = io.WriteString(w, goodAnswer)
	}))
	defer server.Close()
	got, err := client(t, server.URL+"/base", nil).Login(context.Background(), row(t, "universal-auth"), withUniversal)
	if err != nil {
		t.Fatal(err)
	}
	if got.Secret.Reveal() != "good-token" || got.Method != "universal-auth" || got.Domain != server.URL+"/base" ||
		got.ExpiresIn != time.Hour || got.MaxTTL != 2*time.Hour || got.Type != "Bearer" {
		t.Errorf("token %+v", got)
	}
	if requests != 1 {
		t.Errorf("%d requests", requests)
	}
}

// to returns a dial function that connects to one address, whatever is asked for.
func to(address string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
}

package methods

import (
	"context"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func ask(url string) query {
	return query{Service: "night watch", Hint: "is it night?", Limit: 2 * time.Second, URL: url}
}

func TestQueryAnswers(t *testing.T) {
	// What a service answers decides what its caller is told, in one sentence,
	// in which nothing the service says can do harm.
	t.Parallel()
	secret := "hush-hush-5417"
	for _, c := range []struct {
		name   string
		status int
		body   string
		kind   Kind
		want   string
	}{
		{"refusal", 403, `{"error":"access_denied","error_description":"not you"}`, Refused, "refused with status 403: not you"},
		{"AWS's form", 400, `{"code":"X","message":"no role"}`, Refused, "status 400: no role"},
		{"Google's form", 404, `{"error":{"code":404,"message":"no account"}}`, Refused, "status 404: no account"},
		{"code alone", 400, `{"error":"invalid_request"}`, Refused, "status 400: invalid_request"},
		{"text", 401, "go away\n", Refused, "status 401: go away"},
		{"web page", 404, "<html>not here</html>", Refused, "refused with status 404"},
		{"terminal codes", 403, "\x1b[2J\u202eevil", Refused, `\x1b[2J\u202eevil`},
		{"long", 403, strings.Repeat("lo ng", 1000), Refused, "ng..."},
		{"echoed secret", 403, "bad key " + secret, Refused, "bad key [redacted]"},
		{"rate limit", 429, "", Unavailable, "failed with status 429"},
		{"failure", 503, "restarting", Unavailable, "failed with status 503: restarting"},
		{"another type", 200, `{"token":7}`, Protocol, "not the JSON that was asked for"},
		{"no token", 200, `{"Token":"elsewhere"}`, Protocol, "there is no token"},
		{"nonsense", 200, "no JSON", Protocol, "what answers at http://127.0.0.1:"},
		{"too long", 200, strings.Repeat("a", maxProof+1), Protocol, "too long"},
		{"informal success", 304, "", Protocol, "redirects elsewhere"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := ask(answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				_, _ = w.Write([]byte(c.body))
			}))
			q.Secrets = []config.Secret{config.Secret(secret)}
			_, err := q.member(t.Context(), "token")
			wantError(t, err, c.kind, c.want)
			if strings.Contains(err.Error(), secret) || len(err.Error()) > 400 || strings.ContainsAny(err.Error(), "\x1b\n") {
				t.Errorf("message %q", err)
			}
		})
	}
}

func TestQuerySilence(t *testing.T) {
	// Whoever does not answer is given up, and the sentence says what was tried.
	t.Parallel()
	silent := answering(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	cut := answering(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = w.Write([]byte(`{"access_token":`))
	})
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS()
	t.Cleanup(secure.Close)
	plain := answering(t, func(http.ResponseWriter, *http.Request) {})
	for _, c := range []struct {
		name, url string
		kind      Kind
		want      string
	}{
		{"refused", "http://" + infisicaltest.Refused(t), Unavailable, ": is it night? (connection refused)"},
		{"silent", silent, Unavailable, "no night watch at " + silent + ": is it night? (no answer within 50ms)"},
		{"cut", cut, Unavailable, "(the connection was cut)"},
		{"untrusted", secure.URL, Protocol, "certificate does not verify"},
		{"no TLS", "https" + strings.TrimPrefix(plain, "http"), Protocol, "does not speak TLS"},
		{"no URL", "http://user:hush@ho st/", Setting, "the address of the night watch is not a URL"},
		{"no host", "metadata", Setting, "is not a URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			q := ask(c.url)
			if c.name == "silent" {
				q.Limit = 50 * time.Millisecond
			}
			_, err := q.text(t.Context())
			wantError(t, err, c.kind, c.want)
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("message %q", err)
			}
		})
	}
	t.Run("out of time", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		_, err := ask(silent).text(ctx)
		wantError(t, err, Unavailable, "out of time")
	})
}

func TestQueryStaysWhereItIsSent(t *testing.T) {
	// No redirect is followed, and the message names the target without its path.
	t.Parallel()
	other := answering(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	q := ask(answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other+"/path?hush", http.StatusTemporaryRedirect)
	}))
	_, err := q.text(t.Context())
	wantError(t, err, Protocol, "redirects to "+other+", which is not followed")
}

func TestQuerySendsNothingElse(t *testing.T) {
	// A service is sent the headers of the query and the standard library's.
	t.Parallel()
	q := ask(answering(t, func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Method, " ", r.Header)
	}))
	q.Method, q.Body, q.Header = http.MethodPost, "a=b", map[string]string{"Metadata": "true"}
	got, err := q.text(t.Context())
	want := "POST map[Accept-Encoding:[gzip] Connection:[close] Content-Length:[3] Metadata:[true] User-Agent:[Go-http-client/1.1]]"
	if err != nil || got != want {
		t.Errorf("sent %s, %v; want %s", got, err, want)
	}
}

func TestTokenFile(t *testing.T) {
	// A token file loses the white space around the token. One that is of no
	// use is a setting to mend, under the name that it was given by.
	t.Parallel()
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, "\n  eyJ.a.b \r\n")
	if got, err := readToken(path, "V", "f"); err != nil || got.Reveal() != "eyJ.a.b" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
	for content, want := range map[string]string{
		" \n":                       "the file is empty",
		"eyJ.a\neyJ.b":              "is not a token",
		"eyJ\x00":                   "is not a token",
		strings.Repeat("a", 65<<10): "longer than 65536 bytes",
		string([]byte{0xff, 'a'}):   "is not a token",
	} {
		path := filepath.Join(t.TempDir(), "token")
		write(t, path, content)
		_, err := readToken(path, "INFISICAL_V", "f")
		wantError(t, err, Setting, want+"; set --f or INFISICAL_V")
	}
	_, err := readToken(filepath.Join(t.TempDir(), "none"), "AZURE_V", "")
	wantError(t, err, Setting, "no such file or directory; see AZURE_V")
	_, err = readToken(t.TempDir(), "V", "")
	wantError(t, err, Setting, "not a regular file")
}

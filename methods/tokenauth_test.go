package methods

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestTokenAuth(t *testing.T) {
	// A token that is at hand is delivered once the server has confirmed it, with
	// the expiry that it states itself.
	t.Parallel()
	for _, generation := range []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2, infisicaltest.G3} {
		server, fresh := standin(t, generation)
		c := client(t, server.Start(t), nil)
		made, failed := login(t, c, fresh)
		if failed != nil {
			t.Fatal(failed)
		}
		path := filepath.Join(t.TempDir(), "token")
		write(t, path, made.Secret.Reveal()+"\n")
		for _, environ := range []string{"INFISICAL_TOKEN=" + made.Secret.Reveal(), "INFISICAL_TOKEN_FILE=" + path} {
			got, err := c.Login(t.Context(), row(t, "token-auth"), freshly(row(t, "token-auth"), environ))
			if err != nil {
				t.Fatal(err)
			}
			expires, _ := got.Claims()
			deadline, known := got.Deadline()
			if got.Secret != made.Secret || got.Method != "token-auth" || got.Domain != server.URL || !known || !deadline.Equal(expires.Expires) || time.Until(deadline) <= 0 {
				t.Errorf("token %+v", got)
			}
		}
		requests := server.Requests()
		if last := requests[len(requests)-1]; len(requests) != 3 || last.Method != "GET" || last.Path != "/api/v1/identities/details" {
			t.Errorf("requests %v", requests)
		}
	}
}

func TestTokenAuthRefused(t *testing.T) {
	// A token that the server does not accept, or cannot be one, is not delivered.
	t.Parallel()
	server, _ := standin(t, infisicaltest.G3)
	c := client(t, server.Start(t), nil)
	for token, want := range map[string]struct {
		kind Kind
		text string
	}{
		"not-a-jwt": {Refused, "refused the question whether the token is good"},
		"two words": {Setting, "INFISICAL_TOKEN is not a token"},
	} {
		got, err := c.Login(t.Context(), row(t, "token-auth"), freshly(row(t, "token-auth"), "INFISICAL_TOKEN="+token))
		wantError(t, err, want.kind, want.text)
		if got.Secret != "" {
			t.Errorf("delivered %+v", got)
		}
	}
	if _, err := freshly(row(t, "token-auth"))(); err == nil {
		t.Error("no token is no error")
	}
}

func TestTokenAuthStrangers(t *testing.T) {
	// Somebody else's 200 does not make a token good.
	t.Parallel()
	for _, body := range []string{"<html>", "{}", `{"identityDetails":{}}`, `{"identityDetails":{"organization":{"id":7}}}`} {
		_, err := client(t, serve(t, 200, body).URL, nil).Login(t.Context(), row(t, "token-auth"), freshly(row(t, "token-auth"), "INFISICAL_TOKEN=t"))
		wantError(t, err, Protocol, "is not Infisical")
	}
}

func TestDetails(t *testing.T) {
	// The organization is told by name, or by ID where the server tells no more.
	t.Parallel()
	for body, want := range map[string]string{
		`{"identityDetails":{"organization":{"id":"o-1","name":"Acme","slug":"acme"}}}`: "Acme",
		`{"identityDetails":{"organization":{"id":"o-1"}}}`:                             "o-1",
	} {
		got, err := client(t, serve(t, 200, body).URL, nil).Details(t.Context(), "t")
		if err != nil || got != want {
			t.Errorf("%q, %v; want %q", got, err, want)
		}
	}
}

package infisicaltest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestIssuerServesItsKeys(t *testing.T) {
	// What an issuer signs is verified by another library with the keys that its discovery document leads to.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	url := srv.Start(t)
	issuer := srv.Issuer()
	var discovery struct {
		Issuer string `json:"issuer"`
		Keys   string `json:"jwks_uri"`
	}
	fetch(t, url+"/issuer/.well-known/openid-configuration", &discovery)
	if discovery.Issuer != issuer.URL || issuer.URL != url+"/issuer" {
		t.Errorf("issuer is %q, URL %q", discovery.Issuer, issuer.URL)
	}
	var keys jose.JSONWebKeySet
	fetch(t, discovery.Keys, &keys)
	for _, token := range []string{issuer.Mint(object{"sub": "app"}), issuer.MintRSA(object{"sub": "app"})} {
		parsed, err := jwt.ParseSigned(token, []jose.SignatureAlgorithm{jose.ES256, jose.RS256})
		if err != nil {
			t.Fatal(err)
		}
		var claims jwt.Claims
		if err := parsed.Claims(&keys, &claims); err != nil || claims.Subject != "app" || claims.Issuer != issuer.URL || claims.Expiry == nil {
			t.Errorf("got %+v, %v", claims, err)
		}
	}
}

func fetch(t *testing.T, url string, into any) {
	t.Helper()
	response, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
}

func TestMint(t *testing.T) {
	// A token that an administrator made is as good as one of a login.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G2)
	id := srv.Add(infisicaltest.Identity{Auth: &infisicaltest.TokenAuth{}})
	url := srv.Start(t)
	if got := ask(t, http.DefaultClient, "GET", url+"/api/v1/identities/details", nil, "Authorization", "Bearer "+srv.Mint(id.ID)); got.status != 200 {
		t.Errorf("got %d %v", got.status, got.body)
	}
	srv.Remove(id.ID)
	if got := ask(t, http.DefaultClient, "POST", url+"/api/v1/auth/token-auth/login", object{}); got.status != 404 {
		t.Errorf("got %d %v", got.status, got.body)
	}
}

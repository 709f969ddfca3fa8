package main

import (
	"encoding/base64"
	"encoding/json"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/output/vault"
	"github.com/rogpeppe/go-internal/testscript"
)

// loggedIn logs a person in, as the script's home remembers it: session EMAIL
// DOMAIN LIFE. The vault is made of encrypted files. The token is in $SESSION.
func loggedIn(ts *testscript.TestScript, _ bool, args []string) {
	life, err := time.ParseDuration(args[2])
	ts.Check(err)
	token := sessionJWT(args[0], life)
	ts.Check(keepSession(ts.Getenv("HOME"), args[0], args[1], token))
	ts.Setenv("SESSION", token)
}

func keepSession(home, email, domain, token string) error {
	kept, err := vault.Open(home, "")
	if err != nil {
		return err
	}
	if err := kept.SetBackend(vault.File); err != nil {
		return err
	}
	_, err = kept.Save(vault.Session{Email: email, Domain: domain, Token: config.Secret(token)})
	return err
}

// sessionJWT is a JWT with the claims of a person's session. Nobody verifies
// its signature.
func sessionJWT(email string, life time.Duration) string {
	part := func(claims map[string]any) string {
		text, _ := json.Marshal(claims) // always has a JSON form
		return base64.RawURLEncoding.EncodeToString(text)
	}
	now := time.Now()
	return part(map[string]any{"alg": "HS256", "typ": "JWT"}) + "." + part(map[string]any{
		"authTokenType": "accessToken", "authMethod": "email", "userId": "of " + email,
		"tokenVersionId": "6716aca0-5b9c-4139-815b-d1c683f439f3", "organizationId": scriptIdentity,
		"iat": now.Unix(), "exp": now.Add(life).Unix(),
	}) + "." + base64.RawURLEncoding.EncodeToString([]byte("signature"))
}

// A session ends, for us as for the official CLI, half a minute before its token does.
func TestMarginOfASession(t *testing.T) {
	t.Parallel()
	for life, ended := range map[time.Duration]bool{-time.Hour: true, 0: true, 25 * time.Second: true, 40 * time.Second: false, time.Hour: false} {
		err := alive(vault.Session{Email: "a@example.com", Token: config.Secret(sessionJWT("a@example.com", life))}, time.Now())
		if (err != nil) != ended {
			t.Errorf("%s before its end: %v", life, err)
		}
	}
	if alive(vault.Session{Token: "no.jwt"}, time.Now()) == nil {
		t.Error("a token that says no end counts as alive")
	}
}

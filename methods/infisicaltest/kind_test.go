package infisicaltest

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestTokensOfPersons(t *testing.T) {
	// A person's token is none of an identity's, and each generation says so in its own way.
	t.Parallel()
	const notAllowed = "You are not allowed to access this resource"
	tests := []struct {
		generation          Generation
		method, path, where string
		status              int
		message             string
	}{
		{G1, "POST", "/api/v1/auth/token/renew", "body", 400, "Only identity access tokens can be renewed"},
		{G2, "POST", "/api/v1/auth/token/renew", "body", 400, "Only identity access tokens can be renewed"},
		{G3, "POST", "/api/v1/auth/token/renew", "body", 400, "Token is not an identity access token"},
		{G1, "POST", "/api/v1/auth/token/revoke", "body", 401, "Only identity access tokens can be revoked"},
		{G3, "POST", "/api/v1/auth/token/revoke", "body", 400, "Token is not an identity access token"},
		{G3, "GET", "/api/v1/identities/details", "header", 403, notAllowed},
	}
	for _, test := range tests {
		srv := New(test.generation)
		token := signJWT(srv.key, "", map[string]any{"authTokenType": kindUser, "userId": newUUID(), "exp": time.Now().Add(time.Hour).Unix()})
		request := httptest.NewRequest(test.method, test.path, strings.NewReader(""))
		if test.where == "body" {
			request = httptest.NewRequest(test.method, test.path, strings.NewReader(`{"accessToken":"`+token+`"}`))
			request.Header.Set("Content-Type", "application/json")
		} else {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		request.Header.Set("User-Agent", "cli")
		recorder := httptest.NewRecorder()
		srv.ServeHTTP(recorder, request)
		if recorder.Code != test.status || !strings.Contains(recorder.Body.String(), `"message":"`+test.message+`"`) {
			t.Errorf("G%d %s: got %d %s", test.generation, test.path, recorder.Code, recorder.Body)
		}
	}
}

func TestIdentityIsNoPerson(t *testing.T) {
	// An identity's token is refused where a person's is asked for, with the address in the name.
	t.Parallel()
	srv := New(G3)
	id := srv.Add(Identity{Auth: &TokenAuth{}})
	request := httptest.NewRequest(http.MethodPost, "/api/v1/auth/checkAuth", nil)
	request.Header.Set("Authorization", "Bearer "+srv.Mint(id.ID))
	recorder := httptest.NewRecorder()
	srv.ServeHTTP(recorder, request)
	if recorder.Code != 403 || !strings.Contains(recorder.Body.String(), "Forbidden access to /api/v1/auth/checkAuth") {
		t.Errorf("got %d %s", recorder.Code, recorder.Body)
	}
}

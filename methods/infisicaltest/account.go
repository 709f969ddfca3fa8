package infisicaltest

import (
	"net/http"
	"time"
)

const kindUser = "accessToken"

// details tells an identity where it belongs.
func (s *Server) details(c *call) (any, error) {
	payload, err := s.bearer(c)
	if err != nil {
		return nil, err
	}
	if s.generation == G1 { // which knows of /api/v1/identities/ID only
		return nil, because(databaseError("FindByOrgId"), "details is not the ID of an identity")
	}
	if payload.text("authTokenType") != kindIdentity {
		return nil, wrongKind(c)
	}
	scope := s.tokens[payload.text("identityAccessTokenId")].scope
	return map[string]any{"identityDetails": map[string]any{
		"organization": map[string]string{"id": scope.id, "name": scope.name, "slug": scope.slug},
	}}, nil
}

// checkAuth tells whether a person's token is alive.
func (s *Server) checkAuth(c *call) (any, error) {
	_, payload, err := s.user(c)
	if err != nil {
		return nil, err
	}
	if s.generation == G1 && payload.text("organizationId") == "" {
		return nil, &failure{status: http.StatusUnauthorized, message: "You are not allowed to access this resource",
			name: c.request.URL.RequestURI() + " Unauthorized Access, no organization found in request"}
	}
	return map[string]string{"message": "Authenticated"}, nil
}

// status is the health endpoint.
func (s *Server) status(c *call) (any, error) {
	body := map[string]any{
		"date": c.now.UTC().Format("2006-01-02T15:04:05.000Z"), "message": "Ok",
		"emailConfigured": true, "inviteOnlySignup": true, "redisConfigured": true, "secretScanningConfigured": false,
	}
	if s.generation >= G3 {
		body["maxIdentityAccessTokenTTL"] = int64(ceiling / time.Second)
	}
	return body, nil
}

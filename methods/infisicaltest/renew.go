package infisicaltest

import "net/http"

func tokenRoutes() []route {
	return []route{
		{method: http.MethodPost, path: "/api/v1/auth/token/renew", bucket: writeBucket, noBearer: true, handle: (*Server).renew},
		{method: http.MethodPost, path: "/api/v1/auth/token/revoke", bucket: writeBucket, noBearer: true, handle: (*Server).revoke},
		{method: http.MethodGet, path: "/api/v1/identities/details", bucket: readBucket, handle: (*Server).details},
		{method: http.MethodPost, path: "/api/v1/auth/checkAuth", bucket: writeBucket, handle: (*Server).checkAuth},
		{method: http.MethodGet, path: "/api/status", handle: (*Server).status},
	}
}

// renew gives an access token a new lease of life.
func (s *Server) renew(c *call) (any, error) {
	body, err := c.object(field{name: "accessToken"})
	if err != nil {
		return nil, err
	}
	payload, err := s.claimsOf(body.text("accessToken"), c.now)
	if err != nil {
		return nil, err
	}
	if s.generation >= G3 {
		return s.renewShortening(c, payload)
	}
	if payload.text("authTokenType") != kindIdentity {
		return nil, badRequest("Only identity access tokens can be renewed")
	}
	t := s.tokens[payload.text("identityAccessTokenId")]
	if err := s.alive(t, c.now); err != nil {
		return nil, err
	}
	periodic := t.identity.Period > 0 && s.generation == G2
	if maximum := t.identity.MaxTTL; maximum > 0 && !periodic && c.now.Add(s.life(t.identity)).After(t.created.Add(maximum)) {
		t.revoked = true // a refused renewal destroys the token, though life was left
		return nil, unauthorized("Failed to renew MI access token past its Max TTL expiration")
	}
	t.renewed = c.now
	return s.describe(t, c.now), nil
}

// renewShortening is how the third generation renews: for what is left, and
// without ever destroying a token.
func (s *Server) renewShortening(c *call, payload claims) (any, error) {
	if payload.text("authTokenType") != kindIdentity {
		return nil, badRequest("Token is not an identity access token")
	}
	t := s.tokens[payload.text("jti")]
	switch {
	case payload.text("jti") == "":
		return nil, unauthorized("Invalid identity access token claims, please re-authenticate")
	case t == nil || t.revoked:
		return nil, unauthorized("Cannot renew: token has been revoked")
	case exhausted(t):
		return nil, unauthorized("Cannot renew exhausted access token")
	}
	left := s.remaining(t, c.now)
	if seconds(left) <= 0 {
		return nil, unauthorized("Cannot renew: identity access token has reached its max TTL")
	}
	t.renewed = c.now
	answer := s.describe(t, c.now)
	answer.ExpiresIn = seconds(left)
	return answer, nil
}

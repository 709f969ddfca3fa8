package infisicaltest

// revoke ends an access token at once.
func (s *Server) revoke(c *call) (any, error) {
	body, err := c.object(field{name: "accessToken"})
	if err != nil {
		return nil, err
	}
	payload, err := s.claimsOf(body.text("accessToken"), c.now)
	if err != nil {
		return nil, err
	}
	if payload.text("authTokenType") != kindIdentity {
		if s.generation >= G3 {
			return nil, badRequest("Token is not an identity access token")
		}
		return nil, unauthorized("Only identity access tokens can be revoked")
	}
	t := s.tokens[payload.text("identityAccessTokenId")]
	if s.generation < G3 && (t == nil || t.revoked) {
		return nil, unauthorized("No identity access token found")
	}
	if t != nil {
		t.revoked = true
	}
	return map[string]string{"message": "Successfully revoked access token"}, nil
}

// Revoke ends an access token as an administrator would, and reports whether
// there was one.
func (s *Server) Revoke(accessToken string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	payload, err := peekJWT(accessToken)
	if err != nil {
		return false
	}
	t := s.tokens[payload.text("identityAccessTokenId")]
	if t == nil || t.revoked {
		return false
	}
	t.revoked = true
	return true
}

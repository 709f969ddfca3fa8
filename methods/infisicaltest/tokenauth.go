package infisicaltest

// TokenAuth is token auth: there is no login, an administrator makes the tokens.
// See [Server.Mint].
type TokenAuth struct{}

func (*TokenAuth) method() string              { return "token-auth" }
func (*TokenAuth) complete(*Server, *Identity) {}

// Mint makes an access token for an identity that was added, whatever its way to
// log in. It panics if there is no such identity.
func (s *Server) Mint(identityID string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range s.identities {
		if id.ID == identityID {
			return s.issue(id, s.org, s.Now()).AccessToken
		}
	}
	panic("infisicaltest: no identity " + identityID)
}

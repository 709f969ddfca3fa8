package infisicaltest

import (
	"fmt"
	"time"
)

// None sets a limit to the 0 that Infisical reads as "none", where the zero
// value means Infisical's default.
const None = time.Duration(-1)

// defaultTTL is Infisical's default of an access token's TTL and maximum TTL.
const defaultTTL = 30 * 24 * time.Hour

// Identity is a machine identity with one way to log in. Add it with
// [Server.Add]; do not change it afterwards.
type Identity struct {
	ID     string // a UUID; made up if empty
	Name   string // made up if empty
	Auth   Auth   // how it logs in
	TTL    time.Duration
	MaxTTL time.Duration
	// Period makes tokens live that long after each renewal, for ever. From G2 on.
	Period time.Duration
	// NumUses is how many requests a token is good for; 0 is no limit.
	NumUses int
	// Elsewhere makes the server trust the identity from other addresses only.
	Elsewhere bool
	// Organizations are the slugs of the sub-organizations that it is a member of.
	Organizations []string
}

// Auth is one way of a machine identity to log in: [Universal], [Kubernetes],
// [OIDC] and so on. A value belongs to the server that it was added to.
type Auth interface {
	// method is the name in the login route, such as universal-auth.
	method() string
	// complete fills in what the test left open.
	complete(s *Server, id *Identity)
}

// Add makes an identity known to the server and returns it with everything
// filled in, Auth too. It panics if Auth is missing or the ID is no UUID.
func (s *Server) Add(id Identity) Identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id.Auth == nil {
		panic("infisicaltest: identity without Auth")
	}
	if id.ID == "" {
		id.ID = newUUID()
	}
	if !uuidPattern.MatchString(id.ID) {
		panic(fmt.Sprintf("infisicaltest: identity id %q is not a UUID", id.ID))
	}
	if id.Name == "" {
		id.Name = "identity-" + randomText(6)
	}
	id.TTL = orDefault(id.TTL, defaultTTL)
	id.MaxTTL = orDefault(id.MaxTTL, defaultTTL)
	id.Auth.complete(s, &id)
	added := id
	s.identities = append(s.identities, &added)
	return id
}

// Remove deletes an identity and with it its tokens.
func (s *Server) Remove(identityID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var left []*Identity
	for _, id := range s.identities {
		if id.ID != identityID {
			left = append(left, id)
		}
	}
	s.identities = left
	for _, t := range s.tokens {
		if t.identity.ID == identityID {
			t.revoked = true
		}
	}
}

func orDefault(d, otherwise time.Duration) time.Duration {
	switch {
	case d == 0:
		return otherwise
	case d < 0:
		return 0
	}
	return d
}

// trusted refuses an identity that asks from an address which is not trusted.
func (id *Identity) trusted() error {
	if id.Elsewhere {
		return forbidden("You are not allowed to access this resource from the current IP address")
	}
	return nil
}

// find returns the identity of an id that logs in by a method.
func (s *Server) find(method, identityID string) (*Identity, bool) {
	for _, id := range s.identities {
		if id.ID == identityID && id.Auth.method() == method {
			return id, true
		}
	}
	return nil, false
}

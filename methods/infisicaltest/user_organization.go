package infisicaltest

import "net/http"

// organizations lists those that a person is a member of, without what is below them.
func (s *Server) organizations(c *call) (any, error) {
	of, _, err := s.user(c)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, org := range of.person.Organizations {
		list = append(list, listed(org))
	}
	return map[string]any{"organizations": list}, nil
}

// accessible lists the organizations of a person with what is below them.
func (s *Server) accessible(c *call) (any, error) {
	of, _, err := s.user(c)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for _, org := range of.person.Organizations {
		entry, subs := listed(org), []any{}
		for _, sub := range org.SubOrganizations {
			subs = append(subs, map[string]any{"id": sub.ID, "name": sub.Name, "slug": sub.Name})
		}
		entry["subOrganizations"] = subs
		list = append(list, entry)
	}
	return map[string]any{"organizations": list}, nil
}

func listed(org Organization) map[string]any {
	return map[string]any{"id": org.ID, "name": org.Name, "slug": org.Name, "authEnforced": false, "enforceMfa": org.MFA != "", "orgAuthMethod": ""}
}

// selectOrganization scopes a session to an organization, or demands the second
// factor first.
func (s *Server) selectOrganization(c *call) (any, error) {
	of, payload, err := s.selector(c)
	if err != nil {
		return nil, err
	}
	body, err := c.object(field{name: "organizationId"}, field{name: "userAgent", optional: true, literal: "cli"})
	if err != nil {
		return nil, err
	}
	if c.request.Header.Get("User-Agent") == "" && body.text("userAgent") == "" {
		return nil, &failure{status: http.StatusUnauthorized, name: "User-Agent header is required", message: "You are not allowed to access this resource"}
	}
	id := body.text("organizationId")
	if !uuidPattern.MatchString(id) {
		return nil, because(databaseError("Find by id"), "organizationId is not a UUID")
	}
	found, root, ok := s.member(of.person, id)
	if !ok {
		return nil, forbidden("User does not have access to the organization with ID " + id)
	}
	if err := s.locked(of.person, c.now); err != nil {
		return nil, err
	}
	to := s.scopeOf(payload)
	if demanded := s.factor(of.person, root); demanded != "" && demanded != to.mfa {
		return s.challenge(of.person, demanded, c.now), nil
	}
	token, _ := s.hand(c, of, to.to(found, root))
	return map[string]any{"token": token, "isMfaEnabled": false}, nil
}

// selector authenticates a request to select an organization, which has words of
// its own for what it refuses.
func (s *Server) selector(c *call) (*session, claims, error) {
	const refused = "You are not allowed to access this resource"
	if c.request.Header.Get("Authorization") == "" {
		return nil, nil, &failure{status: http.StatusUnauthorized, name: "Authorization header is required", message: refused}
	}
	payload, err := s.bearer(c)
	if err != nil {
		return nil, nil, err
	}
	if payload.text("authMethod") == "" || payload.text("authTokenType") == kindIdentity {
		return nil, nil, &failure{status: http.StatusUnauthorized, name: "Auth method not found on existing token", message: refused}
	}
	return s.user(c)
}

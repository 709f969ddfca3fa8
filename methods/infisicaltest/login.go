package infisicaltest

import "net/http"

// login is how the server logs an identity in by one method.
type login struct {
	method string
	since  Generation
	fields []field // besides organizationSlug
	// unknown answers for an identity that is not known or has another method.
	unknown func(Generation) error
	// find returns the identity; nil looks up identityId.
	find func(*Server, fields) (*Identity, error)
	// prove checks the proof.
	prove func(*call, *Identity, fields) error
}

// logins is one row a method.
func logins() []login {
	return []login{
		universalLogin(),
		kubernetesLogin(),
		oidcLogin(),
		jwtLogin(),
		ldapLogin(),
		awsLogin(),
		gcpLogin(),
		azureLogin(),
		ociLogin(),
		alicloudLogin(),
		tlsCertLogin(),
		spiffeLogin(),
	}
}

func loginRoutes() []route {
	var all []route
	for _, l := range logins() {
		all = append(all, route{
			method: http.MethodPost, path: "/api/v1/auth/" + l.method + "/login", since: l.since,
			bucket: writeBucket, noBearer: true, handle: l.handle,
		})
	}
	return all
}

func identityField() field { return field{name: "identityId"} }

func (l login) handle(s *Server, c *call) (any, error) {
	demands := append([]field{{name: "organizationSlug", optional: true}}, l.fields...)
	body, err := c.object(demands...)
	if err != nil {
		return nil, err
	}
	slug, there := body["organizationSlug"].(string)
	if there && s.generation >= G2 && (len(slug) > 64 || !slugPattern.MatchString(slug)) {
		return nil, c.invalid([]issue{{"code": "custom", "message": "Must be a valid slug", "path": []any{"organizationSlug"}}})
	}
	id, err := l.identity(s, body)
	if err != nil {
		return nil, err
	}
	if err := id.trusted(); err != nil {
		return nil, err
	}
	if err := l.prove(c, id, body); err != nil {
		return nil, err
	}
	scope, err := s.scope(slug, id)
	if err != nil {
		return nil, err
	}
	return s.issue(id, scope, c.now), nil
}

func (l login) identity(s *Server, body fields) (*Identity, error) {
	if l.find != nil {
		return l.find(s, body)
	}
	identityID := body.text("identityId")
	if !uuidPattern.MatchString(identityID) {
		return nil, because(databaseError("Find one"), "identityId is not a UUID")
	}
	id, ok := s.find(l.method, identityID)
	if !ok {
		return nil, because(l.unknown(s.generation), "no identity "+identityID+" with "+l.method)
	}
	return id, nil
}

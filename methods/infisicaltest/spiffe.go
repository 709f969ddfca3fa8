package infisicaltest

import (
	"slices"
	"strings"
)

// SPIFFE is SPIFFE auth: a JWT-SVID of a trust domain.
type SPIFFE struct {
	Issuer      *Issuer  // the trust domain's keys; the server's own issuer if nil
	TrustDomain string   // example.org if empty
	Audiences   []string // one of them is demanded; infisical if nil
	IDs         []string // allowed SPIFFE IDs, with * for any text; all of the trust domain if nil
}

func (s *SPIFFE) method() string { return "spiffe-auth" }

func (s *SPIFFE) complete(server *Server, _ *Identity) {
	if s.Issuer == nil {
		s.Issuer = server.ownIssuer()
	}
	setDefault(&s.TrustDomain, "example.org")
	if s.Audiences == nil {
		s.Audiences = []string{"infisical"}
	}
	if s.IDs == nil {
		s.IDs = []string{"spiffe://" + s.TrustDomain + "/*"}
	}
}

func spiffeLogin() login {
	return login{
		method: "spiffe-auth", since: G3,
		fields: []field{identityField(), {name: "jwt"}},
		unknown: func(Generation) error {
			return notFound("SPIFFE auth method not found for identity, did you configure SPIFFE auth?")
		},
		prove: proveSPIFFE,
	}
}

func proveSPIFFE(c *call, id *Identity, body fields) error {
	s := id.Auth.(*SPIFFE)
	payload, err := s.Issuer.verify(body.text("jwt"), c.now, "")
	switch {
	case err == errExpired:
		return unauthorized("JWT-SVID has expired")
	case err == errSignature:
		return unauthorized("JWT-SVID signature verification failed")
	case err != nil:
		return because(unauthorized("JWT-SVID verification failed"), err.Error())
	case !slices.ContainsFunc(payload.audiences(), func(a string) bool { return slices.Contains(s.Audiences, a) }):
		return unauthorized("JWT-SVID audience validation failed")
	}
	if payload.number("exp") == 0 {
		c.complain("JWT-SVID without exp")
	}
	subject := payload.text("sub")
	domain, _, _ := strings.Cut(strings.TrimPrefix(subject, "spiffe://"), "/")
	allowed := slices.ContainsFunc(s.IDs, func(pattern string) bool { return glob(pattern, subject) })
	if !strings.HasPrefix(subject, "spiffe://") || domain != s.TrustDomain || !allowed {
		return because(unauthorized("Access denied"), "sub is "+subject)
	}
	return nil
}

package infisicaltest

import "slices"

// OIDC is OIDC auth: the ID token of a CI system or another provider.
type OIDC struct {
	Issuer    *Issuer           // the server's own issuer if nil; its URL is the bound issuer
	Audiences []string          // one of them is demanded; none if empty
	Subject   string            // demanded, with * for any text; none if empty
	Claims    map[string]string // demanded, with * for any text
}

func (o *OIDC) method() string { return "oidc-auth" }

func (o *OIDC) complete(s *Server, _ *Identity) {
	if o.Issuer == nil {
		o.Issuer = s.ownIssuer()
	}
}

func oidcLogin() login {
	return login{
		method: "oidc-auth", since: G1,
		fields: []field{identityField(), {name: "jwt"}},
		unknown: func(g Generation) error {
			if g == G1 { // the server's own mistake
				return notFound("GCP auth method not found for identity, did you configure GCP auth?")
			}
			return notFound("OIDC auth method not found for identity, did you configure OIDC auth?")
		},
		prove: proveOIDC,
	}
}

func proveOIDC(c *call, id *Identity, body fields) error {
	o := id.Auth.(*OIDC)
	first := c.server.generation == G1
	payload, err := o.Issuer.verify(body.text("jwt"), c.now, o.Issuer.URL)
	switch {
	case first && (err == errMalformed || err == errUnknownKey):
		return because(internal(), err.Error())
	case err != nil:
		return unauthorized("Access denied: " + err.Error())
	}
	if o.Subject != "" && !glob(o.Subject, payload.text("sub")) {
		return because(forbidden("Access denied: OIDC subject not allowed."), "sub is "+payload.text("sub"))
	}
	if len(o.Audiences) > 0 {
		if _, single := payload["aud"].(string); first && !single {
			return because(internal(), "aud is not a single text")
		}
		if !slices.ContainsFunc(payload.audiences(), func(a string) bool { return slices.Contains(o.Audiences, a) }) {
			return unauthorized("Access denied: OIDC audience not allowed.")
		}
	}
	for name, wanted := range o.Claims {
		if !glob(wanted, payload.text(name)) {
			return because(unauthorized("Access denied: OIDC claim not allowed."), name+" is "+payload.text(name))
		}
	}
	return nil
}

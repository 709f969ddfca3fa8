package infisicaltest

import "slices"

// GCPIDToken is GCP auth by the ID token of an instance, whose audience is the
// identity's id. Mint one with [Issuer.MintRSA] of [InstanceIdentity].
type GCPIDToken struct {
	Issuer          *Issuer  // whose keys Google publishes; the server's own issuer if nil
	ServiceAccounts []string // allowed e-mail addresses; all if empty
	Projects        []string // all if empty
	Zones           []string // all if empty
}

// GCPIAM is GCP auth by a JWT that a service account's key has signed. Its
// subject is the account's e-mail address, its audience the identity's id.
type GCPIAM struct {
	Issuer          *Issuer  // the service account; the server's own issuer if nil
	ServiceAccounts []string // allowed e-mail addresses; all if empty
}

// googleIssuer is the issuer of Google's ID tokens.
const googleIssuer = "https://accounts.google.com"

// InstanceIdentity returns the claims of an instance's ID token.
func InstanceIdentity(audience, email, project, zone string) map[string]any {
	return map[string]any{
		"iss": googleIssuer, "aud": audience, "sub": "113000000000000000001", "azp": "113000000000000000001",
		"email": email, "email_verified": true,
		"google": map[string]any{"compute_engine": map[string]any{"project_id": project, "zone": zone, "instance_name": "vm"}},
	}
}

func (g *GCPIDToken) method() string { return "gcp-auth" }
func (g *GCPIAM) method() string     { return "gcp-auth" }

func (g *GCPIDToken) complete(s *Server, _ *Identity) {
	if g.Issuer == nil {
		g.Issuer = s.ownIssuer()
	}
}

func (g *GCPIAM) complete(s *Server, _ *Identity) {
	if g.Issuer == nil {
		g.Issuer = s.ownIssuer()
	}
}

func gcpLogin() login {
	return login{
		method: "gcp-auth", since: G1,
		fields: []field{identityField(), {name: "jwt", raw: true}},
		unknown: func(Generation) error {
			return notFound("GCP auth method not found for identity, did you configure GCP auth?")
		},
		prove: func(c *call, id *Identity, body fields) error {
			if g, ok := id.Auth.(*GCPIAM); ok {
				return g.prove(c, id, body.text("jwt"))
			}
			return id.Auth.(*GCPIDToken).prove(c, id, body.text("jwt"))
		},
	}
}

func (g *GCPIDToken) prove(c *call, id *Identity, token string) error {
	payload, err := g.Issuer.verify(token, c.now, googleIssuer, id.ID)
	if err != nil { // whatever it is
		return because(internal(), err.Error())
	}
	google, _ := payload["google"].(map[string]any)
	engine, _ := google["compute_engine"].(map[string]any)
	project, _ := engine["project_id"].(string)
	zone, _ := engine["zone"].(string)
	switch {
	case len(g.ServiceAccounts) > 0 && !slices.Contains(g.ServiceAccounts, payload.text("email")):
		return unauthorized("Access denied: GCP service account not allowed.")
	case len(g.Projects) > 0 && !slices.Contains(g.Projects, project):
		return unauthorized("Access denied: GCP project not allowed.")
	case len(g.Zones) > 0 && !slices.Contains(g.Zones, zone):
		return unauthorized("Access denied: GCP zone not allowed.")
	}
	return nil
}

func (g *GCPIAM) prove(c *call, id *Identity, token string) error {
	payload, err := g.Issuer.verify(token, c.now, "")
	switch {
	case err == errMalformed || err == errUnknownKey:
		return because(internal(), err.Error())
	case err != nil:
		return libraryFailure(err)
	case !slices.Equal(payload.audiences(), []string{id.ID}):
		return unauthorized("Invalid audience in GCP IAM Token")
	case len(g.ServiceAccounts) > 0 && !slices.Contains(g.ServiceAccounts, payload.text("sub")):
		return unauthorized("Access denied: GCP service account not allowed.")
	}
	return nil
}

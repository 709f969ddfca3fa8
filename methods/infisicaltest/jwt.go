package infisicaltest

import "slices"

// JWT is JWT auth: a JWT signed with a key that the server was told.
type JWT struct {
	Issuer    *Issuer           // whose keys are known; the server's own issuer if nil
	Audiences []string          // one of them is demanded; none if empty
	Subject   string            // demanded, with * for any text; none if empty
	Claims    map[string]string // demanded, with * for any text
}

func (j *JWT) method() string { return "jwt-auth" }

func (j *JWT) complete(s *Server, _ *Identity) {
	if j.Issuer == nil {
		j.Issuer = s.ownIssuer()
	}
}

func jwtLogin() login {
	return login{
		method: "jwt-auth", since: G2,
		fields: []field{identityField(), {name: "jwt"}},
		unknown: func(Generation) error {
			return notFound("JWT auth method not found for identity, did you configure JWT auth?")
		},
		prove: proveJWT,
	}
}

func proveJWT(c *call, id *Identity, body fields) error {
	j := id.Auth.(*JWT)
	payload, err := j.Issuer.verify(body.text("jwt"), c.now, "")
	switch {
	case err == errMalformed:
		return unauthorized("Invalid JWT")
	case err == errUnknownKey:
		return because(internal(), err.Error())
	case err != nil:
		return unauthorized("Access denied: " + err.Error())
	case payload.text("iss") != j.Issuer.URL:
		return because(forbidden("Access denied: issuer mismatch"), "iss is "+payload.text("iss"))
	}
	if err := j.subject(payload); err != nil {
		return err
	}
	if len(j.Audiences) > 0 {
		if len(payload.audiences()) == 0 {
			return unauthorized("Access denied: token has no audience field")
		}
		if !slices.ContainsFunc(payload.audiences(), func(a string) bool { return slices.Contains(j.Audiences, a) }) {
			return unauthorized("Access denied: token audience not allowed")
		}
	}
	for name, wanted := range j.Claims {
		switch value := payload.text(name); {
		case value == "":
			return unauthorized("Access denied: token has no " + name + " field")
		case !glob(wanted, value):
			return unauthorized("Access denied: claim mismatch for field " + name)
		}
	}
	return nil
}

func (j *JWT) subject(payload claims) error {
	switch value := payload.text("sub"); {
	case j.Subject == "":
		return nil
	case value == "":
		return unauthorized("Access denied: token has no subject field")
	case !glob(j.Subject, value):
		return because(forbidden("Access denied: subject not allowed"), "sub is "+value)
	}
	return nil
}

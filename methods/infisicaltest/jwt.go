package infisicaltest

import (
	"net/http"
	"slices"
)

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
	payload, err := j.Issuer.verify(body.text("jwt"), c.now, j.Issuer.URL)
	if err != nil {
		return unauthorized("Access denied: " + err.Error())
	}
	if j.Subject != "" && !glob(j.Subject, payload.text("sub")) {
		return because(&failure{status: http.StatusForbidden, name: "ForbiddenError", message: "Access denied: subject not allowed"},
			"sub is "+payload.text("sub"))
	}
	if len(j.Audiences) > 0 && !slices.ContainsFunc(payload.audiences(), func(a string) bool { return slices.Contains(j.Audiences, a) }) {
		return unauthorized("Access denied: token audience not allowed")
	}
	for name, wanted := range j.Claims {
		if !glob(wanted, payload.text(name)) {
			return unauthorized("Access denied: claim mismatch for field " + name)
		}
	}
	return nil
}

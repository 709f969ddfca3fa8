package infisicaltest

import (
	"net/http"
	"slices"
)

// Azure is Azure auth: an access token of a managed identity. Mint one with
// [Issuer.MintRSA] of [ManagedIdentity].
type Azure struct {
	Issuer            *Issuer // whose keys Azure publishes; the server's own issuer if nil
	Tenant            string  // a UUID; made up if empty
	Resource          string  // https://management.azure.com/ if empty
	ServicePrincipals []string
}

// ManagedIdentity returns the claims of a managed identity's access token.
func ManagedIdentity(tenant, resource, principal string) map[string]any {
	return map[string]any{
		"iss": azureIssuer(tenant), "aud": resource, "tid": tenant, "oid": principal, "sub": principal, "idtyp": "app", "ver": "1.0",
	}
}

func azureIssuer(tenant string) string { return "https://sts.windows.net/" + tenant + "/" }

func (a *Azure) method() string { return "azure-auth" }

func (a *Azure) complete(s *Server, _ *Identity) {
	if a.Issuer == nil {
		a.Issuer = s.ownIssuer()
	}
	if a.Tenant == "" {
		a.Tenant = newUUID()
	}
	if a.Resource == "" {
		a.Resource = "https://management.azure.com/"
	}
}

func azureLogin() login {
	return login{
		method: "azure-auth", since: G1,
		fields: []field{identityField(), {name: "jwt", raw: true}},
		unknown: func(Generation) error {
			return notFound("Azure auth method not found for identity, did you configure Azure Auth?")
		},
		prove: proveAzure,
	}
}

func proveAzure(c *call, id *Identity, body fields) error {
	a := id.Auth.(*Azure)
	payload, err := a.Issuer.verify(body.text("jwt"), c.now, "")
	switch {
	case err == errMalformed:
		return because(internal(), err.Error())
	case err == errUnknownKey:
		return &failure{status: http.StatusUnauthorized, name: "UnauthorizedError", message: "Invalid signing key"}
	case err != nil:
		return libraryFailure(err)
	}
	// An audience may lack the slash at the end of the resource, but not add one.
	allowed := func(audience string) bool {
		return audience == a.Resource || audience+"/" == a.Resource
	}
	switch {
	case !slices.ContainsFunc(payload.audiences(), allowed):
		return libraryFailure(jwtError("jwt audience invalid. expected: " + a.Resource))
	case payload.text("iss") != azureIssuer(a.Tenant):
		return libraryFailure(jwtError("jwt issuer invalid. expected: " + azureIssuer(a.Tenant)))
	case payload.text("tid") != a.Tenant:
		return unauthorized("Tenant ID mismatch")
	case len(a.ServicePrincipals) > 0 && !slices.Contains(a.ServicePrincipals, payload.text("oid")):
		return unauthorized("Service principal not allowed")
	}
	return nil
}

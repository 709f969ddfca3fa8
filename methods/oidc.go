package methods

import (
	"context"
)

// oidc logs in with the token of an OIDC provider: the one that is given.
type oidc struct {
	Identity
	JWT
}

// Proof implements [Prover].
func (o *oidc) Proof(context.Context) (Body, error) {
	if o.JWT.JWT == "" {
		return nil, &Error{Kind: Setting, Message: "set --jwt or INFISICAL_JWT to the token of the OIDC provider"}
	}
	return o.body(Body{"jwt": o.JWT.JWT}), nil
}

func oidcEvidence(lookup Lookup) Evidence {
	if _, given := lookup("INFISICAL_JWT"); given {
		return Evidence{Rank: Given, Because: "INFISICAL_JWT is set"}
	}
	return Evidence{}
}

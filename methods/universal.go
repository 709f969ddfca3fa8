package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// universal logs in with a client id and its secret.
type universal struct {
	ClientID     config.UUID   `env:"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID" flag:"client-id" required:"true" file:"true" scrub:"true" usage:"Client ID of the machine identity."`
	ClientSecret config.Secret `env:"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET" flag:"client-secret" required:"true" file:"true" scrub:"true" usage:"Client secret of the machine identity."`
	Organization
}

// Proof implements [Prover].
func (u *universal) Proof(context.Context) (Body, error) {
	return u.body(Body{"clientId": string(u.ClientID), "clientSecret": u.ClientSecret}), nil
}

func universalEvidence(lookup Lookup) Evidence {
	return pair(lookup, "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET")
}

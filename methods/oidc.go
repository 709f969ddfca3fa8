package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// oidc proves an identity with an OpenID Connect token: the one that is given,
// or one that the place where the job runs hands out.
type oidc struct {
	Identity
	JWT
	Audience
	Provider providerName `env:"INFISICAL_OIDC_PROVIDER" flag:"oidc-provider" shown:"the first that is found" usage:"Where the OIDC token comes from: github, gitlab, circleci, buildkite, bitbucket, azure-devops, spiffe, kubernetes or google."`
	Ambient  ambient
}

// Audience is whom an assertion that is asked for shall be good for. Infisical
// compares it with the audiences that the identity allows.
type Audience struct {
	Audience string `env:"INFISICAL_OIDC_AUDIENCE" flag:"oidc-audience" shown:"the provider's own, or infisical" usage:"Audience of the OIDC token or JWT-SVID to ask for."`
}

// defaultAudience is asked for where an audience must be named and none is set:
// the one in Infisical's own instructions for SPIFFE.
const defaultAudience = "infisical"

// oidcEvidence speaks for oidc-auth if an assertion is given, a provider is
// named, or a CI system offers an assertion. What a cloud or a cluster offers is
// left to the methods of their own.
func oidcEvidence(lookup Lookup) Evidence {
	if _, given := lookup("INFISICAL_JWT"); given {
		return Evidence{Rank: Given, Because: "INFISICAL_JWT is set"}
	}
	if name, given := lookup("INFISICAL_OIDC_PROVIDER"); given {
		return Evidence{Rank: CI, Because: "INFISICAL_OIDC_PROVIDER is " + name}
	}
	var places ambient
	fill(&places, lookup)
	for _, p := range providers() {
		if because := p.in(&places).found(); because != "" && p.ci {
			return Evidence{Rank: CI, Because: because + " (" + p.name + ")"}
		}
	}
	return Evidence{}
}

// Proof implements [Prover].
func (o *oidc) Proof(ctx context.Context) (Body, error) {
	jwt, err := o.assertion(ctx)
	if err != nil {
		return nil, err
	}
	return o.body(Body{"jwt": jwt}), nil
}

// assertion returns the assertion that is given, unless a provider is named, or
// asks a provider for one.
func (o *oidc) assertion(ctx context.Context) (config.Secret, error) {
	if o.JWT.JWT != "" && o.Provider == "" {
		return o.JWT.JWT, nil
	}
	p, err := o.Ambient.provider(o.Provider)
	if err != nil {
		return "", err
	}
	jwt, err := p.in(&o.Ambient).assertion(ctx, o.Audience.Audience)
	if err != nil {
		return "", err
	}
	return jwt, checkAudience(jwt, o.Audience.Audience, p)
}

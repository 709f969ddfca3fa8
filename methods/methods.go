// Package methods logs in to Infisical: one file a method, one function that
// exchanges their proofs for tokens. It neither prints nor reads the
// environment, and it knows nothing of where a token goes.
package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// Row is one way to log in.
type Row struct {
	Name string // as --method takes it
	Path string // the login route below the domain; empty if no proof is exchanged
	// New returns the method with its settings still empty. A constructor, not a
	// value, since settings are decoded anew for each login.
	New func() Method
	// Evidence tells what speaks for the method when none is named; nil if the
	// method is never inferred.
	Evidence func(Lookup) Evidence
}

// All returns the methods in the order in which help lists them and in which
// evidence of equal rank is weighed.
func All() []Row {
	return []Row{
		{"universal-auth", "/api/v1/auth/universal-auth/login", func() Method { return new(universal) }, universalEvidence},
		{"kubernetes", "/api/v1/auth/kubernetes-auth/login", func() Method { return new(kubernetes) }, kubernetesEvidence},
		{"aws-iam", "/api/v1/auth/aws-auth/login", func() Method { return new(awsIAM) }, awsEvidence},
		{"gcp-id-token", "/api/v1/auth/gcp-auth/login", func() Method { return new(gcpIDToken) }, gcpIDTokenEvidence},
		{"gcp-iam", "/api/v1/auth/gcp-auth/login", func() Method { return new(gcpIAM) }, gcpIAMEvidence},
		{"azure", "/api/v1/auth/azure-auth/login", func() Method { return new(azure) }, azureEvidence},
		{"oidc-auth", "/api/v1/auth/oidc-auth/login", func() Method { return new(oidc) }, oidcEvidence},
		{"jwt-auth", "/api/v1/auth/jwt-auth/login", func() Method { return new(jwt) }, nil},
		{"ldap-auth", "/api/v1/auth/ldap-auth/login", func() Method { return new(ldap) }, ldapEvidence},
		{"oci-auth", "/api/v1/auth/oci-auth/login", func() Method { return new(oci) }, ociEvidence},
		{"alicloud-auth", "/api/v1/auth/alicloud-auth/login", func() Method { return new(alicloud) }, alicloudEvidence},
		{"tls-cert-auth", "/api/v1/auth/tls-cert-auth/login", func() Method { return new(tlsCert) }, nil},
		{"spiffe-auth", "/api/v1/auth/spiffe-auth/login", func() Method { return new(spiffe) }, nil},
		{"token-auth", "", func() Method { return new(tokenAuth) }, nil},
		{"user", "", func() Method { return new(User) }, userEvidence},
	}
}

// Method is a pointer to a struct of settings that is a [Prover] or an
// [Authenticator].
type Method any

// Prover is a machine identity's method: it proves who is asking.
type Prover interface {
	// Proof returns the body of the login request. It is called for each
	// attempt, so that what it reads or fetches is fresh.
	Proof(context.Context) (Body, error)
}

// Authenticator is a method that does not exchange a single proof: a person's
// login, a token that is at hand already.
type Authenticator interface {
	Login(context.Context, *Client) (token.Token, error)
}

// Body is the body of a login request. Values of type [config.Secret] are sent
// as they are and redacted in whatever the server answers.
type Body map[string]any

// Organization scopes a machine identity's session to a sub-organization.
type Organization struct {
	Slug string `env:"INFISICAL_AUTH_ORGANIZATION_SLUG" flag:"organization-slug" usage:"Slug of the sub-organization that the session is for."`
}

func (o Organization) body(b Body) Body {
	if o.Slug != "" {
		b["organizationSlug"] = o.Slug
	}
	return b
}

// Identity names the machine identity that logs in.
type Identity struct {
	ID config.UUID `env:"INFISICAL_MACHINE_IDENTITY_ID" flag:"machine-identity-id" required:"true" file:"true" usage:"ID of the machine identity."`
	Organization
}

func (i Identity) body(b Body) Body {
	b["identityId"] = string(i.ID)
	return i.Organization.body(b)
}

// JWT is an assertion that somebody else has signed.
type JWT struct {
	JWT config.Secret `env:"INFISICAL_JWT" older:"INFISICAL_OIDC_AUTH_JWT" flag:"jwt" olderflag:"oidc-jwt" file:"true" trim:"space" scrub:"true" usage:"Signed assertion (JWT) that proves the identity."`
}

package methods

import (
	"cmp"
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// gitlab is GitLab CI, where a job declares a token with id_tokens, under a name
// and for an audience of its choice:
// https://docs.gitlab.com/ci/secrets/id_token_authentication/
type gitlab struct {
	Infisical config.Secret `env:"INFISICAL_ID_TOKEN" external:"true" scrub:"true" usage:"GitLab CI: the ID token of the job, as Infisical's instructions name it."`
	GitLab    config.Secret `env:"GITLAB_OIDC_TOKEN" external:"true" usage:"GitLab CI: the ID token of the job, as GitLab's instructions name it."`
}

func (g *gitlab) found() string {
	switch {
	case g.Infisical != "":
		return "INFISICAL_ID_TOKEN is set"
	case g.GitLab != "":
		return "GITLAB_OIDC_TOKEN is set"
	}
	return ""
}

func (g *gitlab) assertion(context.Context, string) (config.Secret, error) {
	return variable(cmp.Or(g.Infisical, g.GitLab), "GitLab CI")
}

// circleci is CircleCI, which gives every job a token for the organization, in
// two formats: https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/
type circleci struct {
	V2 config.Secret `env:"CIRCLE_OIDC_TOKEN_V2" external:"true" usage:"CircleCI: the OIDC token of the job, which names its repository."`
	V1 config.Secret `env:"CIRCLE_OIDC_TOKEN" external:"true" usage:"CircleCI: the OIDC token of the job, in its older form."`
}

func (c *circleci) found() string {
	switch {
	case c.V2 != "":
		return "CIRCLE_OIDC_TOKEN_V2 is set"
	case c.V1 != "":
		return "CIRCLE_OIDC_TOKEN is set"
	}
	return ""
}

func (c *circleci) assertion(context.Context, string) (config.Secret, error) {
	return variable(cmp.Or(c.V2, c.V1), "CircleCI")
}

// bitbucket is Bitbucket Pipelines, which gives a token to a step with oidc: true:
// https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
type bitbucket struct {
	Token config.Secret `env:"BITBUCKET_STEP_OIDC_TOKEN" external:"true" usage:"Bitbucket Pipelines: the OIDC token of the step."`
}

func (b *bitbucket) found() string {
	if b.Token == "" {
		return ""
	}
	return "BITBUCKET_STEP_OIDC_TOKEN is set"
}

func (b *bitbucket) assertion(context.Context, string) (config.Secret, error) {
	return variable(b.Token, "Bitbucket Pipelines")
}

// variable checks that what a CI system put into a variable can be a token.
func variable(token config.Secret, system string) (config.Secret, error) {
	if token == "" || !printable(token.Reveal()) {
		return "", &Error{Kind: Setting, Message: "what " + system + " gave as OIDC token is not a token"}
	}
	return token, nil
}

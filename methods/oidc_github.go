package methods

import (
	"context"
	"net/url"

	"github.com/infisical-login/infisical-login/config"
)

// github is GitHub Actions, whose runner offers a token service to a job that
// may write ID tokens:
// https://docs.github.com/actions/reference/security/oidc
type github struct {
	URL   string        `env:"ACTIONS_ID_TOKEN_REQUEST_URL" external:"true" usage:"GitHub Actions: where a job asks for its OIDC token."`
	Token config.Secret `env:"ACTIONS_ID_TOKEN_REQUEST_TOKEN" external:"true" usage:"GitHub Actions: what a job asks for its OIDC token with."`
}

func (g *github) found() string {
	if g.URL == "" || g.Token == "" {
		return ""
	}
	return "ACTIONS_ID_TOKEN_REQUEST_URL is set"
}

// query asks for a token. Without an audience GitHub names the owner of the
// repository, https://github.com/OWNER.
func (g *github) query(audience string) query {
	return query{
		Service: "GitHub Actions token service",
		Limit:   ciLimit,
		URL:     withParameter(g.URL, "audience", audience),
		Header: map[string]string{
			"Authorization": "Bearer " + g.Token.Reveal(),
			"Accept":        "application/json; api-version=2.0",
		},
		Secrets: []config.Secret{g.Token},
	}
}

func (g *github) assertion(ctx context.Context, audience string) (config.Secret, error) {
	return g.query(audience).member(ctx, "value")
}

// withParameter adds a parameter to the query of a URL, leaving alone what is
// there. An empty value adds nothing. A text that is no URL is returned as it
// is, for the request to complain about.
func withParameter(address, name, value string) string {
	u, err := url.Parse(address)
	if err != nil || value == "" {
		return address
	}
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += name + "=" + percent(value)
	return u.String()
}

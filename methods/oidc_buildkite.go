package methods

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// buildkite is Buildkite, whose agent API gives a token to a running job. It is
// what "buildkite-agent oidc request-token" asks:
// https://buildkite.com/docs/agent/v3/cli/reference/oidc
type buildkite struct {
	Endpoint string        `env:"BUILDKITE_AGENT_ENDPOINT" external:"true" default:"https://agent.buildkite.com/v3" usage:"Buildkite: address of the agent API."`
	Token    config.Secret `env:"BUILDKITE_AGENT_ACCESS_TOKEN" external:"true" usage:"Buildkite: what the job speaks to the agent API with."`
	Job      string        `env:"BUILDKITE_JOB_ID" external:"true" usage:"Buildkite: ID of the job."`
}

func (b *buildkite) found() string {
	if b.Token == "" || b.Job == "" {
		return ""
	}
	return "BUILDKITE_AGENT_ACCESS_TOKEN is set"
}

// query asks for a token. Without an audience Buildkite names the organization,
// https://buildkite.com/ORGANIZATION.
func (b *buildkite) query(audience string) query {
	body := map[string]string{}
	if audience != "" {
		body["audience"] = audience
	}
	text, _ := json.Marshal(body) // a map of texts always encodes
	return query{
		Service: "Buildkite agent API",
		Limit:   ciLimit,
		Method:  "POST",
		URL:     strings.TrimRight(b.Endpoint, "/") + "/jobs/" + url.PathEscape(b.Job) + "/oidc/tokens",
		Header: map[string]string{
			"Authorization": "Token " + b.Token.Reveal(),
			"Content-Type":  "application/json",
		},
		Body:    string(text),
		Secrets: []config.Secret{b.Token},
	}
}

func (b *buildkite) assertion(ctx context.Context, audience string) (config.Secret, error) {
	return b.query(audience).member(ctx, "token")
}

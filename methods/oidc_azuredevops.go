package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// azureDevOps is Azure Pipelines, whose token service answers to the access
// token of the job:
// https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
type azureDevOps struct {
	URL   string        `env:"SYSTEM_OIDCREQUESTURI" external:"true" usage:"Azure Pipelines: where a job asks for its OIDC token."`
	Token config.Secret `env:"SYSTEM_ACCESSTOKEN" external:"true" usage:"Azure Pipelines: the access token of the job, which a step has to map into its environment."`
}

func (a *azureDevOps) found() string {
	if a.URL == "" || a.Token == "" {
		return ""
	}
	return "SYSTEM_OIDCREQUESTURI and SYSTEM_ACCESSTOKEN are set"
}

// query asks for a token. Its audience is always api://AzureADTokenExchange.
func (a *azureDevOps) query() query {
	return query{
		Service: "Azure Pipelines token service",
		Limit:   ciLimit,
		Method:  "POST",
		URL:     withParameter(a.URL, "api-version", "7.1"),
		Header: map[string]string{
			"Authorization": "Bearer " + a.Token.Reveal(),
			"Content-Type":  "application/json",
			// Without it a refusal is a redirect to a page where people log in.
			"X-TFS-FedAuthRedirect": "Suppress",
		},
		Secrets: []config.Secret{a.Token},
	}
}

func (a *azureDevOps) assertion(ctx context.Context, _ string) (config.Secret, error) {
	return a.query().member(ctx, "oidcToken")
}

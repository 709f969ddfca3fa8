package methods

import (
	"cmp"
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// google is Google Cloud, by whose variables alone Cloud Run can be told.
// Elsewhere the provider has to be named.
type google struct {
	GoogleMetadata
	Service string `env:"K_SERVICE" external:"true" usage:"Google Cloud Run: name of the service."`
	Job     string `env:"CLOUD_RUN_JOB" external:"true" usage:"Google Cloud Run: name of the job."`
}

func (g *google) found() string {
	switch {
	case g.Service != "":
		return "K_SERVICE is set"
	case g.Job != "":
		return "CLOUD_RUN_JOB is set"
	}
	return ""
}

func (g *google) assertion(ctx context.Context, audience string) (config.Secret, error) {
	return g.identityToken(ctx, cmp.Or(audience, defaultAudience))
}

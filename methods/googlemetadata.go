package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
)

// GoogleMetadata is the metadata service of Google Cloud, which Compute Engine,
// Kubernetes Engine, Cloud Run and Cloud Functions have alike.
type GoogleMetadata struct {
	Host string `env:"GCE_METADATA_HOST" external:"true" default:"metadata.google.internal" usage:"Google Cloud: host, and port if not 80, of the metadata service."`
}

// identityQuery asks for an ID token of the attached service account:
// https://cloud.google.com/compute/docs/instances/verifying-instance-identity
func (g GoogleMetadata) identityQuery(audience string) query {
	return query{
		Service: "Google Cloud metadata service",
		Hint:    "is this a Google Cloud machine or container?",
		Limit:   metadataLimit,
		URL: "http://" + g.Host + "/computeMetadata/v1/instance/service-accounts/default/identity" +
			"?audience=" + percent(audience) + "&format=full",
		Header: map[string]string{"Metadata-Flavor": "Google"},
	}
}

// identityToken returns a new ID token for the audience.
func (g GoogleMetadata) identityToken(ctx context.Context, audience string) (config.Secret, error) {
	q := g.identityQuery(audience)
	text, err := q.text(ctx)
	if err != nil {
		return "", err
	}
	return q.token(text)
}

package methods

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/infisical-login/infisical-login/config"
)

// GoogleMetadata is the metadata service of Google Cloud, which Compute Engine,
// Kubernetes Engine, Cloud Run and Cloud Functions have alike.
type GoogleMetadata struct {
	Host string `env:"GCE_METADATA_HOST" external:"true" default:"metadata.google.internal" usage:"Google Cloud: host, and port if not 80, of the metadata service."`
}

// identityToken returns a new identity token of the attached service account,
// with what is known of the machine in it:
// https://cloud.google.com/compute/docs/instances/verifying-instance-identity
func (g GoogleMetadata) identityToken(ctx context.Context, audience string) (config.Secret, error) {
	q := g.query("identity", url.Values{"audience": {audience}, "format": {"full"}})
	text, err := g.account(ctx, q)
	if err != nil {
		return "", err
	}
	return q.token(text)
}

// query asks about the attached service account.
func (g GoogleMetadata) query(what string, parameters url.Values) query {
	const flavor = "Metadata-Flavor" // required both ways, against requests that were not meant for it
	return query{
		Service: "Google Cloud metadata service",
		Hint:    "is this a Google Cloud machine or container?",
		Limit:   metadataLimit,
		URL: "http://" + cmp.Or(g.Host, "metadata.google.internal") +
			"/computeMetadata/v1/instance/service-accounts/default/" + what + "?" + parameters.Encode(),
		Header:  map[string]string{flavor: "Google"},
		Repeats: flavor,
	}
}

// account asks q. That there is no such service account is a mistake in how the
// machine was set up.
func (g GoogleMetadata) account(ctx context.Context, q query) (string, error) {
	text, err := q.text(ctx)
	if errors.Is(err, statusError(http.StatusNotFound)) {
		return "", &Error{
			Kind:    Setting,
			Message: "the Google Cloud metadata service at " + q.base() + " knows no service account for this machine; attach one, or bind the Kubernetes service account to one",
			Err:     err,
		}
	}
	return text, err
}

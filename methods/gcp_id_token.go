package methods

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/infisical-login/infisical-login/config"
)

// gcpIDToken proves to be the service account that is attached to a machine, a
// Cloud Run service or a GKE workload, by an identity token of the metadata server.
type gcpIDToken struct {
	Identity
	GCEMetadata
}

// GCEMetadata is Google Cloud's metadata server.
type GCEMetadata struct {
	Host string `env:"GCE_METADATA_HOST" external:"true" shown:"metadata.google.internal" usage:"Host, with an optional port, of Google Cloud's metadata server."`
}

// gcpIDTokenEvidence speaks for gcp-id-token where Google Cloud itself runs the
// container. Knative sets K_SERVICE too, in clusters of all clouds.
func gcpIDTokenEvidence(lookup Lookup) Evidence {
	names := []string{"GCE_METADATA_HOST", "CLOUD_RUN_JOB", "GAE_SERVICE"}
	if _, cluster := lookup("KUBERNETES_SERVICE_HOST"); !cluster {
		names = append(names, "K_SERVICE")
	}
	return cloudEvidence(lookup, names...)
}

// Proof implements [Prover]. The audience is the identity's id, which the
// Infisical server compares.
func (m *gcpIDToken) Proof(ctx context.Context) (Body, error) {
	jwt, err := m.idToken(ctx, string(m.ID))
	if err != nil {
		return nil, err
	}
	return m.body(Body{"jwt": jwt}), nil
}

// idToken returns an identity token of the attached service account, with what
// is known of the machine in it.
func (g GCEMetadata) idToken(ctx context.Context, audience string) (config.Secret, error) {
	q := g.query("identity", url.Values{"audience": {audience}, "format": {"full"}})
	text, err := g.account(ctx, q)
	if err != nil {
		return "", err
	}
	return q.token(text)
}

// query asks about the attached service account.
func (g GCEMetadata) query(what string, parameters url.Values) query {
	const flavor = "Metadata-Flavor" // required both ways, against requests that were not meant for it
	return query{
		Service: "GCP metadata server",
		Hint:    "is this a machine on Google Cloud?",
		Limit:   metadataLimit,
		URL: "http://" + cmp.Or(g.Host, "metadata.google.internal") +
			"/computeMetadata/v1/instance/service-accounts/default/" + what + "?" + parameters.Encode(),
		Header:  map[string]string{flavor: "Google"},
		Repeats: flavor,
	}
}

// account asks q. That there is no such service account is a mistake in how the
// machine was set up.
func (g GCEMetadata) account(ctx context.Context, q query) (string, error) {
	text, err := q.text(ctx)
	if errors.Is(err, statusError(http.StatusNotFound)) {
		return "", &Error{
			Kind:    Setting,
			Message: "the GCP metadata server at " + q.base() + " knows no service account for this machine; attach one, or bind the Kubernetes service account to one",
			Err:     err,
		}
	}
	return text, err
}

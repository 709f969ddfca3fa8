package methods

import "context"

// gcpIDToken proves to be the service account that is attached to a machine, a
// Cloud Run service or a GKE workload, by an identity token of the metadata server.
type gcpIDToken struct {
	Identity
	GoogleMetadata
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
	jwt, err := m.identityToken(ctx, string(m.ID))
	if err != nil {
		return nil, err
	}
	return m.body(Body{"jwt": jwt}), nil
}

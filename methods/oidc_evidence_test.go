package methods

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
)

// lookupIn returns the lookup of an environment, of which the settings of all
// methods are known.
func lookupIn(environ ...string) Lookup {
	var structs []any
	for _, row := range All() {
		structs = append(structs, row.New())
	}
	return config.NewSource(config.Fields(structs...), nil, slices.Concat(environ, []string{noCluster})).Lookup
}

func TestOIDCEvidence(t *testing.T) {
	// A JWT counts as given, a CI system's token as ambient, and half of what a
	// service needs as nothing. Clouds and clusters have methods of their own.
	t.Parallel()
	for name, test := range map[string]struct {
		environ string
		want    Evidence
	}{
		"nothing":      {"", Evidence{}},
		"jwt":          {"INFISICAL_JWT=x", Evidence{Rank: Given, Because: "INFISICAL_JWT is set"}},
		"older":        {"INFISICAL_OIDC_AUTH_JWT=x", Evidence{Rank: Given, Because: "INFISICAL_JWT is set"}},
		"file":         {"INFISICAL_JWT_FILE=/x", Evidence{Rank: Given, Because: "INFISICAL_JWT is set"}},
		"named":        {"INFISICAL_OIDC_PROVIDER=kubernetes", Evidence{Rank: CI, Because: "INFISICAL_OIDC_PROVIDER is kubernetes"}},
		"github":       {"ACTIONS_ID_TOKEN_REQUEST_URL=x ACTIONS_ID_TOKEN_REQUEST_TOKEN=y", Evidence{Rank: CI, Because: "ACTIONS_ID_TOKEN_REQUEST_URL is set (github)"}},
		"half github":  {"ACTIONS_ID_TOKEN_REQUEST_URL=x", Evidence{}},
		"gitlab":       {"INFISICAL_ID_TOKEN=x", Evidence{Rank: CI, Because: "INFISICAL_ID_TOKEN is set (gitlab)"}},
		"gitlab's own": {"GITLAB_OIDC_TOKEN=x", Evidence{Rank: CI, Because: "GITLAB_OIDC_TOKEN is set (gitlab)"}},
		"circleci":     {"CIRCLE_OIDC_TOKEN_V2=x", Evidence{Rank: CI, Because: "CIRCLE_OIDC_TOKEN_V2 is set (circleci)"}},
		"circleci old": {"CIRCLE_OIDC_TOKEN=x", Evidence{Rank: CI, Because: "CIRCLE_OIDC_TOKEN is set (circleci)"}},
		"buildkite":    {"BUILDKITE_AGENT_ACCESS_TOKEN=x BUILDKITE_JOB_ID=y", Evidence{Rank: CI, Because: "BUILDKITE_AGENT_ACCESS_TOKEN is set (buildkite)"}},
		"half of it":   {"BUILDKITE_AGENT_ACCESS_TOKEN=x", Evidence{}},
		"bitbucket":    {"BITBUCKET_STEP_OIDC_TOKEN=x", Evidence{Rank: CI, Because: "BITBUCKET_STEP_OIDC_TOKEN is set (bitbucket)"}},
		"azure":        {"SYSTEM_OIDCREQUESTURI=x SYSTEM_ACCESSTOKEN=y", Evidence{Rank: CI, Because: "SYSTEM_OIDCREQUESTURI and SYSTEM_ACCESSTOKEN are set (azure-devops)"}},
		"azure's half": {"SYSTEM_OIDCREQUESTURI=x", Evidence{}},
		"spiffe":       {"SPIFFE_ENDPOINT_SOCKET=unix:///x", Evidence{}},
		"cloud run":    {"K_SERVICE=x CLOUD_RUN_JOB=y GCE_METADATA_HOST=z", Evidence{}},
		"empty":        {"CIRCLE_OIDC_TOKEN=", Evidence{}},
	} {
		if got := oidcEvidence(lookupIn(strings.Fields(test.environ)...)); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestSignedEvidence(t *testing.T) {
	// The keys of Oracle's and Alibaba's clouds speak for their methods, if they
	// are whole.
	t.Parallel()
	for name, test := range map[string]struct {
		evidence func(Lookup) Evidence
		environ  string
		want     Evidence
	}{
		"oci file":      {ociEvidence, "OCI_CONFIG_FILE=/x", Evidence{Rank: Cloud, Because: "OCI_CONFIG_FILE is set"}},
		"oci key":       {ociEvidence, "OCI_CLI_USER=x OCI_CLI_KEY_FILE=/y", Evidence{Rank: Cloud, Because: "OCI_CLI_USER and OCI_CLI_KEY_FILE are set"}},
		"oci region":    {ociEvidence, "OCI_CLI_REGION=x OCI_CLI_USER=y", Evidence{}},
		"alibaba":       {alicloudEvidence, "ALIBABA_CLOUD_ACCESS_KEY_ID=x ALIBABA_CLOUD_ACCESS_KEY_SECRET=y", Evidence{Rank: Cloud, Because: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are set"}},
		"alibaba, half": {alicloudEvidence, "ALIBABA_CLOUD_ACCESS_KEY_ID=x", Evidence{}},
	} {
		if got := test.evidence(lookupIn(strings.Fields(test.environ)...)); got != test.want {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

func TestAmbientOrder(t *testing.T) {
	// A CI system's token comes before a cloud's key, and that before a pod's token;
	// what is given as a setting comes before all of them.
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "x")
	all := []string{
		"INFISICAL_MACHINE_IDENTITY_ID=" + testID, "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH=" + token,
		"OCI_CONFIG_FILE=/x", "CIRCLE_OIDC_TOKEN=x", "INFISICAL_LDAP_USERNAME=x", "INFISICAL_LDAP_PASSWORD=x",
	}
	for _, want := range []struct {
		name  string
		given int // how many of the above
	}{{"kubernetes", 2}, {"oci-auth", 3}, {"oidc-auth", 4}, {"ldap-auth", 6}} {
		got, err := Infer(lookupIn(all[:want.given]...), false)
		if err != nil || got.Row.Name != want.name {
			t.Errorf("%s, %v; want %s", got.Row.Name, err, want.name)
		}
	}
}

func TestNeverInferred(t *testing.T) {
	// What only a person can decide has to be named.
	t.Parallel()
	for _, name := range []string{"jwt-auth", "token-auth", "tls-cert-auth", "spiffe-auth"} {
		if row(t, name).Evidence != nil {
			t.Errorf("%s brings evidence", name)
		}
	}
	_, err := Infer(lookupIn("INFISICAL_MACHINE_IDENTITY_ID="+testID, "INFISICAL_TOKEN=x", "SPIFFE_ENDPOINT_SOCKET=unix:///x",
		"INFISICAL_TLS_CERT_PATH=/x", "INFISICAL_TLS_KEY_PATH=/y"), false)
	wantError(t, err, Setting, "no method is named and none can be inferred")
}

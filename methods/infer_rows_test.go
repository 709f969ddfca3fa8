package methods

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// evidenceOf lists, by method, an environment that speaks for it and nothing
// else, with the rank that it has and what is said of it.
func evidenceOf(t *testing.T) map[string]struct {
	rank    Rank
	environ []string
	because string
} {
	t.Helper()
	pod := filepath.Join(t.TempDir(), "token")
	write(t, pod, "x")
	return map[string]struct {
		rank    Rank
		environ []string
		because string
	}{
		"universal-auth": {Given, []string{"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + testID, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=x"},
			"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID and INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET are set"},
		"ldap-auth":     {Given, []string{"INFISICAL_LDAP_USERNAME=x", "INFISICAL_LDAP_PASSWORD=x"}, "INFISICAL_LDAP_USERNAME and INFISICAL_LDAP_PASSWORD are set"},
		"gcp-iam":       {Given, []string{"INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH=/x"}, "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH is set"},
		"user":          {Given, []string{"INFISICAL_EMAIL=x@example.com", "INFISICAL_PASSWORD=x"}, "INFISICAL_EMAIL and INFISICAL_PASSWORD are set"},
		"oidc-auth":     {CI, []string{"CIRCLE_OIDC_TOKEN_V2=x"}, "CIRCLE_OIDC_TOKEN_V2 is set (circleci)"},
		"aws-iam":       {Cloud, []string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://x"}, "AWS_CONTAINER_CREDENTIALS_FULL_URI is set"},
		"gcp-id-token":  {Cloud, []string{"CLOUD_RUN_JOB=x"}, "CLOUD_RUN_JOB is set"},
		"azure":         {Cloud, []string{"IDENTITY_ENDPOINT=http://x"}, "IDENTITY_ENDPOINT is set"},
		"oci-auth":      {Cloud, []string{"OCI_CONFIG_FILE=/x"}, "OCI_CONFIG_FILE is set"},
		"alicloud-auth": {Cloud, []string{"ALIBABA_CLOUD_ACCESS_KEY_ID=x", "ALIBABA_CLOUD_ACCESS_KEY_SECRET=x"}, "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are set"},
		"kubernetes":    {Cluster, []string{"INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH=" + pod}, "there is a service account token at " + pod},
	}
}

const withIdentity = "INFISICAL_MACHINE_IDENTITY_ID=" + testID

func TestEveryMethodBringsItsEvidence(t *testing.T) {
	// Each method that can be inferred is, by its own evidence; what a machine
	// offers needs an identity, and the error for want of one names it.
	t.Parallel()
	evidence := evidenceOf(t)
	for _, row := range All() {
		own, listed := evidence[row.Name]
		if listed != (row.Evidence != nil) {
			t.Errorf("%s: evidence in this test %v, in the table %v", row.Name, listed, row.Evidence != nil)
		}
		if !listed {
			continue
		}
		got, err := Infer(lookupIn(append(own.environ, withIdentity)...), false)
		if err != nil || got.Row.Name != row.Name || got.Because != own.because || len(got.Others) > 0 {
			t.Errorf("%s: %s because %q, others %q, %v", row.Name, got.Row.Name, got.Because, got.Others, err)
		}
		got, err = Infer(lookupIn(own.environ...), false)
		if own.rank == Given {
			if err != nil || got.Row.Name != row.Name {
				t.Errorf("%s without an identity: %s, %v", row.Name, got.Row.Name, err)
			}
			continue
		}
		wantError(t, err, Setting, "found "+row.Name+" ("+own.because+"), but no identity; set --machine-identity-id or INFISICAL_MACHINE_IDENTITY_ID")
	}
}

func TestEveryTwoMethods(t *testing.T) {
	// Of any two methods with evidence the one of the higher rank wins, of equals
	// the one that the table has first, and the other is told of; credentials of
	// two methods contradict each other, and both are named.
	t.Parallel()
	evidence := evidenceOf(t)
	rows := All()
	for i, one := range rows {
		for _, two := range rows[i+1:] {
			first, ok := evidence[one.Name]
			second, too := evidence[two.Name]
			if !ok || !too {
				continue
			}
			got, err := Infer(lookupIn(slices.Concat(first.environ, second.environ, []string{withIdentity})...), false)
			if first.rank == Given && second.rank == Given {
				failed, is := errors.AsType[*Error](err)
				if !is || failed.Kind != Setting || !strings.Contains(err.Error(), one.Name+" ("+first.because+"), "+two.Name+" ("+second.because+")") {
					t.Errorf("%s and %s: %v", one.Name, two.Name, err)
				}
				continue
			}
			best, other := one.Name, two.Name
			if second.rank < first.rank {
				best, other = other, best
			}
			if err != nil || got.Row.Name != best || !slices.Equal(got.Others, []string{other}) {
				t.Errorf("%s and %s: %s, others %q, %v", one.Name, two.Name, got.Row.Name, got.Others, err)
			}
		}
	}
}

func TestHalfOfAPair(t *testing.T) {
	// Half of what belongs together is a mistake that names the other half.
	t.Parallel()
	for name, missing := range map[string]string{
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID": "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET": "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID",
		"INFISICAL_LDAP_USERNAME": "INFISICAL_LDAP_PASSWORD", "INFISICAL_LDAP_PASSWORD": "INFISICAL_LDAP_USERNAME",
		"INFISICAL_EMAIL": "INFISICAL_PASSWORD", "INFISICAL_PASSWORD": "INFISICAL_EMAIL",
	} {
		_, err := Infer(lookupIn(name+"=x", withIdentity), false)
		wantError(t, err, Setting, name+" is set without its other half; set --")
		wantError(t, err, Setting, " or "+missing+" too")
	}
}

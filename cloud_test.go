package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/rogpeppe/go-internal/testscript"
)

// cloud makes the script's machine one of a cloud that the server trusts: its
// metadata service answers at the address in $METADATA.
func cloud(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	var id infisicaltest.Identity
	var answers map[string]string // by path
	switch args[0] {
	case "aws":
		auth := new(infisicaltest.AWS)
		auth.SessionToken = "session-of-the-role"
		id = s.server.Add(infisicaltest.Identity{Auth: auth, TTL: time.Hour})
		credentials := fmt.Sprintf(`{"Code":"Success","AccessKeyId":%q,"SecretAccessKey":%q,"Token":%q,"Expiration":%q}`,
			auth.AccessKeyID, auth.SecretAccessKey, auth.SessionToken, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
		answers = map[string]string{
			"/latest/api/token":                               "metadata-token",
			"/latest/meta-data/iam/security-credentials/":     "role",
			"/latest/meta-data/iam/security-credentials/role": credentials,
			"/latest/dynamic/instance-identity/document":      `{"region":"eu-central-1"}`,
			"/container": credentials,
		}
	case "gcp":
		id = s.server.Add(infisicaltest.Identity{Auth: new(infisicaltest.GCPIDToken), TTL: time.Hour})
		claims := infisicaltest.InstanceIdentity(id.ID, "app@project.iam.gserviceaccount.com", "project", "zone")
		answers = map[string]string{"/computeMetadata/v1/instance/service-accounts/default/identity": s.server.Issuer().MintRSA(claims)}
	case "azure":
		auth := new(infisicaltest.Azure)
		id = s.server.Add(infisicaltest.Identity{Auth: auth, TTL: time.Hour})
		token := s.server.Issuer().MintRSA(infisicaltest.ManagedIdentity(auth.Tenant, auth.Resource, "principal"))
		answer := fmt.Sprintf(`{"access_token":%q}`, token)
		answers = map[string]string{"/metadata/identity/oauth2/token": answer, "/msi/token": answer}
	case "bare": // a machine that nobody gave a role
		id.ID = ts.Getenv("INFISICAL_MACHINE_IDENTITY_ID")
	default:
		ts.Fatalf("there is no cloud %q", args[0])
	}
	metadata := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("X-For-Infisical") != "" {
			http.Error(w, "a header for Infisical came here", http.StatusTeapot)
			return
		}
		w.Header().Set("Metadata-Flavor", "Google")
		w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "60")
		if answers[r.URL.Path] == "" {
			w.WriteHeader(http.StatusNotFound)
		}
		fmt.Fprint(w, answers[r.URL.Path])
	}))
	ts.Defer(metadata.Close)
	ts.Setenv("INFISICAL_CUSTOM_HEADERS", "X-For-Infisical=1") // which must not go there
	ts.Setenv("METADATA", metadata.URL)
	ts.Setenv("METADATA_HOST", strings.TrimPrefix(metadata.URL, "http://"))
	ts.Setenv("INFISICAL_MACHINE_IDENTITY_ID", id.ID)
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "")
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "")
}

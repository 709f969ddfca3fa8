package main

import (
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/rogpeppe/go-internal/testscript"
)

// machine gives the script's machine what a CI job, or a user of a cloud with
// keys of its own, has in the environment: machine github|oci|alicloud|spiffe.
func machine(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	var auth infisicaltest.Auth
	switch args[0] {
	case "github":
		auth = &infisicaltest.OIDC{Audiences: []string{"https://github.com/acme"}, Subject: "repo:acme/*"}
		runner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") != "Bearer of-the-job" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			audience := "https://github.com/acme"
			if asked := r.URL.Query().Get("audience"); asked != "" {
				audience = asked
			}
			fmt.Fprintf(w, `{"value":%q}`, s.server.Issuer().Mint(map[string]any{"aud": audience, "sub": "repo:acme/app:ref:refs/heads/main"}))
		}))
		ts.Defer(runner.Close)
		ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_URL", runner.URL+"/?api-version=2.0")
		ts.Setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", "of-the-job")
	case "oci":
		path, err := filepath.Abs("methods/testdata/oci/pkcs1.pem")
		ts.Check(err)
		text, err := os.ReadFile(path)
		ts.Check(err)
		block, _ := pem.Decode(text)
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		ts.Check(err)
		known := &infisicaltest.OCI{PublicKey: &key.PublicKey, Tenancy: "ocid1.tenancy.oc1..acme", User: "ocid1.user.oc1..app"}
		auth = known
		ts.Setenv("OCI_CLI_KEY_FILE", path)
		ts.Setenv("OCI_CLI_USER", known.User)
		ts.Setenv("OCI_CLI_TENANCY", known.Tenancy)
		ts.Setenv("OCI_CLI_FINGERPRINT", "20:3b:97")
		ts.Setenv("OCI_CLI_REGION", "eu-frankfurt-1")
	case "alicloud":
		auth = &infisicaltest.Alicloud{AccessKeyID: "LTAI5app", AccessKeySecret: "s3cr3t-of-alibaba"}
		ts.Setenv("ALIBABA_CLOUD_ACCESS_KEY_ID", "LTAI5app")
		ts.Setenv("ALIBABA_CLOUD_ACCESS_KEY_SECRET", "s3cr3t-of-alibaba")
	case "spiffe":
		auth = new(infisicaltest.SPIFFE)
		ts.Setenv("INFISICAL_JWT", s.server.Issuer().Mint(map[string]any{"aud": "infisical", "sub": "spiffe://example.org/app"}))
	default:
		ts.Fatalf("there is no machine %q", args[0])
	}
	id := s.server.Add(infisicaltest.Identity{Auth: auth, TTL: time.Hour})
	ts.Setenv("INFISICAL_MACHINE_IDENTITY_ID", id.ID)
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "")
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "")
}

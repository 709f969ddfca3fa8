package main

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/rogpeppe/go-internal/testscript"
)

// serviceAccount is the account whose key the script's machine holds.
const serviceAccount = "app@acme.iam.gserviceaccount.com"

// federated gives the script's machine a credential that a service of a cloud
// on the internet exchanges for another: federated gcp-key|irsa|aks.
func federated(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	mux := http.NewServeMux()
	var auth infisicaltest.Auth
	switch args[0] {
	case "gcp-key":
		auth = &infisicaltest.GCPIAM{ServiceAccounts: []string{serviceAccount}}
		google(ts, s.server, mux)
	case "irsa":
		known := &infisicaltest.AWS{SessionToken: "session-of-the-role"}
		auth = known
		s.server.Add(infisicaltest.Identity{Auth: known}) // which makes up the key
		amazon(ts, known, mux)
	case "aks":
		known := &infisicaltest.Azure{ServicePrincipals: []string{"principal"}}
		auth = known
		s.server.Add(infisicaltest.Identity{Auth: known}) // which makes up the tenant
		entra(ts, s.server, known, mux)
	default:
		ts.Fatalf("nothing is federated with %q", args[0])
	}
	id := s.server.Add(infisicaltest.Identity{Auth: auth, TTL: time.Hour})
	ts.Setenv("INFISICAL_MACHINE_IDENTITY_ID", id.ID)
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "")
	ts.Setenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "")
	connect(ts, mux)
}

// google is Google's token service and IAM, and writes key.json for them.
func google(ts *testscript.TestScript, server *infisicaltest.Server, mux *http.ServeMux) {
	mux.HandleFunc("POST oauth2.googleapis.com/token", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || r.FormValue("assertion") == "" {
			w.WriteHeader(http.StatusBadRequest)
		}
		answerJSON(w, map[string]any{"access_token": "of-the-key", "token_type": "Bearer", "expires_in": 3600})
	})
	mux.HandleFunc("POST iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{call}", func(w http.ResponseWriter, r *http.Request) {
		var request struct{ Payload string }
		claims := map[string]any{}
		if json.NewDecoder(r.Body).Decode(&request) != nil || json.Unmarshal([]byte(request.Payload), &claims) != nil ||
			r.PathValue("call") != serviceAccount+":signJwt" || r.Header.Get("Authorization") != "Bearer of-the-key" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		answerJSON(w, map[string]any{"keyId": "1", "signedJwt": server.Issuer().MintRSA(claims)})
	})
	private, err := os.ReadFile(filepath.Join("methods", "testdata", "oci", "pkcs8.pem")) // any key would do
	ts.Check(err)
	key, err := json.Marshal(map[string]string{"type": "service_account", "client_email": serviceAccount, "private_key_id": "1",
		"private_key": string(private), "token_uri": "https://oauth2.googleapis.com/token"})
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("key.json"), key, 0o600))
}

// amazon is AWS's token service in one region, and the variables of a pod whose
// service account has a role.
func amazon(ts *testscript.TestScript, known *infisicaltest.AWS, mux *http.ServeMux) {
	mux.HandleFunc("POST sts.eu-west-1.amazonaws.com/", func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("Action") != "AssumeRoleWithWebIdentity" || r.FormValue("WebIdentityToken") != "eyJ.of.the-pod" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		type credentials struct{ AccessKeyId, SecretAccessKey, SessionToken, Expiration string }
		answer := struct {
			XMLName     xml.Name    `xml:"https://sts.amazonaws.com/doc/2011-06-15/ AssumeRoleWithWebIdentityResponse"`
			Credentials credentials `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
		}{Credentials: credentials{known.AccessKeyID, known.SecretAccessKey, known.SessionToken, time.Now().Add(time.Hour).UTC().Format(time.RFC3339)}}
		w.Header().Set("Content-Type", "text/xml")
		_ = xml.NewEncoder(w).Encode(answer) // the client may have gone
	})
	ts.Check(os.WriteFile(ts.MkAbs("web-identity"), []byte("eyJ.of.the-pod"), 0o600))
	ts.Setenv("AWS_WEB_IDENTITY_TOKEN_FILE", ts.MkAbs("web-identity"))
	ts.Setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/app")
	ts.Setenv("AWS_REGION", "eu-west-1")
}

// entra is Microsoft Entra, and the variables of a pod that it trusts.
func entra(ts *testscript.TestScript, server *infisicaltest.Server, known *infisicaltest.Azure, mux *http.ServeMux) {
	mux.HandleFunc(fmt.Sprintf("POST login.microsoftonline.com/%s/oauth2/v2.0/token", known.Tenant), func(w http.ResponseWriter, r *http.Request) {
		if r.FormValue("client_assertion") != "eyJ.of.the-pod" || r.FormValue("client_id") != "application" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		claims := infisicaltest.ManagedIdentity(known.Tenant, known.Resource, "principal")
		answerJSON(w, map[string]any{"access_token": server.Issuer().MintRSA(claims), "token_type": "Bearer"})
	})
	ts.Check(os.WriteFile(ts.MkAbs("federated-token"), []byte("eyJ.of.the-pod\n"), 0o600))
	ts.Setenv("AZURE_FEDERATED_TOKEN_FILE", ts.MkAbs("federated-token"))
	ts.Setenv("AZURE_CLIENT_ID", "application")
	ts.Setenv("AZURE_TENANT_ID", known.Tenant)
}

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spiffe/go-spiffe/v2/proto/spiffe/workload"
	"google.golang.org/grpc"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// job puts the script's machine where OIDC tokens are handed out, in place of
// where it was, and has the server trust them: job gitlab|circleci|buildkite|
// bitbucket|azure-devops|kubernetes|google|spiffe. Another of spiffe's words,
// svid, has the server want JWT-SVIDs for spiffe-auth.
func job(ts *testscript.TestScript, _ bool, args []string) {
	s := ts.Value(scriptedKey{}).(*scripted)
	for _, name := range []string{
		"INFISICAL_ID_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "BUILDKITE_AGENT_ACCESS_TOKEN", "BITBUCKET_STEP_OIDC_TOKEN", "SYSTEM_ACCESSTOKEN", "SPIFFE_ENDPOINT_SOCKET",
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET",
	} {
		ts.Setenv(name, "")
	}
	var auth infisicaltest.Auth = &infisicaltest.OIDC{Audiences: []string{"infisical"}, Subject: "job:*"}
	mint := func(audience string) string {
		return s.server.Issuer().Mint(map[string]any{"aud": audience, "sub": "job:main"})
	}
	switch args[0] {
	case "gitlab":
		ts.Setenv("INFISICAL_ID_TOKEN", mint("infisical"))
	case "circleci":
		ts.Setenv("CIRCLE_OIDC_TOKEN_V2", mint("infisical"))
	case "bitbucket":
		ts.Setenv("BITBUCKET_STEP_OIDC_TOKEN", mint("infisical"))
	case "buildkite":
		ts.Setenv("BUILDKITE_AGENT_ENDPOINT", serviceOf(ts, "POST /v3/jobs/42/oidc/tokens", "Token of-the-job", func(r *http.Request) any {
			var asked struct{ Audience string }
			_ = json.NewDecoder(r.Body).Decode(&asked) // nothing is asked for then
			return map[string]string{"token": mint(asked.Audience)}
		})+"/v3")
		ts.Setenv("BUILDKITE_AGENT_ACCESS_TOKEN", "of-the-job")
		ts.Setenv("BUILDKITE_JOB_ID", "42")
	case "azure-devops":
		ts.Setenv("SYSTEM_OIDCREQUESTURI", serviceOf(ts, "POST /oidctoken", "Bearer of-the-job", func(r *http.Request) any {
			return map[string]string{"oidcToken": mint("api://AzureADTokenExchange")}
		})+"/oidctoken")
		ts.Setenv("SYSTEM_ACCESSTOKEN", "of-the-job")
		auth = &infisicaltest.OIDC{Audiences: []string{"api://AzureADTokenExchange"}, Subject: "job:*"}
	case "kubernetes":
		ts.Check(os.WriteFile(ts.MkAbs("projected"), []byte(mint("infisical")), 0o600))
		ts.Setenv("INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH", ts.MkAbs("projected"))
	case "google":
		url := serviceOf(ts, "GET /computeMetadata/v1/instance/service-accounts/default/identity", "", func(r *http.Request) any {
			return mint(r.URL.Query().Get("audience"))
		})
		ts.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(url, "http://"))
	case "spiffe", "svid":
		auth = &infisicaltest.OIDC{Audiences: []string{"infisical"}, Subject: "spiffe://example.org/*"}
		if args[0] == "svid" {
			auth = new(infisicaltest.SPIFFE)
		}
		ts.Setenv("SPIFFE_ENDPOINT_SOCKET", workloadAPI(ts, s.server.Issuer()))
	default:
		ts.Fatalf("there is no job %q", args[0])
	}
	id := s.server.Add(infisicaltest.Identity{Auth: auth, TTL: time.Hour})
	ts.Setenv("INFISICAL_MACHINE_IDENTITY_ID", id.ID)
}

// serviceOf starts a service that answers one question, of those who may ask it.
func serviceOf(ts *testscript.TestScript, pattern, authorization string, answer func(*http.Request) any) string {
	mux := http.NewServeMux()
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != authorization {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Metadata-Flavor", "Google")
		body := answer(r)
		if text, ok := body.(string); ok {
			fmt.Fprint(w, text)
			return
		}
		_ = json.NewEncoder(w).Encode(body) // the client may have gone
	})
	server := httptest.NewServer(mux)
	ts.Defer(server.Close)
	return server.URL
}

// agent is a SPIFFE Workload API that has one workload.
type agent struct {
	workload.UnimplementedSpiffeWorkloadAPIServer
	issuer *infisicaltest.Issuer
}

// FetchJWTSVID implements the service.
func (a *agent) FetchJWTSVID(_ context.Context, r *workload.JWTSVIDRequest) (*workload.JWTSVIDResponse, error) {
	const id = "spiffe://example.org/app"
	svid := a.issuer.Mint(map[string]any{"aud": r.GetAudience(), "sub": id})
	return &workload.JWTSVIDResponse{Svids: []*workload.JWTSVID{{SpiffeId: id, Svid: svid}}}, nil
}

// workloadAPI serves an agent on a socket and returns its address. A socket's
// path has to be short, which the script's own folder may not be.
func workloadAPI(ts *testscript.TestScript, issuer *infisicaltest.Issuer) string {
	folder, err := os.MkdirTemp("", "spiffe")
	ts.Check(err)
	listener, err := net.Listen("unix", folder+"/agent.sock")
	ts.Check(err)
	server := grpc.NewServer()
	workload.RegisterSpiffeWorkloadAPIServer(server, &agent{issuer: issuer})
	go func() { _ = server.Serve(listener) }() // ends when it is stopped
	ts.Defer(func() {
		server.Stop()
		_ = os.RemoveAll(folder) // nothing to be done about it
	})
	return "unix://" + folder + "/agent.sock"
}

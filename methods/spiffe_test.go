package methods

import (
	"context"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spiffe/go-spiffe/v2/proto/spiffe/workload"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// agent is a SPIFFE Workload API that checks what it is asked.
type agent struct {
	workload.UnimplementedSpiffeWorkloadAPIServer
	t        *testing.T
	audience string
	answer   func(context.Context) (*workload.JWTSVIDResponse, error)
}

// FetchJWTSVID implements the service.
func (a *agent) FetchJWTSVID(ctx context.Context, request *workload.JWTSVIDRequest) (*workload.JWTSVIDResponse, error) {
	header, _ := metadata.FromIncomingContext(ctx)
	if !slices.Equal(header.Get("workload.spiffe.io"), []string{"true"}) {
		a.t.Errorf("metadata %v", header)
	}
	if !slices.Equal(request.GetAudience(), []string{a.audience}) || request.GetSpiffeId() != "" {
		a.t.Errorf("asked for %v", request)
	}
	return a.answer(ctx)
}

// serve serves the agent on a socket and returns its address.
func (a *agent) serve(network, address string) string {
	a.t.Helper()
	listener, err := net.Listen(network, address)
	if err != nil {
		a.t.Fatal(err)
	}
	server := grpc.NewServer()
	workload.RegisterSpiffeWorkloadAPIServer(server, a)
	go func() { _ = server.Serve(listener) }() // ends when it is stopped
	a.t.Cleanup(server.Stop)
	if network == "unix" {
		return "unix://" + address
	}
	return "tcp://" + listener.Addr().String()
}

func svids(tokens ...string) func(context.Context) (*workload.JWTSVIDResponse, error) {
	response := &workload.JWTSVIDResponse{}
	for _, token := range tokens {
		response.Svids = append(response.Svids, &workload.JWTSVID{SpiffeId: "spiffe://example.org/job", Svid: token})
	}
	return func(context.Context) (*workload.JWTSVIDResponse, error) { return response, nil }
}

func TestSPIFFELogin(t *testing.T) {
	// The agent is asked over either kind of socket, for the audience that is set
	// or Infisical's usual one, and the server accepts its first answer; a given
	// JWT-SVID needs no agent. oidc-auth can have its token from the agent too.
	t.Parallel()
	for name, test := range map[string]struct {
		network, address, audience string
		method                     string
	}{
		"unix":     {"unix", filepath.Join(t.TempDir(), "agent.sock"), "infisical", "spiffe-auth"},
		"tcp":      {"tcp", "127.0.0.1:0", odd, "spiffe-auth"},
		"for oidc": {"tcp", "127.0.0.1:0", "infisical", "oidc-auth"},
		"given":    {"", "", "infisical", "spiffe-auth"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := infisicaltest.New(infisicaltest.G3)
			url := server.Start(t)
			known := server.Add(infisicaltest.Identity{Auth: &infisicaltest.SPIFFE{Audiences: []string{test.audience}}})
			if test.method == "oidc-auth" {
				known = server.Add(infisicaltest.Identity{Auth: &infisicaltest.OIDC{Audiences: []string{test.audience}}})
			}
			svid := server.Issuer().Mint(map[string]any{"sub": "spiffe://example.org/job", "aud": []string{test.audience}})
			environ := []string{"INFISICAL_MACHINE_IDENTITY_ID=" + known.ID, noCluster}
			if test.network == "" {
				environ = append(environ, "INFISICAL_JWT="+svid)
			} else {
				a := &agent{t: t, audience: test.audience, answer: svids(svid, "another")}
				environ = append(environ, "SPIFFE_ENDPOINT_SOCKET="+a.serve(test.network, test.address))
			}
			if test.audience != "infisical" {
				environ = append(environ, "INFISICAL_OIDC_AUDIENCE="+test.audience)
			}
			if _, err := client(t, url, nil).Login(t.Context(), row(t, test.method), freshly(row(t, test.method), environ...)); err != nil {
				t.Error(err, server.Requests())
			}
		})
	}
}

// freshly decodes the method of a row from an environment.
func freshly(row Row, environ ...string) func() (Method, error) {
	return func() (Method, error) {
		method := row.New()
		return method, config.NewSource(config.Fields(method), nil, environ).Decode(method)
	}
}

func TestSPIFFEComplains(t *testing.T) {
	// An agent that refuses, lies or is not there ends in an error that says which
	// agent, and a workload that it does not know yet may try again.
	t.Parallel()
	fail := func(code codes.Code) func(context.Context) (*workload.JWTSVIDResponse, error) {
		return func(context.Context) (*workload.JWTSVIDResponse, error) {
			return nil, status.Error(code, "what it\nsaid")
		}
	}
	for name, test := range map[string]struct {
		answer func(context.Context) (*workload.JWTSVIDResponse, error)
		kind   Kind
		want   string
	}{
		"unknown workload": {fail(codes.PermissionDenied), Unavailable, "is the workload registered? (what it said)"},
		"down":             {fail(codes.Unavailable), Unavailable, "what it said"},
		"wrong question":   {fail(codes.InvalidArgument), Refused, "what it said"},
		"nothing":          {svids(), Protocol, "holds no JWT-SVID"},
		"no JWT":           {svids("secret-svid"), Protocol, "holds no JWT-SVID"},
		"not for us":       {svids(infisicaltest.NewIssuer("x").Mint(map[string]any{"sub": "spiffe://example.org/job", "aud": "other"})), Protocol, "for the audience"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := &agent{t: t, audience: "infisical", answer: test.answer}
			address := a.serve("tcp", "127.0.0.1:0")
			_, err := decoded(t, new(spiffe), "SPIFFE_ENDPOINT_SOCKET="+address).Proof(t.Context())
			wantError(t, err, test.kind, test.want)
			if !strings.Contains(err.Error(), address) || strings.Contains(err.Error(), "secret-svid") {
				t.Error(err)
			}
		})
	}
}

func TestSPIFFEAgentAway(t *testing.T) {
	// A socket that nobody listens on, one that hangs and an address that is none
	// are told apart.
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	hung := &agent{t: t, audience: "infisical", answer: func(ctx context.Context) (*workload.JWTSVIDResponse, error) {
		cancel()
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	for address, want := range map[string]struct {
		kind Kind
		text string
	}{
		"unix://" + filepath.Join(t.TempDir(), "none.sock"): {Unavailable, "no such file or directory"},
		"agent.sock":               {Setting, `SPIFFE_ENDPOINT_SOCKET is "agent.sock"`},
		"tcp://agent.example:8081": {Setting, "must be an IP:port"},
		"":                         {Setting, "SPIFFE_ENDPOINT_SOCKET to the SPIFFE Workload API"},
	} {
		_, err := decoded(t, new(spiffe), "SPIFFE_ENDPOINT_SOCKET="+address).Proof(t.Context())
		wantError(t, err, want.kind, want.text)
	}
	_, err := decoded(t, new(spiffe), "SPIFFE_ENDPOINT_SOCKET="+hung.serve("tcp", "127.0.0.1:0")).Proof(ctx)
	wantError(t, err, Unavailable, "out of time")
}

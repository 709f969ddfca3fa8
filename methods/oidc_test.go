package methods

import (
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// assertionFor returns a text that is shaped like a JWT with an audience, which
// is a JSON value.
func assertionFor(audience string) string {
	encode := base64.RawURLEncoding.EncodeToString
	return encode([]byte(`{"alg":"RS256"}`)) + "." + encode([]byte(`{"sub":"job","aud":`+audience+`}`)) + "." + encode([]byte("signature"))
}

// odd is an audience that has to be escaped wherever it goes.
const odd = `a b&c=d+e%/?#"é`

// asker is a place that asks a service over HTTP.
type asker struct {
	name  string
	limit time.Duration           // of one exchange
	good  func(jwt string) string // the body of a good answer
	empty string                  // one without a token
	at    func(address string) (place, query)
	check func(t *testing.T, r *http.Request, body, audience string)
}

func askers() []asker {
	return []asker{
		{
			name:  "github",
			limit: 5 * time.Second,
			good:  func(jwt string) string { return `{"count":1,"value":"` + jwt + `"}` },
			empty: `{"count":0,"value":""}`,
			at: func(address string) (place, query) {
				g := &github{URL: address + "/token?api-version=2.0&run=%2F", Token: "job-secret"}
				return g, g.query("")
			},
			check: func(t *testing.T, r *http.Request, body, audience string) {
				want := "api-version=2.0&run=%2F"
				if audience != "" {
					want += "&audience=a%20b%26c%3Dd%2Be%25%2F%3F%23%22%C3%A9"
				}
				if r.Method != "GET" || r.URL.Path != "/token" || r.URL.RawQuery != want || body != "" {
					t.Errorf("%s %s?%s %q, want ?%s", r.Method, r.URL.Path, r.URL.RawQuery, body, want)
				}
				if got := r.Header.Get("Authorization"); got != "Bearer job-secret" {
					t.Errorf("authorization %q", got)
				}
			},
		},
		{
			name:  "buildkite",
			limit: 5 * time.Second,
			good:  func(jwt string) string { return `{"token":"` + jwt + `"}` },
			empty: `{"token":""}`,
			at: func(address string) (place, query) {
				b := &buildkite{Endpoint: address + "/v3/", Token: "job-secret", Job: "0190/job"}
				return b, b.query("")
			},
			check: func(t *testing.T, r *http.Request, body, audience string) {
				want := `{}`
				if audience != "" {
					want = "{\"audience\":\"a b\\u0026c=d+e%/?#\\\"é\"}"
				}
				if r.Method != "POST" || r.URL.EscapedPath() != "/v3/jobs/0190%2Fjob/oidc/tokens" || body != want {
					t.Errorf("%s %s %s", r.Method, r.URL.EscapedPath(), body)
				}
				if r.Header.Get("Authorization") != "Token job-secret" || r.Header.Get("Content-Type") != "application/json" {
					t.Errorf("header %v", r.Header)
				}
			},
		},
		{
			name:  "azure-devops",
			limit: 5 * time.Second,
			good:  func(jwt string) string { return `{"oidcToken":"` + jwt + `"}` },
			empty: `{}`,
			at: func(address string) (place, query) {
				a := &azureDevOps{URL: address + "/org/oidctoken", Token: "job-secret"}
				return a, a.query()
			},
			check: func(t *testing.T, r *http.Request, body, _ string) {
				if r.Method != "POST" || r.URL.RequestURI() != "/org/oidctoken?api-version=7.1" || body != "" || r.ContentLength != 0 {
					t.Errorf("%s %s %q", r.Method, r.URL.RequestURI(), body)
				}
				if r.Header.Get("Authorization") != "Bearer job-secret" || r.Header.Get("Content-Type") != "application/json" || r.Header.Get("X-TFS-FedAuthRedirect") != "Suppress" {
					t.Errorf("header %v", r.Header)
				}
			},
		},
		{
			name:  "google",
			limit: 2 * time.Second,
			good:  func(jwt string) string { return jwt + "\n" },
			empty: " \n",
			at: func(address string) (place, query) {
				g := &google{GoogleMetadata: GoogleMetadata{Host: strings.TrimPrefix(address, "http://")}}
				return g, g.query("identity", nil)
			},
			check: func(t *testing.T, r *http.Request, body, audience string) {
				want := "audience=infisical&format=full"
				if audience != "" {
					want = "audience=a+b%26c%3Dd%2Be%25%2F%3F%23%22%C3%A9&format=full"
				}
				if r.Method != "GET" || r.URL.Path != "/computeMetadata/v1/instance/service-accounts/default/identity" || r.URL.RawQuery != want || body != "" {
					t.Errorf("%s %s?%s", r.Method, r.URL.Path, r.URL.RawQuery)
				}
				if r.Header.Get("Metadata-Flavor") != "Google" {
					t.Errorf("header %v", r.Header)
				}
			},
		},
	}
}

func TestProviderIsAsked(t *testing.T) {
	// Each service is asked in its own words, for the audience byte by byte, within
	// its own limit, and neither a cookie nor a custom header goes there.
	t.Parallel()
	for _, a := range askers() {
		for _, audience := range []string{"", odd} {
			t.Run(a.name+" "+audience, func(t *testing.T) {
				t.Parallel()
				jwt := assertionFor(`"x"`)
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					body, err := io.ReadAll(r.Body)
					if err != nil {
						t.Error(err)
					}
					a.check(t, r, string(body), audience)
					w.Header().Set("Metadata-Flavor", "Google")
					_, _ = io.WriteString(w, a.good(jwt))
				}))
				defer server.Close()
				place, query := a.at(server.URL)
				got, err := place.assertion(t.Context(), audience)
				if err != nil || got.Reveal() != jwt {
					t.Errorf("%q, %v", got.Reveal(), err)
				}
				if query.Limit != a.limit || query.Proxy != nil {
					t.Errorf("limit %v", query.Limit)
				}
			})
		}
	}
}

func TestProviderMisbehaves(t *testing.T) {
	// A service that refuses, fails or lies ends in the error of that kind, which
	// names the service and holds no secret.
	t.Parallel()
	for _, a := range askers() {
		for name, test := range map[string]struct {
			status int
			body   string
			kind   Kind
		}{
			"refuses":        {403, `{"message":"job-secret is not allowed"}`, Refused},
			"fails":          {503, "down", Unavailable},
			"limits":         {429, "", Unavailable},
			"redirects":      {302, "", Protocol},
			"is a web page":  {200, "<html><body>Sign in</body></html>", Protocol},
			"has no token":   {200, a.empty, Protocol},
			"has no answer":  {200, "", Protocol},
			"breaks a line":  {200, a.good(`a\nb c`), Protocol},
			"talks too long": {200, a.good(strings.Repeat("x", 1<<20)), Protocol},
		} {
			t.Run(a.name+" "+name, func(t *testing.T) {
				t.Parallel()
				server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.URL.Path == "/elsewhere" {
						t.Error("the redirect was followed")
					}
					w.Header().Set("Location", "/elsewhere")
					w.Header().Set("Metadata-Flavor", "Google")
					w.WriteHeader(test.status)
					_, _ = io.WriteString(w, test.body)
				}))
				defer server.Close()
				place, query := a.at(server.URL)
				got, err := place.assertion(t.Context(), "")
				wantError(t, err, test.kind, query.Service)
				if got != "" || a.name != "google" && strings.Contains(err.Error(), "job-secret") {
					t.Errorf("%q, %v", got.Reveal(), err)
				}
			})
		}
	}
}

func TestProviderIsSilent(t *testing.T) {
	// A service that never answers is given up as soon as the login is.
	t.Parallel()
	for _, a := range askers() {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				_, _ = io.Copy(io.Discard, r.Body)
				cancel()
				<-r.Context().Done()
			}))
			defer server.Close()
			place, query := a.at(server.URL)
			_, err := place.assertion(ctx, "")
			wantError(t, err, Unavailable, query.Service)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("cause of %v", err)
			}
		})
	}
}

func TestProviderAddressIsNonsense(t *testing.T) {
	// An address that is none is a setting, and is not shown: a secret may be in it.
	t.Parallel()
	for _, p := range []place{
		&github{URL: "job-secret", Token: "x"},
		&github{URL: "https://[job-secret", Token: "x"},
		&azureDevOps{URL: "://job-secret", Token: "x"},
		&buildkite{Endpoint: "job-secret", Token: "x", Job: "y"},
	} {
		_, err := p.assertion(t.Context(), "a")
		wantError(t, err, Setting, "is not a URL")
		if strings.Contains(err.Error(), "job-secret") {
			t.Error(err)
		}
	}
}

// decoded returns the settings of a method, decoded from an environment.
func decoded[M any](t *testing.T, method *M, environ ...string) *M {
	t.Helper()
	environ = append(environ, "INFISICAL_MACHINE_IDENTITY_ID="+testID)
	if err := config.NewSource(config.Fields(method), nil, environ).Decode(method); err != nil {
		t.Fatal(err)
	}
	return method
}

// noCluster keeps a pod that the test may run in out of it. Of a variable that is
// there twice, the first counts.
const noCluster = "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH=/does/not/exist"

func TestOIDCAssertionFromVariables(t *testing.T) {
	// What a CI system has put into a variable is the assertion, without asking
	// anybody, and a given JWT comes before all of them.
	t.Parallel()
	one, two := assertionFor(`"one"`), assertionFor(`["two","three"]`)
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, one+"\n")
	for name, test := range map[string]struct {
		environ []string
		want    string
	}{
		"gitlab":                  {[]string{"INFISICAL_ID_TOKEN=" + one, "GITLAB_OIDC_TOKEN=" + two}, one},
		"gitlab by its own name":  {[]string{"GITLAB_OIDC_TOKEN=" + two}, two},
		"circleci":                {[]string{"CIRCLE_OIDC_TOKEN=" + two, "CIRCLE_OIDC_TOKEN_V2=" + one}, one},
		"circleci, older":         {[]string{"CIRCLE_OIDC_TOKEN=" + two}, two},
		"bitbucket":               {[]string{"BITBUCKET_STEP_OIDC_TOKEN=" + one}, one},
		"a given one":             {[]string{"INFISICAL_JWT=" + one, "BITBUCKET_STEP_OIDC_TOKEN=" + two}, one},
		"a given file":            {[]string{"INFISICAL_JWT_FILE=" + path, "BITBUCKET_STEP_OIDC_TOKEN=" + two}, one},
		"the older spelling":      {[]string{"INFISICAL_OIDC_AUTH_JWT=" + one}, one},
		"a named provider":        {[]string{"INFISICAL_JWT=" + one, "BITBUCKET_STEP_OIDC_TOKEN=" + two, "INFISICAL_OIDC_PROVIDER=bitbucket"}, two},
		"a pod":                   {[]string{"INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH=" + path}, one},
		"a pod, last":             {[]string{"INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH=" + path, "CIRCLE_OIDC_TOKEN=" + two}, two},
		"the audience that it is": {[]string{"CIRCLE_OIDC_TOKEN=" + two, "INFISICAL_OIDC_AUDIENCE=three"}, two},
		"no JWT, for the server":  {[]string{"CIRCLE_OIDC_TOKEN=opaque", "INFISICAL_OIDC_AUDIENCE=three"}, "opaque"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body, err := decoded(t, new(oidc), append(test.environ, noCluster)...).Proof(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			jwt, _ := body["jwt"].(config.Secret)
			if jwt.Reveal() != test.want || body["identityId"] != testID || len(body) != 2 {
				t.Errorf("jwt %q in %v", jwt.Reveal(), body)
			}
		})
	}
}

func TestOIDCAsksAnew(t *testing.T) {
	// Each attempt asks for an assertion of its own, since one may be good only once.
	t.Parallel()
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked++
		_, _ = io.WriteString(w, `{"value":"`+strings.Repeat("x", asked)+`"}`)
	}))
	defer server.Close()
	method := decoded(t, new(oidc), "ACTIONS_ID_TOKEN_REQUEST_URL="+server.URL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t")
	for _, want := range []config.Secret{"x", "xx"} {
		body, err := method.Proof(t.Context())
		if err != nil || body["jwt"] != want {
			t.Errorf("attempt %d: %v", len(want), err)
		}
	}
}

func TestOIDCComplains(t *testing.T) {
	// Without an assertion the error tells what was looked for, and a provider that
	// is named and not there tells what it needs.
	t.Parallel()
	for name, test := range map[string]struct {
		environ []string
		want    []string
	}{
		"nothing":           {nil, []string{"set --jwt, INFISICAL_JWT or INFISICAL_JWT_FILE", "github (", "id-token: write", "gitlab (", "circleci (", "buildkite (", "bitbucket (", "azure-devops (", "spiffe (", "kubernetes (", "google ("}},
		"half of a service": {[]string{"ACTIONS_ID_TOKEN_REQUEST_URL=https://x.example"}, []string{"there is no OIDC token: set --jwt"}},
		"not in that CI":    {[]string{"INFISICAL_OIDC_PROVIDER=github", "INFISICAL_JWT=x"}, []string{"no OIDC token of github here", "--oidc-provider or INFISICAL_OIDC_PROVIDER", `"permissions: id-token: write"`}},
		"not in a pod":      {[]string{"INFISICAL_OIDC_PROVIDER=kubernetes"}, []string{"no OIDC token of kubernetes here", "service account token file"}},
		"another audience":  {[]string{"CIRCLE_OIDC_TOKEN=" + assertionFor(`["a","b"]`), "INFISICAL_OIDC_AUDIENCE=c"}, []string{`the token of circleci is for "a, b", not for "c"`, "--oidc-audience or INFISICAL_OIDC_AUDIENCE"}},
		"two lines":         {[]string{"CIRCLE_OIDC_TOKEN=a\nb"}, []string{"what CircleCI gave as OIDC token is not a token"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decoded(t, new(oidc), append(test.environ, noCluster)...).Proof(t.Context())
			for _, want := range test.want {
				wantError(t, err, Setting, want)
			}
		})
	}
}

func TestOIDCProviderName(t *testing.T) {
	// Every row of the table can be named, and nothing else.
	t.Parallel()
	for _, p := range providers() {
		var name providerName
		if err := name.UnmarshalText([]byte(p.name)); err != nil || string(name) != p.name {
			t.Error(err)
		}
		for _, field := range config.Fields(oidc{}) {
			if field.Name == "INFISICAL_OIDC_PROVIDER" && !strings.Contains(field.Usage, p.name) {
				t.Errorf("the help of --oidc-provider does not name %s", p.name)
			}
		}
	}
	for _, text := range []string{"gihub", "GitHub", "github "} {
		err := new(providerName).UnmarshalText([]byte(text))
		if err == nil || !strings.Contains(err.Error(), "use one of github, gitlab, circleci") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestOIDCGoogleByName(t *testing.T) {
	// A Google Cloud machine has no variable that tells, so that its provider is
	// asked when it is named.
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Metadata-Flavor", "Google")
		_, _ = io.WriteString(w, assertionFor(`"team"`))
	}))
	defer server.Close()
	body, err := decoded(t, new(oidc), "INFISICAL_OIDC_PROVIDER=google", "INFISICAL_OIDC_AUDIENCE=team",
		"GCE_METADATA_HOST="+strings.TrimPrefix(server.URL, "http://"), noCluster).Proof(t.Context())
	if err != nil || body["jwt"] != config.Secret(assertionFor(`"team"`)) {
		t.Error(err)
	}
}

package methods

import (
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// withAzure is azure as its settings' defaults make it.
func withAzure(set func(*azure)) *azure {
	m := &azure{Identity: Identity{ID: testIdentity}, Resource: "https://management.azure.com/"}
	set(m)
	return m
}

// azureService answers with a token if the request is the wanted one.
func azureService(t *testing.T, token, want string, header ...string) string {
	t.Helper()
	return answering(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.Method + " " + r.URL.RequestURI(); got != want {
			t.Errorf("asked for %q, want %q", got, want)
		}
		for i := 0; i+1 < len(header); i += 2 {
			if got := r.Header.Get(header[i]); got != header[i+1] {
				t.Errorf("%s is %q, want %q", header[i], got, header[i+1])
			}
		}
		_ = json.NewEncoder(w).Encode(map[string]string{"access_token": token, "token_type": "Bearer", "expires_in": "3599"})
	})
}

func TestAzureMachine(t *testing.T) {
	// A virtual machine's metadata service is asked for a token for the
	// resource, and the server accepts it.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	at := server.Start(t)
	auth := &infisicaltest.Azure{}
	server.Add(infisicaltest.Identity{ID: testIdentity, Auth: auth})
	token := server.Issuer().MintRSA(infisicaltest.ManagedIdentity(auth.Tenant, auth.Resource, "principal"))
	m := withAzure(func(m *azure) {
		m.MetadataBase = azureService(t, token, "GET /metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F", "Metadata", "true")
	})
	body, err := m.Proof(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantBody(t, revealed(body), map[string]any{"identityId": testIdentity, "jwt": token})
	if _, err := client(t, at, nil).Login(t.Context(), row(t, "azure"), func() (Method, error) { return m, nil }); err != nil {
		t.Error(err)
	}
}

func TestAzureProof(t *testing.T) {
	// What Azure tells its machines and containers decides who is asked, and how.
	t.Parallel()
	for name, set := range map[string]func(*azure){
		"user-assigned identity": func(m *azure) {
			m.ClientID, m.Resource = "a&b", "api://infisical"
			m.MetadataBase = azureService(t, "a.b.c", "GET /metadata/identity/oauth2/token?api-version=2018-02-01&client_id=a%26b&resource=api%3A%2F%2Finfisical") + "/"
		},
		"App Service": func(m *azure) {
			m.IdentityHeader = "key"
			m.IdentityEndpoint = azureService(t, "a.b.c", "GET /msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fmanagement.azure.com%2F", "X-IDENTITY-HEADER", "key") + "/msi/token"
		},
		"App Service, user-assigned": func(m *azure) {
			m.IdentityHeader, m.ClientID = "key", "u"
			m.IdentityEndpoint = azureService(t, "a.b.c", "GET /msi/token?x=y&api-version=2019-08-01&client_id=u&resource=https%3A%2F%2Fmanagement.azure.com%2F") + "/msi/token?x=y"
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := withAzure(set)
			m.Slug = "team"
			body, err := m.Proof(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			wantBody(t, revealed(body), map[string]any{"identityId": testIdentity, "jwt": "a.b.c", "organizationSlug": "team"})
		})
	}
}

// entra is Microsoft Entra, which gives a token for one assertion.
func entra(t *testing.T) *httptest.Server {
	t.Helper()
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.Path != "/tenant-1/oauth2/v2.0/token" {
			t.Errorf("%s %s, %v", r.Method, r.URL, err)
		}
		if r.PostForm.Get("client_assertion") != "eyJ.service.account" {
			w.WriteHeader(http.StatusUnauthorized)
			_ = json.NewEncoder(w).Encode(map[string]string{"error": "invalid_client", "error_description": "AADSTS700213: no match for " + r.PostForm.Get("client_assertion")})
			return
		}
		want := url.Values{
			"grant_type": {"client_credentials"}, "client_id": {"app-1"}, "scope": {"https://management.azure.com/.default"},
			"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}, "client_assertion": {"eyJ.service.account"},
		}
		if r.PostForm.Encode() != want.Encode() {
			t.Errorf("form %v, want %v", r.PostForm, want)
		}
		fmt.Fprint(w, `{"access_token":"a.b.c","token_type":"Bearer","expires_in":3599}`)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server
}

func TestAzureWorkloadIdentity(t *testing.T) {
	// A Kubernetes service account's token is exchanged at Entra, whose
	// certificate is verified. The variables of the cluster give way to the setting.
	t.Parallel()
	server := entra(t)
	roots := filepath.Join(t.TempDir(), "roots.pem")
	write(t, roots, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	token, wrong := tokenFile(t, "eyJ.service.account\n"), tokenFile(t, "eyJ.wrong.hush")
	environ := []string{"SSL_CERT_FILE=" + roots, "AZURE_AUTHORITY_HOST=" + server.URL + "/", "AZURE_TENANT_ID=tenant-1"}
	for name, c := range map[string]struct {
		environ []string
		kind    Kind
		want    string
	}{
		"cluster's variables": {[]string{"AZURE_CLIENT_ID=app-1", "AZURE_FEDERATED_TOKEN_FILE=" + token}, 0, ""},
		"own setting":         {[]string{"AZURE_CLIENT_ID=app-2", "INFISICAL_AZURE_CLIENT_ID=app-1", "AZURE_FEDERATED_TOKEN_FILE=" + token}, 0, ""},
		"no trust":            {[]string{"AZURE_CLIENT_ID=app-1", "AZURE_FEDERATED_TOKEN_FILE=" + token, "SSL_CERT_FILE="}, Protocol, "its certificate does not verify"},
		"refused":             {[]string{"AZURE_CLIENT_ID=app-1", "AZURE_FEDERATED_TOKEN_FILE=" + wrong}, Refused, "refused with status 401: AADSTS700213: no match for [redacted]"},
		"no client":           {[]string{"AZURE_FEDERATED_TOKEN_FILE=" + token}, Setting, "no client ID; set --azure-client-id, INFISICAL_AZURE_CLIENT_ID or AZURE_CLIENT_ID"},
		"no file":             {[]string{"AZURE_CLIENT_ID=app-1", "AZURE_FEDERATED_TOKEN_FILE=/nowhere"}, Setting, `token file "/nowhere": no such file or directory; see AZURE_FEDERATED_TOKEN_FILE`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := prove(t, "azure", append(environ[:len(environ):len(environ)], c.environ...)...)
			if c.want == "" {
				wantBody(t, result.Body, map[string]any{"identityId": testIdentity, "jwt": "a.b.c"})
				return
			}
			result.wants(t, c.kind, c.want)
		})
	}
}

func TestAzureProxies(t *testing.T) {
	// Entra is on the internet and reached through the proxy that the
	// environment names; what is on the machine never is.
	t.Parallel()
	token := tokenFile(t, "eyJ.service.account")
	var asked string
	proxy := answering(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.Method + " " + r.Host
		w.WriteHeader(http.StatusForbidden)
	})
	m := withAzure(func(m *azure) {
		m.FederatedTokenPath, m.ApplicationID, m.TenantID, m.AuthorityHost = token, "app-1", "tenant-1", "https://login.invalid"
		m.HTTPS = config.Secret(proxy)
	})
	_, err := m.Proof(t.Context())
	wantError(t, err, Protocol, "answered with status 403; see HTTPS_PROXY and NO_PROXY")
	if asked != "CONNECT login.invalid:443" {
		t.Errorf("the proxy was asked for %q", asked)
	}
	prove(t, "azure", append(trap(t), "AZURE_POD_IDENTITY_AUTHORITY_HOST=http://metadata.invalid")...).
		wants(t, Unavailable, "no Azure metadata service at http://metadata.invalid: is this a machine on Azure?")
	prove(t, "azure", append(trap(t), "IDENTITY_ENDPOINT=http://metadata.invalid", "IDENTITY_HEADER=x")...).
		wants(t, Unavailable, "no Azure App Service token service at http://metadata.invalid")
}

func TestAzureComplains(t *testing.T) {
	// What a status means to Azure's services decides whether it is worth
	// another try, and no key is ever in a message.
	t.Parallel()
	for name, c := range map[string]struct {
		status int
		body   string
		kind   Kind
		want   string
	}{
		"no identity":    {400, `{"error":"invalid_request","error_description":"Identity not found"}`, Setting, "knows no such identity; assign a managed identity, or set --azure-client-id"},
		"many":           {400, `{"error":"invalid_request","error_description":"Multiple user assigned identities exist"}`, Refused, "Multiple user assigned identities exist"},
		"being updated":  {410, ``, Unavailable, "status 410"},
		"not ready":      {404, ``, Unavailable, "status 404"},
		"throttled":      {429, ``, Unavailable, "status 429"},
		"wrong resource": {400, `{"error":"invalid_resource","error_description":"no such resource"}`, Refused, "no such resource"},
		"echo":           {401, `hush-key is wrong`, Refused, "[redacted] is wrong"},
		"no token":       {200, `{}`, Protocol, "there is no token in its answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			service := answering(t, func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(c.status)
				fmt.Fprint(w, c.body)
			})
			_, err := withAzure(func(m *azure) { m.IdentityEndpoint, m.IdentityHeader = service, "hush-key" }).Proof(t.Context())
			wantError(t, err, c.kind, c.want)
		})
	}
	_, err := withAzure(func(m *azure) { m.IdentityEndpoint = "http://localhost" }).Proof(t.Context())
	wantError(t, err, Setting, "IDENTITY_ENDPOINT is set but not IDENTITY_HEADER")
	_, err = withAzure(func(m *azure) { m.FederatedTokenPath = "x" }).Proof(t.Context())
	if err == nil || !strings.Contains(err.Error(), "AZURE_CLIENT_ID") || !strings.Contains(err.Error(), "AZURE_TENANT_ID") {
		t.Errorf("not all at once: %v", err)
	}
	_, err = withAzure(func(m *azure) {
		m.FederatedTokenPath, m.ApplicationID, m.TenantID, m.AuthorityHost = tokenFile(t, "a.b.c"), "app", "t", "http://login"
	}).Proof(t.Context())
	wantError(t, err, Setting, "AZURE_AUTHORITY_HOST is not an https URL")
}

func TestAzureArcAsksForItsOwnFilesOnly(t *testing.T) {
	// The agent's challenge names a file whose content is sent back. Whoever
	// else is at that address gets no other file of the machine.
	t.Parallel()
	secret := tokenFile(t, "hush")
	for _, path := range []string{secret, "/etc/passwd", "/var/opt/azcmagent/tokens/../../x.key", "/var/opt/azcmagent/tokens/x", "", "x.key"} {
		asked := 0
		agent := answering(t, func(w http.ResponseWriter, r *http.Request) {
			if asked++; asked > 1 {
				t.Errorf("%q: sent %q", path, r.Header.Get("Authorization"))
			}
			w.Header().Set("WWW-Authenticate", "Basic realm="+path)
			w.WriteHeader(http.StatusUnauthorized)
		})
		_, err := withAzure(func(m *azure) { m.IdentityEndpoint, m.ArcEndpoint = agent, agent }).Proof(t.Context())
		wantError(t, err, Protocol, "it asks for another file than one of its own")
	}
	own := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if got := r.URL.RawQuery + " " + r.Header.Get("Metadata"); got != "api-version=2019-11-01&resource=https%3A%2F%2Fmanagement.azure.com%2F true" {
			t.Errorf("asked for %q", got)
		}
		w.Header().Set("WWW-Authenticate", "Basic realm="+filepath.Join(arcDirectory(), "none.key"))
		w.WriteHeader(http.StatusUnauthorized)
	})
	_, err := withAzure(func(m *azure) { m.IdentityEndpoint, m.ArcEndpoint = own, own }).Proof(t.Context())
	wantError(t, err, Setting, `none.key": no such file or directory`)
	_, err = withAzure(func(m *azure) { m.IdentityEndpoint, m.ArcEndpoint, m.ClientID = own, own, "u" }).Proof(t.Context())
	wantError(t, err, Setting, "no user-assigned identities")
	open := azureService(t, "a.b.c", "GET /?api-version=2019-11-01&resource=https%3A%2F%2Fmanagement.azure.com%2F")
	_, err = withAzure(func(m *azure) { m.IdentityEndpoint, m.ArcEndpoint = open, open }).Proof(t.Context())
	wantError(t, err, Protocol, "it does not ask for a proof")
}

func TestAzureEvidence(t *testing.T) {
	// Only what Azure itself puts into its containers speaks for azure.
	t.Parallel()
	for name, rank := range map[string]Rank{
		"AZURE_FEDERATED_TOKEN_FILE": Cloud, "IDENTITY_ENDPOINT": Cloud,
		"AZURE_CLIENT_ID": None, "AZURE_TENANT_ID": None, "INFISICAL_AZURE_CLIENT_ID": None,
	} {
		got := azureEvidence(given(name + "=x"))
		if got.Rank != rank || rank == Cloud && got.Because != name+" is set" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func tokenFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "token")
	write(t, path, content)
	return path
}

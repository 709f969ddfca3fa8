package methods

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

const gcpEmailAddress = "app@some-project.iam.gserviceaccount.com"

// gcpMetadata is the metadata service of a machine with an attached service
// account. It answers paths below the account, and records nothing.
func gcpMetadata(t *testing.T, answers map[string]string) GoogleMetadata {
	t.Helper()
	url := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Metadata-Flavor") != "Google" {
			t.Errorf("asked without Metadata-Flavor: %v", r.Header)
		}
		w.Header().Set("Metadata-Flavor", "Google")
		answer, ok := answers[strings.TrimPrefix(r.URL.RequestURI(), "/computeMetadata/v1/instance/service-accounts/default/")]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		fmt.Fprint(w, answer)
	})
	return GoogleMetadata{strings.TrimPrefix(url, "http://")}
}

func TestGCPIDToken(t *testing.T) {
	// The metadata service is asked for a full token whose audience is the
	// identity, and the server accepts it.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	url := server.Start(t)
	added := server.Add(infisicaltest.Identity{ID: testIdentity, Auth: &infisicaltest.GCPIDToken{}})
	token := server.Issuer().MintRSA(infisicaltest.InstanceIdentity(added.ID, gcpEmailAddress, "some-project", "zone-a"))
	m := &gcpIDToken{
		Identity:       Identity{ID: testIdentity, Organization: Organization{Slug: "team"}},
		GoogleMetadata: gcpMetadata(t, map[string]string{"identity?audience=" + testIdentity + "&format=full": token + "\n"}),
	}
	body, err := m.Proof(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantBody(t, revealed(body), map[string]any{"identityId": testIdentity, "jwt": token, "organizationSlug": "team"})
	m.Slug = ""
	if _, err := client(t, url, nil).Login(t.Context(), row(t, "gcp-id-token"), func() (Method, error) { return m, nil }); err != nil {
		t.Error(err)
	}
}

func TestGCPAudienceIsEscaped(t *testing.T) {
	// An audience is one parameter, whatever is in it.
	t.Parallel()
	g := gcpMetadata(t, map[string]string{"identity?audience=https%3A%2F%2Fa.b%2F%3Fc%3Dd%26format%3Dx+y&format=full": "a.b.c"})
	if got, err := g.identityToken(t.Context(), "https://a.b/?c=d&format=x y"); err != nil || got.Reveal() != "a.b.c" {
		t.Errorf("%q, %v", got.Reveal(), err)
	}
}

func TestGCPMetadataComplains(t *testing.T) {
	// A machine without an account is set up wrongly; another cloud's metadata
	// service is no metadata service of Google's.
	t.Parallel()
	_, err := gcpMetadata(t, nil).identityToken(t.Context(), "x")
	wantError(t, err, Setting, "knows no service account for this machine")
	stranger := strings.TrimPrefix(answering(t, func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, "a.b.c") }), "http://")
	_, err = GoogleMetadata{stranger}.identityToken(t.Context(), "x")
	wantError(t, err, Protocol, "has no header Metadata-Flavor")
	_, err = gcpMetadata(t, map[string]string{"identity?audience=x&format=full": "no token"}).identityToken(t.Context(), "x")
	wantError(t, err, Protocol, "there is no token in its answer")
	for _, method := range []string{"gcp-id-token", "gcp-iam"} {
		t.Run(method, func(t *testing.T) {
			t.Parallel()
			prove(t, method, append(trap(t), "GCE_METADATA_HOST=metadata.invalid")...).
				wants(t, Unavailable, "no Google Cloud metadata service at http://metadata.invalid: is this a Google Cloud machine or container?")
		})
	}
}

func TestGCPEvidence(t *testing.T) {
	// Google Cloud's own variables speak for gcp-id-token, but Knative's do not
	// where Kubernetes is; a key file is a credential.
	t.Parallel()
	for _, c := range []struct {
		environ []string
		want    Rank
	}{
		{[]string{"GCE_METADATA_HOST=x"}, Cloud},
		{[]string{"CLOUD_RUN_JOB=x"}, Cloud},
		{[]string{"GAE_SERVICE=x"}, Cloud},
		{[]string{"K_SERVICE=x"}, Cloud},
		{[]string{"K_SERVICE=x", "KUBERNETES_SERVICE_HOST=10.0.0.1"}, None},
		{[]string{"GOOGLE_APPLICATION_CREDENTIALS=x"}, None},
	} {
		if got := gcpIDTokenEvidence(given(c.environ...)); got.Rank != c.want {
			t.Errorf("%q: %+v", c.environ, got)
		}
	}
	got := gcpIAMEvidence(given("INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH=x"))
	if got.Rank != Given || got.Because != "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH is set" {
		t.Errorf("%+v", got)
	}
	if got := gcpIAMEvidence(given("GOOGLE_APPLICATION_CREDENTIALS=x")); got.Rank != None {
		t.Errorf("%+v", got)
	}
}

// gcpCloud is Google's services, which check what they are sent: OAuth's token
// endpoint, the exchange of federated tokens, impersonation, and IAM.
type gcpCloud struct {
	t    *testing.T
	url  string
	key  *rsa.PrivateKey
	sign func(claims map[string]any) string // what IAM answers
}

func newGCPCloud(t *testing.T) *gcpCloud {
	t.Helper()
	c := &gcpCloud{t: t, key: ociPrivate(t)} // one key is as good as another, and making one takes long
	c.sign = func(map[string]any) string { return "signed.by.google" }
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", c.token)
	mux.HandleFunc("POST /exchange", c.exchange)
	mux.HandleFunc("POST /v1/projects/-/serviceAccounts/{call}", c.iam)
	c.url = answering(t, mux.ServeHTTP)
	return c
}

// token gives an access token for an assertion that the account's key has signed.
func (c *gcpCloud) token(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(r.FormValue("assertion"), ".")
	if len(parts) != 3 {
		c.t.Errorf("assertion %q", r.FormValue("assertion"))
		return
	}
	signature, _ := base64.RawURLEncoding.DecodeString(parts[2])
	digest := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	if rsa.VerifyPKCS1v15(&c.key.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		w.WriteHeader(http.StatusBadRequest)
		fmt.Fprint(w, `{"error":"invalid_grant","error_description":"Invalid JWT Signature."}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"access_token":"of-the-key","token_type":"Bearer","expires_in":3600}`)
}

// exchange gives a federated token for the one of another cloud.
func (c *gcpCloud) exchange(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("subject_token") != "eyJ.other.cloud" {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"error":"invalid_grant"}`)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprint(w, `{"access_token":"federated","issued_token_type":"urn:ietf:params:oauth:token-type:access_token","token_type":"Bearer","expires_in":3600}`)
}

// iam impersonates and signs.
func (c *gcpCloud) iam(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	bearer := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch call := r.PathValue("call"); {
	case call == gcpEmailAddress+":generateAccessToken" && (bearer == "federated" || bearer == "of-the-key"):
		fmt.Fprintf(w, `{"accessToken":"impersonated","expireTime":%q}`, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	case call == gcpEmailAddress+":signJwt" && (bearer == "impersonated" || bearer == "of-the-key" || bearer == "attached"):
		var request struct{ Payload string }
		claims := map[string]any{}
		text, _ := io.ReadAll(r.Body)
		if json.Unmarshal(text, &request) != nil || json.Unmarshal([]byte(request.Payload), &claims) != nil {
			c.t.Errorf("payload %q", text)
		}
		fmt.Fprintf(w, `{"keyId":"1","signedJwt":%q}`, c.sign(claims))
	default:
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprintf(w, `{"error":{"code":403,"message":"%s may not %s","status":"PERMISSION_DENIED"}}`, bearer, call)
	}
}

// method returns gcp-iam in this cloud.
func (c *gcpCloud) method() *gcpIAM {
	return &gcpIAM{Identity: Identity{ID: testIdentity}, endpoint: c.url}
}

// keyFile is a service account's key.
func (c *gcpCloud) keyFile(key *rsa.PrivateKey) string {
	return c.file(map[string]any{
		"type": "service_account", "client_email": gcpEmailAddress, "private_key_id": "1", "token_uri": c.url + "/token",
		"private_key": pemOf(c.t, key),
	})
}

func (c *gcpCloud) file(content map[string]any) string {
	text, err := json.Marshal(content)
	if err != nil {
		c.t.Fatal(err)
	}
	path := filepath.Join(c.t.TempDir(), "credentials.json")
	write(c.t, path, string(text))
	return path
}

func (c *gcpCloud) impersonation() string {
	return c.url + "/v1/projects/-/serviceAccounts/" + gcpEmailAddress + ":generateAccessToken"
}

func TestGCPIAM(t *testing.T) {
	// Google signs in the name of the account that the credentials stand for:
	// the key's, the impersonated one, the attached one. The claims say who and
	// for whom, and end soon.
	t.Parallel()
	cloud := newGCPCloud(t)
	var source map[string]any
	key := cloud.keyFile(cloud.key)
	text, err := os.ReadFile(key)
	if err != nil || json.Unmarshal(text, &source) != nil {
		t.Fatal(err)
	}
	subject := filepath.Join(t.TempDir(), "subject")
	write(t, subject, "eyJ.other.cloud")
	cloud.sign = func(claims map[string]any) string {
		left := time.Until(time.Unix(int64(claims["exp"].(float64)), 0))
		if claims["sub"] != gcpEmailAddress || claims["aud"] != testIdentity || len(claims) != 3 || left < 10*time.Minute || left > time.Hour {
			t.Errorf("claims %v", claims)
		}
		return "signed.by.google"
	}
	for name, set := range map[string]func(*gcpIAM){
		"key":                 func(m *gcpIAM) { m.KeyFilePath = key },
		"default credentials": func(m *gcpIAM) { m.Application = key },
		"impersonation": func(m *gcpIAM) {
			m.Application = cloud.file(map[string]any{
				"type": "impersonated_service_account", "service_account_impersonation_url": cloud.impersonation(), "source_credentials": source,
			})
		},
		"federation": func(m *gcpIAM) {
			m.Application = cloud.file(map[string]any{
				"type": "external_account", "service_account_impersonation_url": cloud.impersonation(), "token_url": cloud.url + "/exchange",
				"audience":           "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
				"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "credential_source": map[string]any{"file": subject},
			})
		},
		"attached": func(m *gcpIAM) {
			m.GoogleMetadata = gcpMetadata(t, map[string]string{
				"email?": gcpEmailAddress,
				"token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform": `{"access_token":"attached","expires_in":3599,"token_type":"Bearer"}`,
			})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := cloud.method()
			set(m)
			body, err := m.Proof(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			wantBody(t, revealed(body), map[string]any{"identityId": testIdentity, "jwt": "signed.by.google"})
		})
	}
}

func TestGCPIAMAcceptedByServer(t *testing.T) {
	// The server accepts what the account has signed.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	url := server.Start(t)
	server.Add(infisicaltest.Identity{ID: testIdentity, Auth: &infisicaltest.GCPIAM{ServiceAccounts: []string{gcpEmailAddress}}})
	cloud := newGCPCloud(t)
	cloud.sign = func(claims map[string]any) string { claims["iss"] = nil; return server.Issuer().MintRSA(claims) }
	m := cloud.method()
	m.KeyFilePath = cloud.keyFile(cloud.key)
	if _, err := client(t, url, nil).Login(t.Context(), row(t, "gcp-iam"), func() (Method, error) { return m, nil }); err != nil {
		t.Error(err)
	}
}

func TestGCPIAMComplains(t *testing.T) {
	// Credentials that are of no use are a setting to mend; what Google refuses
	// is refused, in its words; and no key is ever in a message.
	t.Parallel()
	cloud := newGCPCloud(t)
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	broken := filepath.Join(t.TempDir(), "key.json")
	write(t, broken, `{"type":"service_account","private_key":"hush`)
	flag := "; set --service-account-key-file-path or INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH"
	stranger := "stranger@some-project.iam.gserviceaccount.com"
	file := func(email, key, token string) string {
		return cloud.file(map[string]any{"type": "service_account", "client_email": email, "private_key": key, "token_uri": token})
	}
	for name, c := range map[string]struct {
		path string
		kind Kind
		want string
	}{
		"no file":     {"/nowhere/key.json", Setting, `GCP credentials "/nowhere/key.json": no such file or directory` + flag},
		"no JSON":     {broken, Setting, "not JSON" + flag},
		"no type":     {cloud.file(map[string]any{}), Setting, `"" is not a type of credentials`},
		"a person's":  {cloud.file(map[string]any{"type": "authorized_user", "refresh_token": "hush"}), Setting, "not a service account's" + flag},
		"no account":  {file("", "hush", cloud.url), Setting, "name no service account" + flag},
		"odd account": {file("a@b/../c", "hush", cloud.url), Setting, "name no service account"},
		"broken key":  {file(gcpEmailAddress, "hush", cloud.url+"/token"), Setting, "the GCP credentials are of no use"},
		"another key": {cloud.keyFile(other), Refused, "refused with status 400: Invalid JWT Signature."},
		"no federated": {cloud.file(map[string]any{
			"type": "external_account", "service_account_impersonation_url": cloud.impersonation(), "token_url": cloud.url + "/exchange", "audience": "x",
			"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "credential_source": map[string]any{"file": broken},
		}), Refused, "refused with status 401"},
		"nobody there": {file(gcpEmailAddress, pemOf(t, other), "http://"+infisicaltest.Refused(t)), Unavailable, "connection refused"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := cloud.method()
			m.KeyFilePath = c.path
			_, err := m.Proof(t.Context())
			wantError(t, err, c.kind, c.want)
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("message %q", err)
			}
		})
	}
	t.Run("may not sign", func(t *testing.T) {
		t.Parallel()
		m := cloud.method()
		m.GoogleMetadata = gcpMetadata(t, map[string]string{
			"email?": stranger, "token?scopes=https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fcloud-platform": `{"access_token":"attached"}`,
		})
		_, err := m.Proof(t.Context())
		wantError(t, err, Refused, "refused with status 403: [redacted] may not "+stranger+":signJwt")
	})
	t.Run("unbound workload", func(t *testing.T) {
		t.Parallel()
		m := cloud.method()
		m.GoogleMetadata = gcpMetadata(t, map[string]string{"email?": "some-project.svc.id.goog"})
		_, err := m.Proof(t.Context())
		wantError(t, err, Setting, `names "some-project.svc.id.goog", which is not a service account`)
	})
	t.Run("no token", func(t *testing.T) {
		t.Parallel()
		m := cloud.method()
		m.GoogleMetadata = gcpMetadata(t, map[string]string{"email?": gcpEmailAddress})
		_, err := m.Proof(t.Context())
		wantError(t, err, Refused, "metadata service")
	})
	t.Run("gcloud's", func(t *testing.T) {
		t.Parallel()
		home := t.TempDir()
		if err := os.MkdirAll(filepath.Join(home, ".config", "gcloud"), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(home, ".config", "gcloud", "application_default_credentials.json"), `{"type":"authorized_user"}`)
		prove(t, "gcp-iam", "HOME="+home).wants(t, Setting, "a person's, not a service account's; see GOOGLE_APPLICATION_CREDENTIALS")
	})
}

func TestGCPIAMAnswers(t *testing.T) {
	// What does not answer as IAM does has signed nothing; the access token goes
	// nowhere else.
	t.Parallel()
	elsewhere := answering(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	for name, c := range map[string]struct {
		answer http.HandlerFunc
		kind   Kind
		want   string
	}{
		"no JWT":  {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"keyId":"1"}`) }, Protocol, "there is no token in its answer"},
		"no JSON": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `<p>hush`) }, Protocol, "not the JSON that was asked for"},
		"broken":  {func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }, Unavailable, "failed with status 503"},
		"a redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
		}, Protocol, "not followed"},
		"too much": {func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, strings.Repeat(" ", maxProof+1)) }, Protocol, "too long"},
		"many members": {func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprint(w, `{"keyId":"1","later":{},"signedJwt":"a b"}`)
		}, Protocol, "no token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := gcpIAM{endpoint: answering(t, c.answer)}
			_, err := m.sign(t.Context(), gcpAccount{gcpEmailAddress, "hush", gcpUniverse}, "{}")
			wantError(t, err, c.kind, c.want)
			if err != nil && strings.Contains(err.Error(), "hush") {
				t.Errorf("message %q", err)
			}
		})
	}
}

func TestGCPTokenServices(t *testing.T) {
	// The assertion of a key goes nowhere but where its file says; and a token
	// service that does not answer ends when the login does.
	t.Parallel()
	cloud := newGCPCloud(t)
	file := func(service string) string {
		return cloud.file(map[string]any{"type": "service_account", "client_email": gcpEmailAddress, "private_key": pemOf(t, cloud.key), "token_uri": service})
	}
	elsewhere := answering(t, func(http.ResponseWriter, *http.Request) { t.Error("the redirect was followed") })
	redirecting := answering(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere, http.StatusTemporaryRedirect)
	})
	m := cloud.method()
	m.KeyFilePath = file(redirecting)
	_, err := m.Proof(t.Context())
	wantError(t, err, Protocol, "which is not followed")

	ctx, cancel := context.WithCancel(t.Context())
	m.KeyFilePath = file(answering(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}))
	_, err = m.Proof(ctx)
	wantError(t, err, Unavailable, "no token service of Google")
}

func TestGCPUniverses(t *testing.T) {
	// Google signs where the account is, and a file that names no domain does not
	// say where the access token goes.
	t.Parallel()
	for universe, want := range map[string]string{
		"googleapis.com":  "https://iamcredentials.googleapis.com",
		"apis.sovereign":  "https://iamcredentials.apis.sovereign",
		"evil.com/x":      "",
		"x@evil.com":      "",
		"evil.com?":       "",
		"evil.com\r\nX:y": "",
	} {
		address, err := new(gcpIAM).address(gcpAccount{universe: universe})
		if want == "" {
			wantError(t, err, Setting, "is no domain of a Google Cloud")
			continue
		}
		if err != nil || address.String() != want {
			t.Errorf("%s: %v, %v", universe, address, err)
		}
	}
}

func pemOf(t *testing.T, key *rsa.PrivateKey) string {
	t.Helper()
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}

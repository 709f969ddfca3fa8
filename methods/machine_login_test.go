package methods

import (
	"crypto/rand"
	"crypto/rsa"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestOCILogin(t *testing.T) {
	// Oracle, as the stand-in plays it, finds the signature good.
	t.Parallel()
	text, err := os.ReadFile(ociKey("pkcs1.pem"))
	if err != nil {
		t.Fatal(err)
	}
	private, err := rsaKey(text, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		key  *rsa.PublicKey
		name string
		kind Kind
		want string
	}{
		"good":               {&private.PublicKey, "app", -1, ""},
		"another user's key": {otherKey(t), "app", Unavailable, "Something went wrong"},
		"not allowed":        {&private.PublicKey, "root", Refused, "OCI account username not allowed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := infisicaltest.New(infisicaltest.G2)
			known := server.Add(infisicaltest.Identity{Auth: &infisicaltest.OCI{
				PublicKey: test.key, Tenancy: ociTenancy, User: ociUser, Fingerprint: ociFingerprint, Username: test.name, Allowed: []string{"app"}}})
			_, err := client(t, server.Start(t), func(s *Server) { s.Retry.Max = 0 }).Login(t.Context(), row(t, "oci-auth"), freshly(row(t, "oci-auth"),
				"INFISICAL_MACHINE_IDENTITY_ID="+known.ID, "OCI_CLI_USER="+ociUser, "OCI_CLI_TENANCY="+ociTenancy,
				"OCI_CLI_FINGERPRINT="+ociFingerprint, "OCI_CLI_REGION=us-phoenix-1", "OCI_CLI_KEY_FILE="+ociKey("pkcs8-aes256.pem"), "OCI_CLI_PASSPHRASE="+ociPassphrase))
			if test.want != "" {
				wantError(t, err, test.kind, test.want)
			} else if err != nil {
				t.Error(err, server.Requests())
			}
		})
	}
}

func otherKey(t *testing.T) *rsa.PublicKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	return &key.PublicKey
}

func TestAlicloudLogin(t *testing.T) {
	// Alibaba, as the stand-in plays it, finds the signature good, or not.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G2)
	auth := &infisicaltest.Alicloud{ARN: "acs:ram::1:user/app", AllowedARNs: []string{"acs:ram::1:user/app"}}
	known := server.Add(infisicaltest.Identity{Auth: auth})
	c := client(t, server.Start(t), func(s *Server) { s.Retry.Max = 0 })
	for secret, want := range map[string]string{auth.AccessKeySecret: "", "wrong": "Something went wrong"} {
		_, err := c.Login(t.Context(), row(t, "alicloud-auth"), freshly(row(t, "alicloud-auth"), "INFISICAL_MACHINE_IDENTITY_ID="+known.ID,
			"ALIBABA_CLOUD_ACCESS_KEY_ID="+auth.AccessKeyID, "ALIBABA_CLOUD_ACCESS_KEY_SECRET="+secret))
		if want != "" {
			wantError(t, err, Unavailable, want)
		} else if err != nil {
			t.Error(err, server.Requests())
		}
	}
}

func TestAlicloudTemporaryKey(t *testing.T) {
	// The token of a temporary key is signed and sent along, for a server that
	// hands it on; it is never shown. Today's refuses the key by its ID.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	known := server.Add(infisicaltest.Identity{Auth: &infisicaltest.Alicloud{AccessKeyID: "STSapp", AccessKeySecret: "sesame", SecurityToken: "of+the/role="}})
	login := func(id, token string) error {
		_, err := client(t, server.URL, func(s *Server) { s.Retry.Max = 0 }).Login(t.Context(), row(t, "alicloud-auth"), freshly(row(t, "alicloud-auth"),
			"INFISICAL_MACHINE_IDENTITY_ID="+known.ID, "ALIBABA_CLOUD_ACCESS_KEY_ID="+id, "ALIBABA_CLOUD_ACCESS_KEY_SECRET=sesame", "ALIBABA_CLOUD_SECURITY_TOKEN="+token))
		return err
	}
	server.Start(t)
	if err := login("STSapp", "of+the/role="); err != nil {
		t.Error(err, server.Requests()[0].Why)
	}
	wantError(t, login("STSapp", ""), Unavailable, "Something went wrong")
	wantError(t, login("STS.app", "of+the/role="), Refused, "AccessKeyId must be alphanumeric")
	server.Fault(infisicaltest.Echo(400))
	if err := login("STSapp", "of+the/role="); err == nil || strings.Contains(err.Error(), "of+the/role=") {
		t.Error(err)
	}
}

func TestGitHubLogin(t *testing.T) {
	// A job of GitHub Actions logs in with nothing but the identity's id: the method
	// is inferred, and each attempt, also after a failure of the server, has a new
	// token.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	known := server.Add(infisicaltest.Identity{Auth: &infisicaltest.OIDC{Audiences: []string{"https://github.com/acme"}, Subject: "repo:acme/*"}})
	url := server.Start(t)
	minted := 0
	runner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		minted++
		jwt := server.Issuer().Mint(map[string]any{"aud": "https://github.com/acme", "sub": "repo:acme/app:ref:refs/heads/main", "jti": minted})
		_, _ = io.WriteString(w, `{"value":"`+jwt+`"}`)
	}))
	defer runner.Close()
	environ := []string{"INFISICAL_MACHINE_IDENTITY_ID=" + known.ID, "ACTIONS_ID_TOKEN_REQUEST_URL=" + runner.URL, "ACTIONS_ID_TOKEN_REQUEST_TOKEN=x", noCluster}
	found, err := Infer(lookupIn(environ...), false)
	if err != nil || found.Row.Name != "oidc-auth" {
		t.Fatal(found.Row.Name, err)
	}
	server.FaultNext(1, infisicaltest.Status(503))
	if _, err := client(t, url, nil).Login(t.Context(), found.Row, freshly(found.Row, environ...)); err != nil {
		t.Error(err)
	}
	if minted != 2 {
		t.Errorf("%d tokens minted", minted)
	}
}

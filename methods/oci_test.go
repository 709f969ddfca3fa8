package methods

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

const (
	ociUser        = "ocid1.user.oc1..aaaauser"
	ociTenancy     = "ocid1.tenancy.oc1..aaaatenancy"
	ociFingerprint = "20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34"
	ociPassphrase  = "open-sesame"
)

// ociKey is a file of testdata, of which all RSA ones hold the same key.
func ociKey(name string) string { return filepath.Join("testdata", "oci", name) }

func withOCI(keyPath string) *oci {
	return &oci{
		Identity: Identity{ID: testID}, User: ociUser, Tenancy: ociTenancy,
		Fingerprint: ociFingerprint, Region: "eu-frankfurt-1", KeyPath: keyPath,
	}
}

// ociVerify recomputes what a signed request says, as Oracle's gateway would:
// from the header's own list of what is signed.
func ociVerify(t *testing.T, headers map[string]string, path string) {
	t.Helper()
	parameters, ok := strings.CutPrefix(headers["authorization"], "Signature ")
	if !ok {
		t.Fatalf("authorization %q", headers["authorization"])
	}
	given := map[string]string{}
	for _, parameter := range strings.Split(parameters, ",") {
		name, value, _ := strings.Cut(parameter, "=")
		given[name] = strings.Trim(value, `"`)
	}
	if given["keyId"] != ociTenancy+"/"+ociUser+"/"+ociFingerprint || given["algorithm"] != "rsa-sha256" || given["version"] != "1" {
		t.Errorf("parameters %v", given)
	}
	var lines []string
	for _, name := range strings.Fields(given["headers"]) {
		value := headers[name]
		if name == "(request-target)" {
			value = "get " + path
		}
		if value == "" {
			t.Errorf("%s is signed and not sent", name)
		}
		lines = append(lines, name+": "+value)
	}
	if len(lines) != 3 {
		t.Errorf("signed are %v", lines)
	}
	signature, err := base64.StdEncoding.DecodeString(given["signature"])
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(ociKey("pkcs1.pem"))
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(text)
	key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	if err := rsa.VerifyPKCS1v15(&key.PublicKey, crypto.SHA256, sum[:], signature); err != nil {
		t.Error(err)
	}
}

func TestOCIProof(t *testing.T) {
	// The proof is a signed request for the user's own record, in any form of key
	// that openssl writes.
	t.Parallel()
	for file, passphrase := range map[string]config.Secret{
		"pkcs1.pem": "", "pkcs8.pem": "", "pkcs1-aes128.pem": ociPassphrase,
		"pkcs8-aes256.pem": ociPassphrase, "pkcs8-aes128-sha1.pem": ociPassphrase,
	} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			method := withOCI(ociKey(file))
			method.Passphrase = passphrase
			method.Slug = "team"
			body, err := method.Proof(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			headers, _ := body["headers"].(map[string]string)
			if len(body) != 4 || body["identityId"] != testID || body["organizationSlug"] != "team" || body["userOcid"] != ociUser {
				t.Errorf("body %v", body)
			}
			if len(headers) != 3 || headers["host"] != "identity.eu-frankfurt-1.oraclecloud.com" {
				t.Errorf("headers %v", headers)
			}
			if date, err := http.ParseTime(headers["date"]); err != nil || time.Since(date).Abs() > 5*time.Minute {
				t.Errorf("date %q", headers["date"])
			}
			ociVerify(t, headers, "/20160918/users/"+ociUser)
		})
	}
}

func TestOCIConfigurationFile(t *testing.T) {
	// A value comes from its variable, else from the profile, else from DEFAULT.
	t.Parallel()
	path := filepath.Join(t.TempDir(), "config")
	write(t, path, "# Oracle's\n[DEFAULT]\nuser = nobody\n#tenancy=another\ntenancy="+ociTenancy+"\n;tenancy=another\nfingerprint="+ociFingerprint+
		"\nregion=us-phoenix-1\n\n[ci]\nuser="+ociUser+"\nkey_file="+ociKey("pkcs8-aes256.pem")+"\npass_phrase="+ociPassphrase+"\n[other]\nuser=nobody\n")
	for region, host := range map[string]string{
		"":                 "identity.us-phoenix-1.oraclecloud.com",
		"uk-gov-london-1":  "identity.uk-gov-london-1.oraclegovcloud.uk",
		"us-gov-ashburn-1": "identity.us-gov-ashburn-1.oraclegovcloud.com",
	} {
		method := &oci{Identity: Identity{ID: testID}, ConfigPath: path, Profile: "ci", Region: region}
		body, err := method.Proof(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		headers, _ := body["headers"].(map[string]string)
		if headers["host"] != host || body["userOcid"] != ociUser {
			t.Errorf("body %v", body)
		}
		ociVerify(t, headers, "/20160918/users/"+ociUser)
	}
}

func TestOCIComplains(t *testing.T) {
	// What is missing or of no use is a setting that is named, and nothing secret
	// is in the sentence.
	t.Parallel()
	dir := t.TempDir()
	other := filepath.Join(dir, "config")
	write(t, other, "[DEFAULT]\nuser="+ociUser+"\n")
	write(t, filepath.Join(dir, "no.pem"), "this is not a key")
	for name, test := range map[string]struct {
		change func(*oci)
		want   string
	}{
		"no user":          {func(o *oci) { o.User = "" }, "set OCI_CLI_USER, or user in"},
		"no key":           {func(o *oci) { o.KeyPath = "" }, "set OCI_CLI_KEY_FILE, or key_file in"},
		"no region":        {func(o *oci) { o.Region = "" }, "set OCI_CLI_REGION"},
		"odd region":       {func(o *oci) { o.Region = "evil.example/" }, `unlike "evil.example/"`},
		"odd user":         {func(o *oci) { o.User = "a\nb" }, "OCI_CLI_USER"},
		"key missing":      {func(o *oci) { o.KeyPath = filepath.Join(dir, "none") }, "no such file or directory; see OCI_CLI_KEY_FILE"},
		"key at home":      {func(o *oci) { o.KeyPath = "~/.oci/key.pem" }, "set OCI_CLI_KEY_FILE to the whole path"},
		"not a key":        {func(o *oci) { o.KeyPath = filepath.Join(dir, "no.pem") }, "not a PEM file"},
		"elliptic key":     {func(o *oci) { o.KeyPath = ociKey("ec.pem") }, "not an RSA key"},
		"locked":           {func(o *oci) { o.KeyPath = ociKey("pkcs8-aes256.pem") }, "encrypted; set OCI_CLI_PASSPHRASE"},
		"locked, old":      {func(o *oci) { o.KeyPath = ociKey("pkcs1-aes128.pem") }, "encrypted; set OCI_CLI_PASSPHRASE"},
		"wrong passphrase": {func(o *oci) { o.KeyPath, o.Passphrase = ociKey("pkcs8-aes256.pem"), "swordfish" }, "does not open the key"},
		"wrong, old":       {func(o *oci) { o.KeyPath, o.Passphrase = ociKey("pkcs1-aes128.pem"), "swordfish" }, "does not open the key"},
		"triple DES":       {func(o *oci) { o.KeyPath, o.Passphrase = ociKey("pkcs8-des3.pem"), ociPassphrase }, "not supported"},
		"no file":          {func(o *oci) { o.ConfigPath = filepath.Join(dir, "none") }, "see OCI_CONFIG_FILE"},
		"no profile":       {func(o *oci) { o.ConfigPath, o.Profile = other, "ci" }, `no profile "ci"; see OCI_CLI_PROFILE`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := withOCI(ociKey("pkcs1.pem"))
			test.change(method)
			_, err := method.Proof(t.Context())
			wantError(t, err, Setting, test.want)
			if strings.Contains(err.Error(), "swordfish") || strings.Contains(err.Error(), ociPassphrase) {
				t.Errorf("%v", err)
			}
		})
	}
}

// wantError checks that an error is of a kind and says something.
func wantError(t *testing.T, err error, kind Kind, want string) {
	t.Helper()
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error %v, which is none of ours", err)
	}
	if failed.Kind != kind || !strings.Contains(failed.Message, want) {
		t.Errorf("kind %d, %q; want kind %d, %q", failed.Kind, failed.Message, kind, want)
	}
}

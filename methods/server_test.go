package methods

import (
	"crypto/x509"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

func TestServerSettings(t *testing.T) {
	// The settings of the server have the documented defaults, and the proxies
	// are known in lower case as well.
	t.Parallel()
	for name, test := range map[string]struct {
		environ []string
		want    Server
	}{
		"defaults": {nil, Server{
			Domain:  "https://app.infisical.com",
			Timeout: config.Duration(time.Minute),
			Retry:   Retry{5, config.Duration(200 * time.Millisecond), config.Duration(10 * time.Second)},
		}},
		"all": {
			[]string{
				"INFISICAL_DOMAIN=http://infisical.test/x/api/", "INFISICAL_LOGIN_TIMEOUT=5s", "INFISICAL_RETRY_MAX_RETRIES=0",
				"INFISICAL_RETRY_BASE_DELAY=1s", "INFISICAL_RETRY_MAX_DELAY=2s", "INFISICAL_CA_PATH=ca", "INFISICAL_TLS_CERT_PATH=cert",
				"INFISICAL_TLS_KEY_PATH=key", "https_proxy=p", "HTTP_PROXY=q", "no_proxy=r", "SSL_CERT_FILE=f", "SSL_CERT_DIR=d",
			},
			Server{
				Domain:            "http://infisical.test/x",
				Timeout:           config.Duration(5 * time.Second),
				Retry:             Retry{0, config.Duration(time.Second), config.Duration(2 * time.Second)},
				CAPath:            "ca",
				ClientCertificate: ClientCertificate{"cert", "key"},
				Proxy:             Proxy{"p", "q", "r"},
				Roots:             Roots{"f", "d"},
			},
		},
	} {
		var got Server
		source := config.NewSource(config.Fields(&got), nil, test.environ)
		if err := source.Decode(&got); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got.Headers != nil {
			t.Errorf("%s: headers %d", name, len(got.Headers))
		}
		got.Headers = nil
		if !equal(got, test.want) {
			t.Errorf("%s: %+v, want %+v", name, got, test.want)
		}
	}
}

// equal compares all but the headers.
func equal(a, b Server) bool {
	return a.Domain == b.Domain && a.Timeout == b.Timeout && a.Retry == b.Retry && a.CAPath == b.CAPath &&
		a.ClientCertificate == b.ClientCertificate && a.Proxy == b.Proxy && a.Roots == b.Roots
}

func TestNoTimeout(t *testing.T) {
	// A login that may take no time is a mistake.
	t.Parallel()
	_, err := Server{Domain: "http://infisical.test"}.Client()
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.Kind != Setting || !strings.Contains(err.Error(), "INFISICAL_LOGIN_TIMEOUT") {
		t.Errorf("error %v", err)
	}
}

func TestRootsOfAnEmptyImage(t *testing.T) {
	// Where the system has no certificates, the embedded ones are trusted, but
	// not if somebody has said what to trust.
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the standard library reads SSL_CERT_FILE on Linux and other Unix systems only")
	}
	if os.Getenv("TEST_EMPTY_IMAGE") == "" {
		// The standard library reads its variables once, hence another process.
		again := exec.Command(os.Args[0], "-test.run=^TestRootsOfAnEmptyImage$")
		again.Env = []string{"TEST_EMPTY_IMAGE=yes", "SSL_CERT_FILE=/no/such/file", "SSL_CERT_DIR=/no/such/directory"}
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%v: %s", err, out)
		}
		return
	}
	pool, err := Server{}.roots()
	want, _ := embedded()
	if err != nil || !pool.Equal(want) || pool.Equal(x509.NewCertPool()) {
		t.Errorf("not the embedded certificates: %v", err)
	}
	_, err = Server{Roots: Roots{File: "/no/such/file"}}.roots()
	if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != Setting || !strings.Contains(err.Error(), "SSL_CERT_FILE") {
		t.Errorf("error %v", err)
	}
}

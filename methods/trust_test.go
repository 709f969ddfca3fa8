package methods

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// manyRoots returns the authorities of Mozilla in PEM form.
func manyRoots() []byte {
	var all []byte
	for root := range bundle.Roots() {
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate})...)
	}
	return all
}

func TestNamedAuthorities(t *testing.T) {
	// Of all authorities only those are looked at that the certificates name,
	// and what crypto/x509 would not take for a certificate is none.
	t.Parallel()
	authority := newHostileAuthority(t)
	leaf, err := x509.ParseCertificate(authority.certificate(nil).Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	mine, err := os.ReadFile(authority.path)
	if err != nil {
		t.Fatal(err)
	}
	only, none := x509.NewCertPool(), x509.NewCertPool()
	only.AddCert(authority.root)
	text := string(mine)
	for name, c := range map[string]struct {
		bundle string
		want   *x509.CertPool
	}{
		"last of many":       {string(manyRoots()) + text, only},
		"first of many":      {text + string(manyRoots()), only},
		"with line ends":     {strings.ReplaceAll(text, "\n", "\r\n"), only},
		"behind a cut one":   {"-----BEGIN CERTIFICATE-----\nAAAA\n" + text, none},
		"not there":          {string(manyRoots()), none},
		"without a line end": {strings.TrimSpace(string(manyRoots())) + text, none},
		"behind a mark":      {"#" + text, none},
		"before a mark":      {strings.TrimSpace(text) + "#\n", none},
		"commented out":      {"# " + strings.ReplaceAll(text, "\n", "\n# "), none},
		"of another type":    {strings.ReplaceAll(text, "CERTIFICATE", "TRUSTED CERTIFICATE"), none},
		"with a header":      {strings.Replace(text, "-----\n", "-----\nProc-Type: 4\n\n", 1), none},
		"without its end":    {strings.TrimSuffix(text, "-----\n"), none},
		"with another's end": {strings.Replace(text, "END CERTIFICATE", "END X509 CRL", 1), none},
	} {
		if !x509.NewCertPool().AppendCertsFromPEM([]byte(c.bundle)) && c.want == only {
			t.Errorf("%s: crypto/x509 does not see it", name)
		}
		if got := (lazyRoots{bundle: []byte(c.bundle)}).named([]*x509.Certificate{leaf}); !got.Equal(c.want) {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func TestWhoVerifies(t *testing.T) {
	// Nobody is trusted unseen: whenever crypto/tls does not verify, we do. It
	// does wherever TLS is spoken to somebody else too, or an authority is set.
	t.Parallel()
	authority := newHostileAuthority(t)
	for name, c := range map[string]struct {
		domain config.URL
		set    func(*Server)
		ours   bool
	}{
		"the system's":   {"https://infisical.example", func(*Server) {}, true},
		"an address":     {"https://[::1]:8443", func(*Server) {}, true},
		"a proxy":        {"https://infisical.example", func(s *Server) { s.HTTPS = "http://proxy.example" }, true},
		"a proxy by TLS": {"https://infisical.example", func(s *Server) { s.HTTPS = "https://proxy.example" }, false},
		"past the proxy": {"https://infisical.example", func(s *Server) { s.HTTPS, s.No = "https://proxy.example", "*" }, true},
		"not ASCII":      {"https://infisicäl.example", func(*Server) {}, false},
		"an authority":   {"https://infisical.example", func(s *Server) { s.CAPath = authority.path }, false},
	} {
		settings := client(t, string(c.domain), func(s *Server) { s.Roots.File = authority.path; c.set(s) }).transport.TLSClientConfig
		switch ours := settings.InsecureSkipVerify; {
		case ours != (settings.VerifyConnection != nil), !ours && settings.RootCAs == nil:
			t.Errorf("%s: nobody verifies", name)
		case ours != (c.ours && runtime.GOOS == "linux"):
			t.Errorf("%s: verified by us %v", name, ours)
		}
	}
}

func TestAuthorityInAPipe(t *testing.T) {
	// What can be read only once is read by nobody but the standard library.
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("elsewhere nobody but the standard library reads the system's authorities")
	}
	out, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	_, _ = in.Write(beginCertificate) // a pipe has room for that
	in.Close()
	if got := (Server{Roots: Roots{File: fmt.Sprintf("/proc/self/fd/%d", out.Fd())}}).bundle(); got != nil {
		t.Errorf("read %q", got)
	}
}

func TestAuthorityInADirectory(t *testing.T) {
	// An authority that is not in the system's file is trusted if it is in one of
	// the system's directories.
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("the standard library reads SSL_CERT_DIR on Linux and other Unix systems only")
	}
	server, fresh := standin(t, infisicaltest.G3)
	if address := os.Getenv("TEST_DIRECTORY"); address != "" {
		c := client(t, address, func(s *Server) { s.Roots.File = os.Getenv("SSL_CERT_FILE") })
		if !c.transport.TLSClientConfig.InsecureSkipVerify {
			t.Error("not verified by us")
		}
		_, err := login(t, c, fresh) // whose identity the server does not know
		if wants := os.Getenv("TEST_WANTS"); err == nil || !strings.Contains(err.Error(), wants) {
			t.Errorf("%v; want %s", err, wants)
		}
		return
	}
	address := server.StartTLS(t)
	file := filepath.Join(t.TempDir(), "bundle.pem")
	write(t, file, string(manyRoots()))
	for directory, wants := range map[string]string{
		filepath.Dir(server.CAPath(t)): "refused",
		"/no/such/directory":           "does not verify: x509: certificate signed by unknown authority",
	} {
		// The standard library reads its variables once, hence another process.
		again := exec.Command(os.Args[0], "-test.run=^TestAuthorityInADirectory$")
		again.Env = []string{"TEST_DIRECTORY=" + address, "TEST_WANTS=" + wants, "SSL_CERT_FILE=" + file, "SSL_CERT_DIR=" + directory}
		if out, err := again.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", directory, err, out)
		}
	}
}

func TestAuthorityInBetween(t *testing.T) {
	// An authority that the server sends along vouches for it if one of the
	// system's vouches for that. All others are not even parsed then.
	t.Parallel()
	authority := newHostileAuthority(t)
	mine, err := os.ReadFile(authority.path)
	if err != nil {
		t.Fatal(err)
	}
	sent := authority.through(time.Now().Add(time.Hour)).Certificate
	asked := false
	lazy := lazyRoots{host: "127.0.0.1", bundle: mine, all: func() (*x509.CertPool, error) { asked = true; return x509.NewCertPool(), nil }}
	for length, fine := range map[int]bool{2: true, 1: false} {
		var state tls.ConnectionState
		for _, raw := range sent[:length] {
			certificate, err := x509.ParseCertificate(raw)
			if err != nil {
				t.Fatal(err)
			}
			state.PeerCertificates = append(state.PeerCertificates, certificate)
		}
		asked = false
		if err := lazy.verify(state); (err == nil) != fine || asked == fine {
			t.Errorf("%d certificates: %v, all authorities asked: %v", length, err, asked)
		}
	}
}

func TestChosenName(t *testing.T) {
	// A certificate has to be for the name in the domain, whatever the server's
	// address is.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	address := server.StartTLS(t)
	host, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	system := func(s *Server) { s.Roots.File = server.CAPath(t) }
	if _, err := login(t, client(t, address, system), fresh); err != nil {
		t.Error(err)
	}
	c := client(t, "https://other.example", system)
	c.Dial = to(host.Host)
	if _, err := login(t, c, fresh); err == nil || err.Kind != Protocol || !strings.Contains(err.Error(), "INFISICAL_DOMAIN") {
		t.Errorf("error %v", err)
	}
}

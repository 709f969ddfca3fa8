package methods

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestTrustedAuthority(t *testing.T) {
	// A private authority is trusted if it is named, and then alone.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	url := server.StartTLS(t)
	if _, err := login(t, client(t, url, func(s *Server) { s.CAPath = server.CAPath(t) }), fresh); err != nil {
		t.Error(err)
	}
	other := infisicaltest.New(infisicaltest.G3)
	for name, change := range map[string]func(*Server){
		"the system's": nil,
		"another":      func(s *Server) { s.CAPath = other.CAPath(t) },
	} {
		events := 0
		c := client(t, url, change)
		c.Report = func(Event) { events++ }
		_, err := login(t, c, fresh)
		if err == nil || err.Kind != Protocol || events != 0 {
			t.Errorf("%s: %v after %d events", name, err, events)
			continue
		}
		for _, want := range []string{"certificate", "does not verify", "--ca-path", "INFISICAL_CA_PATH"} {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", name, want, err)
			}
		}
	}
}

func TestCertificateOfAnotherHost(t *testing.T) {
	// A certificate for another name is the fault of the domain, not of the
	// authorities.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	url := server.StartTLS(t)
	c := client(t, "https://other.example", func(s *Server) { s.CAPath = server.CAPath(t) })
	c.Dial = to(strings.TrimPrefix(url, "https://"))
	_, err := login(t, c, fresh)
	if err == nil || err.Kind != Protocol || !strings.Contains(err.Error(), "INFISICAL_DOMAIN") || strings.Contains(err.Error(), "CA_PATH") {
		t.Errorf("error %v", err)
	}
}

func TestWrongScheme(t *testing.T) {
	// http where TLS is spoken, and TLS where it is not, are told apart from a
	// server that is away, and the other scheme is named.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	secure := httptest.NewTLSServer(server)
	defer secure.Close()
	secure.Config.ErrorLog = nil
	plain := httptest.NewServer(server)
	defer plain.Close()
	for url, want := range map[string]string{
		strings.Replace(secure.URL, "https:", "http:", 1): "write https:// instead of http://",
		strings.Replace(plain.URL, "http:", "https:", 1):  "write http:// instead of https://",
		"http://" + alert(t):                              "write https:// instead of http://",
	} {
		events := 0
		c := client(t, url, nil)
		c.Report = func(Event) { events++ }
		_, err := login(t, c, fresh)
		if err == nil || err.Kind != Protocol || !strings.Contains(err.Error(), want) || events != 0 {
			t.Errorf("%s: %v after %d events", url, err, events)
		}
	}
}

// alert returns the address of somebody who answers with a TLS alert.
func alert(t *testing.T) string {
	t.Helper()
	return talk(t, func(c net.Conn) {
		buffer := make([]byte, 4096)
		_, _ = c.Read(buffer)
		_, _ = io.WriteString(c, "\x15\x03\x01\x00\x02\x02\x46")
	})
}

// talk returns the address of somebody who treats connections as told.
func talk(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			answer(c)
			_ = c.Close()
		}
	}()
	return listener.Addr().String()
}

func TestNotHTTP(t *testing.T) {
	// What does not speak HTTP at all is not Infisical.
	t.Parallel()
	address := talk(t, func(c net.Conn) { _, _ = io.WriteString(c, "220 mail.example ESMTP\r\n") })
	_, err := login(t, client(t, "http://"+address, nil), withUniversal)
	if err == nil || err.Kind != Protocol || strings.ContainsAny(err.Error(), "\r\n") {
		t.Errorf("error %v", err)
	}
}

// pemFiles writes a client certificate and its key, and returns their paths and
// the certificate.
func pemFiles(t *testing.T) (cert, key string, authority *x509.Certificate) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "client"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}, IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign | x509.KeyUsageDigitalSignature,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	authority, err = x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	cert, key = filepath.Join(t.TempDir(), "cert.pem"), filepath.Join(t.TempDir(), "key.pem")
	write(t, cert, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})))
	write(t, key, string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})))
	return cert, key, authority
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestClientCertificate(t *testing.T) {
	// A server that demands a client certificate gets the one that is set, and
	// without one the login fails at once, naming the setting.
	t.Parallel()
	cert, key, authority := pemFiles(t)
	standin, fresh := standin(t, infisicaltest.G3)
	server := httptest.NewUnstartedServer(standin)
	server.Config.ErrorLog = nil
	clients := x509.NewCertPool()
	clients.AddCert(authority)
	server.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}
	server.StartTLS()
	defer server.Close()
	ca := filepath.Join(t.TempDir(), "ca.pem")
	write(t, ca, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})))
	trusting := func(s *Server) { s.CAPath = ca }
	if _, err := login(t, client(t, server.URL, func(s *Server) { trusting(s); s.CertPath, s.KeyPath = cert, key }), fresh); err != nil {
		t.Error(err)
	}
	_, err := login(t, client(t, server.URL, trusting), fresh)
	if err == nil || err.Kind != Protocol || !strings.Contains(err.Error(), "INFISICAL_TLS_CERT_PATH") {
		t.Errorf("error %v", err)
	}
}

func TestUnusableFiles(t *testing.T) {
	// A file of no use is a mistake in the settings, which names variable and
	// flag, before anything is sent; over http none of them is even opened.
	t.Parallel()
	cert, key, _ := pemFiles(t)
	junk, empty := filepath.Join(t.TempDir(), "junk"), filepath.Join(t.TempDir(), "empty")
	write(t, junk, "-----BEGIN CERTIFICATE-----\nbm8=\n-----END CERTIFICATE-----\n")
	write(t, empty, "")
	for name, test := range map[string]struct {
		change func(*Server)
		want   []string
	}{
		"authority missing":       {func(s *Server) { s.CAPath = "/no/such/file" }, []string{"/no/such/file", "--ca-path", "INFISICAL_CA_PATH"}},
		"authority a directory":   {func(s *Server) { s.CAPath = t.TempDir() }, []string{"--ca-path", "INFISICAL_CA_PATH"}},
		"authority junk":          {func(s *Server) { s.CAPath = junk }, []string{"holds no certificate", "--ca-path", "INFISICAL_CA_PATH"}},
		"authority empty":         {func(s *Server) { s.CAPath = empty }, []string{"holds no certificate"}},
		"certificate without key": {func(s *Server) { s.CertPath = cert }, []string{"--tls-key-path", "INFISICAL_TLS_KEY_PATH"}},
		"key without certificate": {func(s *Server) { s.KeyPath = key }, []string{"--tls-cert-path", "INFISICAL_TLS_CERT_PATH"}},
		"certificate junk":        {func(s *Server) { s.CertPath, s.KeyPath = junk, key }, []string{"INFISICAL_TLS_CERT_PATH"}},
		"key missing":             {func(s *Server) { s.CertPath, s.KeyPath = cert, "/no/such/key" }, []string{"/no/such/key", "--tls-key-path", "INFISICAL_TLS_KEY_PATH"}},
		"key of nothing":          {func(s *Server) { s.CertPath, s.KeyPath = cert, cert }, []string{"INFISICAL_TLS_KEY_PATH"}},
	} {
		settings := Server{Domain: "https://infisical.example", Timeout: 1}
		test.change(&settings)
		_, err := settings.Client()
		failed, ok := errors.AsType[*Error](err)
		if !ok || failed.Kind != Setting {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: no %q in %v", name, want, err)
			}
		}
	}
}

func TestEmbeddedRoots(t *testing.T) {
	// The embedded authorities can all be parsed, and are many.
	t.Parallel()
	pool, err := embedded()
	if err != nil || pool.Equal(x509.NewCertPool()) {
		t.Errorf("pool %v: %v", pool, err)
	}
}

func TestProxy(t *testing.T) {
	// Infisical is reached through the proxy that is set, with the proxy's
	// credentials, and without it where NO_PROXY says so.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	asked := 0
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		if user, password, ok := proxyAuth(r); !ok || user != "user" || password != "pass" {
			t.Errorf("proxy credentials %q %q", user, password)
		}
		if r.Host != "infisical.example" {
			t.Errorf("proxy asked for %s", r.Host)
		}
		r.Header.Del("Proxy-Authorization")
		server.ServeHTTP(w, r)
	}))
	defer proxy.Close()
	through := config.Secret(strings.Replace(proxy.URL, "http://", "http://user:pass@", 1))
	if _, err := login(t, client(t, "http://infisical.example", func(s *Server) { s.Proxy.HTTP = through }), fresh); err != nil || asked != 1 {
		t.Errorf("%v, proxy asked %d times", err, asked)
	}
	c := client(t, "http://infisical.example", func(s *Server) { s.Proxy.HTTP, s.Proxy.No = through, ".example" })
	c.Dial = to(strings.TrimPrefix(server.Start(t), "http://"))
	if _, err := login(t, c, fresh); err != nil || asked != 1 {
		t.Errorf("%v, proxy asked %d times", err, asked)
	}
}

func proxyAuth(r *http.Request) (user, password string, ok bool) {
	return (&http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}).BasicAuth()
}

func TestProxyRefuses(t *testing.T) {
	// A proxy that refuses is at fault, not the server; one that cannot reach
	// the server is worth another attempt.
	t.Parallel()
	for status, kind := range map[int]Kind{407: Protocol, 403: Protocol, 502: Unavailable} {
		proxy := serve(t, status, "no")
		c := client(t, "https://infisical.example", func(s *Server) { s.Proxy.HTTPS = config.Secret(proxy.URL) })
		_, err := login(t, c, withUniversal)
		if err == nil || err.Kind != kind || !strings.Contains(err.Error(), "the proxy 127.0.0.1") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestMalformedProxy(t *testing.T) {
	// A proxy that is none is named by its variable, and its password is not.
	t.Parallel()
	for _, proxy := range []config.Secret{"http://user:hunter2@", "ht tp://user:hunter2@proxy:1", "http://user:hunter2@proxy:x", "ftp://user:hunter2@proxy", "user:hunter2@"} {
		_, err := Server{Domain: "https://infisical.example", Timeout: 1, Proxy: Proxy{HTTPS: proxy}}.Client()
		failed, ok := errors.AsType[*Error](err)
		if !ok || failed.Kind != Setting || !strings.Contains(err.Error(), "HTTPS_PROXY") || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%q: %v", proxy.Reveal(), err)
		}
	}
}

package methods

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestTLSCertLogin(t *testing.T) {
	// The certificate of the connection is the proof, and the body names no more
	// than the identity.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	url := server.StartTLS(t)
	known := server.Add(infisicaltest.Identity{Auth: &infisicaltest.TLSCert{CommonNames: []string{"worker"}}})
	for name, want := range map[string]string{"worker": "", "stranger": "common name not allowed"} {
		certificate, key := server.ClientCertificate(name)
		settings := ClientCertificate{CertPath: filepath.Join(t.TempDir(), "cert.pem"), KeyPath: filepath.Join(t.TempDir(), "key.pem")}
		write(t, settings.CertPath, string(certificate))
		write(t, settings.KeyPath, string(key))
		c := client(t, url, func(s *Server) { s.CAPath, s.ClientCertificate = server.CAPath(t), settings })
		_, err := c.Login(t.Context(), row(t, "tls-cert-auth"), freshly(row(t, "tls-cert-auth"), "INFISICAL_MACHINE_IDENTITY_ID="+known.ID,
			"INFISICAL_TLS_CERT_PATH="+settings.CertPath, "INFISICAL_TLS_KEY_PATH="+settings.KeyPath))
		if want != "" {
			wantError(t, err, Refused, want)
		} else if err != nil {
			t.Error(err)
		}
	}
}

func TestTLSCertNeedsCertificate(t *testing.T) {
	// The settings of mutual TLS, which are optional elsewhere, are required here.
	t.Parallel()
	_, err := freshly(row(t, "tls-cert-auth"), "INFISICAL_MACHINE_IDENTITY_ID="+testID)()
	if err == nil || !strings.Contains(err.Error(), "INFISICAL_TLS_CERT_PATH") || !strings.Contains(err.Error(), "INFISICAL_TLS_KEY_PATH") {
		t.Errorf("error %v", err)
	}
	for _, field := range config.Fields(Server{}, tlsCert{}) {
		if strings.HasPrefix(field.Name, "INFISICAL_TLS_") && field.Required {
			t.Errorf("%s is required everywhere", field.Name)
		}
	}
}

func TestTLSCertCloudPort(t *testing.T) {
	// The Infisical cloud asks for client certificates at port 8443; a port that is
	// set, another host and another method stay as they are.
	t.Parallel()
	for _, test := range []struct{ domain, method, want string }{
		{"https://app.infisical.com", "tls-cert-auth", "app.infisical.com:8443"},
		{"https://us.infisical.com", "tls-cert-auth", "us.infisical.com:8443"},
		{"https://eu.infisical.com", "tls-cert-auth", "eu.infisical.com:8443"},
		{"https://eu.infisical.com:9443", "tls-cert-auth", "eu.infisical.com:9443"},
		{"https://secrets.example", "tls-cert-auth", "secrets.example:443"},
		{"https://app.infisical.com", "universal-auth", "app.infisical.com:443"},
	} {
		cert, key, _ := pemFiles(t)
		c := client(t, test.domain, func(s *Server) {
			s.Retry.Max = 0
			s.ClientCertificate = ClientCertificate{CertPath: cert, KeyPath: key}
		})
		var dialed string
		c.Dial = func(_ context.Context, _, address string) (net.Conn, error) {
			dialed = address
			return nil, errors.New("no network in a test")
		}
		fresh := withUniversal
		if test.method == "tls-cert-auth" {
			fresh = func() (Method, error) { return new(tlsCert), nil }
		}
		if _, err := c.Login(t.Context(), row(t, test.method), fresh); err == nil || dialed != test.want {
			t.Errorf("%s with %s dials %q, want %q (%v)", test.method, test.domain, dialed, test.want, err)
		}
		if c.Domain() != test.domain {
			t.Errorf("domain %s", c.Domain())
		}
	}
}

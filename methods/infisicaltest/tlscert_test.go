package infisicaltest_test

import (
	"crypto/tls"
	"crypto/x509"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestTLSCert(t *testing.T) {
	// The certificate of the connection, or the one a proxy hands on, is checked against the authority and the names.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	id := srv.Add(infisicaltest.Identity{Auth: &infisicaltest.TLSCert{CommonNames: []string{"app"}}})
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(srv.CA())
	address := srv.StartTLS(t) + "/api/v1/auth/tls-cert-auth/login"
	login := func(certificate, key []byte) answer {
		config := &tls.Config{RootCAs: roots}
		if certificate != nil {
			pair, err := tls.X509KeyPair(certificate, key)
			if err != nil {
				t.Fatal(err)
			}
			// Sent whatever the server asks for, as the official client does.
			config.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
		}
		return ask(t, &http.Client{Transport: &http.Transport{TLSClientConfig: config}}, "POST", address, object{"identityId": id.ID})
	}
	other := infisicaltest.New(infisicaltest.G3)
	tests := []struct {
		name             string
		certificate, key []byte
		status           int
		message          string
	}{
		{name: "none", status: 400, message: "Missing TLS certificate in header"},
		{name: "good", status: 200},
		{name: "other name", status: 401, message: "Access denied: TLS Certificate Auth common name not allowed."},
		{name: "other authority", status: 401, message: "Access denied: Certificate not issued by the provided CA."},
	}
	tests[1].certificate, tests[1].key = srv.ClientCertificate("app")
	tests[2].certificate, tests[2].key = srv.ClientCertificate("db")
	tests[3].certificate, tests[3].key = other.ClientCertificate("app")
	for _, test := range tests {
		if got := login(test.certificate, test.key); got.status != test.status || got.text("message") != test.message {
			t.Errorf("%s: got %d %v", test.name, got.status, got.body)
		}
	}
	srv.Now = func() time.Time { return time.Now().AddDate(11, 0, 0) }
	wants(t, login(tests[1].certificate, tests[1].key), 401, "Access denied: Certificate has expired.")
	srv.Now = func() time.Time { return time.Now().AddDate(-1, 0, 0) }
	wants(t, login(tests[1].certificate, tests[1].key), 401, "Access denied: Certificate not yet valid.")
	srv.Now = time.Now
	plain := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	handedOn := url.PathEscape(string(tests[1].certificate))
	if got := ask(t, plain, "POST", address, object{"identityId": id.ID}, "x-identity-tls-cert-auth-client-cert", handedOn); got.status != 200 {
		t.Errorf("by header: got %d %v", got.status, got.body)
	}
}

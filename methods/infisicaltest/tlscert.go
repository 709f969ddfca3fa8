package infisicaltest

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/url"
	"slices"
)

// TLSCert is TLS certificate auth. The certificate is that of the connection
// itself, or comes in the header by which a proxy hands it on to the server.
type TLSCert struct {
	CA          []byte   // PEM; the server's own authority if nil, see [Server.ClientCertificate]
	CommonNames []string // all if empty
}

// certificateHeader is the name by default; the value is URL-encoded PEM.
const certificateHeader = "X-Identity-Tls-Cert-Auth-Client-Cert"

func (t *TLSCert) method() string { return "tls-cert-auth" }

func (t *TLSCert) complete(s *Server, _ *Identity) {
	if t.CA == nil {
		t.CA = encodePEM("CERTIFICATE", s.lockedAuthority().certificate.Raw)
	}
	if _, err := parseCertificate(t.CA); err != nil {
		panic("infisicaltest: CA of TLSCert: " + err.Error())
	}
}

func tlsCertLogin() login {
	return login{
		method: "tls-cert-auth", since: G2,
		fields: []field{identityField()},
		unknown: func(Generation) error {
			return notFound("TLS Certificate auth method not found for identity, did you configure TLS Certificate auth?")
		},
		prove: proveTLSCert,
	}
}

func proveTLSCert(c *call, id *Identity, _ fields) error {
	t := id.Auth.(*TLSCert)
	leaf, err := clientCertificate(c)
	if err != nil {
		return err
	}
	authority := must(parseCertificate(t.CA)) // parsed before
	switch {
	case leaf.CheckSignatureFrom(authority) != nil:
		return unauthorized("Access denied: Certificate not issued by the provided CA.")
	case c.now.After(leaf.NotAfter):
		return unauthorized("Access denied: Certificate has expired.")
	case c.now.Before(leaf.NotBefore):
		return unauthorized("Access denied: Certificate not yet valid.")
	case len(t.CommonNames) > 0 && !slices.Contains(t.CommonNames, leaf.Subject.CommonName):
		return because(unauthorized("Access denied: TLS Certificate Auth common name not allowed."), "common name is "+leaf.Subject.CommonName)
	}
	return nil
}

func clientCertificate(c *call) (*x509.Certificate, error) {
	if state := c.request.TLS; state != nil && len(state.PeerCertificates) > 0 {
		return state.PeerCertificates[0], nil
	}
	encoded := c.request.Header.Get(certificateHeader)
	if encoded == "" {
		return nil, badRequest("Missing TLS certificate in header")
	}
	text, err := url.PathUnescape(encoded)
	if err != nil {
		return nil, because(internal(), err.Error())
	}
	leaf, err := parseCertificate([]byte(text))
	if err != nil {
		return nil, because(badRequest("Missing client certificate"), err.Error())
	}
	return leaf, nil
}

// parseCertificate reads the first certificate of a chain in PEM.
func parseCertificate(text []byte) (*x509.Certificate, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not PEM")
	}
	return x509.ParseCertificate(block.Bytes)
}

package infisicaltest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"time"
)

// authority signs the server's certificate and those of clients.
type authority struct {
	key         *ecdsa.PrivateKey
	certificate *x509.Certificate
	server      tls.Certificate
}

// CA returns the certificate of the server's authority in PEM.
func (s *Server) CA() []byte {
	return encodePEM("CERTIFICATE", s.ownAuthority().certificate.Raw)
}

// ClientCertificate returns a certificate for a client and its key in PEM,
// signed by the server's authority.
func (s *Server) ClientCertificate(commonName string) (certificate, key []byte) {
	a := s.ownAuthority()
	template := certificateTemplate(commonName)
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
	signed := a.sign(template)
	raw := must(x509.MarshalPKCS8PrivateKey(signed.PrivateKey))
	return encodePEM("CERTIFICATE", signed.Certificate[0]), encodePEM("PRIVATE KEY", raw)
}

// tlsConfig is that of the server.
func (s *Server) tlsConfig() *tls.Config {
	own := func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return &s.ownAuthority().server, nil }
	return &tls.Config{GetCertificate: own, ClientAuth: tls.RequestClientCert, MinVersion: tls.VersionTLS12}
}

// RotateAuthority replaces the server's authority, and its certificate for the
// connections that come.
func (s *Server) RotateAuthority() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.authority = newAuthority()
}

func (s *Server) ownAuthority() *authority {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lockedAuthority()
}

// lockedAuthority is ownAuthority with the server's lock held.
func (s *Server) lockedAuthority() *authority {
	if s.authority == nil {
		s.authority = newAuthority()
	}
	return s.authority
}

func newAuthority() *authority {
	key := newECKey()
	template := certificateTemplate("infisicaltest")
	template.IsCA = true
	template.BasicConstraintsValid = true
	template.KeyUsage = x509.KeyUsageCertSign
	raw := must(x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key))
	a := &authority{key: key, certificate: must(x509.ParseCertificate(raw))}
	server := certificateTemplate(memoryHost)
	server.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	server.DNSNames = []string{memoryHost, "localhost"}
	server.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback}
	a.server = a.sign(server)
	return a
}

// sign makes a key and a certificate for it.
func (a *authority) sign(template *x509.Certificate) tls.Certificate {
	key := newECKey()
	raw := must(x509.CreateCertificate(rand.Reader, template, a.certificate, &key.PublicKey, a.key))
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

// certificateTemplate goes by the system's clock, as TLS clients do.
func certificateTemplate(commonName string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: new(big.Int).SetBytes(randomBytes(8)), Subject: pkix.Name{CommonName: commonName},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0), KeyUsage: x509.KeyUsageDigitalSignature,
	}
}

func newECKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func encodePEM(kind string, raw []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: raw})
}

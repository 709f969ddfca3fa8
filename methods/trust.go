package methods

import (
	"bytes"
	"crypto/fips140"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strings"
	"unicode"
)

// trust says which authorities the connections to a server have to trust. On
// Linux, where the system's are in one file, only those that the server's
// certificate names are looked at: there are about 140, and to parse them all
// takes as long as the rest of a login.
func (s Server) trust(settings *tls.Config, server *url.URL, proxy func(*http.Request) (*url.URL, error)) error {
	if isAlone(server, proxy) && !fips140.Enabled() {
		if content := s.bundle(); content != nil {
			lazy := lazyRoots{host: server.Hostname(), bundle: content, all: s.roots}
			settings.InsecureSkipVerify = true // by crypto/tls, since VerifyConnection does the same
			settings.VerifyConnection = lazy.verify
			return nil
		}
	}
	roots, err := s.roots()
	settings.RootCAs = roots
	return err
}

// isAlone tells whether TLS is spoken to the server alone, by the name in its
// address: not to a proxy as well, and not by another spelling of the name.
func isAlone(server *url.URL, proxy func(*http.Request) (*url.URL, error)) bool {
	if strings.ContainsFunc(server.Host, func(r rune) bool { return r > unicode.MaxASCII }) {
		return false
	}
	if proxy == nil {
		return true
	}
	via, err := proxy(&http.Request{URL: server})
	return err == nil && (via == nil || via.Scheme != "https")
}

// bundles returns where the file of the system's authorities may be. The first
// one counts, as for crypto/x509, which reads directories as well.
func (s Server) bundles() []string {
	switch {
	case s.CAPath != "" || runtime.GOOS != "linux":
		return nil
	case s.Roots.File != "":
		return []string{s.Roots.File}
	}
	return []string{
		"/etc/ssl/certs/ca-certificates.crt",                // Debian, Arch
		"/etc/pki/tls/certs/ca-bundle.crt",                  // Fedora
		"/etc/ssl/ca-bundle.pem",                            // openSUSE
		"/etc/pki/tls/cacert.pem",                           // OpenELEC
		"/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem", // RHEL
		"/etc/ssl/cert.pem",                                 // Alpine
	}
}

// bundle returns the content of the file of the system's authorities, nil if
// there is none, or no certificate in it. What can be read only once, such as a
// pipe, is left to the standard library.
func (s Server) bundle() []byte {
	for _, path := range s.bundles() {
		info, err := os.Stat(path)
		if err != nil {
			continue
		}
		if !info.Mode().IsRegular() {
			return nil
		}
		content, err := readPEM("certificates", path, "SSL_CERT_FILE", "")
		if err != nil || !bytes.Contains(content, beginCertificate) {
			return nil
		}
		return content
	}
	return nil
}

// lazyRoots verifies a server's certificate as crypto/tls does.
type lazyRoots struct {
	host   string // the only one that is spoken to
	bundle []byte // the system's authorities in PEM form
	all    func() (*x509.CertPool, error)
}

// verify is for [tls.Config.VerifyConnection]. A certificate that the named
// authorities vouch for would be good with all of them too, since they are
// among them. About any other, all of them are asked.
func (l lazyRoots) verify(state tls.ConnectionState) error {
	chain := state.PeerCertificates
	options := x509.VerifyOptions{DNSName: l.host, Roots: l.named(chain), Intermediates: x509.NewCertPool()}
	for _, certificate := range chain[1:] {
		options.Intermediates.AddCert(certificate)
	}
	if _, err := chain[0].Verify(options); err == nil {
		return nil
	}
	all, err := l.all()
	if err != nil {
		return err
	}
	options.Roots = all
	if _, err := chain[0].Verify(options); err != nil {
		return &tls.CertificateVerificationError{UnverifiedCertificates: chain, Err: err}
	}
	return nil
}

// named returns the authorities that the certificates name as their issuers. A
// name is looked for in all authorities, as bytes in the one buffer that they
// are decoded into; only those that hold it are taken for certificates, if they
// begin and end with their lines, as encoding/pem demands.
func (l lazyRoots) named(chain []*x509.Certificate) *x509.CertPool {
	pool := x509.NewCertPool()
	var buffer []byte
	for at := 0; ; {
		before, after, begun := bytes.Cut(l.bundle[at:], beginCertificate)
		text, _, ended := bytes.Cut(after, endCertificate)
		if !begun || !ended {
			return pool
		}
		begin := at + len(before)
		at = begin + len(beginCertificate) + len(text)
		buffer, _ = base64.StdEncoding.AppendDecode(buffer[:0], text)
		if !issued(buffer, chain) {
			continue
		}
		block, _ := pem.Decode(l.bundle[max(begin-1, 0):]) // with the end of the line before it
		if block == nil || !bytes.Equal(block.Bytes, buffer) {
			continue
		}
		if authority, err := x509.ParseCertificate(block.Bytes); err == nil {
			pool.AddCert(authority)
		}
	}
}

var (
	beginCertificate = []byte("-----BEGIN CERTIFICATE-----")
	endCertificate   = []byte("-----END CERTIFICATE-----")
)

// issued tells whether an authority may have issued one of the certificates. Its
// name is somewhere in its own certificate then, byte for byte.
func issued(authority []byte, chain []*x509.Certificate) bool {
	return slices.ContainsFunc(chain, func(c *x509.Certificate) bool { return bytes.Contains(authority, c.RawIssuer) })
}

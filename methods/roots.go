package methods

import (
	"bytes"
	"crypto/x509"
	"fmt"
	"io"
	"os"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// Roots is where the standard library looks for the system's certificates. It
// reads these variables by itself; they are here so that they are known.
type Roots struct {
	File string `env:"SSL_CERT_FILE" external:"true" usage:"File of the certificates to trust, instead of the system's own."`
	Dir  string `env:"SSL_CERT_DIR" external:"true" usage:"Directories of certificates to trust, separated by colons."`
}

// roots returns the authorities to trust: the file that is set; else the
// system's; else, as in an image that holds nothing but a program, those of
// Mozilla that this program brings along.
func (s Server) roots() (*x509.CertPool, error) {
	if s.CAPath != "" {
		content, err := readPEM("certificates", s.CAPath, "INFISICAL_CA_PATH", "ca-path")
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		if !pool.AppendCertsFromPEM(content) {
			return nil, &Error{Kind: Setting, Message: fmt.Sprintf("%q holds no certificate in PEM form; set --ca-path or INFISICAL_CA_PATH", s.CAPath)}
		}
		return pool, nil
	}
	pool, err := x509.SystemCertPool()
	if err == nil && !pool.Equal(x509.NewCertPool()) {
		return pool, nil
	}
	// Who says what to trust does not want to trust anybody else.
	if s.Roots.File != "" || s.Roots.Dir != "" {
		return nil, &Error{Kind: Setting, Message: fmt.Sprintf("there is no certificate in SSL_CERT_FILE (%q) or SSL_CERT_DIR (%q)", s.Roots.File, s.Roots.Dir), Err: err}
	}
	return embedded()
}

// embedded parses the certificates that the program brings along. A
// constraint, such as a date after which an authority is no longer trusted,
// comes with some of them.
func embedded() (*x509.CertPool, error) {
	pool := x509.NewCertPool()
	for root := range bundle.Roots() {
		certificate, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			return nil, fmt.Errorf("embedded certificates: %w", err)
		}
		if root.Constraint == nil {
			pool.AddCert(certificate)
			continue
		}
		pool.AddCertWithConstraint(certificate, root.Constraint)
	}
	return pool, nil
}

// maxPEM bounds a file of certificates, in bytes. The bundle of a system has
// about 250 KiB.
const maxPEM = 8 << 20

// readPEM reads a file that a setting names.
func readPEM(what, path, variable, flag string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(what, path, err, variable, flag)
	}
	defer file.Close()
	var content bytes.Buffer
	if info, err := file.Stat(); err == nil { // to read it at one go; for what has no size it is 0
		content.Grow(int(min(info.Size(), maxPEM)) + bytes.MinRead)
	}
	_, err = content.ReadFrom(io.LimitReader(file, maxPEM+1))
	if err == nil && content.Len() > maxPEM {
		err = fmt.Errorf("longer than %d bytes", maxPEM)
	}
	if err != nil {
		return nil, unreadable(what, path, err, variable, flag)
	}
	return content.Bytes(), nil
}

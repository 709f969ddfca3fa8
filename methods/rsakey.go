package methods

import (
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// rsaKey returns the RSA key of a PEM text, in any of the forms that openssl
// has written over the years: PKCS#1 or PKCS#8, in the clear or encrypted.
func rsaKey(text []byte, passphrase config.Secret) (*rsa.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errors.New("not a PEM file")
	}
	der, err := clearKey(block, passphrase)
	if err != nil {
		return nil, err
	}
	if key, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return key, nil
	}
	parsed, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil { // whose text would speak of Go's functions
		return nil, errors.New("not a private key")
	}
	key, ok := parsed.(*rsa.PrivateKey)
	if !ok {
		return nil, errors.New("not an RSA key")
	}
	return key, nil
}

// clearKey returns the key in a block, decrypted if need be.
func clearKey(block *pem.Block, passphrase config.Secret) ([]byte, error) {
	legacy := strings.Contains(block.Headers["Proc-Type"], "ENCRYPTED")
	if !legacy && block.Type != "ENCRYPTED PRIVATE KEY" {
		return block.Bytes, nil
	}
	if passphrase == "" {
		return nil, errors.New("the key is encrypted; set OCI_CLI_PASSPHRASE")
	}
	if !legacy {
		return decryptPKCS8(block.Bytes, passphrase)
	}
	// A wrong passphrase is not always noticed, which only yields a key that does
	// not parse.
	//lint:ignore SA1019 this is the form that Oracle's instructions made for years
	der, err := x509.DecryptPEMBlock(block, []byte(passphrase.Reveal()))
	if err != nil {
		return nil, errors.New("the passphrase in OCI_CLI_PASSPHRASE does not open the key")
	}
	return der, nil
}

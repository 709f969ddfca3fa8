package methods

import (
	"cmp"
	"context"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// oci proves that a user of Oracle Cloud logs in: it signs the request that
// reads the user's own record, which Infisical then sends to Oracle.
type oci struct {
	Identity
	User        string        `env:"OCI_CLI_USER" external:"true" usage:"OCID of the Oracle Cloud user."`
	Tenancy     string        `env:"OCI_CLI_TENANCY" external:"true" usage:"OCID of the Oracle Cloud tenancy."`
	Fingerprint string        `env:"OCI_CLI_FINGERPRINT" external:"true" usage:"Fingerprint of the Oracle Cloud user's API key."`
	KeyPath     string        `env:"OCI_CLI_KEY_FILE" external:"true" usage:"File with the Oracle Cloud user's private API key (PEM)."`
	Passphrase  config.Secret `env:"OCI_CLI_PASSPHRASE" external:"true" usage:"Passphrase of the private API key."`
	Region      string        `env:"OCI_CLI_REGION" external:"true" usage:"Oracle Cloud region, such as eu-frankfurt-1."`
	ConfigPath  string        `env:"OCI_CONFIG_FILE" external:"true" usage:"Oracle Cloud configuration file, for what the OCI_CLI variables leave out."`
	Profile     string        `env:"OCI_CLI_PROFILE" external:"true" default:"DEFAULT" usage:"Profile in the Oracle Cloud configuration file."`
}

// ociEvidence speaks for oci-auth if a key or a configuration file is named.
func ociEvidence(lookup Lookup) Evidence {
	if _, given := lookup("OCI_CONFIG_FILE"); given {
		return Evidence{Rank: Cloud, Because: "OCI_CONFIG_FILE is set"}
	}
	_, user := lookup("OCI_CLI_USER")
	_, key := lookup("OCI_CLI_KEY_FILE")
	if user && key {
		return Evidence{Rank: Cloud, Because: "OCI_CLI_USER and OCI_CLI_KEY_FILE are set"}
	}
	return Evidence{}
}

// Proof implements [Prover].
func (o *oci) Proof(context.Context) (Body, error) {
	principal, err := o.principal()
	if err != nil {
		return nil, err
	}
	headers, err := principal.sign(time.Now())
	if err != nil {
		return nil, err
	}
	return o.body(Body{"userOcid": principal.user, "headers": headers}), nil
}

// principal takes each value from its variable, else from the configuration
// file, as Oracle's own command line does.
func (o *oci) principal() (ociPrincipal, error) {
	file := map[string]string{}
	if o.ConfigPath != "" {
		text, err := readSmall(o.ConfigPath)
		if err != nil {
			return ociPrincipal{}, unreadable("Oracle Cloud configuration file", o.ConfigPath, err, "OCI_CONFIG_FILE", "")
		}
		if file, err = ociProfile(text, cmp.Or(o.Profile, "DEFAULT")); err != nil {
			return ociPrincipal{}, &Error{Kind: Setting, Message: fmt.Sprintf("Oracle Cloud configuration file %q: %v", o.ConfigPath, err)}
		}
	}
	p := ociPrincipal{
		user:        cmp.Or(o.User, file["user"]),
		tenancy:     cmp.Or(o.Tenancy, file["tenancy"]),
		fingerprint: cmp.Or(o.Fingerprint, file["fingerprint"]),
		region:      cmp.Or(o.Region, file["region"]),
	}
	keyPath := cmp.Or(o.KeyPath, file["key_file"])
	for _, part := range []struct{ value, variable, key string }{
		{p.user, "OCI_CLI_USER", "user"},
		{p.tenancy, "OCI_CLI_TENANCY", "tenancy"},
		{p.fingerprint, "OCI_CLI_FINGERPRINT", "fingerprint"},
		{p.region, "OCI_CLI_REGION", "region"},
		{keyPath, "OCI_CLI_KEY_FILE", "key_file"},
	} {
		if part.value == "" {
			return ociPrincipal{}, &Error{Kind: Setting, Message: fmt.Sprintf(
				"set %s, or %s in the file that OCI_CONFIG_FILE names", part.variable, part.key)}
		}
		if part.key != "key_file" && strings.ContainsFunc(part.value, notInWord) {
			return ociPrincipal{}, &Error{Kind: Setting, Message: fmt.Sprintf(
				"%s (%s) may hold letters, digits and .:_- only, unlike %q", part.variable, part.key, part.value)}
		}
	}
	if strings.HasPrefix(keyPath, "~") {
		return ociPrincipal{}, &Error{Kind: Setting, Message: fmt.Sprintf(
			"key file %q: the home directory is not looked into; set OCI_CLI_KEY_FILE to the whole path", keyPath)}
	}
	text, err := readSmall(keyPath)
	if err != nil {
		return ociPrincipal{}, unreadable("Oracle Cloud key file", keyPath, err, "OCI_CLI_KEY_FILE", "")
	}
	passphrase := cmp.Or(o.Passphrase, config.Secret(cmp.Or(file["pass_phrase"], file["passphrase"])))
	if p.key, err = rsaKey([]byte(text), passphrase); err != nil {
		return ociPrincipal{}, &Error{Kind: Setting, Message: fmt.Sprintf(
			"Oracle Cloud key file %q: %v", keyPath, err), Err: err}
	}
	return p, nil
}

// notInWord tells which characters an OCID, a fingerprint or a region does not
// hold. They go into a URL, a host name and a quoted header as they are.
func notInWord(r rune) bool {
	const word = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.:_-"
	return !strings.ContainsRune(word, r)
}

// ociPrincipal is a user of Oracle Cloud with the key that signs for them.
type ociPrincipal struct {
	user, tenancy, fingerprint, region string
	key                                *rsa.PrivateKey
}

// sign returns the headers of a signed request for the user's own record. The
// scheme is draft-cavage-http-signatures with RSA-SHA256, as Oracle documents
// it under "Request Signatures".
func (p ociPrincipal) sign(now time.Time) (map[string]string, error) {
	host := "identity." + p.region + "." + ociDomain(p.region)
	date := now.UTC().Format(http.TimeFormat)
	text := "date: " + date + "\n" +
		"(request-target): get /20160918/users/" + p.user + "\n" +
		"host: " + host
	digest := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(rand.Reader, p.key, crypto.SHA256, digest[:])
	if err != nil {
		return nil, &Error{Kind: Setting, Message: fmt.Sprintf("the Oracle Cloud key cannot sign: %v", err), Err: err}
	}
	return map[string]string{
		"host": host,
		"date": date,
		"authorization": fmt.Sprintf(`Signature version="1",keyId="%s/%s/%s",algorithm="rsa-sha256",`+
			`headers="date (request-target) host",signature="%s"`,
			p.tenancy, p.user, p.fingerprint, base64.StdEncoding.EncodeToString(signature)),
	}, nil
}

// ociDomain is the domain of a region's realm. The Infisical server of today
// asks the commercial realm only and refuses hosts of the others, in a sentence
// that says so.
func ociDomain(region string) string {
	for _, realm := range []struct{ prefix, domain string }{
		{"us-gov-", "oraclegovcloud.com"},
		{"us-langley-", "oraclegovcloud.com"},
		{"us-luke-", "oraclegovcloud.com"},
		{"uk-gov-", "oraclegovcloud.uk"},
	} {
		if strings.HasPrefix(region, realm.prefix) {
			return realm.domain
		}
	}
	return "oraclecloud.com"
}

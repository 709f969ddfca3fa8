package infisicaltest

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// OCI is OCI auth: a signed request for the user's own data that the server
// sends to Oracle. The stand-in plays Oracle too and verifies the signature
// (Oracle's Request Signatures, after draft-cavage-http-signatures-08).
type OCI struct {
	PublicKey   *rsa.PublicKey // of the user's API key; required
	Tenancy     string         // OCID; made up if empty
	User        string         // OCID; made up if empty
	Fingerprint string         // of the API key; any if empty
	Username    string         // as Oracle knows it; app if empty
	Allowed     []string       // allowed user names; all if empty
	// ForeignTenancy makes Oracle say that the user belongs to another tenancy.
	ForeignTenancy bool
}

func (o *OCI) method() string { return "oci-auth" }

func (o *OCI) complete(*Server, *Identity) {
	if o.PublicKey == nil {
		panic("infisicaltest: OCI without PublicKey")
	}
	setDefault(&o.Tenancy, "ocid1.tenancy.oc1.."+strings.ToLower(randomText(20)))
	setDefault(&o.User, "ocid1.user.oc1.."+strings.ToLower(randomText(20)))
	setDefault(&o.Username, "app")
}

func ociLogin() login {
	return login{
		method: "oci-auth", since: G2,
		fields: []field{identityField(), {name: "userOcid"}, {name: "headers", object: true}},
		unknown: func(Generation) error {
			return notFound("OCI auth method not found for identity, did you configure OCI auth?")
		},
		prove: proveOCI,
	}
}

// The Infisical server accepts no other realm of Oracle's.
var ociHostPattern = regexp.MustCompile(`^identity\.[a-z]{2}-[a-z]+-[1-9]\.oraclecloud\.com$`)

func proveOCI(c *call, id *Identity, body fields) error {
	o := id.Auth.(*OCI)
	headers, err := ociHeaders(c, body["headers"].(map[string]any))
	if err != nil {
		return err
	}
	if !ociHostPattern.MatchString(headers["host"]) {
		return badRequest("Invalid OCI host format. Expected format: identity.<region>.oraclecloud.com")
	}
	if err := o.checkSignature(headers, body.text("userOcid"), c.now); err != nil {
		return because(internal(), err.Error())
	}
	switch {
	case o.ForeignTenancy:
		return unauthorized("Access denied: OCI account isn't part of tenancy.")
	case len(o.Allowed) > 0 && !slices.Contains(o.Allowed, o.Username):
		return unauthorized("Access denied: OCI account username not allowed.")
	}
	return nil
}

// ociHeaders returns the headers that the server sends on; others it drops.
func ociHeaders(c *call, given map[string]any) (map[string]string, error) {
	headers := map[string]string{}
	var issues []issue
	for _, name := range []string{"authorization", "host", "x-date", "date"} {
		value, there := given[name]
		text, isText := value.(string)
		switch {
		case there && isText:
			headers[name] = text
		case there:
			issues = append(issues, wrongType("string", typeName(value), []any{"headers", name}))
		case name == "authorization" || name == "host":
			issues = append(issues, issue{"code": "invalid_type", "expected": "string", "received": "undefined",
				"path": []any{"headers", name}, "message": "Required"})
		}
	}
	for name := range given {
		if _, known := headers[name]; !known {
			c.complain("header %q is unknown to the server, which wants lower case", name)
		}
	}
	if issues != nil {
		return nil, c.invalid(issues)
	}
	return headers, nil
}

var ociParameterPattern = regexp.MustCompile(`([a-zA-Z]+)="([^"]*)"`)

// ociSkew is how far the date of a request may be off.
const ociSkew = 5 * time.Minute

func (o *OCI) checkSignature(headers map[string]string, user string, now time.Time) error {
	rest, ok := strings.CutPrefix(headers["authorization"], "Signature ")
	if !ok {
		return errors.New("authorization does not start with Signature")
	}
	parameters := map[string]string{}
	for _, m := range ociParameterPattern.FindAllStringSubmatch(rest, -1) {
		parameters[m[1]] = m[2]
	}
	key := strings.Split(parameters["keyId"], "/")
	switch {
	case parameters["version"] != "1" || parameters["algorithm"] != "rsa-sha256":
		return fmt.Errorf("version %q, algorithm %q", parameters["version"], parameters["algorithm"])
	case len(key) != 3 || key[0] != o.Tenancy || key[1] != o.User || o.Fingerprint != "" && key[2] != o.Fingerprint:
		return fmt.Errorf("keyId is %q", parameters["keyId"])
	case user != o.User:
		return fmt.Errorf("userOcid is %q", user)
	}
	signed := strings.Fields(parameters["headers"])
	dated := slices.Contains(signed, "date") || slices.Contains(signed, "x-date")
	if !dated || !slices.Contains(signed, "host") || !slices.Contains(signed, "(request-target)") {
		return fmt.Errorf("signed are only %q", signed)
	}
	var lines []string
	for _, name := range signed {
		value, sent := headers[name]
		if name == "(request-target)" {
			value, sent = "get /20160918/users/"+user, true
		}
		if !sent {
			return fmt.Errorf("signed header %q was not sent", name)
		}
		lines = append(lines, name+": "+value)
	}
	for _, name := range []string{"date", "x-date"} {
		if date, err := http.ParseTime(headers[name]); headers[name] != "" && (err != nil || now.Sub(date).Abs() > ociSkew) {
			return fmt.Errorf("%s is %q, but it is %v", name, headers[name], now.UTC())
		}
	}
	signature, err := base64.StdEncoding.DecodeString(parameters["signature"])
	if err != nil {
		return errors.New("signature is not base64")
	}
	digest := sha256.Sum256([]byte(strings.Join(lines, "\n")))
	if rsa.VerifyPKCS1v15(o.PublicKey, crypto.SHA256, digest[:], signature) != nil {
		return errors.New("signature does not match")
	}
	return nil
}

package infisicaltest

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Alicloud is Alibaba Cloud auth: a signed request for the caller's identity
// that the server sends on. The stand-in plays Alibaba Cloud too and verifies
// the signature (its RPC style, HMAC-SHA1).
type Alicloud struct {
	AccessKeyID     string // made up if empty
	AccessKeySecret string // made up if empty
	ARN             string // of the caller; a user's if empty
	AllowedARNs     []string
	// SecurityToken is that of a temporary key, demanded if set. A server that is
	// not told of one drops what is sent, and the signature does not match.
	SecurityToken string

	nonces []string // used ones
}

func (a *Alicloud) method() string { return "alicloud-auth" }

func (a *Alicloud) complete(*Server, *Identity) {
	setDefault(&a.AccessKeyID, "LTAI"+randomText(20))
	setDefault(&a.AccessKeySecret, randomText(26))
	setDefault(&a.ARN, "acs:ram::1234567890123456:user/app")
}

func alicloudLogin() login {
	return login{
		method: "alicloud-auth", since: G2,
		fields: []field{identityField(),
			{name: "Action", literal: "GetCallerIdentity"}, {name: "Format", literal: "JSON"}, {name: "Version"},
			{name: "AccessKeyId", filled: true}, {name: "SignatureMethod", literal: "HMAC-SHA1"}, {name: "Timestamp", filled: true},
			{name: "SignatureVersion", literal: "1.0"}, {name: "SignatureNonce", filled: true}, {name: "Signature", filled: true},
			{name: "SecurityToken", optional: true}},
		unknown: func(Generation) error {
			return notFound("Alibaba Cloud auth method not found for identity, did you configure Alibaba Cloud auth?")
		},
		prove: proveAlicloud,
	}
}

func proveAlicloud(c *call, id *Identity, body fields) error {
	a := id.Auth.(*Alicloud)
	if _, err := time.Parse("2006-01-02T15:04:05Z", body.text("Timestamp")); err != nil {
		return c.invalid([]issue{{"code": "invalid_string", "validation": "datetime", "message": "Invalid datetime", "path": []any{"Timestamp"}}})
	}
	if !alicloudKeyPattern.MatchString(body.text("AccessKeyId")) {
		return c.invalid([]issue{{"code": "custom", "message": "AccessKeyId must be alphanumeric", "path": []any{"AccessKeyId"}}})
	}
	if a.SecurityToken == "" {
		delete(body, "SecurityToken")
	}
	if err := a.checkRequest(body, c.now); err != nil {
		return because(internal(), err.Error())
	}
	a.nonces = append(a.nonces, body.text("SignatureNonce"))
	if len(a.AllowedARNs) > 0 && !slices.Contains(a.AllowedARNs, a.ARN) {
		return unauthorized("Access denied: Alibaba Cloud account ARN not allowed.")
	}
	return nil
}

// The IDs of temporary keys, which begin with "STS.", are none to the server.
var alicloudKeyPattern = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// alicloudSkew is how far the time of a request may be off.
const alicloudSkew = 15 * time.Minute

func (a *Alicloud) checkRequest(body fields, now time.Time) error {
	signedAt, _ := time.Parse("2006-01-02T15:04:05Z", body.text("Timestamp")) // checked before
	switch {
	case body.text("Version") != "2015-04-01":
		return fmt.Errorf("version is %q", body.text("Version"))
	case body.text("AccessKeyId") != a.AccessKeyID:
		return fmt.Errorf("unknown access key %q", body.text("AccessKeyId"))
	case body.text("SecurityToken") != a.SecurityToken:
		return errors.New("security token is wrong or missing")
	case now.Sub(signedAt).Abs() > alicloudSkew:
		return fmt.Errorf("signed at %v, but it is %v", signedAt, now.UTC())
	case slices.Contains(a.nonces, body.text("SignatureNonce")):
		return fmt.Errorf("nonce %q was used before", body.text("SignatureNonce"))
	}
	var query []string
	for name := range body {
		if name == "Signature" || name == "identityId" || name == "organizationSlug" {
			continue
		}
		query = append(query, percentEncode(name)+"="+percentEncode(body.text(name)))
	}
	slices.Sort(query) // no name is the beginning of another, so this sorts by name
	mac := hmac.New(sha1.New, []byte(a.AccessKeySecret+"&"))
	mac.Write([]byte("GET&%2F&" + percentEncode(strings.Join(query, "&"))))
	if base64.StdEncoding.EncodeToString(mac.Sum(nil)) != body.text("Signature") {
		return errors.New("signature does not match")
	}
	return nil
}

// percentEncode leaves only the unreserved characters of RFC 3986.
func percentEncode(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

package methods

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// alicloud proves that a user or a role of Alibaba Cloud logs in: it signs a
// GetCallerIdentity request, which Infisical then sends to Alibaba.
type alicloud struct {
	Identity
	KeyID         string        `env:"ALIBABA_CLOUD_ACCESS_KEY_ID" external:"true" required:"true" usage:"Alibaba Cloud access key ID."`
	KeySecret     config.Secret `env:"ALIBABA_CLOUD_ACCESS_KEY_SECRET" external:"true" required:"true" usage:"Alibaba Cloud access key secret."`
	SecurityToken config.Secret `env:"ALIBABA_CLOUD_SECURITY_TOKEN" external:"true" usage:"Token of a temporary Alibaba Cloud access key."`
}

// alicloudEvidence speaks for alicloud-auth if there is an access key.
func alicloudEvidence(lookup Lookup) Evidence {
	_, id := lookup("ALIBABA_CLOUD_ACCESS_KEY_ID")
	_, secret := lookup("ALIBABA_CLOUD_ACCESS_KEY_SECRET")
	if id && secret {
		return Evidence{Rank: Cloud, Because: "ALIBABA_CLOUD_ACCESS_KEY_ID and ALIBABA_CLOUD_ACCESS_KEY_SECRET are set"}
	}
	return Evidence{}
}

// Proof implements [Prover].
func (a *alicloud) Proof(context.Context) (Body, error) {
	nonce := make([]byte, 16)
	_, _ = rand.Read(nonce) // crypto/rand never fails
	params := map[string]string{
		"Action":           "GetCallerIdentity",
		"Format":           "JSON",
		"Version":          "2015-04-01",
		"AccessKeyId":      a.KeyID,
		"SignatureMethod":  "HMAC-SHA1",
		"SignatureVersion": "1.0",
		"SignatureNonce":   hex.EncodeToString(nonce),
		"Timestamp":        time.Now().UTC().Format("2006-01-02T15:04:05Z"),
	}
	if a.SecurityToken != "" {
		// A server that knows the parameter passes it on to Alibaba. None does so
		// far: they refuse the ID of a temporary key, in words that say so.
		params["SecurityToken"] = a.SecurityToken.Reveal()
	}
	body := Body{"Signature": alicloudSignature(params, a.KeySecret)}
	for name, value := range params {
		body[name] = value
	}
	if a.SecurityToken != "" {
		body["SecurityToken"] = a.SecurityToken // redacted in answers
	}
	return a.body(body), nil
}

// alicloudSignature signs the parameters of a GET request in the way that
// Alibaba Cloud documents as "RPC signature", version 1.0.
func alicloudSignature(params map[string]string, secret config.Secret) string {
	pairs := make([]string, 0, len(params))
	for name, value := range params {
		pairs = append(pairs, percent(name)+"="+percent(value))
	}
	slices.Sort(pairs) // as by name, since no name is the beginning of another
	text := http.MethodGet + "&" + percent("/") + "&" + percent(strings.Join(pairs, "&"))
	mac := hmac.New(sha1.New, []byte(secret.Reveal()+"&"))
	mac.Write([]byte(text))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// percent escapes all but the unreserved characters of RFC 3986.
func percent(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

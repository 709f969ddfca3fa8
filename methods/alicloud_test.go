package methods

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"regexp"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// alicloudExpected computes a signature byte by byte, as Alibaba's page "RPC
// signature" describes it.
func alicloudExpected(params map[string]string, secret string) string {
	escape := func(text string) string {
		var b strings.Builder
		for _, c := range []byte(text) {
			if strings.IndexByte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", c) >= 0 {
				b.WriteByte(c)
				continue
			}
			fmt.Fprintf(&b, "%%%02X", c)
		}
		return b.String()
	}
	var names []string
	for name := range params {
		names = append(names, name)
	}
	sort.Strings(names)
	canonical := ""
	for i, name := range names {
		if i > 0 {
			canonical += "&"
		}
		canonical += escape(name) + "=" + escape(params[name])
	}
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	fmt.Fprintf(mac, "GET&%%2F&%s", escape(canonical))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func TestAlicloudProof(t *testing.T) {
	// The proof holds every parameter of one signed GetCallerIdentity request,
	// and the token of a temporary key is signed too.
	t.Parallel()
	for name, temporary := range map[string]config.Secret{"of a user": "", "temporary": "CAIS+/a b*~=="} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			method := &alicloud{Identity: Identity{ID: testID}, KeyID: "LTAI5example", KeySecret: "key+secret/", SecurityToken: temporary}
			body, err := method.Proof(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			params := map[string]string{}
			for name, value := range body {
				if secret, ok := value.(config.Secret); ok {
					value = secret.Reveal()
				}
				params[name], _ = value.(string)
			}
			signature := params["Signature"]
			delete(params, "Signature")
			delete(params, "identityId")
			for name, want := range map[string]string{
				"Action": "GetCallerIdentity", "Format": "JSON", "Version": "2015-04-01", "AccessKeyId": "LTAI5example",
				"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SecurityToken": temporary.Reveal(),
			} {
				if params[name] != want {
					t.Errorf("%s: %q, want %q", name, params[name], want)
				}
			}
			if _, shown := body["SecurityToken"].(string); shown {
				t.Error("the token is a plain text, which no answer would be redacted of")
			}
			if _, there := params["SecurityToken"]; there != (temporary != "") || body["identityId"] != testID {
				t.Errorf("body %v", body)
			}
			if len(params) != 8 && len(params) != 9 {
				t.Errorf("parameters %v", params)
			}
			if !regexp.MustCompile(`^[0-9a-f]{32}$`).MatchString(params["SignatureNonce"]) {
				t.Errorf("nonce %q", params["SignatureNonce"])
			}
			if at, err := time.Parse("2006-01-02T15:04:05Z", params["Timestamp"]); err != nil || time.Since(at).Abs() > 5*time.Minute {
				t.Errorf("timestamp %q", params["Timestamp"])
			}
			if want := alicloudExpected(params, "key+secret/"); signature != want {
				t.Errorf("signature %q, want %q", signature, want)
			}
		})
	}
}

func TestAlicloudNonce(t *testing.T) {
	// No two proofs are the same, or Alibaba would take the second for a replay.
	t.Parallel()
	method := &alicloud{KeyID: "a", KeySecret: "b"}
	first, _ := method.Proof(t.Context())
	second, _ := method.Proof(t.Context())
	if first["SignatureNonce"] == second["SignatureNonce"] {
		t.Errorf("nonce %v twice", first["SignatureNonce"])
	}
}

func TestAlicloudPublishedSignature(t *testing.T) {
	// The signature is the one that Alibaba's documentation publishes for its example.
	t.Parallel()
	got := alicloudSignature(map[string]string{
		"Timestamp": "2016-02-23T12:46:24Z", "Format": "XML", "AccessKeyId": "testid", "Action": "DescribeRegions",
		"SignatureMethod": "HMAC-SHA1", "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
		"Version": "2014-05-26", "SignatureVersion": "1.0",
	}, "testsecret")
	if want := "OLeaidS1JvxuMvnyHOwuJ+uX5qY="; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

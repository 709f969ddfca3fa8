package infisicaltest_test

import (
	"crypto"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

type bodyFunc = func(*infisicaltest.Server, infisicaltest.Identity) object

// refusal are the status, the name and the message of a refusal.
type refusal struct {
	status        int
	kind, message string
}

var (
	letIn  = refusal{status: 200}
	broken = refusal{500, "InternalServerError", "Something went wrong"}
)

func denied(message string) refusal { return refusal{401, "UnauthorizedError", message} }

// stsCall is a GetCallerIdentity request before it is signed, by the signer of
// AWS's own SDK.
type stsCall struct {
	key, secret, session string
	host, region         string
	body                 string
	at                   time.Time
	after                func(headers map[string]string) // spoils what was signed
}

func (s stsCall) login(t *testing.T) bodyFunc {
	return func(_ *infisicaltest.Server, id infisicaltest.Identity) object {
		request, err := http.NewRequest("POST", "https://"+s.host+"/", strings.NewReader(s.body))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
		sum := sha256.Sum256([]byte(s.body))
		credentials := aws.Credentials{AccessKeyID: s.key, SecretAccessKey: s.secret, SessionToken: s.session}
		if err := v4.NewSigner().SignHTTP(t.Context(), credentials, request, hex.EncodeToString(sum[:]), "sts", s.region, s.at); err != nil {
			t.Fatal(err)
		}
		headers := map[string]string{"Host": s.host, "Content-Length": strconv.Itoa(len(s.body))}
		for name := range request.Header {
			headers[name] = request.Header.Get(name)
		}
		if s.after != nil {
			s.after(headers)
		}
		text, err := json.Marshal(headers)
		if err != nil {
			t.Fatal(err)
		}
		return object{"identityId": id.ID, "iamHttpRequestMethod": "POST",
			"iamRequestBody":    base64.StdEncoding.EncodeToString([]byte(s.body)),
			"iamRequestHeaders": base64.StdEncoding.EncodeToString(text)}
	}
}

func TestAWS(t *testing.T) {
	// A request is let in if AWS would take it for the caller's; anything changed after signing is refused.
	t.Parallel()
	const query = "Action=GetCallerIdentity&Version=2011-06-15"
	good := stsCall{key: "AKIAEXAMPLE", secret: "sesame", host: "sts.eu-central-1.amazonaws.com", region: "eu-central-1", body: query, at: time.Now()}
	auth := func() infisicaltest.Auth {
		return &infisicaltest.AWS{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "sesame"}
	}
	session := func() infisicaltest.Auth {
		return &infisicaltest.AWS{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "sesame", SessionToken: "session",
			ARN: "arn:aws:sts::123456789012:assumed-role/app/session", AllowedARNs: []string{"arn:aws:iam::123456789012:role/*"}}
	}
	changed := func(change func(*stsCall)) bodyFunc {
		call := good
		change(&call)
		return call.login(t)
	}
	row := func(name string, auth func() infisicaltest.Auth, body bodyFunc, r refusal) attempt {
		return attempt{name: name, auth: auth, path: "aws-auth", body: body, status: r.status, kind: r.kind, message: r.message}
	}
	rows := []attempt{
		row("good", auth, good.login(t), letIn),
		row("global", auth, changed(func(c *stsCall) { c.host, c.region = "sts.amazonaws.com", "us-east-1" }), letIn),
		row("China", auth, changed(func(c *stsCall) { c.host, c.region = "sts.cn-north-1.amazonaws.com.cn", "cn-north-1" }), letIn),
		row("role with session", session, changed(func(c *stsCall) { c.session = "session" }), letIn),
		row("wrong session", session, changed(func(c *stsCall) { c.session = "other" }), broken),
		row("wrong secret", auth, changed(func(c *stsCall) { c.secret = "salami" }), broken),
		row("unknown key", auth, changed(func(c *stsCall) { c.key = "AKIAOTHER" }), broken),
		row("old", auth, changed(func(c *stsCall) { c.at = c.at.Add(-16 * time.Minute) }), broken),
		row("other region's host", auth, changed(func(c *stsCall) { c.host = "sts.eu-west-1.amazonaws.com" }), broken),
		row("other host", auth, changed(func(c *stsCall) { c.host = "sts.amazonaws.com.evil.test" }), broken),
		row("other action", auth, changed(func(c *stsCall) { c.body = "Action=GetSessionToken&Version=2011-06-15" }), broken),
		row("host changed", auth, changed(func(c *stsCall) { c.after = func(h map[string]string) { h["Host"] = "sts.eu-west-3.amazonaws.com" } }), broken),
		row("date changed", auth, changed(func(c *stsCall) {
			c.after = func(h map[string]string) { h["X-Amz-Date"] = c.at.Add(time.Minute).UTC().Format("20060102T150405Z") }
		}), broken),
		row("signed header left out", auth, changed(func(c *stsCall) { c.after = func(h map[string]string) { delete(h, "Content-Type") } }), broken),
		row("length changed", auth, changed(func(c *stsCall) { c.after = func(h map[string]string) { h["Content-Length"] = "44" } }), broken),
		row("header twice", auth, changed(func(c *stsCall) { c.after = func(h map[string]string) { h["host"] = h["Host"] } }), broken),
		row("asks for XML", auth, changed(func(c *stsCall) { c.after = func(h map[string]string) { h["Accept"] = "text/xml" } }), broken),
		row("other account", func() infisicaltest.Auth {
			return &infisicaltest.AWS{AccessKeyID: "AKIAEXAMPLE", SecretAccessKey: "sesame", AllowedAccounts: []string{"999999999999"}}
		}, good.login(t), denied("Access denied: AWS account ID not allowed.")),
		row("unknown identity", auth, fixed(object{"identityId": nobody, "iamRequestBody": "", "iamRequestHeaders": ""}),
			refusal{404, "NotFound", "AWS auth method not found for identity, did you configure AWS auth?"}),
	}
	first := row("no signature", auth, changed(func(c *stsCall) { c.after = func(h map[string]string) { delete(h, "Authorization") } }), broken)
	first.until = infisicaltest.G1
	later := row("no signature", auth, first.body, refusal{400, "BadRequest", "Invalid AWS region"})
	later.since = infisicaltest.G2
	try(t, append(rows, first, later))
}

func TestAzure(t *testing.T) {
	// A managed identity's token is let in if its tenant, audience and principal are the bound ones.
	t.Parallel()
	auth := func() infisicaltest.Auth {
		return &infisicaltest.Azure{Tenant: nobody, ServicePrincipals: []string{"me"}}
	}
	const resource = "https://management.azure.com/"
	good := infisicaltest.ManagedIdentity(nobody, resource, "me")
	row := func(name string, body bodyFunc, r refusal) attempt {
		return attempt{name: name, auth: auth, path: "azure-auth", body: body, status: r.status, kind: r.kind, message: r.message}
	}
	try(t, []attempt{
		row("good", minted(good), letIn),
		row("without slash", minted(with(good, object{"aud": strings.TrimSuffix(resource, "/")})), letIn),
		{name: "with a slash", auth: func() infisicaltest.Auth {
			return &infisicaltest.Azure{Tenant: nobody, Resource: strings.TrimSuffix(resource, "/")}
		}, path: "azure-auth", body: minted(good), status: 403, kind: "TokenError", message: "jwt audience invalid. expected: https://management.azure.com"},
		row("audience", minted(with(good, object{"aud": "api://other"})), refusal{403, "TokenError", "jwt audience invalid. expected: " + resource}),
		row("issuer", minted(with(good, object{"iss": "https://sts.windows.net/other/"})),
			refusal{403, "TokenError", "jwt issuer invalid. expected: https://sts.windows.net/" + nobody + "/"}),
		row("tenant", minted(with(good, object{"tid": "other"})), denied("Tenant ID mismatch")),
		row("expired", minted(with(good, object{"exp": past})), refusal{403, "TokenError", "Your token has expired. Please re-authenticate."}),
		row("signature", foreign(good), refusal{403, "TokenError", "invalid signature"}),
		row("principal", minted(infisicaltest.ManagedIdentity(nobody, resource, "you")), denied("Service principal not allowed")),
		row("garbage", proof(func(*infisicaltest.Server, infisicaltest.Identity) string { return "x" }), broken),
		row("other cloud", proof(func(*infisicaltest.Server, infisicaltest.Identity) string {
			return infisicaltest.NewIssuer("https://evil.test").Mint(good)
		}), denied("Invalid signing key")),
	})
}

func TestGCP(t *testing.T) {
	// A token of an instance or a service account is let in if it was made for this identity.
	t.Parallel()
	instance := func() infisicaltest.Auth {
		return &infisicaltest.GCPIDToken{ServiceAccounts: []string{"app@acme.test"}, Projects: []string{"acme"}, Zones: []string{"west"}}
	}
	account := func() infisicaltest.Auth { return &infisicaltest.GCPIAM{ServiceAccounts: []string{"app@acme.test"}} }
	instanceToken := func(email, project, zone string, others object) bodyFunc {
		return proof(func(srv *infisicaltest.Server, id infisicaltest.Identity) string {
			return srv.Issuer().Mint(with(infisicaltest.InstanceIdentity(id.ID, email, project, zone), others))
		})
	}
	accountToken := func(others object) bodyFunc {
		return proof(func(srv *infisicaltest.Server, id infisicaltest.Identity) string {
			return srv.Issuer().Mint(with(object{"sub": "app@acme.test", "aud": id.ID}, others))
		})
	}
	row := func(name string, auth func() infisicaltest.Auth, body bodyFunc, r refusal) attempt {
		return attempt{name: name, auth: auth, path: "gcp-auth", body: body, status: r.status, kind: r.kind, message: r.message}
	}
	try(t, []attempt{
		row("instance", instance, instanceToken("app@acme.test", "acme", "west", nil), letIn),
		row("instance, audience", instance, instanceToken("app@acme.test", "acme", "west", object{"aud": nobody}), broken),
		row("instance, issuer", instance, instanceToken("app@acme.test", "acme", "west", object{"iss": "https://evil.test"}), broken),
		row("instance, expired", instance, instanceToken("app@acme.test", "acme", "west", object{"exp": past}), broken),
		row("instance, account", instance, instanceToken("you@acme.test", "acme", "west", nil), denied("Access denied: GCP service account not allowed.")),
		row("instance, project", instance, instanceToken("app@acme.test", "other", "west", nil), denied("Access denied: GCP project not allowed.")),
		row("instance, zone", instance, instanceToken("app@acme.test", "acme", "east", nil), denied("Access denied: GCP zone not allowed.")),
		row("account", account, accountToken(nil), letIn),
		row("account, audience", account, accountToken(object{"aud": nobody}), denied("Invalid audience in GCP IAM Token")),
		row("account, other", account, accountToken(object{"sub": "you@acme.test"}), denied("Access denied: GCP service account not allowed.")),
		row("account, signature", account, foreign(object{"sub": "app@acme.test"}), refusal{403, "TokenError", "invalid signature"}),
		row("account, garbage", account, proof(func(*infisicaltest.Server, infisicaltest.Identity) string { return "x" }), broken),
	})
}

// ociKey makes the one RSA key of these tests.
var ociKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

func TestOCI(t *testing.T) {
	// A request is let in if Oracle would take it for the user's.
	t.Parallel()
	const tenancy, user, host = "ocid1.tenancy.oc1..a", "ocid1.user.oc1..b", "identity.eu-frankfurt-1.oraclecloud.com"
	date := time.Now().UTC().Format(http.TimeFormat)
	auth := func() infisicaltest.Auth {
		return &infisicaltest.OCI{PublicKey: &ociKey().PublicKey, Tenancy: tenancy, User: user, Fingerprint: "aa:bb"}
	}
	const keyID = tenancy + "/" + user + "/aa:bb"
	signAs := func(user, keyID, order string, sent map[string]string, after func(h map[string]string)) bodyFunc {
		return func(_ *infisicaltest.Server, id infisicaltest.Identity) object {
			var lines []string
			for name := range strings.FieldsSeq(order) {
				lines = append(lines, name+": "+set(sent, "(request-target)", "get /20160918/users/"+user)[name])
			}
			digest := sha256.Sum256([]byte(strings.Join(lines, "\n")))
			signature, err := rsa.SignPKCS1v15(nil, ociKey(), crypto.SHA256, digest[:])
			if err != nil {
				t.Error(err)
			}
			headers := set(sent, "authorization", `Signature version="1",keyId="`+keyID+`",algorithm="rsa-sha256",headers="`+
				order+`",signature="`+base64.StdEncoding.EncodeToString(signature)+`"`)
			if after != nil {
				after(headers)
			}
			return object{"identityId": id.ID, "userOcid": user, "headers": headers}
		}
	}
	sign := func(order string, sent map[string]string, after func(h map[string]string)) bodyFunc {
		return signAs(user, keyID, order, sent, after)
	}
	const all = "date (request-target) host"
	good := map[string]string{"date": date, "host": host}
	row := func(name string, body bodyFunc, r refusal) attempt {
		return attempt{name: name, since: infisicaltest.G2, auth: auth, path: "oci-auth", body: body, status: r.status, kind: r.kind, message: r.message}
	}
	try(t, []attempt{
		row("good", sign(all, good, nil), letIn),
		row("x-date", sign("x-date (request-target) host", map[string]string{"x-date": date, "host": host}, nil), letIn),
		row("other user", signAs("ocid1.user.oc1..c", keyID, all, good, nil), broken),
		row("other key", signAs(user, tenancy+"/"+user+"/cc:dd", all, good, nil), broken),
		row("no date signed", sign("(request-target) host", good, nil), broken),
		row("old", sign(all, set(good, "date", time.Now().Add(-6*time.Minute).UTC().Format(http.TimeFormat)), nil), broken),
		row("changed", sign(all, good, func(h map[string]string) { h["host"] = "identity.eu-paris-1.oraclecloud.com" }), broken),
		row("other host", sign(all, set(good, "host", "identity.evil.test"), nil),
			refusal{400, "BadRequest", "Invalid OCI host format. Expected format: identity.<region>.oraclecloud.com"}),
		row("no host", sign(all, good, func(h map[string]string) { delete(h, "host") }), refusal{422, "ValidationFailure",
			`[{"code":"invalid_type","expected":"string","message":"Required","path":["headers","host"],"received":"undefined"}]`}),
	})
}

func set(m map[string]string, name, value string) map[string]string {
	all := maps.Clone(m)
	all[name] = value
	return all
}

func TestAlicloud(t *testing.T) {
	// A request is let in if Alibaba Cloud would take it for the caller's, once.
	t.Parallel()
	auth := func() infisicaltest.Auth {
		return &infisicaltest.Alicloud{AccessKeyID: "LTAIEXAMPLE", AccessKeySecret: "sesame"}
	}
	sign := func(change, after object) bodyFunc {
		return func(_ *infisicaltest.Server, id infisicaltest.Identity) object {
			body := with(object{"Action": "GetCallerIdentity", "Format": "JSON", "Version": "2015-04-01", "AccessKeyId": "LTAIEXAMPLE",
				"SignatureMethod": "HMAC-SHA1", "SignatureVersion": "1.0", "SignatureNonce": "a b*~", "Timestamp": time.Now().UTC().Format("2006-01-02T15:04:05Z")}, change)
			encode := func(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
			var query []string
			for _, name := range slices.Sorted(maps.Keys(body)) {
				query = append(query, encode(name)+"="+encode(body[name].(string)))
			}
			mac := hmac.New(sha1.New, []byte("sesame&"))
			mac.Write([]byte("GET&%2F&" + encode(strings.Join(query, "&"))))
			body["Signature"] = base64.StdEncoding.EncodeToString(mac.Sum(nil))
			body["identityId"] = id.ID
			return with(body, after)
		}
	}
	row := func(name string, body bodyFunc, r refusal) attempt {
		return attempt{name: name, since: infisicaltest.G2, auth: auth, path: "alicloud-auth", body: body, status: r.status, kind: r.kind, message: r.message}
	}
	try(t, []attempt{
		row("good", sign(nil, nil), letIn),
		row("changed", sign(nil, object{"SignatureNonce": "other"}), broken),
		row("unknown key", sign(object{"AccessKeyId": "LTAIOTHER"}, nil), broken),
		row("old", sign(object{"Timestamp": time.Now().Add(-16 * time.Minute).UTC().Format("2006-01-02T15:04:05Z")}, nil), broken),
		row("temporary key", sign(object{"AccessKeyId": "STS.EXAMPLE"}, nil), refusal{422, "ValidationFailure",
			`[{"code":"custom","message":"AccessKeyId must be alphanumeric","path":["AccessKeyId"]}]`}),
		row("other action", sign(object{"Action": "AssumeRole"}, nil), refusal{422, "ValidationFailure",
			`[{"code":"invalid_literal","expected":"GetCallerIdentity","message":"Invalid literal value, expected \"GetCallerIdentity\"","path":["Action"],"received":"AssumeRole"}]`}),
	})
	srv := infisicaltest.New(infisicaltest.G3)
	id := srv.Add(infisicaltest.Identity{Auth: auth()})
	url, body := srv.Start(t), sign(nil, nil)(srv, id)
	for _, wanted := range []int{200, 500} {
		if got := ask(t, http.DefaultClient, "POST", url+"/api/v1/auth/alicloud-auth/login", body); got.status != wanted {
			t.Errorf("sending the same nonce: got %d", got.status)
		}
	}
}

func TestSPIFFE(t *testing.T) {
	// A JWT-SVID is let in if it is of the trust domain, for us and for an allowed workload.
	t.Parallel()
	auth := func() infisicaltest.Auth { return &infisicaltest.SPIFFE{IDs: []string{"spiffe://example.org/app/*"}} }
	good := object{"sub": "spiffe://example.org/app/web", "aud": []string{"infisical"}}
	row := func(name string, body bodyFunc, r refusal) attempt {
		return attempt{name: name, since: infisicaltest.G3, auth: auth, path: "spiffe-auth", body: body, status: r.status, kind: r.kind, message: r.message}
	}
	anyDomain := row("trust domain, any workload", minted(with(good, object{"sub": "spiffe://evil.test/app/web"})), denied("Access denied"))
	anyDomain.auth = func() infisicaltest.Auth { return &infisicaltest.SPIFFE{IDs: []string{"spiffe://*"}} }
	try(t, []attempt{
		anyDomain,
		row("good", minted(good), letIn),
		row("expired", minted(with(good, object{"exp": past})), denied("JWT-SVID has expired")),
		row("signature", foreign(good), denied("JWT-SVID signature verification failed")),
		row("audience", minted(with(good, object{"aud": "other"})), denied("JWT-SVID audience validation failed")),
		row("workload", minted(with(good, object{"sub": "spiffe://example.org/db"})), denied("Access denied")),
		row("trust domain", minted(with(good, object{"sub": "spiffe://evil.test/app/web"})), denied("Access denied")),
	})
}

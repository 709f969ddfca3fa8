package methods

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

const (
	awsKeyID = "AKIAEXAMPLEEXAMPLE01"
	awsKey   = "q1w2e3r4/t5y6u7i8+o9p0"
)

// awsKeys are credentials in the environment.
func awsKeys(region string) []string {
	return []string{"AWS_ACCESS_KEY_ID=" + awsKeyID, "AWS_SECRET_ACCESS_KEY=" + awsKey, "AWS_REGION=" + region}
}

// awsDecoded checks a body and the signature in it, and returns the signed
// headers. The signature is computed as AWS documents it ("Create a signed AWS
// API request"), by code that shares none with the SDK.
func awsDecoded(t *testing.T, result proofResult, key string) map[string]string {
	t.Helper()
	if result.Message != "" {
		t.Fatal(result.Message)
	}
	headers := map[string]string{}
	text, _ := result.Body["iamRequestHeaders"].(string)
	decoded, err := base64.StdEncoding.DecodeString(text)
	if err != nil || json.Unmarshal(decoded, &headers) != nil {
		t.Fatalf("headers %q: %v", decoded, err)
	}
	const body = "Action=GetCallerIdentity&Version=2011-06-15"
	wantBody(t, result.Body, map[string]any{
		"identityId":           testIdentity,
		"iamHttpRequestMethod": "POST",
		"iamRequestBody":       base64.StdEncoding.EncodeToString([]byte(body)),
		"iamRequestHeaders":    text,
	})
	_, fields, _ := strings.Cut(headers["Authorization"], "AWS4-HMAC-SHA256 Credential=")
	credential, rest, _ := strings.Cut(fields, ", SignedHeaders=")
	signed, signature, _ := strings.Cut(rest, ", Signature=")
	lower := map[string]string{}
	var names []string
	for name, value := range headers {
		if name != "Authorization" {
			names = append(names, strings.ToLower(name))
		}
		lower[strings.ToLower(name)] = value
	}
	slices.Sort(names)
	if strings.Join(names, ";") != signed {
		t.Errorf("sent %q, signed %q", names, signed)
	}
	canonical := "POST\n/\n\n"
	for _, name := range names {
		canonical += name + ":" + lower[name] + "\n"
	}
	canonical += "\n" + signed + "\n" + hexSHA256(body)
	_, scope, _ := strings.Cut(credential, "/")
	derived := []byte("AWS4" + key)
	for part := range strings.SplitSeq(scope, "/") {
		derived = hmacSHA256(derived, part)
	}
	toSign := "AWS4-HMAC-SHA256\n" + headers["X-Amz-Date"] + "\n" + scope + "\n" + hexSHA256(canonical)
	if want := hex.EncodeToString(hmacSHA256(derived, toSign)); signature != want {
		t.Errorf("signature %q, want %q", signature, want)
	}
	at, err := time.Parse("20060102T150405Z", headers["X-Amz-Date"])
	if age := time.Since(at); err != nil || age < -time.Minute || age > 5*time.Minute {
		t.Errorf("signed at %q", headers["X-Amz-Date"])
	}
	return headers
}

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func hmacSHA256(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}

func TestAWSKeys(t *testing.T) {
	// Keys in the environment sign for the STS of the region, whose host is the
	// partition's; every header that is sent is signed.
	t.Parallel()
	for region, host := range map[string]string{
		"eu-central-1":  "sts.eu-central-1.amazonaws.com",
		"us-east-1":     "sts.us-east-1.amazonaws.com",
		"cn-north-1":    "sts.cn-north-1.amazonaws.com.cn",
		"us-gov-west-1": "sts.us-gov-west-1.amazonaws.com",
	} {
		t.Run(region, func(t *testing.T) {
			t.Parallel()
			headers := awsDecoded(t, prove(t, "aws-iam", awsKeys(region)...), awsKey)
			want := map[string]string{
				"Host": host, "Content-Length": "43", "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
				"X-Amz-Date": headers["X-Amz-Date"], "Authorization": headers["Authorization"],
			}
			if fmt.Sprint(headers) != fmt.Sprint(want) {
				t.Errorf("headers %v, want %v", headers, want)
			}
			if !strings.Contains(headers["Authorization"], "Credential="+awsKeyID+"/"+headers["X-Amz-Date"][:8]+"/"+region+"/sts/aws4_request, ") {
				t.Errorf("authorization %q", headers["Authorization"])
			}
		})
	}
}

func TestAWSPartitions(t *testing.T) {
	// Each partition has a domain of its own, and what is no region goes nowhere.
	t.Parallel()
	for region, want := range map[string]string{
		"us-iso-east-1":  "sts.us-iso-east-1.c2s.ic.gov",
		"us-isob-east-1": "sts.us-isob-east-1.sc2s.sgov.gov",
		"eu-isoe-west-1": "sts.eu-isoe-west-1.cloud.adc-e.uk",
		"us-isof-east-1": "sts.us-isof-east-1.csp.hci.ic.gov",
		"eusc-de-east-1": "sts.eusc-de-east-1.amazonaws.eu",
		"cn-northwest-1": "sts.cn-northwest-1.amazonaws.com.cn",
		"xx-future-9":    "sts.xx-future-9.amazonaws.com",
	} {
		if got, err := stsHost(t.Context(), region); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", region, got, err, want)
		}
	}
	for _, region := range []string{"evil.example/", "us east", "US-EAST-1", "a@b", "us-east-1.evil", strings.Repeat("a", 64), "é"} {
		_, err := stsHost(t.Context(), region)
		wantError(t, err, Setting, "is not an AWS region; check AWS_REGION")
	}
}

func TestAWSAcceptedByServer(t *testing.T) {
	// A server that verifies the signature itself, session token and all, gives a token.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	auth := &infisicaltest.AWS{SessionToken: "session/token+1=="}
	server.Add(infisicaltest.Identity{ID: testIdentity, Auth: auth})
	result := prove(t, "aws-iam", "AWS_ACCESS_KEY_ID="+auth.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+auth.SecretAccessKey,
		"AWS_SESSION_TOKEN="+auth.SessionToken, "AWS_DEFAULT_REGION=us-west-2")
	if got := awsDecoded(t, result, auth.SecretAccessKey)["X-Amz-Security-Token"]; got != auth.SessionToken {
		t.Errorf("session token %q", got)
	}
	accepted(t, server, "aws-iam", result)
}

// accepted logs in with a body that another process made.
func accepted(t *testing.T, server *infisicaltest.Server, method string, result proofResult) {
	t.Helper()
	if result.Message != "" {
		t.Fatal(result.Message)
	}
	fresh := func() (Method, error) { return proved(result.Body), nil }
	got, err := client(t, server.Start(t), nil).Login(t.Context(), row(t, method), fresh)
	if err != nil || got.Method != method {
		t.Errorf("token of %q, %v", got.Method, err)
	}
}

// proved is a proof that is there already.
type proved Body

// Proof implements [Prover].
func (p proved) Proof(context.Context) (Body, error) { return Body(p), nil }

// awsAnswer is credentials as the services of AWS give them.
func awsAnswer(w io.Writer) {
	fmt.Fprintf(w, `{"Code":"Success","Type":"AWS-HMAC","AccessKeyId":%q,"SecretAccessKey":%q,"Token":"session","Expiration":%q}`,
		awsKeyID, awsKey, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
}

// imdsv2 is EC2's metadata service of a machine with a role.
func imdsv2(t *testing.T) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut && r.URL.Path == "/latest/api/token" {
			w.Header().Set("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "300")
			fmt.Fprint(w, "metadata-token")
			return
		}
		if r.Header.Get("X-Aws-Ec2-Metadata-Token") != "metadata-token" {
			t.Errorf("%s was asked for without a token", r.URL.Path)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		switch r.URL.Path {
		case "/latest/meta-data/iam/security-credentials/":
			fmt.Fprint(w, "web-role")
		case "/latest/meta-data/iam/security-credentials/web-role":
			awsAnswer(w)
		case "/latest/dynamic/instance-identity/document":
			fmt.Fprint(w, `{"region":"ap-south-1"}`)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}
}

func TestAWSMachine(t *testing.T) {
	// A machine with a role needs no setting at all: credentials and region
	// come from its metadata service, by the protocol's second version.
	t.Parallel()
	result := prove(t, "aws-iam", append(trap(t), "AWS_EC2_METADATA_SERVICE_ENDPOINT="+answering(t, imdsv2(t)))...)
	headers := awsDecoded(t, result, awsKey)
	if headers["Host"] != "sts.ap-south-1.amazonaws.com" || headers["X-Amz-Security-Token"] != "session" {
		t.Errorf("headers %v", headers)
	}
}

func TestAWSContainer(t *testing.T) {
	// A container on ECS or EKS gets its credentials from the address that the
	// environment names, by the token that a file holds.
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "pod-token")
	service := answering(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "pod-token" {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `{"code":"AccessDenied","message":"no token"}`)
			return
		}
		awsAnswer(w)
	})
	where := append(trap(t), "AWS_REGION=eu-west-1", "AWS_CONTAINER_CREDENTIALS_FULL_URI="+service+"/v1/credentials")
	awsDecoded(t, prove(t, "aws-iam", append(where, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE="+token)...), awsKey)
	prove(t, "aws-iam", where...).wants(t, Refused, "the AWS container credentials service at "+service+" refused with status 403")
}

func TestAWSProfile(t *testing.T) {
	// A profile may name keys, or a process that prints them.
	t.Parallel()
	for name, profile := range map[string]string{
		"keys":    fmt.Sprintf("aws_access_key_id = %s\naws_secret_access_key = %s\n", awsKeyID, awsKey),
		"process": fmt.Sprintf(`credential_process = printf '{"Version":1,"AccessKeyId":"%s","SecretAccessKey":"%s"}'`, awsKeyID, awsKey),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "config")
			write(t, path, "[profile work]\nregion = eu-north-1\n"+profile)
			headers := awsDecoded(t, prove(t, "aws-iam", "AWS_PROFILE=work", "AWS_CONFIG_FILE="+path), awsKey)
			if headers["Host"] != "sts.eu-north-1.amazonaws.com" {
				t.Errorf("host %q", headers["Host"])
			}
		})
	}
}

// tokenService is AWS's token service, which gives credentials for a web identity.
func tokenService(token string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/xml")
		if r.FormValue("Action") != "AssumeRoleWithWebIdentity" || r.FormValue("RoleArn") != "arn:aws:iam::1:role/app" || r.FormValue("WebIdentityToken") != token {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<ErrorResponse><Error><Code>AccessDenied</Code><Message>not this token</Message></Error></ErrorResponse>`)
			return
		}
		fmt.Fprintf(w, `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
			<AccessKeyId>%s</AccessKeyId><SecretAccessKey>%s</SecretAccessKey><SessionToken>session</SessionToken><Expiration>%s</Expiration>
			</Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`,
			awsKeyID, awsKey, time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	}
}

func TestAWSWebIdentity(t *testing.T) {
	// A Kubernetes service account's token is exchanged for a role's credentials.
	t.Parallel()
	token := filepath.Join(t.TempDir(), "token")
	write(t, token, "eyJ.web.identity")
	environ := func(service, path string) []string {
		return []string{"AWS_REGION=eu-west-3", "AWS_ROLE_ARN=arn:aws:iam::1:role/app", "AWS_WEB_IDENTITY_TOKEN_FILE=" + path, "AWS_ENDPOINT_URL_STS=" + service}
	}
	headers := awsDecoded(t, prove(t, "aws-iam", environ(answering(t, tokenService("eyJ.web.identity")), token)...), awsKey)
	if headers["Host"] != "sts.eu-west-3.amazonaws.com" || headers["X-Amz-Security-Token"] != "session" {
		t.Errorf("headers %v", headers)
	}
	for name, c := range map[string]struct {
		service, path string
		kind          Kind
		want          string
	}{
		"refused": {answering(t, tokenService("another")), token, Refused, "AWS refuses to give credentials: AccessDenied: not this token"},
		"failing": {answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) }), token, Unavailable, "AWS"},
		"away":    {"http://" + infisicaltest.Refused(t), token, Unavailable, "no AWS credentials: connection refused"},
		"no file": {"http://" + infisicaltest.Refused(t), "/nowhere/token", Setting, `token file "/nowhere/token": no such file or directory; see AWS_WEB_IDENTITY_TOKEN_FILE`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			prove(t, "aws-iam", environ(c.service, c.path)...).wants(t, c.kind, c.want)
		})
	}
}

func TestAWSComplains(t *testing.T) {
	// Who has no credentials is told what was looked for; a service that does
	// not answer may do so later, one that has none to give will not.
	t.Parallel()
	status := func(code int) string {
		return "AWS_EC2_METADATA_SERVICE_ENDPOINT=" + answering(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) })
	}
	refused := "http://" + infisicaltest.Refused(t)
	off := "AWS_EC2_METADATA_DISABLED=true"
	broken := filepath.Join(t.TempDir(), "config")
	write(t, broken, "[default]\ncredential_process = printf '{\"SecretAccessKey\":\"hush'\n")
	failing := filepath.Join(t.TempDir(), "config")
	write(t, failing, "[default]\ncredential_process = exit 7\n")
	for name, c := range map[string]struct {
		environ []string
		kind    Kind
		want    string
	}{
		"nothing":          {[]string{off}, Setting, "no AWS credentials: "},
		"no service":       {[]string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=" + refused}, Unavailable, "no EC2 metadata service at " + refused + ": is this an AWS machine? (connection refused)"},
		"no role":          {[]string{status(404)}, Setting, "has no role for this machine"},
		"hop limit":        {[]string{status(401)}, Refused, "hop limit"},
		"turned off":       {[]string{status(403)}, Refused, "refused with status 403"},
		"failing service":  {[]string{status(500)}, Unavailable, "failed with status 500"},
		"service is none":  {[]string{"AWS_EC2_METADATA_SERVICE_ENDPOINT=:"}, Setting, "check AWS_EC2_METADATA_SERVICE_ENDPOINT"},
		"no region":        {append(awsKeys(""), off), Setting, "no AWS region; set AWS_REGION"},
		"no region at all": {append(awsKeys(""), "AWS_EC2_METADATA_SERVICE_ENDPOINT="+refused), Setting, "no AWS region; set AWS_REGION"},
		"bad region":       {awsKeys("evil.example/"), Setting, `"evil.example/" is not an AWS region`},
		"no profile":       {[]string{"AWS_PROFILE=gone"}, Setting, `there is no profile "gone"; check AWS_PROFILE`},
		"broken process":   {[]string{"AWS_CONFIG_FILE=" + broken}, Setting, "the profile's credential_process failed"},
		"failing process":  {[]string{"AWS_CONFIG_FILE=" + failing}, Setting, "credential_process failed with exit status 7"},
		"no container":     {[]string{"AWS_REGION=x", "AWS_CONTAINER_CREDENTIALS_FULL_URI=" + refused}, Unavailable, "no AWS container credentials service at " + refused + ": is this container on ECS or EKS?"},
		"foreign host":     {[]string{"AWS_CONTAINER_CREDENTIALS_FULL_URI=http://198.51.100.1/"}, Setting, "198.51.100.1"},
		"proxy":            {append(trap(t), "AWS_EC2_METADATA_SERVICE_ENDPOINT=http://metadata.invalid"), Unavailable, "no EC2 metadata service at http://metadata.invalid: is this an AWS machine?"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			result := prove(t, "aws-iam", c.environ...)
			result.wants(t, c.kind, c.want)
			if strings.Contains(result.Message, "hush") {
				t.Errorf("message %q", result.Message)
			}
		})
	}
}

func TestAWSEvidence(t *testing.T) {
	// Only what AWS itself puts into its containers speaks for aws-iam.
	t.Parallel()
	for name, rank := range map[string]Rank{
		"AWS_WEB_IDENTITY_TOKEN_FILE": Cloud, "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": Cloud, "AWS_CONTAINER_CREDENTIALS_FULL_URI": Cloud,
		"AWS_ACCESS_KEY_ID": None, "AWS_PROFILE": None, "AWS_REGION": None,
	} {
		got := awsEvidence(given(name + "=x"))
		if got.Rank != rank || rank == Cloud && got.Because != name+" is set" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

package infisicaltest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
)

// AWS is AWS auth: a signed request to AWS's Security Token Service that the
// server sends on. The stand-in plays that service too and verifies the
// signature (AWS Signature Version 4).
type AWS struct {
	AccessKeyID     string // made up if empty
	SecretAccessKey string // made up if empty
	SessionToken    string // demanded, if set
	ARN             string // of the caller, a user of account 123456789012 if empty
	AllowedAccounts []string
	AllowedARNs     []string // with * for any text
	STSHost         string   // where G1 sends a request that names no Host; sts.amazonaws.com if empty
}

func (a *AWS) method() string { return "aws-auth" }

func (a *AWS) complete(*Server, *Identity) {
	setDefault(&a.AccessKeyID, "AKIA"+randomText(16))
	setDefault(&a.SecretAccessKey, base64.StdEncoding.EncodeToString(randomBytes(30)))
	setDefault(&a.ARN, "arn:aws:iam::123456789012:user/app")
	setDefault(&a.STSHost, "sts.amazonaws.com")
}

func awsLogin() login {
	return login{
		method: "aws-auth", since: G1,
		fields: []field{identityField(), {name: "iamHttpRequestMethod", optional: true}, {name: "iamRequestBody"}, {name: "iamRequestHeaders"}},
		unknown: func(Generation) error {
			return notFound("AWS auth method not found for identity, did you configure AWS auth?")
		},
		prove: proveAWS,
	}
}

func proveAWS(c *call, id *Identity, body fields) error {
	a := id.Auth.(*AWS)
	request, err := decodeAWSRequest(body)
	if err != nil {
		return because(internal(), err.Error())
	}
	scope, err := request.scope()
	if c.server.generation >= G2 && (err != nil || !awsRegionPattern.MatchString(scope.region)) {
		return because(badRequest("Invalid AWS region"), fmt.Sprint(err))
	}
	if err != nil {
		return because(internal(), err.Error())
	}
	if request.header("Host") == "" {
		host := a.STSHost
		if c.server.generation >= G2 {
			host = "sts." + scope.region + ".amazonaws.com"
		}
		request.headers["Host"] = host
	}
	if err := a.checkSTS(request, scope, c.now); err != nil {
		return because(internal(), err.Error())
	}
	return a.allowed(c.server.generation)
}

// awsRequest is the request that the client wants to be sent on.
type awsRequest struct {
	method  string
	body    string
	headers map[string]string
}

var awsRegionPattern = regexp.MustCompile(`^[a-z0-9-]{1,20}$`)

func decodeAWSRequest(body fields) (awsRequest, error) {
	r := awsRequest{method: http.MethodPost}
	if method, ok := body["iamHttpRequestMethod"].(string); ok {
		r.method = method
	}
	text, err := base64.StdEncoding.DecodeString(body.text("iamRequestBody"))
	if err != nil {
		return r, fmt.Errorf("iamRequestBody is not base64: %w", err)
	}
	r.body = string(text)
	raw, err := base64.StdEncoding.DecodeString(body.text("iamRequestHeaders"))
	if err != nil {
		return r, fmt.Errorf("iamRequestHeaders is not base64: %w", err)
	}
	if err := json.Unmarshal(raw, &r.headers); err != nil || r.headers == nil {
		return r, fmt.Errorf("iamRequestHeaders is not a JSON object of texts: %v", err)
	}
	seen := map[string]bool{}
	for name := range r.headers {
		if lower := strings.ToLower(name); seen[lower] {
			return r, fmt.Errorf("header %q is there twice", name)
		}
		seen[strings.ToLower(name)] = true
	}
	return r, nil
}

// header returns a header, whatever its case.
func (r awsRequest) header(name string) string {
	for n, value := range r.headers {
		if strings.EqualFold(n, name) {
			return value
		}
	}
	return ""
}

// allowed checks the caller, whom the signature has proved.
func (a *AWS) allowed(g Generation) error {
	parts := strings.SplitN(a.ARN, ":", 6)
	if len(parts) != 6 {
		return because(internal(), "ARN of the caller is none")
	}
	if len(a.AllowedAccounts) > 0 && !slices.Contains(a.AllowedAccounts, parts[4]) {
		return unauthorized("Access denied: AWS account ID not allowed.")
	}
	principal := a.ARN
	if role, ok := strings.CutPrefix(parts[5], "assumed-role/"); ok {
		name, _, _ := strings.Cut(role, "/")
		principal = "arn:" + parts[1] + ":iam::" + parts[4] + ":role/" + name
	}
	if len(a.AllowedARNs) == 0 || slices.ContainsFunc(a.AllowedARNs, func(p string) bool { return glob(p, principal) }) {
		return nil
	}
	message := "Access denied: AWS principal ARN not allowed."
	if g >= G3 {
		message += " [principal-arn=" + principal + "]"
	}
	return unauthorized(message)
}

// stsSkew is how far a request's time may be off.
const stsSkew = 15 * time.Minute

func setDefault(s *string, value string) {
	if *s == "" {
		*s = value
	}
}

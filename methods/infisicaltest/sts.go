package infisicaltest

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The names of AWS's Security Token Service: the global one, and one a region in
// each of AWS's partitions.
var stsHostPattern = regexp.MustCompile(`^sts(?:-fips)?(?:\.([a-z0-9-]+))?\.(?:amazonaws\.com(?:\.cn)?|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$`)

// awsScope is what the Authorization header of an AWS request says.
type awsScope struct {
	accessKeyID, date, region, service string
	signedHeaders                      []string
	signature                          string
}

var awsAuthorizationPattern = regexp.MustCompile(
	`^AWS4-HMAC-SHA256 Credential=([A-Za-z0-9]+)/([0-9]{8})/([^/]+)/([a-z0-9-]+)/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$`)

func (r awsRequest) scope() (awsScope, error) {
	m := awsAuthorizationPattern.FindStringSubmatch(r.header("Authorization"))
	if m == nil {
		return awsScope{}, errors.New("no Authorization header of AWS Signature Version 4 in iamRequestHeaders")
	}
	return awsScope{accessKeyID: m[1], date: m[2], region: m[3], service: m[4], signedHeaders: strings.Split(m[5], ";"), signature: m[6]}, nil
}

// checkSTS is what AWS's Security Token Service checks.
func (a *AWS) checkSTS(r awsRequest, scope awsScope, now time.Time) error {
	host := stsHostPattern.FindStringSubmatch(r.header("Host"))
	form, err := url.ParseQuery(r.body)
	switch {
	case host == nil:
		return fmt.Errorf("host %q is not a Security Token Service", r.header("Host"))
	case host[1] == "" && scope.region != "us-east-1" || host[1] != "" && host[1] != scope.region:
		return fmt.Errorf("signed for region %q, but the host is %q", scope.region, r.header("Host"))
	case scope.service != "sts":
		return fmt.Errorf("signed for service %q", scope.service)
	case r.method != http.MethodPost:
		return fmt.Errorf("method is %q", r.method)
	case err != nil || len(form) != 2 || form.Get("Action") != "GetCallerIdentity" || form.Get("Version") != "2011-06-15":
		return fmt.Errorf("body is %q", r.body)
	case r.header("Accept") != "" && !strings.Contains(r.header("Accept"), "json") && !strings.Contains(r.header("Accept"), "*/*"):
		return errors.New("the answer would be XML, which the server cannot read")
	case r.header("Content-Length") != "" && r.header("Content-Length") != strconv.Itoa(len(r.body)):
		return fmt.Errorf("Content-Length is %s for a body of %d bytes", r.header("Content-Length"), len(r.body))
	case !strings.HasPrefix(r.header("Content-Type"), "application/x-www-form-urlencoded"):
		return fmt.Errorf("Content-Type is %q", r.header("Content-Type"))
	case scope.accessKeyID != a.AccessKeyID:
		return fmt.Errorf("unknown access key %q", scope.accessKeyID)
	case r.header("X-Amz-Security-Token") != a.SessionToken:
		return errors.New("wrong session token")
	}
	if err := r.checkDate(scope, now); err != nil {
		return err
	}
	return a.checkSignature(r, scope)
}

func (r awsRequest) checkDate(scope awsScope, now time.Time) error {
	signed, err := time.Parse("20060102T150405Z", r.header("X-Amz-Date"))
	switch {
	case err != nil:
		return fmt.Errorf("X-Amz-Date is %q", r.header("X-Amz-Date"))
	case now.Sub(signed).Abs() > stsSkew:
		return fmt.Errorf("signed at %v, but it is %v", signed, now.UTC())
	case scope.date != signed.Format("20060102"):
		return fmt.Errorf("signed for %s, but X-Amz-Date is %q", scope.date, r.header("X-Amz-Date"))
	}
	return nil
}

// checkSignature computes the signature again (AWS General Reference, Signature
// Version 4 signing process).
func (a *AWS) checkSignature(r awsRequest, scope awsScope) error {
	for name := range r.headers {
		lower := strings.ToLower(name)
		if (lower == "host" || strings.HasPrefix(lower, "x-amz-")) && !slices.Contains(scope.signedHeaders, lower) {
			return fmt.Errorf("header %q is not signed", name)
		}
	}
	if !slices.IsSorted(scope.signedHeaders) || !slices.Contains(scope.signedHeaders, "host") {
		return fmt.Errorf("signed headers %v are not sorted or lack host", scope.signedHeaders)
	}
	canonical := []string{r.method, "/", ""}
	for _, name := range scope.signedHeaders {
		value := r.header(name)
		if value == "" {
			return fmt.Errorf("signed header %q was not sent", name)
		}
		canonical = append(canonical, name+":"+strings.Join(strings.Fields(value), " "))
	}
	canonical = append(canonical, "", strings.Join(scope.signedHeaders, ";"), hexSHA256(r.body))
	place := strings.Join([]string{scope.date, scope.region, scope.service, "aws4_request"}, "/")
	text := strings.Join([]string{"AWS4-HMAC-SHA256", r.header("X-Amz-Date"), place, hexSHA256(strings.Join(canonical, "\n"))}, "\n")
	key := []byte("AWS4" + a.SecretAccessKey)
	for part := range strings.SplitSeq(place, "/") {
		key = hmac256(key, part)
	}
	if !hmac.Equal([]byte(hex.EncodeToString(hmac256(key, text))), []byte(scope.signature)) {
		return errors.New("signature does not match")
	}
	return nil
}

func hexSHA256(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

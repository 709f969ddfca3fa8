package methods

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsretry "github.com/aws/aws-sdk-go-v2/aws/retry"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials/ec2rolecreds"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/processcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/ssocreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"
)

// credentials asks the SDK's default chain: environment, web identity, profile
// (keys, roles, SSO, a process), container, EC2's metadata service. It also
// returns the region, which that service is asked for if nothing else tells.
// The SDK does not retry and does not log, since those who call Proof do.
func (m *awsIAM) credentials(ctx context.Context) (aws.Credentials, string, error) {
	if m.WebIdentityTokenAt != "" && m.AccessKeyID == "" { // the SDK's own error does not name the variable
		if _, err := readToken(m.WebIdentityTokenAt, "AWS_WEB_IDENTITY_TOKEN_FILE", ""); err != nil {
			return aws.Credentials{}, "", err
		}
	}
	container := newAWSService("AWS container credentials service", "is this container on ECS or EKS?")
	metadata := &ec2Metadata{awsService: newAWSService("EC2 metadata service", "is this an AWS machine?")}
	metadata.http.Timeout = metadataLimit * 9 / 20 // for a token, so that there is time to do without, as the SDK does
	metadata.disabled = strings.EqualFold(m.MetadataDisabled, "true")
	settings, err := awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(trustAsWeDo)),
		awsconfig.WithLogger(logging.Nop{}),
		awsconfig.WithRetryer(func() aws.Retryer { return aws.NopRetryer{} }),
		awsconfig.WithEndpointCredentialOptions(func(o *endpointcreds.Options) { o.HTTPClient = container }),
		awsconfig.WithEC2RoleCredentialOptions(func(o *ec2rolecreds.Options) { o.Client = metadata }),
	)
	if err != nil {
		return aws.Credentials{}, "", awsFailure(ctx, err, container)
	}
	metadata.sdk = imds.NewFromConfig(settings, func(o *imds.Options) { o.HTTPClient = metadata })
	credentials, err := settings.Credentials.Retrieve(ctx)
	if err != nil {
		return aws.Credentials{}, "", awsFailure(ctx, err, container)
	}
	if !credentials.HasKeys() {
		return aws.Credentials{}, "", noAWSCredentials()
	}
	region := settings.Region
	if region == "" {
		region, err = metadata.region(ctx, credentials.Source == ec2rolecreds.ProviderName)
	}
	return credentials, region, err
}

func noAWSCredentials() error {
	return &Error{Kind: Setting, Message: "no AWS credentials: there are none in the environment, in a profile or from a container; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"}
}

// awsFailure says why the SDK has no credentials. Most of the SDK's own texts
// are too long for a person, and one quotes the credentials it could not parse.
func awsFailure(ctx context.Context, err error, container *awsService) error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	if failed := container.failure(ctx, err); failed != nil {
		return failed
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		said := shown(api.ErrorCode() + ": " + api.ErrorMessage())
		if transient(err) || api.ErrorCode() == "IDPCommunicationError" {
			return &Error{Kind: Unavailable, Message: "AWS cannot give credentials at the moment: " + said, Err: err}
		}
		return &Error{Kind: Refused, Message: "AWS refuses to give credentials: " + said, Err: err}
	}
	if ctx.Err() != nil || transient(err) {
		return &Error{Kind: Unavailable, Message: "no AWS credentials: " + query{}.reason(ctx, err), Err: err}
	}
	message := "no AWS credentials: "
	noProfile, isProfile := errors.AsType[awsconfig.SharedConfigProfileNotExistError](err)
	process, isProcess := errors.AsType[*processcreds.ProviderError](err)
	_, isSession := errors.AsType[*ssocreds.InvalidTokenError](err)
	switch {
	case isProfile:
		message += fmt.Sprintf("there is no profile %q; check AWS_PROFILE", noProfile.Profile)
	case isSession:
		message += "the SSO session has expired or was never begun; run aws sso login"
	case isProcess:
		message += "the profile's credential_process failed"
		if exit, ok := errors.AsType[*exec.ExitError](process); ok {
			message += " with " + exit.String()
		}
	default:
		message += shown(strings.TrimPrefix(err.Error(), "failed to refresh cached credentials, ")) + "; check the AWS profile"
	}
	return &Error{Kind: Setting, Message: message, Err: err}
}

// transient tells whether the SDK itself would have tried again.
func transient(err error) bool {
	return awsretry.IsErrorRetryables(awsretry.DefaultRetryables).IsErrorRetryable(err).Bool() ||
		awsretry.IsErrorThrottles(awsretry.DefaultThrottles).IsErrorThrottle(err).Bool()
}

// awsService is an HTTP client for the SDK that asks a service on the machine
// itself as [query] does, and remembers how the last request ended, which the
// SDK's errors do not always tell.
type awsService struct {
	query
	http   *http.Client
	err    error // for want of an answer
	status int   // of the answer
}

func newAWSService(name, hint string) *awsService {
	s := &awsService{query: query{Service: name, Hint: hint, Limit: metadataLimit}}
	s.http = s.client()
	s.http.Timeout = metadataLimit
	return s
}

// Do implements the SDK's HTTP client.
func (s *awsService) Do(request *http.Request) (*http.Response, error) {
	s.URL, s.status = request.URL.String(), 0
	response, err := s.http.Do(request)
	if s.err = err; err != nil {
		return nil, err
	}
	s.status = response.StatusCode
	response.Body = http.MaxBytesReader(nil, response.Body, maxProof)
	return response, nil
}

// failure is the error for the last request, nil if there was none or it
// succeeded. What the SDK made of it may hold what the service said.
func (s *awsService) failure(ctx context.Context, err error) error {
	if s.err != nil {
		return s.silent(ctx, s.err)
	}
	if s.status == 0 || s.status/100 == 2 {
		return nil
	}
	said := ""
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		said = cmp.Or(api.ErrorMessage(), api.ErrorCode())
	}
	return s.refused(&http.Response{StatusCode: s.status}, []byte(said))
}

// ec2Metadata is EC2's metadata service as the SDK's credential chain asks it,
// with our limit and our errors.
type ec2Metadata struct {
	*awsService
	sdk      *imds.Client // set when the SDK has found out where the service is
	disabled bool
}

// GetMetadata implements [ec2rolecreds.GetMetadataAPIClient].
func (m *ec2Metadata) GetMetadata(ctx context.Context, in *imds.GetMetadataInput, options ...func(*imds.Options)) (*imds.GetMetadataOutput, error) {
	if m.disabled {
		return nil, noAWSCredentials()
	}
	limited, cancel := context.WithTimeout(ctx, m.Limit)
	defer cancel()
	out, err := m.sdk.GetMetadata(limited, in, options...)
	switch {
	case err == nil:
		return out, nil
	case m.err == nil && m.status == http.StatusNotFound:
		return nil, &Error{
			Kind:    Setting,
			Message: fmt.Sprintf("the EC2 metadata service at %s has no role for this machine, and there are no other AWS credentials; attach an instance profile", m.base()),
			Err:     err,
		}
	case m.err == nil && m.status == http.StatusUnauthorized:
		hint := "to a container it answers only if the instance's metadata hop limit is 2 or more"
		return nil, m.refused(&http.Response{StatusCode: m.status}, []byte(hint))
	}
	return nil, m.failed(ctx, err)
}

// region asks for the machine's region. If the credentials came from there,
// the service can be expected to answer.
func (m *ec2Metadata) region(ctx context.Context, expected bool) (string, error) {
	unknown := &Error{Kind: Setting, Message: "no AWS region; set AWS_REGION"}
	if m.disabled {
		return "", unknown
	}
	limited, cancel := context.WithTimeout(ctx, m.Limit)
	defer cancel()
	out, err := m.sdk.GetRegion(limited, &imds.GetRegionInput{})
	if err == nil {
		return out.Region, nil
	}
	if failed := m.failed(ctx, err); expected || ctx.Err() != nil {
		return "", failed
	}
	return "", unknown
}

func (m *ec2Metadata) failed(ctx context.Context, err error) error {
	if failed := m.failure(ctx, err); failed != nil {
		return failed
	}
	if m.URL == "" { // no request was made
		return &Error{Kind: Setting, Message: "the address of the EC2 metadata service is of no use; check AWS_EC2_METADATA_SERVICE_ENDPOINT", Err: err}
	}
	return m.nonsense("its answer cannot be read")
}

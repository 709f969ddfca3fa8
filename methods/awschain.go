package methods

import (
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
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
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
	container := newAWSContainer()
	metadata := &ec2Metadata{awsService: newAWSService("EC2 metadata service", "is this an AWS machine?")}
	metadata.http.Timeout = metadataLimit * 9 / 20 // for a token, so that there is time to do without, as the SDK does
	metadata.disabled = strings.EqualFold(m.MetadataDisabled, "true")
	settings, err := awsconfig.LoadDefaultConfig(ctx,
		awsconfig.WithHTTPClient(awshttp.NewBuildableClient().WithTransportOptions(trustAsWeDo, boundHeaders)),
		awsconfig.WithAPIOptions([]func(*middleware.Stack) error{wholeAnswers}),
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
	if err := keyed(credentials, container); err != nil {
		return aws.Credentials{}, "", err
	}
	region := settings.Region
	if region == "" {
		region, err = metadata.region(ctx, credentials.Source == ec2rolecreds.ProviderName)
	}
	return credentials, region, err
}

// keyed returns an error for credentials without keys: nobody has any, or those
// who answered are not who they should be.
func keyed(credentials aws.Credentials, container *awsService) error {
	switch {
	case credentials.HasKeys():
		return nil
	case container.status != 0:
		return container.nonsense("there are no credentials in its answer")
	}
	return noAWSCredentials()
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
	answer, answered := errors.AsType[*smithyhttp.ResponseError](err)
	answered = answered && answer.HTTPStatusCode() > 0 // of no answer the SDK makes an empty one
	_, unreadable := errors.AsType[*smithy.DeserializationError](err)
	switch {
	case unreadable && container.status != 0:
		return container.nonsense("its answer cannot be read")
	case answered && (unreadable || answer.HTTPStatusCode() < 400):
		return notAWS(answer.Response.Request.URL.Host)
	}
	if api, ok := errors.AsType[smithy.APIError](err); ok {
		said := shown(api.ErrorCode() + ": " + api.ErrorMessage())
		busy := answer != nil && (answer.HTTPStatusCode() >= 500 || answer.HTTPStatusCode() == http.StatusTooManyRequests)
		if busy || transient(err) || api.ErrorCode() == "IDPCommunicationError" {
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

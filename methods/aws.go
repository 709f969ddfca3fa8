package methods

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/infisical-login/infisical-login/config"
)

// awsIAM proves to be an AWS principal: it signs a request for AWS's token
// service (STS) that asks who the signer is, and Infisical sends it. Nothing of
// the credentials but the signature and the session token leaves.
type awsIAM struct {
	Identity
	AWS
}

// AWS is what the AWS SDK reads of the environment by itself, as far as it is
// worth naming; it reads the shared files as well. They stay in the environment
// of a launched command, which has its own business with AWS.
type AWS struct {
	Region              string        `env:"AWS_REGION" external:"true" usage:"AWS region whose STS confirms the identity."`
	DefaultRegion       string        `env:"AWS_DEFAULT_REGION" external:"true" usage:"AWS region if AWS_REGION is not set."`
	Profile             string        `env:"AWS_PROFILE" external:"true" usage:"Profile of the AWS configuration files."`
	AccessKeyID         string        `env:"AWS_ACCESS_KEY_ID" external:"true" usage:"AWS access key."`
	SecretAccessKey     config.Secret `env:"AWS_SECRET_ACCESS_KEY" external:"true" usage:"AWS secret access key."`
	SessionToken        config.Secret `env:"AWS_SESSION_TOKEN" external:"true" usage:"AWS session token of temporary credentials."`
	RoleARN             string        `env:"AWS_ROLE_ARN" external:"true" usage:"AWS role to assume with a web identity (EKS)."`
	WebIdentityTokenAt  string        `env:"AWS_WEB_IDENTITY_TOKEN_FILE" external:"true" usage:"File with the web identity token (EKS)."`
	ContainerRelative   string        `env:"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI" external:"true" usage:"Path of the container's credentials (ECS)."`
	ContainerFull       string        `env:"AWS_CONTAINER_CREDENTIALS_FULL_URI" external:"true" usage:"URL of the container's credentials (EKS Pod Identity)."`
	MetadataDisabled    string        `env:"AWS_EC2_METADATA_DISABLED" external:"true" usage:"Whether EC2's metadata service is left alone."`
	MetadataServiceBase string        `env:"AWS_EC2_METADATA_SERVICE_ENDPOINT" external:"true" usage:"URL of EC2's metadata service."`
}

// awsEvidence speaks for aws-iam where AWS itself has told a container where
// its credentials are. Keys and profiles do not count: they are about as often
// meant for the command that is launched.
func awsEvidence(lookup Lookup) Evidence {
	return cloudEvidence(lookup, "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "AWS_CONTAINER_CREDENTIALS_FULL_URI")
}

// cloudEvidence is evidence if one of the variables, which a cloud sets in its
// own containers, is set.
func cloudEvidence(lookup Lookup, names ...string) Evidence {
	for _, name := range names {
		if _, given := lookup(name); given {
			return Evidence{Rank: Cloud, Because: name + " is set"}
		}
	}
	return Evidence{}
}

// Proof implements [Prover].
func (m *awsIAM) Proof(ctx context.Context) (Body, error) {
	credentials, region, err := m.credentials(ctx)
	if err != nil {
		return nil, err
	}
	host, err := stsHost(ctx, region)
	if err != nil {
		return nil, err
	}
	headers, err := signCallerIdentity(ctx, host, region, credentials, time.Now())
	if err != nil {
		return nil, err
	}
	return m.body(Body{
		"iamHttpRequestMethod": http.MethodPost,
		"iamRequestBody":       base64.StdEncoding.EncodeToString([]byte(callerIdentity)),
		"iamRequestHeaders":    config.Secret(base64.StdEncoding.EncodeToString(headers)),
	}), nil
}

// stsHost is the host of the region's STS in the region's partition, such as
// sts.cn-north-1.amazonaws.com.cn. Each region has one; the global host would
// not accept the tokens of regions that have to be opted in to.
func stsHost(ctx context.Context, region string) (string, error) {
	label := region != "" && len(region) < 64 && !strings.ContainsFunc(region, func(r rune) bool {
		return r != '-' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	if !label {
		return "", &Error{Kind: Setting, Message: fmt.Sprintf("%q is not an AWS region; check AWS_REGION and the AWS profile", region)}
	}
	endpoint, err := sts.NewDefaultEndpointResolverV2().ResolveEndpoint(ctx, sts.EndpointParameters{Region: &region})
	if err != nil {
		return "", &Error{Kind: Setting, Message: fmt.Sprintf("AWS has no STS for the region %q; check AWS_REGION", region), Err: err}
	}
	return endpoint.URI.Host, nil
}

// callerIdentity is the body of the request that is signed.
const callerIdentity = "Action=GetCallerIdentity&Version=2011-06-15"

// signCallerIdentity returns the headers of the signed request as a JSON object. Every
// header that is sent is signed.
func signCallerIdentity(ctx context.Context, host, region string, credentials aws.Credentials, now time.Time) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://"+host+"/", strings.NewReader(callerIdentity))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	digest := sha256.Sum256([]byte(callerIdentity))
	if err := v4.NewSigner().SignHTTP(ctx, credentials, request, hex.EncodeToString(digest[:]), "sts", region, now); err != nil {
		return nil, &Error{Kind: Setting, Message: "the AWS credentials cannot sign a request", Err: err}
	}
	headers := map[string]string{"Host": host, "Content-Length": strconv.Itoa(len(callerIdentity))}
	for name := range request.Header {
		headers[name] = request.Header.Get(name)
	}
	return json.Marshal(headers)
}

package methods

import (
	"context"
	"encoding/json"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials/endpointcreds"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"

	"github.com/infisical-login/infisical-login/config"
)

// sdkAskings are the requests of the clouds that take more than one step, or go
// through a library.
func sdkAskings(t *testing.T) []asking {
	t.Helper()
	directory := t.TempDir()
	hushed := filepath.Join(directory, "hush")
	write(t, hushed, hush)
	access := `{"access_token":"` + assertionFor(`"x"`) + `","token_type":"Bearer","expires_in":3600}`
	key := func(url string) string {
		text, err := json.Marshal(map[string]any{"type": "service_account", "client_email": gcpEmailAddress, "private_key": pemOf(t, ociPrivate(t)), "token_uri": url + "/token"})
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(directory, strings.NewReplacer("/", "", ":", "").Replace(url))
		write(t, path, string(text))
		return path
	}
	return []asking{
		{name: "Azure Arc", good: "xy", toCloud: true, seldom: true, secretless: true, plain: true, loose: true, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			_, err := withAzure(func(m *azure) { m.IdentityEndpoint, m.ArcEndpoint = url, url }).connected(ctx)
			if err != nil && strings.HasSuffix(err.Error(), "it does not ask for a proof") {
				return "", nil // any good answer is the wrong one
			}
			return "", err
		}},
		{name: "Entra", toCloud: true, seldom: true, good: access, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			q, err := withAzure(func(m *azure) { m.FederatedTokenPath, m.TenantID, m.ApplicationID = hushed, "tenant", "application" }).workload(ctx)
			if err != nil {
				return "", err
			}
			q.URL = url // where TLS is not spoken
			got, err := q.member(ctx, "access_token")
			if err != nil {
				return "", azureFailure(q, err)
			}
			return got, nil
		}},
		{name: "Google account", toCloud: true, seldom: true, secretless: true, plain: true, good: gcpEmailAddress, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			g := GoogleMetadata{Host: strings.TrimPrefix(url, "http://")}
			account, err := g.account(ctx, g.query("email", nil))
			if err == nil && !isEmail(strings.TrimSpace(account)) {
				return "", &Error{Kind: Protocol, Message: "not an account"}
			}
			return config.Secret(strings.TrimSpace(account)), err
		}},
		{name: "Google access", toCloud: true, seldom: true, secretless: true, good: access, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			return GoogleMetadata{Host: strings.TrimPrefix(url, "http://")}.accessToken(ctx)
		}},
		{name: "Google key", toCloud: true, seldom: true, secretless: true, good: access, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			account, err := gcpFile(ctx, key(url), "V", "")
			return account.bearer, err
		}},
		{name: "Google IAM", toCloud: true, seldom: true, good: `{"keyId":"1","signedJwt":"` + assertionFor(`"x"`) + `"}`, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			m := &gcpIAM{Identity: Identity{ID: testIdentity}, endpoint: url}
			return m.sign(ctx, gcpAccount{gcpEmailAddress, hush, gcpUniverse}, "{}")
		}},
		{name: "EC2", toCloud: true, seldom: true, secretless: true, plain: true, good: "role", ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			m := &ec2Metadata{awsService: newAWSService("EC2 metadata service", "")}
			m.sdk = imds.New(imds.Options{Endpoint: url, HTTPClient: m, Retryer: aws.NopRetryer{}})
			out, err := m.GetMetadata(ctx, &imds.GetMetadataInput{Path: "iam/security-credentials/"})
			if err != nil {
				return "", err
			}
			text, err := io.ReadAll(out.Content)
			if err != nil {
				return "", m.failed(ctx, err)
			}
			return m.token(string(text))
		}},
		{name: "ECS", toCloud: true, seldom: true, good: `{"AccessKeyId":"id","SecretAccessKey":"key","Token":"x","Expiration":"2036-01-02T03:04:05Z"}`, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			container := newAWSContainer()
			got, err := endpointcreds.New(url, func(o *endpointcreds.Options) {
				o.HTTPClient, o.Retryer, o.AuthorizationToken = container, aws.NopRetryer{}, hush
			}).Retrieve(ctx)
			if err != nil {
				return "", awsFailure(ctx, err, container)
			}
			return config.Secret(got.AccessKeyID), keyed(got, container)
		}},
		{name: "STS", toCloud: true, seldom: true, plain: true, good: stsAnswer, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			client := sts.New(sts.Options{BaseEndpoint: &url, Region: "eu-central-1", Retryer: aws.NopRetryer{}, HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(boundHeaders), APIOptions: []func(*middleware.Stack) error{wholeAnswers}})
			got, err := stscreds.NewWebIdentityRoleProvider(client, "arn:aws:iam::123456789012:role/app", stscreds.IdentityTokenFile(hushed)).Retrieve(ctx)
			if err != nil {
				return "", awsFailure(ctx, err, newAWSService("", ""))
			}
			return config.Secret(got.AccessKeyID), nil
		}},
		{name: "SPIFFE", toCloud: true, seldom: true, secretless: true, ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			got, err := (&spiffeSocket{Address: "tcp://" + strings.TrimPrefix(url, "http://")}).assertion(ctx, "x")
			return got, err
		}},
	}
}

const stsAnswer = `<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials><AccessKeyId>id</AccessKeyId><SecretAccessKey>key</SecretAccessKey><SessionToken>x</SessionToken><Expiration>2036-01-02T03:04:05Z</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>`

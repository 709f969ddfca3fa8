package methods

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/feature/ec2/imds"
	"github.com/aws/smithy-go"
)

// awsService is an HTTP client for the SDK that asks a service on the machine
// itself as [query] does, and remembers how the last request ended, which the
// SDK's errors do not always tell.
type awsService struct {
	query
	http   *http.Client
	object bool  // whether a good answer is a JSON object, which the SDK takes for granted
	err    error // for want of an answer
	status int   // of the answer
}

func newAWSService(name, hint string) *awsService {
	s := &awsService{query: query{Service: name, Hint: hint, Limit: metadataLimit}}
	s.http = s.client()
	s.http.Timeout = metadataLimit
	return s
}

// newAWSContainer returns the service that gives the containers of ECS and EKS
// their credentials.
func newAWSContainer() *awsService {
	s := newAWSService("AWS container credentials service", "is this container on ECS or EKS?")
	s.object = true
	return s
}

// Do implements the SDK's HTTP client.
func (s *awsService) Do(request *http.Request) (*http.Response, error) {
	s.URL, s.status, s.Secrets = request.URL.String(), 0, sentSecrets(request)
	response, err := s.http.Do(request)
	if s.err = err; err != nil {
		return nil, err
	}
	s.status = response.StatusCode
	text, err := whole(response)
	var members map[string]json.RawMessage
	if err == nil && s.object && s.status/100 == 2 && (json.Unmarshal(text, &members) != nil || members == nil) {
		err = s.nonsense("the answer is not the JSON that was asked for")
	}
	if s.err = err; err != nil {
		return nil, err
	}
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

package methods

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"cloud.google.com/go/auth/httptransport"
	iam "cloud.google.com/go/iam/credentials/apiv1"
	"cloud.google.com/go/iam/credentials/apiv1/credentialspb"
	"github.com/googleapis/gax-go/v2"
	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/infisical-login/infisical-login/config"
)

// gcpIAM proves to be a service account by a JWT that Google signs in its name,
// for those who may ask for that: the holder of the account's key, or whoever
// the application default credentials stand for. It needs the role
// roles/iam.serviceAccountTokenCreator on the account, for the account itself.
type gcpIAM struct {
	Identity
	GoogleMetadata
	KeyFilePath string `env:"INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH" flag:"service-account-key-file-path" shown:"application default credentials" usage:"Path of a GCP service account's key file."`
	Application string `env:"GOOGLE_APPLICATION_CREDENTIALS" external:"true" usage:"Path of Google's application default credentials."`
	options     []option.ClientOption
}

func gcpIAMEvidence(lookup Lookup) Evidence {
	const name = "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH"
	if _, given := lookup(name); given {
		return Evidence{Rank: Given, Because: name + " is set"}
	}
	return Evidence{}
}

// gcpJWTLife is how long the signed JWT is good for. It is used at once; the
// rest is room for clocks that differ. Google signs for up to 12 hours.
const gcpJWTLife = 15 * time.Minute

// Proof implements [Prover].
func (m *gcpIAM) Proof(ctx context.Context) (Body, error) {
	account, err := m.account(ctx)
	if err != nil {
		return nil, err
	}
	claims, err := json.Marshal(map[string]any{
		"sub": account.email,
		"aud": string(m.ID),
		"exp": time.Now().Add(gcpJWTLife).Unix(),
	})
	if err != nil {
		return nil, err
	}
	jwt, err := m.sign(ctx, account, string(claims))
	if err != nil {
		return nil, err
	}
	return m.body(Body{"jwt": jwt}), nil
}

// sign has Google sign the claims in the account's name.
func (m *gcpIAM) sign(ctx context.Context, account gcpAccount, claims string) (config.Secret, error) {
	universe, err := account.credentials.UniverseDomain(ctx)
	if err != nil {
		return "", gcpFailure(ctx, err)
	}
	transport := &http.Client{Transport: &gcpTransport{transport: internet()}}
	if err := httptransport.AddAuthorizationMiddleware(transport, account.credentials); err != nil {
		return "", badGCPCredentials(err)
	}
	options := []option.ClientOption{option.WithHTTPClient(transport), option.WithUniverseDomain(universe)}
	client, err := iam.NewIamCredentialsRESTClient(ctx, append(options, m.options...)...)
	if err != nil {
		return "", gcpFailure(ctx, err)
	}
	defer client.Close()
	signed, err := client.SignJwt(ctx, &credentialspb.SignJwtRequest{
		Name:    "projects/-/serviceAccounts/" + account.email,
		Payload: claims,
	}, gax.WithRetry(nil)) // those who call Proof retry
	if err != nil {
		return "", gcpFailure(ctx, err)
	}
	if signed.SignedJwt == "" || !printable(signed.SignedJwt) {
		return "", &Error{Kind: Protocol, Message: "what answers for GCP IAM gave no signed JWT"}
	}
	return config.Secret(signed.SignedJwt), nil
}

// gcpFailure says why Google did not sign.
func gcpFailure(ctx context.Context, err error) error {
	if known, ok := errors.AsType[*Error](err); ok { // of the metadata service
		return known
	}
	if refused, ok := errors.AsType[*googleapi.Error](err); ok {
		return gcpStatus("GCP IAM", refused.Code, []byte(refused.Message), err)
	}
	if _, sent := errors.AsType[*url.Error](err); sent || ctx.Err() != nil {
		return query{Service: "GCP IAM", URL: "https://iamcredentials.googleapis.com"}.silent(ctx, err)
	}
	return badGCPCredentials(err)
}

func badGCPCredentials(err error) error {
	return &Error{Kind: Setting, Message: "the GCP credentials are of no use: " + shown(err.Error()), Err: err}
}

func gcpStatus(service string, code int, answer []byte, err error) error {
	kind, message := Refused, fmt.Sprintf("%s refused with status %d", service, code)
	if code >= 500 || code == http.StatusTooManyRequests {
		kind, message = Unavailable, fmt.Sprintf("%s failed with status %d", service, code)
	}
	if said := (query{}).excerpt(answer); said != "" {
		message += ": " + said
	}
	return &Error{Kind: kind, Message: message, Err: err}
}

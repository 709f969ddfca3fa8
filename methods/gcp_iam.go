package methods

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"cloud.google.com/go/iam/credentials/apiv1/credentialspb"
	"google.golang.org/protobuf/encoding/protojson"

	"github.com/infisical-login/infisical-login/config"
)

// gcpIAM proves to be a service account by a JWT that Google signs in its name,
// for those who may ask for that: the holder of the account's key, or whoever
// the application default credentials stand for. It needs the role
// roles/iam.serviceAccountTokenCreator on the account, for the account itself.
type gcpIAM struct {
	Identity
	GoogleMetadata
	Proxy
	KeyFilePath string `env:"INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH" flag:"service-account-key-file-path" shown:"application default credentials" usage:"Path of a GCP service account's key file."`
	Application string `env:"GOOGLE_APPLICATION_CREDENTIALS" external:"true" usage:"Path of Google's application default credentials."`
	endpoint    string // of IAM, if it is not Google's
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

// sign has Google sign the claims in the account's name. The request is sent as
// any other to a service of a cloud: Google's own client for this one POST is
// two megabytes, which every start of the program would pay for.
func (m *gcpIAM) sign(ctx context.Context, account gcpAccount, claims string) (config.Secret, error) {
	address, err := m.address(account)
	if err != nil {
		return "", err
	}
	proxy, err := m.Proxy.function(address)
	if err != nil {
		return "", err
	}
	name := "projects/-/serviceAccounts/" + account.email
	body, err := protojson.Marshal(&credentialspb.SignJwtRequest{Name: name, Payload: claims})
	if err != nil {
		return "", err
	}
	q := query{
		Service: "GCP IAM service",
		Limit:   internetLimit,
		Method:  http.MethodPost,
		URL:     address.JoinPath("v1", name+":signJwt").String(),
		Header:  map[string]string{"Authorization": "Bearer " + account.bearer.Reveal(), "Content-Type": "application/json"},
		Body:    string(body),
		Secrets: []config.Secret{account.bearer},
		Proxy:   proxy,
	}
	answer, err := q.text(ctx)
	if err != nil {
		return "", err
	}
	var signed credentialspb.SignJwtResponse
	if (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal([]byte(answer), &signed) != nil { // whose error would quote the answer
		return "", q.nonsense("the answer is not the JSON that was asked for")
	}
	return q.token(signed.SignedJwt)
}

// address is where the IAM of the account's Google Cloud is.
func (m *gcpIAM) address(account gcpAccount) (*url.URL, error) {
	if m.endpoint != "" {
		return url.Parse(m.endpoint)
	}
	host := "iamcredentials." + account.universe
	address, err := url.Parse("https://" + host)
	if err != nil || address.Host != host {
		return nil, badGCPCredentials(fmt.Errorf("%q is no domain of a Google Cloud", account.universe))
	}
	return address, nil
}

package methods

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/auth/credentials"
)

// gcpAccount is a service account, and credentials to act in its name.
type gcpAccount struct {
	email       string
	credentials *auth.Credentials
}

// account finds the service account as Google's libraries find application
// default credentials, the key file first. It is not left to them, because they
// look for a metadata server for longer than anyone would wait.
func (m *gcpIAM) account(ctx context.Context) (gcpAccount, error) {
	switch {
	case m.KeyFilePath != "":
		return gcpFile(ctx, m.KeyFilePath, "INFISICAL_GCP_IAM_SERVICE_ACCOUNT_KEY_FILE_PATH", "service-account-key-file-path")
	case m.Application != "":
		return gcpFile(ctx, m.Application, "GOOGLE_APPLICATION_CREDENTIALS", "")
	}
	if path := gcloudPath(); path != "" {
		if _, err := os.Stat(path); err == nil {
			return gcpFile(ctx, path, "GOOGLE_APPLICATION_CREDENTIALS", "")
		}
	}
	return m.attached(ctx)
}

// gcloudPath is where gcloud keeps application default credentials.
func gcloudPath() string {
	const name = "application_default_credentials.json"
	if runtime.GOOS == "windows" {
		if directory, err := os.UserConfigDir(); err == nil {
			return filepath.Join(directory, "gcloud", name)
		}
		return ""
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return filepath.Join(home, ".config", "gcloud", name)
}

// gcpFile is the account of a credentials file: a key, an impersonation, or a
// workload identity federation that ends in an impersonation.
func gcpFile(ctx context.Context, path, variable, flag string) (gcpAccount, error) {
	content, err := readSmall(path)
	if err != nil {
		return gcpAccount{}, unreadable("GCP credentials", path, err, variable, flag)
	}
	email, kind, err := gcpEmail([]byte(content))
	if err != nil {
		return gcpAccount{}, unreadable("GCP credentials", path, err, variable, flag)
	}
	watched := &gcpTransport{transport: internet()}
	creds, err := credentials.NewCredentialsFromJSON(kind, []byte(content), &credentials.DetectOptions{
		Scopes: []string{gcpScope},
		Client: &http.Client{Transport: watched},
	})
	if err != nil {
		return gcpAccount{}, unreadable("GCP credentials", path, errors.New(shown(err.Error())), variable, flag)
	}
	if _, err := creds.Token(ctx); err != nil { // which creds keeps; asked for here, where the error can be told from others
		return gcpAccount{}, watched.failure(ctx, err)
	}
	return gcpAccount{email, creds}, nil
}

const gcpScope = "https://www.googleapis.com/auth/cloud-platform"

// gcpEmail returns the service account that a credentials file stands for, and
// the file's type.
func gcpEmail(content []byte) (string, credentials.CredType, error) {
	var file struct {
		Type          credentials.CredType `json:"type"`
		Email         string               `json:"client_email"`
		Impersonation string               `json:"service_account_impersonation_url"`
	}
	if json.Unmarshal(content, &file) != nil {
		return "", "", errors.New("not JSON")
	}
	switch file.Type {
	case credentials.ServiceAccount:
	case credentials.ImpersonatedServiceAccount, credentials.ExternalAccount:
		_, after, _ := strings.Cut(file.Impersonation, "/serviceAccounts/")
		file.Email, _, _ = strings.Cut(after, ":")
	case credentials.AuthorizedUser, credentials.ExternalAccountAuthorizedUser:
		return "", "", errors.New("the credentials are a person's, not a service account's")
	default:
		return "", "", fmt.Errorf("%q is not a type of credentials that stands for a service account", file.Type)
	}
	if !isEmail(file.Email) {
		return "", "", errors.New("the credentials name no service account")
	}
	return file.Email, file.Type, nil
}

// isEmail tells whether text can be a service account's address, which becomes
// part of a path.
func isEmail(text string) bool {
	return strings.Count(text, "@") == 1 && printable(text) && !strings.ContainsAny(text, "/:?#%")
}

// attached is the account that is attached to the machine, acting by tokens of
// the metadata server.
func (g GoogleMetadata) attached(ctx context.Context) (gcpAccount, error) {
	email, err := g.account(ctx, g.query("email", nil))
	if err != nil {
		return gcpAccount{}, err
	}
	if email = strings.TrimSpace(email); !isEmail(email) {
		return gcpAccount{}, &Error{Kind: Setting, Message: fmt.Sprintf("the Google Cloud metadata service names %q, which is not a service account; bind the Kubernetes service account to one", shown(email))}
	}
	return gcpAccount{email, auth.NewCredentials(&auth.CredentialsOptions{TokenProvider: g})}, nil
}

// Token implements [auth.TokenProvider].
func (g GoogleMetadata) Token(ctx context.Context) (*auth.Token, error) {
	var answer struct {
		AccessToken string `json:"access_token"`
		ExpiresIn   int64  `json:"expires_in"` // seconds
	}
	q := g.query("token", url.Values{"scopes": {gcpScope}})
	if err := q.json(ctx, &answer); err != nil {
		return nil, err
	}
	secret, err := q.token(answer.AccessToken)
	if err != nil {
		return nil, err
	}
	return &auth.Token{
		Value:  secret.Reveal(),
		Type:   "Bearer",
		Expiry: time.Now().Add(time.Duration(answer.ExpiresIn) * time.Second),
	}, nil
}

// gcpTransport remembers the status of the last answer, which Google's library
// only puts into the text of some of its errors.
type gcpTransport struct {
	transport *http.Transport
	status    int
	host      string
}

// RoundTrip implements [http.RoundTripper].
func (t *gcpTransport) RoundTrip(request *http.Request) (*http.Response, error) {
	t.host, t.status = request.URL.Host, 0
	response, err := t.transport.RoundTrip(request)
	if err == nil {
		t.status = response.StatusCode
		response.Body = http.MaxBytesReader(nil, response.Body, maxProof)
	}
	return response, err
}

// failure says why there is no access token.
func (t *gcpTransport) failure(ctx context.Context, err error) error {
	if refused, ok := errors.AsType[*auth.Error](err); ok && refused.Response != nil {
		return gcpStatus("the token service "+t.host, refused.Response.StatusCode, refused.Body, err)
	}
	if t.status >= 300 {
		return gcpStatus("the token service "+t.host, t.status, []byte(err.Error()), err)
	}
	if _, sent := errors.AsType[*url.Error](err); sent || ctx.Err() != nil {
		return query{Service: "token service of Google", URL: "https://" + t.host}.silent(ctx, err)
	}
	return badGCPCredentials(err)
}

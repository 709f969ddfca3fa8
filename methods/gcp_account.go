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

	"golang.org/x/oauth2"
	goauth "golang.org/x/oauth2/google"

	"github.com/infisical-login/infisical-login/config"
)

// gcpAccount is a service account, and what it takes to act in its name.
type gcpAccount struct {
	email    string
	bearer   config.Secret // an access token of the account or of who may impersonate it
	universe string        // the domain of the Google Cloud that the account is in
}

// gcpUniverse is the Google Cloud of all but a few customers.
const gcpUniverse = "googleapis.com"

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
	watched := &gcpTransport{ctx: ctx, transport: internet()}
	ours := context.WithValue(ctx, oauth2.HTTPClient, &http.Client{
		Transport:     watched,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
	credentials, err := goauth.CredentialsFromJSONWithType(ours, []byte(content), kind, gcpScope)
	if err != nil {
		return gcpAccount{}, unreadable("GCP credentials", path, errors.New(shown(err.Error())), variable, flag)
	}
	access, err := credentials.TokenSource.Token()
	if err != nil {
		return gcpAccount{}, watched.failure(err)
	}
	bearer, err := watched.token(access.AccessToken)
	if err != nil {
		return gcpAccount{}, err
	}
	universe, err := credentials.GetUniverseDomain()
	if err != nil {
		return gcpAccount{}, badGCPCredentials(err)
	}
	return gcpAccount{email, bearer, universe}, nil
}

const gcpScope = "https://www.googleapis.com/auth/cloud-platform"

func badGCPCredentials(err error) error {
	return &Error{Kind: Setting, Message: "the GCP credentials are of no use: " + shown(err.Error()), Err: err}
}

// gcpEmail returns the service account that a credentials file stands for, and
// the file's type.
func gcpEmail(content []byte) (string, goauth.CredentialsType, error) {
	var file struct {
		Type          goauth.CredentialsType `json:"type"`
		Email         string                 `json:"client_email"`
		Impersonation string                 `json:"service_account_impersonation_url"`
	}
	if json.Unmarshal(content, &file) != nil {
		return "", "", errors.New("not JSON")
	}
	switch file.Type {
	case goauth.ServiceAccount:
	case goauth.ImpersonatedServiceAccount, goauth.ExternalAccount:
		_, after, _ := strings.Cut(file.Impersonation, "/serviceAccounts/")
		file.Email, _, _ = strings.Cut(after, ":")
	case goauth.AuthorizedUser, goauth.ExternalAccountAuthorizedUser:
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
	bearer, err := g.accessToken(ctx)
	return gcpAccount{email, bearer, gcpUniverse}, err
}

func (g GoogleMetadata) accessToken(ctx context.Context) (config.Secret, error) {
	return g.query("token", url.Values{"scopes": {gcpScope}}).member(ctx, "access_token")
}

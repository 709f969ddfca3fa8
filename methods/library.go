package methods

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// whole reads an answer before a library sees it, and returns its body. Libraries
// take what was cut short for nonsense, or for good.
func whole(response *http.Response) ([]byte, error) {
	text, err := io.ReadAll(io.LimitReader(response.Body, maxProof+1))
	_ = response.Body.Close()
	response.Body = io.NopCloser(bytes.NewReader(text))
	if err != nil {
		return text, &Error{Kind: Unavailable, Message: fmt.Sprintf("the answer of %s was cut short", response.Request.URL.Host), Err: err}
	}
	if len(text) > maxProof {
		return text, &Error{Kind: Protocol, Message: fmt.Sprintf("the answer of %s is too long", response.Request.URL.Host)}
	}
	return text, nil
}

// sentSecrets returns what a request proves an identity by.
func sentSecrets(request *http.Request) []config.Secret {
	secrets := []config.Secret{
		config.Secret(strings.TrimPrefix(request.Header.Get("Authorization"), "Bearer ")),
		config.Secret(request.Header.Get("X-Aws-Ec2-Metadata-Token")),
	}
	if request.GetBody == nil {
		return secrets
	}
	body, err := request.GetBody()
	if err != nil {
		return secrets
	}
	text, _ := io.ReadAll(body) // from memory
	form, _ := url.ParseQuery(string(text))
	for _, name := range []string{"assertion", "subject_token"} {
		secrets = append(secrets, config.Secret(form.Get(name)))
	}
	return secrets
}

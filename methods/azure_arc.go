package methods

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// connected asks the agent of Azure Arc on a machine elsewhere. Who can read a
// file that the agent names may have a token:
// https://learn.microsoft.com/azure/azure-arc/servers/managed-identity-authentication
func (m *azure) connected(ctx context.Context) (query, error) {
	if m.ClientID != "" {
		return query{}, &Error{Kind: Setting, Message: "Azure Arc has no user-assigned identities; unset --azure-client-id and INFISICAL_AZURE_CLIENT_ID"}
	}
	q := query{
		Service: "Azure Arc agent",
		Hint:    "is it running?",
		Limit:   metadataLimit,
		URL:     withParameters(m.IdentityEndpoint, m.parameters("2019-11-01")),
		Header:  map[string]string{"Metadata": "true"},
	}
	_, err := q.text(ctx)
	answer, ok := errors.AsType[*challengeError](err)
	if !ok || answer.status != http.StatusUnauthorized {
		if err == nil {
			err = q.nonsense("it does not ask for a proof")
		}
		return query{}, err
	}
	_, path, _ := strings.Cut(answer.challenge, "realm=")
	path = strings.Trim(path, `"`)
	if filepath.Dir(path) != arcDirectory() || filepath.Ext(path) != ".key" {
		return query{}, q.nonsense("it asks for another file than one of its own")
	}
	key, err := readToken(path, "IDENTITY_ENDPOINT", "")
	if err != nil {
		return query{}, err
	}
	q.Header["Authorization"] = "Basic " + key.Reveal()
	q.Secrets = []config.Secret{key}
	return q, nil
}

// arcDirectory is the one directory whose files the agent may ask for. Without
// it whoever is at the address could have any file of the machine.
func arcDirectory() string {
	if runtime.GOOS == "windows" {
		return `C:\ProgramData\AzureConnectedMachineAgent\Tokens`
	}
	return "/var/opt/azcmagent/tokens"
}

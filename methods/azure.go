package methods

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// azure proves to be a managed identity or an application by an access token of
// Microsoft Entra.
type azure struct {
	Identity
	Azure
	Proxy
	Resource string `env:"INFISICAL_AZURE_RESOURCE" flag:"azure-resource" default:"https://management.azure.com/" usage:"Resource that the access token is for; the audience in Infisical."`
	ClientID string `env:"INFISICAL_AZURE_CLIENT_ID" flag:"azure-client-id" usage:"Client ID of the user-assigned managed identity."`
}

// Azure is what Azure tells the containers and the machines it runs.
type Azure struct {
	IdentityEndpoint   string        `env:"IDENTITY_ENDPOINT" external:"true" usage:"URL of the token service of App Service, Functions or Arc."`
	IdentityHeader     config.Secret `env:"IDENTITY_HEADER" external:"true" usage:"Key to the token service of App Service and Functions."`
	ArcEndpoint        string        `env:"IMDS_ENDPOINT" external:"true" usage:"URL of Azure Arc's metadata service."`
	FederatedTokenPath string        `env:"AZURE_FEDERATED_TOKEN_FILE" external:"true" usage:"File with the token of the Kubernetes service account (AKS workload identity)."`
	TenantID           string        `env:"AZURE_TENANT_ID" external:"true" usage:"Tenant of the application (AKS workload identity)."`
	ApplicationID      string        `env:"AZURE_CLIENT_ID" external:"true" usage:"Client ID of the application (AKS workload identity)."`
	AuthorityHost      string        `env:"AZURE_AUTHORITY_HOST" external:"true" shown:"https://login.microsoftonline.com/" usage:"URL of Microsoft Entra (AKS workload identity)."`
	MetadataBase       string        `env:"AZURE_POD_IDENTITY_AUTHORITY_HOST" external:"true" shown:"http://169.254.169.254" usage:"URL of Azure's metadata service."`
}

func azureEvidence(lookup Lookup) Evidence {
	return cloudEvidence(lookup, "AZURE_FEDERATED_TOKEN_FILE", "IDENTITY_ENDPOINT")
}

// Proof implements [Prover].
func (m *azure) Proof(ctx context.Context) (Body, error) {
	ask := m.machine
	switch {
	case m.FederatedTokenPath != "":
		ask = m.workload
	case m.IdentityEndpoint != "" && m.IdentityHeader != "":
		ask = m.appService
	case m.IdentityEndpoint != "" && m.ArcEndpoint != "":
		ask = m.connected
	case m.IdentityEndpoint != "":
		return nil, &Error{Kind: Setting, Message: "IDENTITY_ENDPOINT is set but not IDENTITY_HEADER, which App Service sets along with it"}
	}
	q, err := ask(ctx)
	if err != nil {
		return nil, err
	}
	jwt, err := q.member(ctx, "access_token")
	if err != nil {
		return nil, azureFailure(q, err)
	}
	return m.body(Body{"jwt": jwt}), nil
}

// machine asks the metadata service of a virtual machine.
func (m *azure) machine(context.Context) (query, error) {
	return query{
		Service: "Azure metadata service",
		Hint:    "is this a machine on Azure?",
		Limit:   metadataLimit,
		URL:     strings.TrimSuffix(cmp.Or(m.MetadataBase, "http://169.254.169.254"), "/") + "/metadata/identity/oauth2/token?" + m.parameters("2018-02-01"),
		Header:  map[string]string{"Metadata": "true"},
	}, nil
}

// appService asks the token service of App Service, Functions or Container Apps.
func (m *azure) appService(context.Context) (query, error) {
	return query{
		Service: "Azure App Service token service",
		Limit:   metadataLimit,
		URL:     withParameters(m.IdentityEndpoint, m.parameters("2019-08-01")),
		Header:  map[string]string{"X-IDENTITY-HEADER": m.IdentityHeader.Reveal()},
		Secrets: []config.Secret{m.IdentityHeader},
	}, nil
}

// parameters are those that all of Azure's token services take, as a query.
func (m *azure) parameters(version string) string {
	parameters := url.Values{"api-version": {version}, "resource": {m.Resource}}
	if m.ClientID != "" {
		parameters.Set("client_id", m.ClientID)
	}
	return parameters.Encode()
}

func withParameters(address, parameters string) string {
	if strings.Contains(address, "?") {
		return address + "&" + parameters
	}
	return address + "?" + parameters
}

// workload asks Microsoft Entra itself, by the token of a Kubernetes service
// account that the application trusts. Unlike the services on the machine,
// Entra is reached like any server of the internet: through the proxy variables.
func (m *azure) workload(context.Context) (query, error) {
	client := cmp.Or(m.ClientID, m.ApplicationID)
	var missing []error
	if client == "" {
		missing = append(missing, &Error{Kind: Setting, Message: "AZURE_FEDERATED_TOKEN_FILE is set but no client ID; set --azure-client-id, INFISICAL_AZURE_CLIENT_ID or AZURE_CLIENT_ID"})
	}
	if m.TenantID == "" {
		missing = append(missing, &Error{Kind: Setting, Message: "AZURE_FEDERATED_TOKEN_FILE is set but no tenant; set AZURE_TENANT_ID"})
	}
	if len(missing) > 0 {
		return query{}, errors.Join(missing...)
	}
	assertion, err := readToken(m.FederatedTokenPath, "AZURE_FEDERATED_TOKEN_FILE", "")
	if err != nil {
		return query{}, err
	}
	authority, err := url.Parse(cmp.Or(m.AuthorityHost, "https://login.microsoftonline.com"))
	if err != nil || authority.Scheme != "https" || authority.Host == "" {
		return query{}, &Error{Kind: Setting, Message: "AZURE_AUTHORITY_HOST is not an https URL"}
	}
	proxy, err := m.Proxy.function(authority)
	if err != nil {
		return query{}, err
	}
	form := url.Values{
		"grant_type":            {"client_credentials"},
		"client_id":             {client},
		"client_assertion_type": {"urn:ietf:params:oauth:client-assertion-type:jwt-bearer"},
		"client_assertion":      {assertion.Reveal()},
		"scope":                 {strings.TrimSuffix(m.Resource, "/") + "/.default"},
	}
	return query{
		Service: "Microsoft Entra",
		Limit:   internetLimit,
		Method:  http.MethodPost,
		URL:     authority.JoinPath(url.PathEscape(m.TenantID), "oauth2/v2.0/token").String(),
		Header:  map[string]string{"Content-Type": "application/x-www-form-urlencoded"},
		Body:    form.Encode(),
		Secrets: []config.Secret{assertion},
		Proxy:   proxy,
	}, nil
}

// azureFailure reads what a status means to Azure's metadata service: 404 and
// 410 while it is updated, 400 if the machine has no such identity.
func azureFailure(q query, err error) error {
	failed, ok := errors.AsType[*Error](err)
	if !ok || q.Limit != metadataLimit {
		return err
	}
	switch {
	case errors.Is(err, statusError(http.StatusNotFound)), errors.Is(err, statusError(http.StatusGone)):
		return &Error{Kind: Unavailable, Message: failed.Message, Err: err}
	case errors.Is(err, statusError(http.StatusBadRequest)) && strings.Contains(failed.Message, "Identity not found"):
		return &Error{Kind: Setting, Message: fmt.Sprintf("the %s at %s knows no such identity; assign a managed identity, or set --azure-client-id or INFISICAL_AZURE_CLIENT_ID", q.Service, q.base()), Err: err}
	}
	return err
}

package methods

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// ambient is what the places that hand out OIDC tokens put into the environment.
type ambient struct {
	GitHub      github
	GitLab      gitlab
	CircleCI    circleci
	Buildkite   buildkite
	Bitbucket   bitbucket
	AzureDevOps azureDevOps
	SPIFFE      spiffeSocket
	Google      google
	Kubernetes  projected
}

// place is one that hands out OIDC tokens, with what was found of it.
type place interface {
	// found tells what speaks for the place, by the environment and files alone,
	// in words such as "X is set"; empty if nothing does.
	found() string
	// assertion returns a new token for the audience; empty means the place's own.
	assertion(ctx context.Context, audience string) (config.Secret, error)
}

// provider is one row of the table of places.
type provider struct {
	name  string // as --oidc-provider takes it
	ci    bool   // a CI system, which speaks for oidc-auth when no method is named
	needs string // what has to be there, for a person
	in    func(*ambient) place
}

// providers returns the places in the order in which they are looked for. A pod
// comes before Google, since Knative sets the same variable as Cloud Run.
func providers() []provider {
	return []provider{
		{"github", true, `"permissions: id-token: write" in the job`, func(a *ambient) place { return &a.GitHub }},
		{"gitlab", true, `"id_tokens: INFISICAL_ID_TOKEN: aud: ..." in the job`, func(a *ambient) place { return &a.GitLab }},
		{"circleci", true, "CIRCLE_OIDC_TOKEN_V2", func(a *ambient) place { return &a.CircleCI }},
		{"buildkite", true, "BUILDKITE_AGENT_ACCESS_TOKEN and BUILDKITE_JOB_ID", func(a *ambient) place { return &a.Buildkite }},
		{"bitbucket", true, `"oidc: true" in the step`, func(a *ambient) place { return &a.Bitbucket }},
		{"azure-devops", true, `"SYSTEM_ACCESSTOKEN: $(System.AccessToken)" in the env of the step`, func(a *ambient) place { return &a.AzureDevOps }},
		{"spiffe", false, "SPIFFE_ENDPOINT_SOCKET", func(a *ambient) place { return &a.SPIFFE }},
		{"kubernetes", false, "a service account token file", func(a *ambient) place { return &a.Kubernetes }},
		{"google", false, "K_SERVICE or CLOUD_RUN_JOB", func(a *ambient) place { return &a.Google }},
	}
}

// provider returns the named provider, or else the first that is found.
func (a *ambient) provider(name providerName) (provider, error) {
	var needs []string
	for _, p := range providers() {
		found := p.in(a).found() != ""
		switch {
		case p.name == string(name) && (found || p.name == "google"): // whose metadata service is at a known address
			return p, nil
		case p.name == string(name):
			return provider{}, &Error{Kind: Setting, Message: fmt.Sprintf(
				"there is no OIDC token of %s here, as --oidc-provider or INFISICAL_OIDC_PROVIDER asks for; it needs %s", p.name, p.needs)}
		case name == "" && found:
			return p, nil
		}
		needs = append(needs, fmt.Sprintf("%s (%s)", p.name, p.needs))
	}
	return provider{}, &Error{Kind: Setting, Message: "there is no OIDC token: set --jwt, INFISICAL_JWT or INFISICAL_JWT_FILE, " +
		"or run where one is offered; looked for " + strings.Join(needs, ", ")}
}

// providerName is the name of a provider.
type providerName string

// UnmarshalText implements encoding.TextUnmarshaler.
func (n *providerName) UnmarshalText(text []byte) error {
	var names []string
	for _, p := range providers() {
		names = append(names, p.name)
	}
	if !slices.Contains(names, string(text)) {
		return fmt.Errorf("unknown provider %q; use one of %s", text, strings.Join(names, ", "))
	}
	*n = providerName(text)
	return nil
}

// fill sets the settings in a struct, all of them texts, to what was given.
func fill(target any, lookup Lookup) {
	fillValue(reflect.ValueOf(target).Elem(), lookup)
}

func fillValue(v reflect.Value, lookup Lookup) {
	for i := range v.NumField() {
		name := v.Type().Field(i).Tag.Get("env")
		if name == "" {
			fillValue(v.Field(i), lookup)
			continue
		}
		if text, given := lookup(name); given {
			v.Field(i).SetString(text)
		}
	}
}

// checkAudience complains of a token for others than the audience that is set,
// since several places fix it elsewhere. A token that cannot be read is left to
// the server to judge.
func checkAudience(jwt config.Secret, audience string, p provider) error {
	has := audiences(jwt)
	if audience == "" || len(has) == 0 || slices.Contains(has, audience) {
		return nil
	}
	return &Error{Kind: Setting, Message: fmt.Sprintf(
		"the token of %s is for %q, not for %q; change --oidc-audience or INFISICAL_OIDC_AUDIENCE, or where the token is made",
		p.name, strings.Join(has, ", "), audience)}
}

// audiences returns the audiences of a JWT, none if it cannot be read.
func audiences(jwt config.Secret) []string {
	parts := strings.Split(jwt.Reveal(), ".")
	if len(parts) != 3 {
		return nil
	}
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return nil
	}
	var claims struct {
		Audience json.RawMessage `json:"aud"`
	}
	var one string
	var many []string
	_ = json.Unmarshal(payload, &claims)
	if json.Unmarshal(claims.Audience, &one) == nil {
		return []string{one}
	}
	_ = json.Unmarshal(claims.Audience, &many)
	return many
}

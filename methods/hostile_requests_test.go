package methods

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// hush is the secret of every request in the hostile suite.
const hush = "hush-hush-0123456789-hush"

// asking is one request that the program makes.
type asking struct {
	name string
	good string // the body of a good answer
	// ask makes the request to the server at a URL.
	ask func(ctx context.Context, c *Client, url string) (config.Secret, error)
	// toCloud marks a request to a service that hands out proofs, which has no
	// client: neither custom headers, nor a proxy, nor retries.
	toCloud bool
	// loose marks a request that is content with any JSON object.
	loose bool
	// secretless marks a request that sends no secret.
	secretless bool
	// seldom marks one that is much like others.
	seldom bool
	// plain marks an answer that is not JSON.
	plain bool
}

// askings are all requests that the program makes.
func askings(t *testing.T) []asking {
	t.Helper()
	secret := config.Secret(hush)
	held, err := token.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	universalAuth := row(t, "universal-auth")
	fresh := func() (Method, error) { return &universal{ClientID: testID, ClientSecret: secret}, nil }
	user := &User{Email: "person@example.com", Password: secret}
	const session = `{"accessToken":"` + hostileSession + `","token":"` + hostileSession + `","salt":"00","serverPublicKey":"02"}`
	all := []asking{
		{name: "login", good: goodAnswer, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			got, err := c.Login(ctx, universalAuth, fresh)
			return got.Secret, err
		}},
		{name: "renewal", seldom: true, good: goodAnswer, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			got, err := c.Renew(ctx, held)
			return got.Secret, err
		}},
		{name: "revocation", good: `{"message":"Successfully revoked access token"}`, loose: true, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			return "", c.Revoke(ctx, held)
		}},
		{name: "details", seldom: true, good: `{"identityDetails":{"organization":{"id":"x","name":"Acme"}}}`, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			name, err := c.Details(ctx, secret)
			return config.Secret(name), err
		}},
		{name: "checkAuth", seldom: true, good: `{"message":"Authenticated"}`, loose: true, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			return "", c.CheckAuth(ctx, secret)
		}},
		{name: "service token", seldom: true, good: `{"_id":"x","name":"y"}`, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			return "", c.CheckServiceToken(ctx, secret)
		}},
		{name: "e-mail", seldom: true, good: `{"user":{"email":"person@example.com"}}`, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			address, err := c.Email(ctx, secret)
			return config.Secret(address), err
		}},
		{name: "password", good: session, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			return user.authenticate(ctx, c)
		}},
		{name: "SRP", seldom: true, good: session, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			_, err := user.proof(ctx, c)
			return "", err
		}},
		{name: "organizations", seldom: true, good: `{"organizations":[{"id":"` + testID + `","name":"Acme"}]}`, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			_, err := c.memberships(ctx, secret)
			return "", err
		}},
		{name: "organization", seldom: true, good: session, loose: true, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			_, err := c.selectOrganization(ctx, secret, testID)
			return "", err
		}},
		{name: "second factor", seldom: true, good: session, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			return challenge{client: c, bearer: secret, factor: "totp", email: "person@example.com"}.verify(ctx, "123456")
		}},
		{name: "code by e-mail", seldom: true, good: `{"message":"sent"}`, loose: true, ask: func(ctx context.Context, c *Client, _ string) (config.Secret, error) {
			return "", challenge{client: c, bearer: secret, email: "person@example.com"}.resend(ctx)
		}},
	}
	return slices.Concat(all, cloudAskings(), sdkAskings(t))
}

// hostileSession is shaped like a person's token.
const hostileSession = "eyJhbGciOiJIUzI1NiJ9.eyJ1c2VySWQiOiJ4In0.c2lnbmF0dXJl"

// cloudAskings are the requests to services that hand out proofs.
func cloudAskings() []asking {
	places := map[string]func(url string) place{
		"GitHub":          func(url string) place { return &github{URL: url + "/token?x=1", Token: hush} },
		"Buildkite":       func(url string) place { return &buildkite{Endpoint: url + "/v3", Token: hush, Job: "job"} },
		"Azure Pipelines": func(url string) place { return &azureDevOps{URL: url + "/oidctoken", Token: hush} },
	}
	good := map[string]string{"GitHub": `{"value":"%s"}`, "Buildkite": `{"token":"%s"}`, "Azure Pipelines": `{"oidcToken":"%s"}`}
	var all []asking
	for name, at := range places {
		all = append(all, asking{name: name, seldom: name != "GitHub", toCloud: true, good: fmt.Sprintf(good[name], assertionFor(`"x"`)), ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			return at(url).assertion(ctx, "")
		}})
	}
	azureAt := func(set func(*azure, string)) func(context.Context, *Client, string) (config.Secret, error) {
		return func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			body, err := withAzure(func(m *azure) { set(m, url) }).Proof(ctx)
			jwt, _ := body["jwt"].(config.Secret)
			return jwt, err
		}
	}
	access := `{"access_token":"` + assertionFor(`"x"`) + `"}`
	return append(all,
		asking{name: "Azure machine", toCloud: true, secretless: true, seldom: true, good: access, ask: azureAt(func(m *azure, url string) { m.MetadataBase = url })},
		asking{name: "App Service", seldom: true, toCloud: true, good: access, ask: azureAt(func(m *azure, url string) { m.IdentityEndpoint, m.IdentityHeader = url, hush })},
		asking{name: "Google", toCloud: true, secretless: true, plain: true, good: assertionFor(`"x"`), ask: func(ctx context.Context, _ *Client, url string) (config.Secret, error) {
			return GoogleMetadata{Host: strings.TrimPrefix(url, "http://")}.identityToken(ctx, "x")
		}},
	)
}

// hostileClient returns a client for a request of the suite.
func hostileClient(t *testing.T, url string, timeout time.Duration, change func(*Server)) *Client {
	t.Helper()
	c := client(t, url, func(s *Server) {
		s.Timeout, s.Retry.Max = config.Duration(timeout), 1
		s.Headers = config.Headers{{Name: "X-Key", Value: hush}}
		if change != nil {
			change(s)
		}
	})
	c.spentCode = new(config.Secret)
	return c
}

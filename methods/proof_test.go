package methods

import (
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestProofs(t *testing.T) {
	// Each method sends exactly the fields that the server knows, and the
	// sub-organization only if there is one.
	t.Parallel()
	identity := Identity{ID: testID}
	scoped := Identity{ID: testID, Organization: Organization{Slug: "team"}}
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, "\n a.b.c \r\n")
	for name, test := range map[string]struct {
		method Prover
		want   map[string]any
	}{
		"universal": {&universal{ClientID: testID, ClientSecret: "s"}, map[string]any{"clientId": testID, "clientSecret": "s"}},
		"universal, scoped": {
			&universal{ClientID: testID, ClientSecret: "s", Organization: scoped.Organization},
			map[string]any{"clientId": testID, "clientSecret": "s", "organizationSlug": "team"},
		},
		"kubernetes": {&kubernetes{identity, ServiceAccountToken{file}}, map[string]any{"identityId": testID, "jwt": "a.b.c"}},
		"jwt":        {&jwt{identity, JWT{"a.b.c"}}, map[string]any{"identityId": testID, "jwt": "a.b.c"}},
		"ldap": {
			&ldap{scoped, "user", " pass word "},
			map[string]any{"identityId": testID, "username": "user", "password": " pass word ", "organizationSlug": "team"},
		},
	} {
		body, err := test.method.Proof(t.Context())
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := plain(body).(map[string]any); !maps.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestMethodsAgainstTheServer(t *testing.T) {
	// The methods log in to a server that verifies what they send.
	t.Parallel()
	server := infisicaltest.New(infisicaltest.G3)
	url := server.Start(t)
	cluster := server.Add(infisicaltest.Identity{Auth: &infisicaltest.Kubernetes{Tokens: []string{"first.a.b", "second.a.b"}}})
	directory := &infisicaltest.LDAP{Username: "user", Password: "pass word"}
	person := server.Add(infisicaltest.Identity{Auth: directory})
	file := filepath.Join(t.TempDir(), "token")
	c := client(t, url, nil)
	log := func(name string, method Method) error {
		_, err := c.Login(t.Context(), row(t, name), func() (Method, error) { return method, nil })
		return err
	}
	for _, projected := range []string{"first.a.b\n", "second.a.b"} {
		write(t, file, projected)
		if err := log("kubernetes", &kubernetes{Identity{ID: config.UUID(cluster.ID)}, ServiceAccountToken{file}}); err != nil {
			t.Error(err)
		}
	}
	if err := log("ldap-auth", &ldap{Identity{ID: config.UUID(person.ID)}, "user", "pass word"}); err != nil {
		t.Error(err)
	}
	jwts := []string{server.Requests()[0].Field("jwt"), server.Requests()[1].Field("jwt")}
	if jwts[0] != "first.a.b" || jwts[1] != "second.a.b" {
		t.Errorf("service account tokens %q", jwts)
	}
}

func TestServiceAccountTokenOfNoUse(t *testing.T) {
	// A token file that is missing, empty, too big or no token is a mistake in
	// the settings that names both spellings, and no request is made.
	t.Parallel()
	directory := t.TempDir()
	empty, long, binary := filepath.Join(directory, "empty"), filepath.Join(directory, "long"), filepath.Join(directory, "binary")
	write(t, empty, " \n")
	write(t, long, strings.Repeat("x", 2<<20))
	write(t, binary, "a\x00b")
	server := infisicaltest.New(infisicaltest.G3)
	c := client(t, server.Start(t), nil)
	for _, path := range []string{filepath.Join(directory, "none"), directory, empty, long, binary} {
		_, err := c.Login(t.Context(), row(t, "kubernetes"), func() (Method, error) {
			return &kubernetes{Identity{ID: testID}, ServiceAccountToken{path}}, nil
		})
		failed, ok := errors.AsType[*Error](err)
		if !ok || failed.Kind != Setting || !strings.Contains(err.Error(), path) ||
			!strings.Contains(err.Error(), "--service-account-token-path") || !strings.Contains(err.Error(), "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH") {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

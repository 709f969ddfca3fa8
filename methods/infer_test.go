package methods

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
)

// given returns a lookup of these settings and no others.
func given(names ...string) Lookup {
	return func(name string) (string, bool) {
		for _, n := range names {
			if key, value, _ := strings.Cut(n, "="); key == name {
				return value, true
			}
		}
		return "", false
	}
}

func TestInfer(t *testing.T) {
	// Without a name, the method is the one that something speaks for:
	// credentials first, which must not contradict each other; what the machine
	// offers only with an identity; a person last.
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	write(t, file, "x")
	const (
		id        = "INFISICAL_MACHINE_IDENTITY_ID=" + testID
		client    = "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + testID
		secret    = "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=x"
		user      = "INFISICAL_LDAP_USERNAME=x"
		word      = "INFISICAL_LDAP_PASSWORD=hunter2"
		assertion = "INFISICAL_JWT=x"
	)
	cluster := "INFISICAL_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH=" + file
	ambient := func(name string, rank Rank) Row {
		return Row{Name: name, New: func() Method { return new(jwt) }, Evidence: func(Lookup) Evidence { return Evidence{Rank: rank, Because: name + " is near"} }}
	}
	person := Row{Name: "person", New: func() Method { return new(jwt) }, Evidence: func(Lookup) Evidence { return Evidence{Rank: Presence, Because: "somebody is there"} }}
	base := []Row{row(t, "universal-auth"), row(t, "kubernetes"), row(t, "oidc-auth"), row(t, "jwt-auth"), row(t, "ldap-auth"), person}
	login := []Row{row(t, "user")}
	for _, test := range []struct {
		name    string
		lookup  Lookup
		rows    []Row // in addition
		person  bool
		want    string
		others  []string
		because string
		errs    []string
	}{
		{name: "client id and secret", lookup: given(client, secret), want: "universal-auth", because: "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID and INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET are set"},
		{name: "LDAP user", lookup: given(id, user, word), want: "ldap-auth"},
		{name: "JWT is oidc-auth", lookup: given(id, assertion), want: "oidc-auth", because: "INFISICAL_JWT is set"},
		{name: "credentials before the machine", lookup: given(id, cluster, client, secret), want: "universal-auth", others: []string{"kubernetes"}},
		{name: "cluster with identity", lookup: given(id, cluster), want: "kubernetes", because: "there is a service account token at " + file},
		{name: "cluster without identity", lookup: given(cluster), errs: []string{"kubernetes (there is a service account token", "--machine-identity-id", "INFISICAL_MACHINE_IDENTITY_ID"}},
		{name: "cluster without identity, with a person", lookup: given(cluster), person: true, want: "person", others: []string{"kubernetes"}},
		{name: "CI before cloud before cluster", lookup: given(id, cluster), rows: []Row{ambient("cloud", Cloud), ambient("ci", CI)}, want: "ci", others: []string{"kubernetes", "cloud"}},
		{name: "the first of a rank", lookup: given(id), rows: []Row{ambient("one", Cloud), ambient("two", Cloud)}, want: "one", others: []string{"two"}},
		{name: "cloud before cluster", lookup: given(id, cluster), rows: []Row{ambient("cloud", Cloud)}, want: "cloud", others: []string{"kubernetes"}},
		{name: "machine before person", lookup: given(id, cluster), person: true, want: "kubernetes"},
		{name: "a person", lookup: given(), person: true, want: "person", because: "somebody is there"},
		{name: "credentials before a person", lookup: given(client, secret), person: true, want: "universal-auth"},
		{name: "e-mail and password", lookup: given("INFISICAL_EMAIL=a@b.c", "INFISICAL_PASSWORD=hunter2"), rows: login, want: "user", because: "INFISICAL_EMAIL and INFISICAL_PASSWORD are set"},
		{name: "half of a person", lookup: given("INFISICAL_EMAIL=a@b.c"), rows: login, person: true, errs: []string{"--password or INFISICAL_PASSWORD"}},
		{name: "the other half of a person", lookup: given("INFISICAL_PASSWORD=hunter2"), rows: login, errs: []string{"--email or INFISICAL_EMAIL"}},
		{name: "interactive asks for the half", lookup: given("INFISICAL_EMAIL=a@b.c", "INFISICAL_LOGIN_INTERACTIVE=true"), rows: login, want: "user", because: "INFISICAL_LOGIN_INTERACTIVE is set"},
		{name: "browser", lookup: given("INFISICAL_LOGIN_BROWSER=1"), rows: login, want: "user"},
		{name: "no browser", lookup: given("INFISICAL_LOGIN_BROWSER=false"), rows: login, errs: []string{"looked for"}},
		{name: "browser and client", lookup: given(client, secret, "INFISICAL_LOGIN_BROWSER=true"), rows: login, errs: []string{"more than one method", "user (INFISICAL_LOGIN_BROWSER"}},
		{name: "an organization is no person", lookup: given("INFISICAL_ORGANIZATION_ID=" + testID), rows: login, errs: []string{"looked for"}},
		{name: "nobody", lookup: given(id), errs: []string{"--method", "INFISICAL_AUTH_METHOD", "looked for"}},
		{name: "two of the first rank", lookup: given(id, client, secret, assertion), errs: []string{"more than one method", "universal-auth", "oidc-auth", "INFISICAL_JWT", "--method"}},
		{name: "half of a pair", lookup: given(client), errs: []string{"--client-secret or INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET", "--method"}},
		{name: "the other half", lookup: given(id, word), errs: []string{"--ldap-username or INFISICAL_LDAP_USERNAME"}},
		{name: "half beside a whole", lookup: given(client, secret, user), errs: []string{"INFISICAL_LDAP_PASSWORD"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, err := infer(append(slices.Clone(base), test.rows...), test.lookup, test.person)
			if len(test.errs) > 0 {
				failed, ok := errors.AsType[*Error](err)
				if !ok || failed.Kind != Setting {
					t.Fatalf("%+v, %v", got, err)
				}
				for _, want := range test.errs {
					if !strings.Contains(err.Error(), want) {
						t.Errorf("no %q in %v", want, err)
					}
				}
				if strings.Contains(err.Error(), "hunter2") {
					t.Errorf("a secret in %v", err)
				}
				return
			}
			if err != nil || got.Row.Name != test.want || !slices.Equal(got.Others, test.others) {
				t.Errorf("%s, others %q, %v", got.Row.Name, got.Others, err)
			}
			if got.Because == "" || test.because != "" && got.Because != test.because {
				t.Errorf("because %q", got.Because)
			}
		})
	}
}

func TestRows(t *testing.T) {
	// Each method has a name of its own, can be found by it, and declares
	// settings that can be decoded beside those of all others.
	t.Parallel()
	structs := []any{new(Server)}
	for _, r := range All() {
		if found, ok := Find(r.Name); !ok || found.Path != r.Path {
			t.Errorf("%s is not found", r.Name)
		}
		method := r.New()
		_, proves := method.(Prover)
		_, acts := method.(Authenticator)
		if proves == acts || proves == (r.Path == "") {
			t.Errorf("%s: proves %v, acts %v, path %q", r.Name, proves, acts, r.Path)
		}
		structs = append(structs, method)
	}
	if _, ok := Find("kubernets"); ok {
		t.Error("found a method that is none")
	}
	if len(config.Fields(structs...)) < 20 {
		t.Error("settings are missing")
	}
}

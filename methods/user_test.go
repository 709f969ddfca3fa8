package methods

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/methods/token"
)

const (
	orgOne = "0f8fad5b-d9cb-469f-a165-70867728950e"
	orgTwo = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
	orgSub = "16fd2706-8baf-433b-82eb-8c7fada847da"
)

var generations = []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2, infisicaltest.G3}

// personal is one login of a person.
type personal struct {
	server *infisicaltest.Server
	client *Client
	user   infisicaltest.User
	set    User // the settings
}

// newPersonal starts a server that knows one person, and fills in e-mail address
// and password.
func newPersonal(t *testing.T, generation infisicaltest.Generation, user infisicaltest.User) *personal {
	t.Helper()
	server := infisicaltest.New(generation)
	user = server.AddUser(user)
	return &personal{server, client(t, server.Start(t), nil), user, User{Email: user.Email, Password: config.Secret(user.Password)}}
}

// login logs in, and fails the test if an error is none of ours or holds a secret.
func (p *personal) login(t *testing.T) (token.Token, *Error) {
	t.Helper()
	got, err := p.client.Login(t.Context(), row(t, "user"), func() (Method, error) { set := p.set; return &set, nil })
	if err == nil {
		return got, nil
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("an error that main cannot judge: %v", err)
	}
	for _, secret := range []string{p.user.Password, string(p.set.Password), p.user.TOTP, string(p.set.MFACode), "eyJ"} {
		if secret != "" && strings.Contains(err.Error(), secret) {
			t.Errorf("a secret in %q", err)
		}
	}
	return got, failed
}

// asked returns the routes that were asked for, in order, without what they have
// in common.
func (p *personal) asked() string {
	var paths []string
	for _, r := range p.server.Requests() {
		path := strings.TrimPrefix(r.Path, "/api/")
		paths = append(paths, path[strings.LastIndex(strings.TrimSuffix(path, "/recovery-code"), "/")+1:])
	}
	return strings.Join(paths, " ")
}

// want checks an error and the requests that it cost.
func (p *personal) want(t *testing.T, err *Error, kind Kind, asked string, texts ...string) {
	t.Helper()
	if err == nil {
		t.Fatal("logged in")
	}
	if err.Kind != kind {
		t.Errorf("kind %d: %v", err.Kind, err)
	}
	if got := p.asked(); got != asked {
		t.Errorf("asked for %q, not for %q", got, asked)
	}
	for _, text := range texts {
		if !strings.Contains(err.Error(), text) {
			t.Errorf("%q is not in %q", text, err)
		}
	}
}

// way is how a generation is asked for a session.
func way(generation infisicaltest.Generation) string {
	if generation == infisicaltest.G1 {
		return "login login1 login2"
	}
	return "login"
}

func TestPerson(t *testing.T) {
	// With e-mail address, password and organization a person logs in to every
	// generation without being asked anything, in as few requests as it takes.
	t.Parallel()
	for _, generation := range generations {
		t.Run(fmt.Sprint(generation), func(t *testing.T) {
			t.Parallel()
			p := newPersonal(t, generation, infisicaltest.User{Organizations: []infisicaltest.Organization{{ID: orgOne}, {ID: orgTwo}}})
			p.set.Organization = orgTwo
			got, err := p.login(t)
			if err != nil {
				t.Fatal(err)
			}
			claims, _ := got.Claims()
			if claims.Organization != orgTwo || claims.Kind != "accessToken" || got.Email != p.user.Email || got.Method != "user" || got.Domain != p.server.URL {
				t.Errorf("token %+v, claims %+v", got, claims)
			}
			refresh, _ := token.Token{Secret: got.Refresh}.Claims()
			if refresh.Kind != "refreshToken" || refresh.Organization != orgTwo {
				t.Errorf("refresh token %+v", refresh)
			}
			if left, known := got.Remaining(time.Now()); !known || left < 9*24*time.Hour || left > 11*24*time.Hour {
				t.Errorf("%v left", left)
			}
			if err := p.client.CheckAuth(t.Context(), got.Secret); err != nil {
				t.Error(err)
			}
			if asked, want := p.asked(), way(generation)+" select-organization checkAuth"; asked != want {
				t.Errorf("asked for %q, not for %q", asked, want)
			}
		})
	}
}

func TestPersonOfAnOldAccount(t *testing.T) {
	// An account whose password the server never saw proves it by SRP once; the
	// next login does without.
	t.Parallel()
	p := newPersonal(t, infisicaltest.G2, infisicaltest.User{Legacy: true, Organizations: []infisicaltest.Organization{{ID: orgOne}}})
	p.set.Organization = orgOne
	for _, want := range []string{"login login1 login2 select-organization", "login login1 login2 select-organization login select-organization"} {
		if _, err := p.login(t); err != nil {
			t.Fatal(err)
		}
		if got := p.asked(); got != want {
			t.Errorf("asked for %q, not for %q", got, want)
		}
	}
}

func TestPersonRefused(t *testing.T) {
	// Whatever is wrong with an account costs one attempt, is a refusal in every
	// generation, and says what to do.
	t.Parallel()
	for _, test := range []struct {
		name     string
		user     infisicaltest.User
		change   func(*User)
		asked    [3]string // by generation
		want     [3]string
		settings string
	}{
		{
			name: "wrong password", change: func(u *User) { u.Password = "correct horse" },
			asked: [3]string{"login login1 login2", "login", "login"},
			want:  [3]string{"e-mail address or the password is wrong", "Invalid username or email", "Invalid username or email"}, settings: "--password or INFISICAL_PASSWORD",
		},
		{
			name: "wrong password, old account", user: infisicaltest.User{Legacy: true}, change: func(u *User) { u.Password = "correct horse" },
			asked: [3]string{"login login1 login2", "login login1 login2", "login login1 login2"},
			want:  [3]string{"e-mail address or the password is wrong", "e-mail address or the password is wrong", "e-mail address or the password is wrong"}, settings: "--password or INFISICAL_PASSWORD",
		},
		{
			name: "unknown address", change: func(u *User) { u.Email = "nobody@example.com" },
			asked: [3]string{"login login1", "login", "login"},
			want:  [3]string{"e-mail address or the password is wrong", "User not found", "Invalid login credentials"}, settings: "--email or INFISICAL_EMAIL",
		},
		{
			name: "captcha", user: infisicaltest.User{Captcha: true},
			asked: [3]string{"login login1 login2", "login", "login"},
			want:  [3]string{"captcha", "captcha", "captcha"}, settings: "--browser or INFISICAL_LOGIN_BROWSER=true",
		},
		{
			name: "SSO", user: infisicaltest.User{SSOOnly: true},
			asked: [3]string{"login login1", "login", "login"},
			want:  [3]string{"Invalid login credentials", "logs in by SSO", "logs in by SSO"},
		},
		{
			name: "locked", user: infisicaltest.User{Locked: true},
			asked: [3]string{"login login1 login2 select-organization", "login select-organization", "login select-organization"},
			want:  [3]string{"account is locked", "account is locked", "Try again after 5 minutes"},
		},
		{
			name: "not a member", change: func(u *User) { u.Organization = orgTwo },
			asked: [3]string{"login login1 login2 select-organization", "login select-organization", "login select-organization"},
			want:  [3]string{orgTwo, orgTwo, orgTwo}, settings: "--organization-id or INFISICAL_ORGANIZATION_ID",
		},
		{
			name: "no organization", user: infisicaltest.User{Organizations: []infisicaltest.Organization{}}, change: func(u *User) { u.Organization = "" },
			asked: [3]string{"login login1 login2 accessible-with-sub-orgs organization", "login accessible-with-sub-orgs organization", "login accessible-with-sub-orgs"},
			want:  [3]string{"belongs to no organization", "belongs to no organization", "belongs to no organization"},
		},
	} {
		for i, generation := range generations {
			t.Run(fmt.Sprintf("%s/G%d", test.name, generation), func(t *testing.T) {
				t.Parallel()
				user := test.user
				if user.Organizations == nil {
					user.Organizations = []infisicaltest.Organization{{ID: orgOne}}
				}
				p := newPersonal(t, generation, user)
				p.set.Organization = orgOne
				if test.change != nil {
					test.change(&p.set)
				}
				_, err := p.login(t)
				p.want(t, err, Refused, test.asked[i], test.want[i], test.settings)
			})
		}
	}
}

func TestPersonWithoutSettings(t *testing.T) {
	// What is missing or contradictory is told before the server hears of it.
	t.Parallel()
	for name, test := range map[string]struct {
		set    User
		person Person
		want   []string
	}{
		"nothing":                 {set: User{}, want: []string{"--email or INFISICAL_EMAIL", "--password or INFISICAL_PASSWORD"}},
		"no password":             {set: User{Email: "a@b.c"}, person: typing("x"), want: []string{"--password or INFISICAL_PASSWORD"}},
		"no e-mail address":       {set: User{Password: "x"}, want: []string{"--email or INFISICAL_EMAIL"}},
		"interactive, nobody":     {set: User{Interactive: true, Email: "a@b.c"}, want: []string{"nobody is at a terminal", "--password or INFISICAL_PASSWORD"}},
		"browser, nobody":         {set: User{Browser: true}, want: []string{"nobody is at a terminal", "--password or INFISICAL_PASSWORD"}},
		"interactive and browser": {set: User{Interactive: true, Browser: true}, person: typing("x"), want: []string{"--interactive", "--browser"}},
		"terminal gone":           {set: User{Interactive: true}, person: typing("a@b.c"), want: []string{"no answer from the terminal", "--password or INFISICAL_PASSWORD"}},
		"nothing typed":           {set: User{Interactive: true}, person: typing(""), want: []string{"--email or INFISICAL_EMAIL"}},
		"no password typed":       {set: User{Interactive: true, Email: "a@b.c"}, person: typing(""), want: []string{"--password or INFISICAL_PASSWORD"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPersonal(t, infisicaltest.G3, infisicaltest.User{})
			p.set, p.client.Person = test.set, test.person
			_, err := p.login(t)
			p.want(t, err, Setting, "", test.want...)
		})
	}
}

func TestInteractive(t *testing.T) {
	// An interactive login asks for what no setting says, the password without an
	// echo, and for nothing else.
	t.Parallel()
	p := newPersonal(t, infisicaltest.G3, infisicaltest.User{})
	somebody := typing(p.user.Email, p.user.Password)
	p.set, p.client.Person = User{Interactive: true}, somebody
	got, err := p.login(t)
	if err != nil {
		t.Fatal(err)
	}
	if got.Email != p.user.Email || somebody.secrets != 1 || !slices.Equal(somebody.said, []string{"E-mail address", "Password"}) {
		t.Errorf("%s; %d without echo of %q", got.Email, somebody.secrets, somebody.said)
	}
}

func TestOrganizationOfAPerson(t *testing.T) {
	// The only organization is taken; of several, and of one with others below it,
	// the person chooses. Nobody there: the error lists them.
	t.Parallel()
	several := []infisicaltest.Organization{
		{ID: orgOne, Name: "Acme", SubOrganizations: []infisicaltest.Organization{{ID: orgSub, Name: "Rocket\x1b[2J"}}},
		{ID: orgTwo, Name: "Zenith"},
	}
	listed := map[infisicaltest.Generation]string{
		infisicaltest.G1: " accessible-with-sub-orgs organization",
		infisicaltest.G2: " accessible-with-sub-orgs organization",
		infisicaltest.G3: " accessible-with-sub-orgs",
	}
	for _, generation := range generations {
		t.Run(fmt.Sprintf("the only one/G%d", generation), func(t *testing.T) {
			t.Parallel()
			p := newPersonal(t, generation, infisicaltest.User{Organizations: several[1:]})
			p.client.Person = typing()
			got, err := p.login(t)
			if err != nil {
				t.Fatal(err)
			}
			if claims, _ := got.Claims(); claims.Organization != orgTwo {
				t.Errorf("organization %s", claims.Organization)
			}
			if asked, want := p.asked(), way(generation)+listed[generation]+" select-organization"; asked != want {
				t.Errorf("asked for %q, not for %q", asked, want)
			}
		})
		t.Run(fmt.Sprintf("chosen/G%d", generation), func(t *testing.T) {
			t.Parallel()
			p := newPersonal(t, generation, infisicaltest.User{Organizations: several})
			somebody := typing("Zenith")
			p.client.Person = somebody
			got, err := p.login(t)
			if err != nil {
				t.Fatal(err)
			}
			if claims, _ := got.Claims(); claims.Organization != orgTwo {
				t.Errorf("organization %s", claims.Organization)
			}
		})
		t.Run(fmt.Sprintf("nobody/G%d", generation), func(t *testing.T) {
			t.Parallel()
			p := newPersonal(t, generation, infisicaltest.User{Organizations: several})
			_, err := p.login(t)
			p.want(t, err, Setting, way(generation)+listed[generation], "Acme ("+orgOne+")", "Zenith ("+orgTwo+")", "--organization-id or INFISICAL_ORGANIZATION_ID")
		})
	}
	t.Run("a sub-organization", func(t *testing.T) {
		t.Parallel()
		p := newPersonal(t, infisicaltest.G3, infisicaltest.User{Organizations: several[:1]})
		somebody := typing(`Acme / Rocket\x1b[2J`)
		p.client.Person = somebody
		got, err := p.login(t)
		if err != nil {
			t.Fatal(err, somebody.options)
		}
		if claims, _ := got.Claims(); claims.Organization != orgSub {
			t.Errorf("organization %s", claims.Organization)
		}
	})
	t.Run("a list that fails", func(t *testing.T) {
		t.Parallel()
		p := newPersonal(t, infisicaltest.G3, infisicaltest.User{Organizations: several[1:]})
		p.server.Fault(infisicaltest.Status(500), "/api/v1/organization/accessible-with-sub-orgs")
		if _, err := p.login(t); err != nil {
			t.Error(err)
		}
		if asked := p.asked(); asked != "login accessible-with-sub-orgs organization select-organization" {
			t.Errorf("asked for %q", asked)
		}
	})
	t.Run("terminal gone", func(t *testing.T) {
		t.Parallel()
		p := newPersonal(t, infisicaltest.G3, infisicaltest.User{Organizations: several})
		p.client.Person = typing()
		_, err := p.login(t)
		p.want(t, err, Setting, "login accessible-with-sub-orgs", "--organization-id or INFISICAL_ORGANIZATION_ID")
	})
	t.Run("a list that is none", func(t *testing.T) {
		t.Parallel()
		for _, body := range []string{`{}`, `{"organizations":5}`, `{"organizations":[{"id":"x","name":"y"}]}`, `{"organizations":[{"id":null}]}`} {
			p := newPersonal(t, infisicaltest.G3, infisicaltest.User{})
			p.server.Fault(infisicaltest.Body(200, "application/json", body), "/api/v1/organization/accessible-with-sub-orgs")
			_, err := p.login(t)
			p.want(t, err, Protocol, "login accessible-with-sub-orgs", "not Infisical")
		}
	})
}

func TestHostileServerOfAPerson(t *testing.T) {
	// A server that sends back what it was sent, in whatever it says, does not get
	// the password into a message or onto the terminal.
	t.Parallel()
	const password = "correct horse"
	for path, answer := range map[string]struct {
		status int
		body   string
	}{
		"/api/v3/auth/login":                            {400, `{"error":"BadRequest","message":"no correct horse","statusCode":400}`},
		"/api/v3/auth/select-organization":              {403, `{"error":"UserLocked","message":"no correct horse","statusCode":403}`},
		"/api/v1/organization/accessible-with-sub-orgs": {200, `{"organizations":[{"id":"` + orgOne + `","name":"correct horse"},{"id":"` + orgTwo + `","name":"correct horse"}]}`},
	} {
		p := newPersonal(t, infisicaltest.G3, infisicaltest.User{Password: password})
		p.server.Fault(infisicaltest.Body(answer.status, "application/json", answer.body), path)
		_, err := p.login(t) // looks for the password
		if err == nil || !strings.Contains(err.Error(), "[redacted]") {
			t.Errorf("%s: %v", path, err)
		}
	}
	p := newPersonal(t, infisicaltest.G3, infisicaltest.User{Password: password})
	p.server.Fault(infisicaltest.Body(200, "application/json", `{"token":"a.b.c","isMfaEnabled":true,"mfaMethod":"correct horse"}`), "/api/v3/auth/select-organization")
	if _, err := p.login(t); err == nil || err.Kind != Setting {
		t.Error(err)
	}
}

func TestPersonInterrupted(t *testing.T) {
	// Ctrl-C at a prompt is told as what it is.
	t.Parallel()
	p := newPersonal(t, infisicaltest.G3, infisicaltest.User{})
	p.client.Person = typing("x")
	ctx, cancel := context.WithCancelCause(t.Context())
	ctrlC := errors.New("SIGINT")
	cancel(ctrlC)
	_, err := p.client.Login(ctx, row(t, "user"), func() (Method, error) { return &User{Interactive: true}, nil })
	if !errors.Is(err, ctrlC) {
		t.Errorf("%v", err)
	}
}

package methods

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestSecondFactor(t *testing.T) {
	// The second factor comes from the setting or is asked for; afterwards the
	// organization is selected again, and the token is for it.
	t.Parallel()
	const first, again = " select-organization", " verify select-organization"
	for _, test := range []struct {
		name  string
		mfa   string
		since infisicaltest.Generation
		act   func(*personal)
		asked string
		heard string
	}{
		{name: "mail", mfa: "email", act: func(p *personal) { p.client.Person = typing().reads(p.server, p.user.Email) }, asked: first + again, heard: "sent to"},
		{name: "mail, after a wrong code", mfa: "email", act: func(p *personal) { p.client.Person = typing("000x00", "12345").reads(p.server, p.user.Email) }, asked: first + again, heard: "that is not the code"},
		{name: "mail, sent again", mfa: "email", act: func(p *personal) { p.client.Person = typing("").reads(p.server, p.user.Email) }, asked: first + " send" + again, heard: "another code"},
		{name: "app, in the setting", mfa: "totp", since: infisicaltest.G2, act: func(p *personal) { p.set.MFACode = config.Secret(p.user.TOTP) }, asked: first + again},
		{name: "app, typed", mfa: "totp", since: infisicaltest.G2, act: func(p *personal) { p.client.Person = typing(" " + p.user.TOTP[:3] + " " + p.user.TOTP[3:]) }, asked: first + again, heard: "authenticator"},
		{name: "app, wrong in the setting", mfa: "totp", since: infisicaltest.G2, act: func(p *personal) {
			p.set.MFACode, p.client.Person = wrong(p.user.TOTP), typing(p.user.TOTP)
		}, asked: first + " verify" + again, heard: "wrong or too old"},
		{name: "recovery code, in the setting", mfa: "totp", since: infisicaltest.G2, act: func(p *personal) { p.set.MFACode = config.Secret(p.user.RecoveryCodes[0]) }, asked: first + " verify/recovery-code select-organization"},
		{name: "recovery code, typed", mfa: "totp", since: infisicaltest.G2, act: func(p *personal) { p.client.Person = typing(p.user.RecoveryCodes[0]) }, asked: first + " verify/recovery-code select-organization"},
	} {
		for _, generation := range generations {
			if generation < test.since {
				continue
			}
			t.Run(fmt.Sprintf("%s/G%d", test.name, generation), func(t *testing.T) {
				t.Parallel()
				p := newPersonal(t, generation, infisicaltest.User{MFA: test.mfa, Organizations: []infisicaltest.Organization{{ID: orgOne}}})
				p.set.Organization = orgOne
				test.act(p)
				got, err := p.login(t)
				if err != nil {
					t.Fatal(err)
				}
				if claims, _ := got.Claims(); claims.Organization != orgOne || got.Refresh == "" {
					t.Errorf("token %+v of %+v", got, claims)
				}
				if asked, want := p.asked(), way(generation)+test.asked; asked != want {
					t.Errorf("asked for %q, not for %q", asked, want)
				}
				if test.heard != "" {
					p.client.Person.(*somebody).heard(t, test.heard)
				}
			})
		}
	}
}

// wrong returns a code that is not the given one.
func wrong(code string) config.Secret {
	return config.Secret(strings.Map(func(r rune) rune { return '0' + (r-'0'+1)%10 }, code))
}

func TestSecondFactorRefused(t *testing.T) {
	// A wrong code of the setting is sent once, and of those that are typed three
	// at most; each way to fail has its own sentence.
	t.Parallel()
	const first = " select-organization"
	for _, test := range []struct {
		name  string
		mfa   string
		since infisicaltest.Generation
		act   func(*personal)
		kind  Kind
		asked string
		want  []string
	}{
		{name: "wrong in the setting", mfa: "email", act: func(p *personal) { p.set.MFACode = "000000" }, kind: Refused, asked: first + " verify", want: []string{"wrong or too old"}},
		{name: "app, wrong in the setting", mfa: "totp", since: infisicaltest.G2, act: func(p *personal) { p.set.MFACode = wrong(p.user.TOTP) }, kind: Refused, asked: first + " verify", want: []string{"wrong or too old", "Invalid TOTP"}},
		{name: "no code, no person", mfa: "email", kind: Setting, asked: first, want: []string{"sent to", "--mfa-code or INFISICAL_MFA_CODE"}},
		{name: "not a code", mfa: "email", act: func(p *personal) { p.set.MFACode = "letmein" }, kind: Setting, asked: first, want: []string{"--mfa-code or INFISICAL_MFA_CODE"}},
		{name: "a recovery code for a mail", mfa: "email", act: func(p *personal) { p.set.MFACode = "abcd1234" }, kind: Setting, asked: first, want: []string{"sent to"}},
		{name: "three wrong", mfa: "email", act: func(p *personal) { p.client.Person = typing("000000", "000000", "000000", "000000") }, kind: Refused, asked: first + " verify verify verify", want: []string{"wrong or too old"}},
		{name: "three in all", mfa: "email", act: func(p *personal) {
			p.set.MFACode, p.client.Person = "000000", typing("000000", "000000", "000000")
		}, kind: Refused, asked: first + " verify verify verify", want: []string{"wrong or too old"}},
		{name: "three that are none", mfa: "email", act: func(p *personal) { p.client.Person = typing("x", "y", "z", "") }, kind: Refused, asked: first, want: []string{"not the code"}},
		{name: "for ever again", mfa: "email", act: func(p *personal) { p.client.Person = typing("", "", "", "", "", "", "") }, kind: Refused, asked: first + " send send send", want: []string{"not the code"}},
		{name: "terminal gone", mfa: "email", act: func(p *personal) { p.client.Person = typing() }, kind: Setting, asked: first, want: []string{"--mfa-code or INFISICAL_MFA_CODE"}},
		{name: "security key", mfa: "webauthn", since: infisicaltest.G2, act: func(p *personal) { p.client.Person = typing("000000") }, kind: Setting, asked: first, want: []string{"security key", "--browser or INFISICAL_LOGIN_BROWSER=true"}},
		{name: "something new", mfa: "sms\x07", since: infisicaltest.G2, kind: Setting, asked: first, want: []string{"sms", "--browser or INFISICAL_LOGIN_BROWSER=true"}},
	} {
		for _, generation := range generations {
			if generation < test.since {
				continue
			}
			t.Run(fmt.Sprintf("%s/G%d", test.name, generation), func(t *testing.T) {
				t.Parallel()
				p := newPersonal(t, generation, infisicaltest.User{MFA: test.mfa, Organizations: []infisicaltest.Organization{{ID: orgOne}}})
				p.set.Organization = orgOne
				if test.act != nil {
					test.act(p)
				}
				_, err := p.login(t)
				p.want(t, err, test.kind, way(generation)+test.asked, test.want...)
			})
		}
	}
}

func TestSecondFactorIsGoodForOneLogin(t *testing.T) {
	// A program that logs in again by itself does not send the code of its setting
	// a second time, which would lock the account in the end.
	t.Parallel()
	p := newPersonal(t, infisicaltest.G3, infisicaltest.User{MFA: "totp", Organizations: []infisicaltest.Organization{{ID: orgOne}}})
	p.set.Organization, p.set.MFACode = orgOne, config.Secret(p.user.TOTP)
	if _, err := p.login(t); err != nil {
		t.Fatal(err)
	}
	_, err := p.login(t)
	p.want(t, err, Setting, "login select-organization verify select-organization login select-organization", "earlier login", "--mfa-code or INFISICAL_MFA_CODE")
}

func TestCodeIsNeverRepeated(t *testing.T) {
	// A code whose answer was lost is not sent again: the server may have counted it.
	t.Parallel()
	for name, fault := range map[string]infisicaltest.Fault{"cut": infisicaltest.Cut, "reset": infisicaltest.Reset, "bad gateway": infisicaltest.Status(502)} {
		p := newPersonal(t, infisicaltest.G3, infisicaltest.User{MFA: "totp", Organizations: []infisicaltest.Organization{{ID: orgOne}}})
		p.set.Organization, p.set.MFACode = orgOne, config.Secret(p.user.TOTP)
		p.server.Fault(fault, "/api/v2/auth/mfa/verify")
		_, err := p.login(t)
		p.want(t, err, Unavailable, "login select-organization verify")
		if t.Failed() {
			t.Fatal(name)
		}
	}
}

func TestSlowPerson(t *testing.T) {
	// Time that a person takes does not count against the timeout; a code that
	// comes after the 5 minutes that the server waits has its own sentence.
	t.Parallel()
	for _, test := range []struct {
		takes time.Duration
		late  bool
	}{{4 * time.Minute, false}, {6 * time.Minute, true}} {
		synctest.Test(t, func(t *testing.T) {
			server := infisicaltest.New(infisicaltest.G3)
			user := server.AddUser(infisicaltest.User{MFA: "totp"})
			p := &personal{server, inMemory(t, server, nil), user, User{Email: user.Email, Password: config.Secret(user.Password)}}
			p.client.Person = &somebody{lines: []func() string{func() string { time.Sleep(test.takes); return user.TOTP }}}
			_, err := p.login(t)
			if !test.late {
				if err != nil {
					t.Error(err)
				}
				return
			}
			p.want(t, err, Refused, "login accessible-with-sub-orgs select-organization verify", "too late")
		})
	}
}

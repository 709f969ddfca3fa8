//go:build unix

package main

import (
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/output/vault"
)

// somebody is a person at an instance, and a home with a vault of encrypted files.
func somebody(t *testing.T, user infisicaltest.User) (server *infisicaltest.Server, environ []string, home string) {
	t.Helper()
	server = infisicaltest.New(infisicaltest.G3)
	server.AddUser(user)
	server.Start(t)
	home = t.TempDir()
	kept, err := vault.Open(home, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := kept.SetBackend(vault.File); err != nil {
		t.Fatal(err)
	}
	return server, []string{"HOME=" + home, "INFISICAL_DOMAIN=" + server.URL, "INFISICAL_RETRY_BASE_DELAY=1ms"}, home
}

// Who logs in interactively is asked for all that is needed and nothing else; the
// password is not shown, the organization is a number, and the session is kept.
func TestInteractiveLogin(t *testing.T) {
	t.Parallel()
	_, environ, home := somebody(t, infisicaltest.User{
		Email: "ada@example.com", Password: "pass of ada", MFA: "totp", TOTP: "654321",
		Organizations: []infisicaltest.Organization{{Name: "Acme"}, {Name: "Umbrella"}},
	})
	s := newScreen(t)
	before := s.state()
	program := s.start(environ, "--interactive")
	s.expect("E-mail address: ")
	s.enter("ada@example.com\n")
	s.expect("Password: ")
	s.enter("pass of ada\n")
	if shown := s.expect("Umbrella"); strings.Contains(shown, "pass of") {
		t.Errorf("the password is on the screen: %q", shown)
	}
	s.expect("(1-2): ")
	s.enter("2\n")
	s.expect(": ")
	s.enter("654321\n")
	s.expect("logged in")
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
	if after := s.state(); after != before {
		t.Error("the terminal is not as it was")
	}
	kept, err := vault.Open(home, "")
	if err != nil {
		t.Fatal(err)
	}
	if session, found, err := kept.Current(); err != nil || !found || session.Email != "ada@example.com" {
		t.Errorf("kept: %s, %v, %v", session.Email, found, err)
	}
}

// Ctrl-C at the password is 130, and what is typed afterwards is seen again.
func TestInterruptedPassword(t *testing.T) {
	t.Parallel()
	server, environ, _ := somebody(t, infisicaltest.User{Email: "ada@example.com"})
	s := newScreen(t)
	before := s.state()
	program := s.start(environ, "--interactive", "--email=ada@example.com")
	s.expect("Password: ")
	s.enter("half of it\x03")
	if code := s.end(program); code != 130 {
		t.Errorf("status %d", code)
	}
	if after := s.state(); after != before {
		t.Errorf("the terminal was %+v and is %+v", before, after)
	}
	if n := len(server.Requests()); n != 0 {
		t.Errorf("%d requests", n)
	}
}

// A wrong password is asked for once and tried once.
func TestWrongPasswordAtTheTerminal(t *testing.T) {
	t.Parallel()
	server, environ, _ := somebody(t, infisicaltest.User{Email: "ada@example.com"})
	s := newScreen(t)
	program := s.start(environ, "--interactive", "--email=ada@example.com")
	s.expect("Password: ")
	s.enter("wrong\n")
	if code := s.end(program); code != 77 {
		t.Errorf("status %d", code)
	}
	if n := len(server.Requests()); n != 1 {
		t.Errorf("%d requests", n)
	}
}

//go:build unix

package main

import (
	"net"
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

// kept is the current session of a vault.
func kept(t *testing.T, home string) vault.Session {
	t.Helper()
	v, err := vault.Open(home, "")
	if err != nil {
		t.Fatal(err)
	}
	session, found, err := v.Current()
	if err != nil || !found {
		t.Fatalf("%v, %v", found, err)
	}
	return session
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
	if session := kept(t, home); session.Email != "ada@example.com" {
		t.Errorf("kept: %s", session.Email)
	}
}

// typed is one question on the screen and what is typed then.
type typed struct{ prompt, answer string }

// conversation is what an interactive login of ada asks, to its end.
func conversation(code string) []typed {
	return []typed{
		{"E-mail address: ", "ada@example.com\n"}, {"Password: ", "pass of ada\n"},
		{"(1-3): ", "3\n"}, {"or a recovery code: ", code + "\n"},
	}
}

// adaAnywhere is somebody with two organizations, one of them below the other, and
// an authenticator, at a terminal that can do nothing but print.
func adaAnywhere(t *testing.T) (server *infisicaltest.Server, environ []string) {
	t.Helper()
	server, environ, _ = somebody(t, infisicaltest.User{
		Email: "ada@example.com", Password: "pass of ada", MFA: "totp", TOTP: "654321",
		Organizations: []infisicaltest.Organization{{Name: "Acme", SubOrganizations: []infisicaltest.Organization{{Name: "Rockets"}}}, {Name: "Umbrella"}},
	})
	return server, append(environ, "TERM=dumb")
}

// Ctrl-C at any question is 130, and what is typed afterwards is seen again.
func TestInterruptedLogin(t *testing.T) {
	t.Parallel()
	whole := append(conversation("000000"), typed{"or a recovery code: ", ""})
	for at, last := range whole {
		t.Run(last.prompt, func(t *testing.T) {
			t.Parallel()
			_, environ := adaAnywhere(t)
			s := newScreen(t)
			before := s.state()
			program := s.start(environ, "--interactive")
			for _, question := range whole[:at] {
				s.expect(question.prompt)
				s.enter(question.answer)
			}
			s.expect(last.prompt)
			s.enter("1\x03")
			if code := s.end(program); code != 130 {
				t.Errorf("status %d", code)
			}
			if after := s.state(); after != before {
				t.Errorf("the terminal was %+v and is %+v", before, after)
			}
		})
	}
}

// Ctrl-C while the browser is waited for is 130, and nothing listens any more.
func TestInterruptedBrowserLogin(t *testing.T) {
	t.Parallel()
	_, environ, _ := somebody(t, infisicaltest.User{Email: "ada@example.com"})
	s := newScreen(t)
	before := s.state()
	program := s.start(append(environ, "BROWSER=/nonexistent"))
	s.expect("callback_port=")
	port := strings.TrimSuffix(s.expect("\r\n"), "\r\n")
	s.expect("what the page shows (10:00 left): ")
	s.enter("half a session\x03")
	if code := s.end(program); code != 130 {
		t.Errorf("status %d", code)
	}
	if after := s.state(); after != before {
		t.Errorf("the terminal was %+v and is %+v", before, after)
	}
	if connection, err := net.Dial("tcp", "127.0.0.1:"+port); err == nil {
		_ = connection.Close()
		t.Error("something listens still")
	}
}

// A terminal that can do nothing but print is enough: sub-organizations stand below
// the one that they belong to, and nothing is sent that a printer could not print.
func TestDumbTerminal(t *testing.T) {
	t.Parallel()
	server, environ := adaAnywhere(t)
	s := newScreen(t)
	program := s.start(environ, "--interactive")
	var shown strings.Builder
	for _, question := range conversation("654321") {
		shown.WriteString(s.expect(question.prompt))
		s.enter(question.answer)
	}
	shown.WriteString(s.expect("logged in"))
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
	if !strings.Contains(shown.String(), "  1  Acme\r\n  2  Acme / Rockets\r\n  3  Umbrella\r\n") {
		t.Errorf("shown: %q", shown.String())
	}
	if strings.ContainsAny(shown.String(), "\x1b\x07\x08") {
		t.Errorf("shown: %q", shown.String())
	}
	if n := len(server.Requests()); n != 5 {
		t.Errorf("%d requests", n)
	}
}

// Of codes that are typed three are tried.
func TestThreeWrongCodes(t *testing.T) {
	t.Parallel()
	server, environ := adaAnywhere(t)
	s := newScreen(t)
	program := s.start(environ, "--interactive")
	wrong := typed{"or a recovery code: ", "000000\n"}
	for _, question := range append(conversation("000000"), wrong, wrong) {
		s.expect(question.prompt)
		s.enter(question.answer)
	}
	if code := s.end(program); code != 77 {
		t.Errorf("status %d", code)
	}
	tried := 0
	for _, request := range server.Requests() {
		if strings.HasSuffix(request.Path, "/verify") {
			tried++
		}
	}
	if tried != 3 {
		t.Errorf("%d codes were tried", tried)
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

//go:build unix

package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"
)

// screen is a terminal with somebody before it.
type screen struct {
	t        *testing.T
	keyboard *os.File // what is typed, and what is shown
	tty      *os.File // what the program has
	shown    chan []byte
	seen     []byte // and not yet expected
}

func newScreen(t *testing.T) *screen {
	t.Helper()
	keyboard, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, keyboard: keyboard, tty: tty, shown: make(chan []byte)}
	done := make(chan struct{})
	go func() {
		defer close(s.shown)
		for {
			buffer := make([]byte, 1024)
			n, err := keyboard.Read(buffer)
			select {
			case s.shown <- buffer[:n]:
			case <-done:
				return
			}
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		close(done)
		_ = tty.Close()
		_ = keyboard.Close()
	})
	return s
}

// expect waits for a text and returns what was shown up to its end.
func (s *screen) expect(text string) string {
	s.t.Helper()
	limit := time.NewTimer(20 * time.Second)
	defer limit.Stop()
	for {
		if at := bytes.Index(s.seen, []byte(text)); at >= 0 {
			before := string(s.seen[:at+len(text)])
			s.seen = s.seen[at+len(text):]
			return before
		}
		select {
		case more, open := <-s.shown:
			s.seen = append(s.seen, more...)
			if !open {
				s.t.Fatalf("the terminal is gone, without %q: %q", text, s.seen)
			}
		case <-limit.C:
			s.t.Fatalf("%q is not shown: %q", text, s.seen)
		}
	}
}

func (s *screen) enter(text string) {
	s.t.Helper()
	if _, err := io.WriteString(s.keyboard, text); err != nil {
		s.t.Fatal(err)
	}
}

// state is how the terminal treats what is typed.
func (s *screen) state() unix.Termios {
	s.t.Helper()
	state, err := unix.IoctlGetTermios(int(s.tty.Fd()), getTermios)
	if err != nil {
		s.t.Fatal(err)
	}
	return *state
}

// start runs the program at the terminal.
func (s *screen) start(environ []string, args ...string) *exec.Cmd {
	s.t.Helper()
	self, err := os.Executable()
	if err != nil {
		s.t.Fatal(err)
	}
	program := &exec.Cmd{
		Path: self, Args: append([]string{"infisical-login"}, args...), Env: append(bare(), environ...),
		Stdin: s.tty, Stderr: s.tty,
		SysProcAttr: &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0},
	}
	if err := program.Start(); err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = program.Process.Kill() })
	return program
}

// end waits for the program's end and returns its status.
func (s *screen) end(program *exec.Cmd) int {
	s.t.Helper()
	err := program.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		s.t.Fatal(err)
	}
	return program.ProcessState.ExitCode()
}

// bare is the environment without what would change a test: settings of ours, a
// desktop and its keyring, a CI system.
func bare() []string {
	return slices.DeleteFunc(os.Environ(), func(entry string) bool {
		name, _, _ := strings.Cut(entry, "=")
		return strings.HasPrefix(name, "INFISICAL_") || slices.Contains([]string{"CI", "BROWSER", "DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS", "HOME"}, name)
	})
}

// twoUsers is a home where two persons have logged in, the second one last.
func twoUsers(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	for _, email := range []string{"bob@example.com", "ada@example.com"} {
		if err := keepSession(home, email, "https://infisical.example.com", sessionJWT(email, time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	return home
}

// A person is chosen by number and Enter; what is no number is asked again.
func TestPicker(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	program := s.start([]string{"HOME=" + twoUsers(t)}, "user", "switch")
	s.expect("  1  bob@example.com at https://infisical.example.com\r\n")
	s.expect("  2  ada@example.com at https://infisical.example.com (current)\r\n")
	s.expect("(1-2): ")
	s.enter("x\n")
	s.expect("not a number from 1 to 2")
	s.expect("(1-2): ")
	s.enter("3\n")
	s.expect("not a number from 1 to 2")
	s.expect("(1-2): ")
	s.enter("1\n")
	s.expect("switched email=bob@example.com")
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
}

// Ctrl-C at a question is 130, says so once, and leaves the terminal as it was.
func TestInterruptedQuestion(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	before := s.state()
	program := s.start([]string{"HOME=" + twoUsers(t)}, "user", "switch")
	s.expect("(1-2): ")
	s.enter("\x03")
	if code := s.end(program); code != 130 {
		t.Errorf("status %d", code)
	}
	if after := s.state(); after != before {
		t.Errorf("the terminal was %+v and is %+v", before, after)
	}
}

// The end of a terminal, at a question, is an error and no endless loop.
func TestEndAtAQuestion(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	program := s.start([]string{"HOME=" + twoUsers(t)}, "user", "switch")
	s.expect("(1-2): ")
	s.enter("\x04")
	s.expect("no answer from the terminal")
	if code := s.end(program); code != 78 {
		t.Errorf("status %d", code)
	}
}

// Where a CI system is or standard input is no terminal, nobody is asked.
func TestNobodyIsAsked(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	program := s.start([]string{"HOME=" + twoUsers(t), "CI=true"}, "user", "switch")
	s.expect("user switch EMAIL")
	if code := s.end(program); code != 64 {
		t.Errorf("status %d", code)
	}
}

// The new address of an instance is typed, and must be one.
func TestUpdateDomainAtTheTerminal(t *testing.T) {
	t.Parallel()
	home := twoUsers(t)
	s := newScreen(t)
	program := s.start([]string{"HOME=" + home}, "user", "update", "domain")
	s.expect("New address of ada@example.com, which is now https://infisical.example.com: ")
	s.enter("https://new.example.com/\n")
	s.expect("log in again")
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
	program = s.start([]string{"HOME=" + home}, "user", "update", "domain")
	s.expect("which is now https://new.example.com: ")
	s.enter("new.example.com\n")
	s.expect("https://new.example.com")
	if code := s.end(program); code != 78 {
		t.Errorf("status %d", code)
	}
}

func asked(s *screen) *person {
	return newPerson(s.tty, s.tty, func(string) error { return nil })
}

// A secret is not shown while it is typed, the keys that edit a line work, white
// space stays, and the terminal is afterwards as it was before.
func TestSecretAnswer(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	before := s.state()
	p := asked(s)
	answers := make(chan string, 1)
	go func() {
		secret, err := p.AskSecret(t.Context(), "Password")
		if err != nil {
			t.Error(err)
		}
		answers <- secret.Reveal()
	}()
	s.expect("Password: ")
	s.enter("wrong\x15 pä\x7fass  wörd \n")
	if got := <-answers; got != " pass  wörd " {
		t.Errorf("got %q", got)
	}
	p.Tell("done")
	if shown := s.expect("done"); strings.Contains(shown, "w") || strings.Contains(shown, "rd") {
		t.Errorf("shown: %q", shown)
	}
	if after := s.state(); after != before {
		t.Errorf("the terminal was %+v and is %+v", before, after)
	}
}

// A pasted text may be longer than a terminal's line.
func TestLongPaste(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	p := asked(s)
	long := strings.Repeat("0123456789abcdef", 1024)
	answers := make(chan string, 1)
	go func() {
		secret, err := p.AskSecret(t.Context(), "Paste")
		if err != nil {
			t.Error(err)
		}
		answers <- secret.Reveal()
	}()
	s.expect("Paste: ")
	s.enter(long + "\n")
	if got := <-answers; got != long {
		t.Errorf("%d of %d bytes", len(got), len(long))
	}
}

// A question whose context ends is given up at once: the terminal is as it was,
// and the next line that is typed answers the next question.
func TestAbandonedQuestion(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	before := s.state()
	p := asked(s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		_, err := p.AskSecret(ctx, "Paste")
		done <- err
	}()
	s.expect("Paste: ")
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if after := s.state(); after != before {
		t.Errorf("the terminal was %+v and is %+v", before, after)
	}
	answers := make(chan string, 1)
	go func() {
		answer, err := p.Ask(t.Context(), "Code")
		if err != nil {
			t.Error(err)
		}
		answers <- answer
	}()
	s.expect("Code: ")
	s.enter(" 123456 \n")
	if got := <-answers; got != "123456" {
		t.Errorf("got %q", got)
	}
}

// A message that comes while a question waits stands above the question.
func TestMessageDuringAQuestion(t *testing.T) {
	t.Parallel()
	s := newScreen(t)
	p := asked(s)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = p.Ask(ctx, "A rather long question")
	}()
	s.expect("A rather long question: ")
	p.Tell("short")
	s.expect("\rshort" + strings.Repeat(" ", len("A rather long question: ")-len("short")) + "\r\nA rather long question: ")
	cancel()
	<-done
}

// What others have named cannot do anything to the terminal.
func TestVisible(t *testing.T) {
	t.Parallel()
	if got := visible("Acme\x1b]0;title\a\u009b31m Größe\u202e"); strings.ContainsAny(got, "\x1b\a\u009b\u202e") || !strings.Contains(got, "Größe") {
		t.Errorf("got %q", got)
	}
}

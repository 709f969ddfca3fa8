//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// blank is how the spinner leaves its line.
var blank = "\r" + strings.Repeat(" ", len("| "+progress)) + "\r"

// slow is an instance that answers a login of universal-auth once answer says so.
func slow(t *testing.T, answer func(http.ResponseWriter) bool) (environ []string) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if answer(w) {
			_, _ = fmt.Fprintf(w, `{"accessToken":%q,"expiresIn":7200,"accessTokenMaxTTL":7200,"tokenType":"Bearer"}`, sessionJWT("ada@example.com", time.Hour))
		}
	}))
	t.Cleanup(server.Close)
	return []string{
		"INFISICAL_DOMAIN=" + server.URL, "TERM=xterm",
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=8b0a31a4-1d0b-4d6f-a8c4-6f1c4a2b7e10", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=secret",
	}
}

// A request that takes long is shown on the terminal, turning and without colours,
// and nothing of that is left beside the line that tells of the login.
func TestSpinner(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	environ := slow(t, func(http.ResponseWriter) bool { <-goOn; return true })
	s := newScreen(t)
	program := s.start(environ, "--method=universal-auth")
	for _, part := range []string{"|", "/", "-", `\`, "|"} {
		if shown := s.expect("\r" + part + " " + progress); strings.Contains(shown, "\x1b") {
			t.Errorf("shown: %q", shown)
		}
	}
	close(goOn)
	s.expect(blank)
	if rest := s.expect("logged in"); strings.Contains(rest, progress) {
		t.Errorf("beside the log: %q", rest)
	}
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
}

// Ctrl-C during a request leaves nothing of the spinner behind.
func TestInterruptedSpinner(t *testing.T) {
	t.Parallel()
	goOn := make(chan struct{})
	environ := slow(t, func(http.ResponseWriter) bool { <-goOn; return true })
	defer close(goOn)
	s := newScreen(t)
	program := s.start(environ, "--method=universal-auth")
	s.expect(progress)
	s.enter("\x03")
	if code := s.end(program); code != 130 {
		t.Errorf("status %d", code)
	}
	s.expect(blank)
	fmt.Fprint(s.tty, "the shell's prompt")
	if rest := s.expect("the shell's prompt"); strings.Contains(rest, progress) {
		t.Errorf("after its end: %q", rest)
	}
}

// Nothing of a login that waits for a second shows where nobody looks, in a log of
// JSON, and to who wants silence or has a terminal that cannot go back in a line.
func TestWhoSeesNoSpinner(t *testing.T) {
	t.Parallel()
	for _, setting := range []string{"CI=true", "TERM=dumb", "INFISICAL_LOGIN_SILENT=true", "INFISICAL_LOG_LEVEL=error", "INFISICAL_LOG_FORMAT=json"} {
		t.Run(setting, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			environ := slow(t, func(w http.ResponseWriter) bool {
				if asked.Add(1) > 1 {
					return true
				}
				w.Header().Set("Retry-After", "1")
				w.WriteHeader(http.StatusTooManyRequests)
				return false
			})
			s := newScreen(t)
			program := s.start(append(environ, setting), "--method=universal-auth")
			if code := s.end(program); code != 0 {
				t.Errorf("status %d", code)
			}
			fmt.Fprint(s.tty, "the end")
			if shown := s.expect("the end"); strings.Contains(shown, progress) {
				t.Errorf("shown: %q", shown)
			}
		})
	}
}

// A question keeps its line: the spinner waits for the end of that.
func TestSpinnerBesideAQuestion(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	s := &spinner{terminal: writer}
	fmt.Fprint(s, "Password: ")
	s.show(0)
	fmt.Fprint(s, "\n")
	s.show(1)
	fmt.Fprint(s, "Organization (1-2): ")
	s.show(2)
	fmt.Fprint(s, "\r") // Enter has ended the line
	s.show(3)
	s.end()
	s.show(4)
	_ = writer.Close()
	text := make([]byte, 1024)
	n, _ := reader.Read(text)
	if got, want := string(text[:n]), "Password: \n\r/ "+progress+blank+"Organization (1-2): \r\r\\ "+progress+blank; got != want {
		t.Errorf("%q, not %q", got, want)
	}
}

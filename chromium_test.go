//go:build unix

package main

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// chromium returns a command that opens an address in a real browser, as BROWSER
// may hold it. Without a browser the test is skipped, but not on our CI.
func chromium(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("starts a browser")
	}
	program := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			program = path
			break
		}
	}
	if program == "" {
		if os.Getenv("CI") == "true" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	directory, err := os.MkdirTemp("", "browser") // a browser that is ending may still write there
	if err != nil {
		t.Fatal(err)
	}
	script := filepath.Join(directory, "browser")
	text := fmt.Sprintf(`#!/bin/sh
echo $$ >>'%[1]s/pids'
exec '%[2]s' --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync --disable-dev-shm-usage --user-data-dir='%[1]s'/$$ "$1" >/dev/null 2>&1
`, directory, program)
	if err := os.WriteFile(script, []byte(text), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeBrowsers(t, filepath.Join(directory, "pids"))
		_ = os.RemoveAll(directory)
	})
	return script
}

// closeBrowsers ends the browsers that the script started; each leads a group.
func closeBrowsers(t *testing.T, pids string) {
	text, _ := os.ReadFile(pids) // none was started
	for pid := range strings.FieldsSeq(string(text)) {
		number, err := strconv.Atoi(pid)
		if err != nil {
			t.Error(err)
			continue
		}
		_ = syscall.Kill(-number, syscall.SIGKILL)
		_ = syscall.Kill(number, syscall.SIGKILL)
	}
}

// visitor is ada at an instance, and what its pages have seen of her if the test
// fails.
func visitor(t *testing.T) (server *infisicaltest.Server, environ []string, home string) {
	t.Helper()
	server, environ, home = somebody(t, infisicaltest.User{Email: "ada@example.com"})
	t.Cleanup(func() {
		if t.Failed() {
			for _, request := range server.Requests() {
				t.Logf("%s %s?%s: %d %s", request.Method, request.Path, request.Query, request.Status, request.Why)
			}
			t.Logf("shown: %q", server.Shown())
		}
	})
	return server, environ, home
}

// A real browser opens the login page, which posts the session to us: the session
// is kept, both programs are logged in, and the page says what happened.
func TestLoginInABrowser(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	server, environ, home := visitor(t)
	server.SignIn("ada@example.com")
	s := newScreen(t)
	before := s.state()
	program := s.start(append(environ, "BROWSER="+browser))
	s.expect(server.URL + "/login?callback_port=")
	s.expect("logged in as ada@example.com")
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
	if after := s.state(); after != before {
		t.Error("the terminal is not as it was")
	}
	if session := kept(t, home); session.Email != "ada@example.com" || session.Domain != server.URL {
		t.Errorf("kept: %s at %s", session.Email, session.Domain)
	}
	if shown := lastPage(t, server); shown != "You may now return to the terminal" {
		t.Errorf("the page shows %q", shown)
	}
}

// A page of another origin, in the same browser, cannot log us in as somebody
// else, in whatever way it posts; the real page still can.
func TestForeignPageInABrowser(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	server, environ, _ := visitor(t)
	s := newScreen(t)
	program := s.start(append(environ, "BROWSER="+browser))
	s.expect("callback_port=")
	port := strings.TrimSuffix(s.expect("\r\n"), "\r\n")

	tried := make(chan string, 1)
	foreign := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/tried" {
			tried <- r.URL.Query().Get("outcome")
			return
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(w, foreignPage, port)
	}))
	defer foreign.Close()
	visit := exec.Command(browser, foreign.URL)
	visit.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := visit.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = visit.Wait() }()
	select {
	case outcome := <-tried:
		if strings.Contains(outcome, "reached") {
			t.Errorf("the foreign page's attempts: %s", outcome)
		}
	case <-time.After(time.Minute):
		t.Fatal("the foreign page did not finish")
	}
	s.enter("\x03")
	if code := s.end(program); code != 130 {
		t.Errorf("status %d", code)
	}
	for _, request := range server.Requests() {
		if strings.HasSuffix(request.Path, "/checkAuth") {
			t.Error("the foreign session was taken up")
		}
	}
}

// foreignPage posts a session of its own in every way that a page can. A request
// that a page may send but not read the answer of does not count as reached: that
// it was refused shows at the server.
const foreignPage = `<!doctype html><script>
const session = JSON.stringify({JTWToken: "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", email: "eve@example.com", privateKey: ""});
const ways = {
  json: {method: "POST", headers: {"Content-Type": "application/json"}, body: session},
  text: {method: "POST", headers: {"Content-Type": "text/plain"}, body: session},
  blind: {method: "POST", mode: "no-cors", body: session},
};
(async () => {
  const outcome = [];
  for (const [name, way] of Object.entries(ways)) {
    try { const r = await fetch("http://127.0.0.1:%s/", way); outcome.push(name + (r.ok ? " reached" : " refused " + r.type)); }
    catch { outcome.push(name + " failed"); }
  }
  await fetch("/tried?outcome=" + encodeURIComponent(outcome.join(", ")));
})();
</script>`

// Where the page cannot reach us it shows the session in Base64, and pasting that
// logs in, without a trace on the screen.
func TestPasteFromABrowser(t *testing.T) {
	t.Parallel()
	browser := chromium(t)
	server, environ, _ := visitor(t)
	server.SignIn("ada@example.com")
	s := newScreen(t)
	program := s.start(append(environ, "BROWSER=/nonexistent"))
	s.expect("paste here what the page shows (")

	// The browser is on another machine: there is nothing at the port.
	elsewhere := exec.Command(browser, server.URL+"/login?"+url.Values{"callback_port": {"1"}}.Encode())
	elsewhere.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := elsewhere.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { _ = elsewhere.Wait() }()
	title, copied, _ := strings.Cut(lastPage(t, server), "\n")
	if title != "Unable to reach CLI" {
		t.Fatalf("the page shows %q", title)
	}
	s.enter(copied + "\n")
	if shown := s.expect("logged in as ada@example.com"); strings.Contains(shown, copied[:20]) {
		t.Errorf("the session is on the screen: %q", shown)
	}
	if code := s.end(program); code != 0 {
		t.Errorf("status %d", code)
	}
}

// lastPage waits until a login page has come to its end and returns what it shows.
func lastPage(t *testing.T, server *infisicaltest.Server) string {
	t.Helper()
	for limit := time.Now().Add(time.Minute); time.Now().Before(limit); {
		if shown := server.Shown(); len(shown) > 0 {
			return shown[0]
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("no page has come to its end")
	return ""
}

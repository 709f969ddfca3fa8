//go:build unix

package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods"
)

// place is where the program is started, with a terminal or without.
type place struct {
	stdin, stderr bool // is the terminal
	detached      bool // from every terminal, in a session of its own
	environ       string
	args          []string // before those of the login
	launch        []string // behind them
	why           string   // nobody is asked there
}

// run runs the program there and returns all that it said, and its status. One that
// waits for an answer is killed in the end, which is status -1.
func (p place) run(t *testing.T, environ string, args ...string) (said string, code int) {
	t.Helper()
	s := newScreen(t)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	program := exec.CommandContext(ctx, self)
	program.Args = slices.Concat([]string{"infisical-login"}, p.args, args, p.launch)
	program.Env = append(bare(), "HOME="+t.TempDir(), "INFISICAL_DOMAIN=http://127.0.0.1:1", "TERM=xterm", environ, p.environ)
	program.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var errs bytes.Buffer
	program.Stderr = &errs
	if p.stderr {
		program.Stderr = s.tty
	}
	if p.stdin {
		program.Stdin = s.tty
		program.SysProcAttr.Setctty = !p.detached
	}
	if err := program.Run(); program.ProcessState == nil {
		t.Fatal(err)
	}
	_, _ = s.tty.WriteString("the end")
	return errs.String() + s.expect("the end"), program.ProcessState.ExitCode()
}

// Where nobody is, or is to be asked, a person's login says at once why, and what to
// set, and asks nothing, opens nothing and waits for nobody.
func TestNobodyIsAskedUnasked(t *testing.T) {
	t.Parallel()
	const nobodyThere = "nobody is at a terminal"
	places := map[string]place{
		"in CI":                      {stdin: true, stderr: true, environ: "CI=true", why: "while CI is set"},
		"stdin is no terminal":       {stderr: true, why: nobodyThere},
		"stderr is no terminal":      {stdin: true, why: nobodyThere},
		"no terminal":                {why: nobodyThere},
		"detached, stderr elsewhere": {stdin: true, detached: true, why: nobodyThere},
		"silent":                     {stdin: true, stderr: true, args: []string{"--silent"}, why: "with --silent"},
		"another sink":               {stdin: true, stderr: true, args: []string{"--output=stdout"}, why: "that has no keyring"},
		"before a command":           {stdin: true, stderr: true, launch: []string{"--", "true"}, why: "a command behind --"},
	}
	logins := map[string][]string{
		"nothing named":  nil,
		"user":           {"--method=user"},
		"interactive":    {"--interactive"},
		"half of a pair": {"--interactive", "--email=ada@example.com"},
		"browser":        {"--browser"},
	}
	for where, place := range places {
		for what, args := range logins {
			t.Run(where+"/"+what, func(t *testing.T) {
				t.Parallel()
				said, code := place.run(t, "BROWSER=/nonexistent/browser", args...)
				if code != 78 || !strings.Contains(said, "set --") || args != nil && !strings.Contains(said, place.why) {
					t.Errorf("status %d: %s", code, said)
				}
				for _, asked := range []string{"address:", "Password:", "paste", "log in within"} {
					if strings.Contains(said, asked) {
						t.Errorf("it asked: %s", said)
					}
				}
			})
		}
	}
}

// A machine identity's login asks nobody, on a terminal either: whatever is missing
// is an error that names the setting.
func TestMachinesAskNobody(t *testing.T) {
	t.Parallel()
	for _, row := range methods.All() {
		if row.Name == "user" {
			continue
		}
		t.Run(row.Name, func(t *testing.T) {
			t.Parallel()
			said, code := place{stdin: true, stderr: true}.run(t, "AWS_EC2_METADATA_DISABLED=true", "--method="+row.Name)
			if code != 78 || !strings.Contains(said, "error: ") {
				t.Errorf("status %d: %s", code, said)
			}
		})
	}
}

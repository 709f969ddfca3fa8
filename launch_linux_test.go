package main

import (
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// launcher is a program that starts another.
type launcher struct {
	name  string
	args  []string
	stays bool // while the command runs
}

// launchers are this program in both of its ways and, where it is installed, tini,
// which proves the test: nobody doubts that it does these things right.
func launchers() []launcher {
	all := []launcher{
		{"exec", []string{"infisical-login", "--silent", "--"}, false},
		{"supervising", []string{"infisical-login", "--silent", "--revoke-on-exit", "--"}, true},
	}
	if _, err := exec.LookPath("tini"); err == nil {
		all = append(all, launcher{"tini", []string{"tini", "--"}, true})
	}
	return all
}

// The command behaves as if there was no launcher: its exit status, its signals
// and its streams are its own, as process 1 and as any other.
func TestLaunchers(t *testing.T) {
	t.Parallel()
	_, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
	locked := filepath.Join(t.TempDir(), "locked")
	if err := os.WriteFile(locked, []byte("#!/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, l := range launchers() {
		for _, first := range []bool{false, true} {
			name, prefix := l.name, []string(nil)
			if first {
				name, prefix = name+" as process 1", asProcess1()
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if first {
					requireNamespaces(t)
				}
				start := func(command ...string) *running {
					return launch(t, env, slices.Concat(prefix, l.args, command)...)
				}
				for _, test := range []struct {
					status  int
					command []string
				}{
					{0, []string{"true"}},
					{7, []string{"sh", "-c", "exit 7"}},
					{127, []string{"no-such-command"}},
					{127, []string{"/nowhere/at/all"}},
					{126, []string{locked}},
				} {
					if status, rest := start(test.command...).end(); status != test.status || rest != "" {
						t.Errorf("%q: status %d, not %d; stdout %q", test.command, status, test.status, rest)
					}
				}
				if l.stays || !first { // process 1 itself is unshare's to report, which it cannot
					killed := start("sh", "-c", "echo $$; exec sleep 1000")
					killed.line()
					target := killed.pid()
					if l.stays {
						target = child(t, target)
					}
					if err := syscall.Kill(target, syscall.SIGKILL); err != nil {
						t.Fatal(err)
					}
					if status, _ := killed.end(); status != 137 {
						t.Errorf("a command that was killed: status %d", status)
					}
				}
				told := start("sh", "-c", "trap 'exit 42' TERM; echo ready; while :; do sleep 0.01; done")
				told.line()
				told.signal(syscall.SIGTERM)
				if status, _ := told.end(); status != 42 {
					t.Errorf("a command that was asked to end: status %d", status)
				}
			})
		}
	}
}

// A launcher that is process 1 reaps what nobody else will.
func TestOrphansAreReaped(t *testing.T) {
	t.Parallel()
	requireNamespaces(t)
	const orphans = 300
	script := fmt.Sprintf(`i=0; while [ $i -lt %d ]; do (true &); i=$((i+1)); done; echo done; exec sleep 1000`, orphans)
	_, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
	for _, l := range launchers() {
		if !l.stays {
			continue
		}
		t.Run(l.name, func(t *testing.T) {
			t.Parallel()
			r := launch(t, env, slices.Concat(asProcess1(), l.args, []string{"sh", "-c", script})...)
			r.line()
			eventually(t, "the orphans to be reaped", func() bool {
				left := children(r.pid())
				return len(left) == 1 && !zombie(left[0])
			})
		})
	}
}

// children returns the children of a process.
func children(pid int) []int {
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	var all []int
	for _, path := range tasks {
		text, _ := os.ReadFile(path)
		for word := range strings.FieldsSeq(string(text)) {
			if n, err := strconv.Atoi(word); err == nil {
				all = append(all, n)
			}
		}
	}
	return all
}

// zombie tells whether a process has ended and is not waited for.
func zombie(pid int) bool {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, _ := strings.Cut(string(text), ") ")
	return strings.HasPrefix(rest, "Z")
}

// A signal that comes during the login has the effect that it has on a command that
// has just begun, whether or not we stay with that.
func TestSignalDuringALogin(t *testing.T) {
	t.Parallel()
	for _, l := range launchers() {
		if l.name == "tini" {
			continue
		}
		for signal, want := range map[syscall.Signal]int{syscall.SIGUSR1: 128 + int(syscall.SIGUSR1), 64: 192, syscall.SIGWINCH: 0} {
			server, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
			pid := make(chan int, 1)
			server.FaultNext(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				_ = syscall.Kill(<-pid, signal)
				next.ServeHTTP(w, r)
			})
			command := []string{"sleep", "1000"}
			if want == 0 {
				command = []string{"true"}
			}
			r := launch(t, env, slices.Concat(l.args, command)...)
			pid <- r.pid()
			if status, _ := r.end(); status != want {
				t.Errorf("%s: %v: status %d, not %d", l.name, signal, status, want)
			}
		}
	}
}

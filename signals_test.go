//go:build unix

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// A signal during a login ends the program with 128 and the signal's number,
// and with nothing on standard output or, from Go's runtime, on standard error;
// as process 1 too, where the kernel has no default action.
func TestSignalsEndALogin(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT, syscall.SIGQUIT} {
		for _, first := range []bool{false, true} {
			name := signal.String()
			if first {
				name += " as process 1"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				server := infisicaltest.New(infisicaltest.G3)
				arrived := make(chan struct{})
				server.FaultNext(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
					close(arrived)
					infisicaltest.Silent(w, r, next)
				})
				args := []string{"infisical-login"}
				if first {
					requireNamespaces(t)
					args = []string{"unshare", "--pid", "--fork", "--kill-child", "infisical-login"}
				}
				cmd := exec.Command(args[0], args[1:]...)
				cmd.Env = append(os.Environ(), "INFISICAL_DOMAIN="+server.Start(t),
					"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="+scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET="+scriptSecret)
				var stdout, stderr bytes.Buffer
				cmd.Stdout, cmd.Stderr = &stdout, &stderr
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				<-arrived
				target := cmd.Process.Pid
				if first {
					target = onlyChild(t, target)
				}
				if err := syscall.Kill(target, signal); err != nil {
					t.Fatal(err)
				}
				_ = cmd.Wait()
				if got := cmd.ProcessState.ExitCode(); got != 128+int(signal) {
					t.Errorf("status %d, not %d", got, 128+int(signal))
				}
				if stdout.Len() > 0 || bytes.Contains(stderr.Bytes(), []byte("goroutine")) {
					t.Errorf("stdout %q, stderr %q", &stdout, &stderr)
				}
			})
		}
	}
}

// requireNamespaces skips a test where a process of its own process 1 cannot be
// made, but not in CI.
func requireNamespaces(t *testing.T) {
	t.Helper()
	if err := exec.Command("unshare", "--pid", "--fork", "true").Run(); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatalf("unshare --pid: %v", err)
		}
		t.Skip("needs util-linux's unshare and the right to make a process namespace")
	}
}

// onlyChild returns the child of a process that has one.
func onlyChild(t *testing.T, pid int) int {
	t.Helper()
	path := fmt.Sprintf("/proc/%d/task/%d/children", pid, pid)
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	child, err := strconv.Atoi(string(bytes.TrimSpace(text)))
	if err != nil {
		t.Fatal(err)
	}
	return child
}

//go:build unix

package process_test

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

// helpHalt stops its group as a supervisor does whose command was stopped. At the last
// moment somebody does what the argument says: nothing, continue it, or call it back.
func helpHalt(args []string) int {
	runtime.LockOSThread()
	signal.Ignore(syscall.SIGTTOU)
	process.Halt(func() bool {
		if args[0] == "continue" {
			_ = syscall.Kill(0, syscall.SIGCONT)
		}
		return args[0] == "call"
	})
	return 0
}

// companion starts a process that does nothing in a group, 0 for a new one.
func companion(t *testing.T, group int) int {
	t.Helper()
	cmd := exec.Command("sleep", "1000")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: group}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	return cmd.Process.Pid
}

// state waits for the next change of a child.
func state(t *testing.T, pid, options int) syscall.WaitStatus {
	t.Helper()
	var status syscall.WaitStatus
	for {
		_, err := syscall.Wait4(pid, &status, options, nil)
		if err == nil {
			return status
		}
		if err != syscall.EINTR {
			t.Fatal(err)
		}
	}
}

func TestHalt(t *testing.T) {
	// A job whose command was stopped stops whole, and not at all if it is continued or called back in that very instant.
	t.Parallel()
	for _, moment := range []string{"nothing", "continue", "call"} {
		if moment == "continue" && runtime.GOOS != "linux" {
			continue // there is an instant in which it stops once more
		}
		t.Run(moment, func(t *testing.T) {
			t.Parallel()
			other := companion(t, 0)
			cmd := exec.Command(os.Args[0], moment)
			cmd.Env = append(os.Environ(), "PROCESS_TEST=halt")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pgid: other}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = cmd.Process.Kill() })
			got := state(t, cmd.Process.Pid, syscall.WUNTRACED)
			if moment == "nothing" {
				if !got.Stopped() || !state(t, other, syscall.WUNTRACED).Stopped() {
					t.Fatalf("got %v", got)
				}
				_ = syscall.Kill(-other, syscall.SIGCONT)
				got = state(t, cmd.Process.Pid, syscall.WUNTRACED)
			}
			if !got.Exited() || got.ExitStatus() != 0 {
				t.Errorf("got %v, stopped %v", got, got.Stopped())
			}
			if runtime.GOOS != "linux" {
				return
			}
			if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", other)); err != nil || strings.Contains(string(text), ") T ") {
				t.Errorf("the other one does not go on: %s, %v", text, err)
			}
		})
	}
}

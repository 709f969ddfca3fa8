//go:build unix

package process_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

func TestExecStatus(t *testing.T) {
	// The command's end is ours, for it is what we have become.
	t.Parallel()
	dir := t.TempDir()
	bare := script(t, filepath.Join(dir, "bare"), "echo bare \"$@\"; exit 9\n", 0o755)
	binary := script(t, filepath.Join(dir, "binary"), "\x00\x01\x02\n", 0o755)
	foreign := script(t, filepath.Join(dir, "foreign"), "\x7fELF\x02\n", 0o755)
	for _, test := range []struct {
		name   string
		args   []string
		status int
		stdout string
	}{
		{"success", []string{"true"}, 0, ""},
		{"its status", []string{"sh", "-c", "exit 7"}, 7, ""},
		{"its arguments", []string{"printf", "%s|", "a b", "", "--", "-x"}, 0, "a b||--|-x|"},
		{"missing", []string{"no-such-command"}, 127, ""},
		{"not executable", []string{"/etc/passwd"}, 126, ""},
		{"a script without an interpreter", []string{bare, "x y"}, 9, "bare x y\n"},
		{"neither program nor script", []string{binary}, 126, ""},
		{"a program for another machine", []string{foreign}, 126, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, status := outcome(t, helper(t, "exec", test.args...))
			if status != test.status || stdout != test.stdout {
				t.Errorf("got status %d, %q, %q; want %d, %q", status, stdout, stderr, test.status, test.stdout)
			}
			if status >= 126 && !strings.Contains(stderr, test.args[0]) {
				t.Errorf("%q does not name the command", stderr)
			}
		})
	}
}

func TestExecKilled(t *testing.T) {
	// A command that a signal ends has ended so for whoever started us.
	t.Parallel()
	cmd := helper(t, "exec", "sh", "-c", "kill -9 $$")
	outcome(t, cmd)
	if state := cmd.ProcessState.Sys().(syscall.WaitStatus); state.Signal() != syscall.SIGKILL {
		t.Errorf("got %v", cmd.ProcessState)
	}
}

func TestExecLeavesNothing(t *testing.T) {
	// Descriptors, the limit on open files and the signal mask and dispositions are those of a start without us.
	t.Parallel()
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("skipped: no /proc here")
	}
	const look = `ls /proc/self/fd | wc -l; ulimit -n; grep -E '^Sig(Blk|Ign)' /proc/self/status`
	direct := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -Sn 333; trap '' HUP; exec sh -c \""+look+"\"")
	want, _, _ := outcome(t, direct)
	ours := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -Sn 333; trap '' HUP; exec \"$0\" sh -c \""+look+"\"", os.Args[0])
	ours.Env = append(os.Environ(), "PROCESS_TEST=exec")
	got, stderr, _ := outcome(t, ours)
	if got != want || !strings.Contains(got, "333") {
		t.Errorf("got  %q\nwant %q\n%s", got, want, stderr)
	}
}

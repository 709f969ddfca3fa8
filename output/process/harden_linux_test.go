package process_test

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

// helpHarden hardens itself, says so, and after a line on standard input becomes
// the command in its arguments.
func helpHarden(args []string) int {
	limits := process.Harden()
	fmt.Println("hardened")
	_, _ = os.Stdin.Read(make([]byte, 1))
	command, err := process.Find(args, os.Environ())
	if err == nil {
		command.Limits = limits
		err = command.Exec(nil)
	}
	return report(err)
}

// asNobody lets a helper run as a user without rights, from a copy of the test
// binary that this user can reach.
func asNobody(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	text, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd.Path = script(t, filepath.Join(dir, "program"), string(text), 0o755)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
}

func TestHarden(t *testing.T) {
	// Another process of the same user can read neither our environment nor our memory, and the command is as dumpable as ever.
	t.Parallel()
	cmd := helper(t, "harden", "sh", "-c", `ulimit -Sc; cat /proc/$$/environ >/dev/null && echo readable`)
	asNobody(t, cmd)
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(stdout)
	if !lines.Scan() {
		t.Fatal("it did not start")
	}
	look := exec.CommandContext(t.Context(), "sh", "-c", fmt.Sprintf("cat /proc/%[1]d/environ; head -c1 /proc/%[1]d/mem", cmd.Process.Pid))
	look.SysProcAttr = cmd.SysProcAttr
	seen, _ := look.CombinedOutput()
	if strings.Count(string(seen), "Permission denied") != 2 {
		t.Errorf("got %q", seen)
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", cmd.Process.Pid))
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), "Max core file size 0") {
		t.Errorf("got %s, %v", limits, err)
	}
	fmt.Fprintln(stdin)
	want, err := exec.CommandContext(t.Context(), "sh", "-c", "ulimit -Sc").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{strings.TrimSpace(string(want)), "readable"} {
		if !lines.Scan() || lines.Text() != line {
			t.Errorf("got %q, want %q", lines.Text(), line)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

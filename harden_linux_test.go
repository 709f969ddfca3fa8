package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// nobody is somebody without rights, on every system.
const nobody = 65534

// While we stay, another process of the same user can read neither our environment
// nor our memory, which hold what logs in; the command's environment it
// can, which proves the test.
func TestSecretsAreKeptFromTheSameUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs to become another user")
	}
	_, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
	dir := t.TempDir()
	if err := os.Chmod(filepath.Dir(dir), 0o711); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("infisical-login", "install", dir).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	user := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	r := launchAs(t, user, env, filepath.Join(dir, "infisical-login"), "--silent", "--renew", "--on-renew=restart", "--", "sh", "-c", "echo ready; ulimit -c; exec sleep 1000")
	r.line()
	limit, err := exec.Command("sh", "-c", "ulimit -c").Output()
	if err != nil {
		t.Fatal(err)
	}
	if got := r.line(); got != strings.TrimSpace(string(limit)) {
		t.Errorf("the command's limit on core files is %s, not %s", got, limit)
	}
	readable := func(pid int, name string) bool {
		cmd := exec.Command("dd", "bs=1", "count=0", fmt.Sprintf("if=/proc/%d/%s", pid, name))
		if name == "environ" {
			cmd = exec.Command("grep", "-q", "INFISICAL", fmt.Sprintf("/proc/%d/environ", pid))
		}
		cmd.SysProcAttr = user
		return cmd.Run() == nil
	}
	us := r.pid()
	command := child(t, us)
	for _, name := range []string{"environ", "mem"} {
		if readable(us, name) {
			t.Errorf("our %s can be read", name)
		}
	}
	if !readable(command, "environ") {
		t.Error("the command's environment cannot be read")
	}
	limits, err := os.ReadFile(fmt.Sprintf("/proc/%d/limits", us))
	if err != nil || !strings.Contains(strings.Join(strings.Fields(string(limits)), " "), "Max core file size 0 ") {
		t.Errorf("%v, limits:\n%s", err, limits)
	}
}

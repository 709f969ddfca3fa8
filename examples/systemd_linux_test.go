package examples

import (
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// systemd finds nothing to complain about in the units.
func TestUnits(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("systemd-analyze"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skip("needs systemd-analyze")
	}
	dir := t.TempDir()
	args := []string{"verify", "--man=no"}
	for _, name := range []string{"app.service", "infisical-token.service"} {
		// The programs have to be there: ours is, and one that is stands for the app.
		unit := strings.NewReplacer("/usr/bin/infisical-login", filepath.Join(built, "infisical-login"), "/usr/bin/app", "/bin/true").Replace(read(t, "systemd/"+name))
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(unit), 0o644); err != nil {
			t.Fatal(err)
		}
		args = append(args, path)
	}
	out, err := exec.Command("systemd-analyze", args...).CombinedOutput()
	for line := range strings.Lines(string(out)) {
		if strings.Contains(line, dir) || strings.Contains(line, "app.service") || strings.Contains(line, "infisical-token.service") {
			t.Error(line)
		}
	}
	if err != nil {
		t.Errorf("%v: %s", err, out)
	}
}

// The unit that keeps a token tells systemd when the file is there, and when it
// ends.
func TestTokenUnitNotifies(t *testing.T) {
	t.Parallel()
	unit := read(t, "systemd/infisical-token.service")
	p := newPlace(t, &infisicaltest.Universal{ClientID: exampleClient, ClientSecret: exampleSecret})
	expand := strings.NewReplacer("%t/infisical", p.dir, "%d", p.dir, exampleDomain, p.url, "/usr/bin/", built+"/")
	if err := os.WriteFile(filepath.Join(p.dir, "client-secret"), []byte(exampleSecret+"\n"), 0o400); err != nil {
		t.Fatal(err)
	}
	socket := filepath.Join(p.dir, "notify")
	manager, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: socket, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	defer manager.Close()
	_ = manager.SetReadDeadline(time.Now().Add(time.Minute))
	words := strings.Fields(expand.Replace(behind(t, unit, "ExecStart=")[0]))
	cmd := exec.CommandContext(t.Context(), words[0], words[1:]...)
	cmd.Env = []string{"NOTIFY_SOCKET=" + socket}
	for _, variable := range behind(t, unit, "Environment=") {
		cmd.Env = append(cmd.Env, expand.Replace(variable))
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hear := func(want string) {
		t.Helper()
		message := make([]byte, 100)
		n, err := manager.Read(message)
		if err != nil || string(message[:n]) != want {
			t.Errorf("systemd is told %q, not %q: %v", message[:n], want, err)
		}
	}
	hear("READY=1")
	if info, err := os.Stat(filepath.Join(p.dir, "token")); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the file is not there, or has another mode: %v", err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	hear("STOPPING=1")
	if err := cmd.Wait(); err != nil {
		t.Error(err)
	}
}

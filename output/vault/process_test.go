//go:build unix

package vault_test

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/output/vault"
)

// task is the variable that makes this test binary do one of the tasks below in
// place of the tests: what is between processes needs processes.
const task = "VAULT_TEST_TASK"

func TestMain(m *testing.M) {
	tasks := map[string]func(home string) error{"save": saveMany, "fallback": fallBack, "keyring": useKeyring, "current": printCurrent}
	do, is := tasks[os.Getenv(task)]
	if !is {
		os.Exit(m.Run())
	}
	if err := do(os.Getenv("VAULT_TEST_HOME")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Four processes that write one vault at the same time lose nothing: everybody's
// session and domain are there afterwards.
func TestProcessesTogether(t *testing.T) {
	t.Parallel()
	home := official(t)
	var group sync.WaitGroup
	for process := range 4 {
		group.Go(func() {
			output, err := command(home, "save", fmt.Sprintf("VAULT_TEST_PROCESS=%d", process)).CombinedOutput()
			if err != nil {
				t.Errorf("process %d: %v: %s", process, err, output)
			}
		})
	}
	group.Wait()
	v := open(t, home)
	for process := range 4 {
		for i := range rounds {
			email := fmt.Sprintf("p%d-%d@example.com", process, i)
			s, found, err := v.Get(email)
			if err != nil || !found || s.Token.Reveal() != email || s.Domain != "https://"+email {
				t.Errorf("%s: %v, %v", email, found, err)
			}
		}
	}
	if domains, err := v.Domains(); err != nil || len(domains) != 1+4*rounds {
		t.Errorf("%d domains, %v", len(domains), err)
	}
}

const rounds = 10

func saveMany(home string) error {
	v, err := vault.Open(home, "")
	if err != nil {
		return err
	}
	v.Patience = time.Minute
	for i := range rounds {
		email := fmt.Sprintf("p%s-%d@example.com", os.Getenv("VAULT_TEST_PROCESS"), i)
		if _, err := v.Save(vault.Session{Email: email, Domain: "https://" + email, Token: config.Secret(email)}); err != nil {
			return err
		}
	}
	return nil
}

// Where the system keyring cannot be used, the session goes to an encrypted file,
// with one warning, and the next process, even one that has a keyring, finds it.
func TestFallback(t *testing.T) {
	t.Parallel()
	silent := listen(t)
	for name, bus := range map[string]string{
		"no bus":            "unix:path=/nonexistent/bus",
		"bus never answers": "unix:path=" + silent,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			home := t.TempDir()
			output, err := command(home, "fallback", "DBUS_SESSION_BUS_ADDRESS="+bus).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, output)
			}
			if got := string(output); strings.Count(got, "warning") != 1 || !strings.Contains(got, "infisical-keyring") {
				t.Errorf("said %q", got)
			}
			v := open(t, home)
			if kind, err := v.Backend(); kind != vault.File || err != nil {
				t.Errorf("backend %q, %v", kind, err)
			}
			if s, found, err := v.Current(); err != nil || !found || s.Token.Reveal() != "fallen" {
				t.Errorf("%v, %v", found, err)
			}
		})
	}
}

// fallBack saves twice: the second time there is nothing to warn of.
func fallBack(home string) error {
	v, err := vault.Open(home, "")
	if err != nil {
		return err
	}
	v.Patience = 200 * time.Millisecond
	if err := v.Usable(); err != nil {
		return err
	}
	for range 2 {
		warning, err := v.Save(vault.Session{Email: "a@example.com", Domain: "https://app.infisical.com", Token: "fallen"})
		if err != nil {
			return err
		}
		if warning != "" {
			fmt.Println("warning:", warning)
		}
	}
	return nil
}

// A keyring that cannot be read is an error, not an empty vault.
func TestUnreadableKeyring(t *testing.T) {
	t.Parallel()
	home := official(t)
	if err := open(t, home).SetBackend(vault.Auto); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(home, ".infisical/infisical-config.json")
	text := strings.Replace(read(t, path), `"loggedInUserEmail":""`, `"loggedInUserEmail":"a@example.com"`, 1)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	output, err := command(home, "current", "DBUS_SESSION_BUS_ADDRESS=unix:path="+listen(t)).CombinedOutput()
	if err == nil || !strings.Contains(string(output), "no answer within") || !strings.Contains(string(output), "vault set file") {
		t.Errorf("%v: %s", err, output)
	}
}

func printCurrent(home string) error {
	v, err := vault.Open(home, "")
	if err != nil {
		return err
	}
	v.Patience = 200 * time.Millisecond
	session, found, err := v.Current()
	fmt.Println(session.Email, found)
	return err
}

// The system keyring of a real desktop takes a session and gives it back, in the
// place where the official CLI looks.
func TestRealKeyring(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"dbus-run-session", "gnome-keyring-daemon", "secret-tool"} {
		if _, err := exec.LookPath(program); err != nil {
			if os.Getenv("CI") == "true" {
				t.Fatal(err)
			}
			t.Skip(err)
		}
	}
	home := t.TempDir()
	const script = `printf secret | gnome-keyring-daemon --unlock --components=secrets >/dev/null &&
		"$0" && secret-tool lookup service infisical-cli username keyring@example.com`
	session := command(home, "keyring", "HOME="+home, "XDG_RUNTIME_DIR="+t.TempDir(), "XDG_DATA_HOME="+home+"/data")
	session.Args = append([]string{"dbus-run-session", "--", "sh", "-c", script}, session.Path)
	session.Path, _ = exec.LookPath("dbus-run-session")
	output, err := session.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	const want = `{"email":"keyring@example.com","privateKey":"","JTWToken":"kept","RefreshToken":""}`
	if !strings.Contains(string(output), want) {
		t.Errorf("the keyring holds %s", output)
	}
	if _, err := os.Stat(filepath.Join(home, "infisical-keyring")); err == nil {
		t.Error("there is an encrypted file too")
	}
}

func useKeyring(home string) error {
	v, err := vault.Open(home, "")
	if err != nil {
		return err
	}
	if err := v.Usable(); err != nil {
		return err
	}
	const email = "keyring@example.com"
	warning, err := v.Save(vault.Session{Email: email, Domain: "https://app.infisical.com", Token: "kept"})
	if err != nil || warning != "" {
		return fmt.Errorf("saved: warning %q, %w", warning, err)
	}
	session, found, err := v.Current()
	if err != nil || !found || session.Token.Reveal() != "kept" {
		return fmt.Errorf("read: %s, %v, %w", session.Token.Reveal(), found, err)
	}
	if _, found, err := v.Get("nobody@example.com"); found || err != nil {
		return fmt.Errorf("nobody: %v, %w", found, err)
	}
	return nil
}

// A process that holds the vault's lock for ever costs a bounded time, and is named
// by the file that it holds.
func TestLockedVault(t *testing.T) {
	t.Parallel()
	home := official(t)
	if _, err := exec.LookPath("flock"); err != nil {
		t.Skip(err)
	}
	path := filepath.Join(home, ".infisical/infisical-config.lock")
	holder := exec.Command("flock", path, "sh", "-c", "echo locked; exec cat")
	stdin, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := bufio.NewReader(stdout).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	v := open(t, home)
	v.Patience = 50 * time.Millisecond
	if err := v.ClearDomains(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("while it is locked: %v", err)
	}
	if _, found, err := v.Current(); !found || err != nil {
		t.Errorf("reading needs no lock: %v, %v", found, err)
	}
	_ = stdin.Close()
	_ = holder.Wait()
	v.Patience = time.Minute
	if err := v.ClearDomains(); err != nil {
		t.Errorf("after it was released: %v", err)
	}
}

// command is this test binary, to do a task in a process of its own.
func command(home, name string, environ ...string) *exec.Cmd {
	self := exec.Command(os.Args[0])
	self.Env = append(os.Environ(), append(environ, task+"="+name, "VAULT_TEST_HOME="+home)...)
	return self
}

// listen returns the path of a socket that accepts and never says anything.
func listen(t *testing.T) string {
	t.Helper()
	directory, err := os.MkdirTemp("", "bus") // t.TempDir may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(directory) })
	path := filepath.Join(directory, "s")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			defer connection.Close()
		}
	}()
	return path
}

// What stands in the place of the vault's files and is none, or has no end, is
// named, and neither waited for nor read: a pipe that nobody writes to, a device, a
// directory, a file of any size.
func TestStrangeFiles(t *testing.T) {
	t.Parallel()
	for name, put := range map[string]func(path string) error{
		"pipe":      func(path string) error { return syscall.Mkfifo(path, 0o600) },
		"device":    func(path string) error { return os.Symlink("/dev/zero", path) },
		"directory": func(path string) error { return os.Mkdir(path, 0o700) },
		"size":      func(path string) error { return sparse(path, 64<<30) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, strange := range []string{".infisical/infisical-config.json", "infisical-keyring/ada@example.com"} {
				home := official(t)
				path := filepath.Join(home, strange)
				if err := errors.Join(os.RemoveAll(path), put(path)); err != nil {
					t.Fatal(err)
				}
				if _, _, err := open(t, home).Get("ada@example.com"); err == nil || !strings.Contains(err.Error(), path) {
					t.Errorf("%s: %v", strange, err)
				}
			}
		})
	}
}

// sparse makes a file of a size that takes no place on the disk.
func sparse(path string, size int64) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(file.Truncate(size), file.Close())
}

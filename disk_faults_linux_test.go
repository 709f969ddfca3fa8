package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"golang.org/x/sys/unix"
)

// disk is a small file system, and what then makes it refuse.
type disk struct {
	mount, spoil func(t *testing.T, folder string)
	user         uint32
	word         string // the system's, in every message
	late         bool   // may show only after the login
	takes        string // the one of [writes] that it does take
}

// disks are the ways in which a file system takes nothing more.
func disks() map[string]disk {
	tmpfs := func(t *testing.T, folder string) { mount(t, "none", folder, "tmpfs", 0, "size=160k,nr_inodes=60") }
	script := func(text string) func(*testing.T, string) {
		return func(t *testing.T, folder string) {
			cmd := exec.Command("sh", "-c", text)
			cmd.Dir = folder
			_ = cmd.Run() // fails in the end, which is its purpose
		}
	}
	return map[string]disk{
		"full":             {mount: tmpfs, spoil: script("cat /dev/zero >filler"), word: "no space left on device", late: true, takes: "health's socket"},
		"full of files":    {mount: tmpfs, spoil: script("i=0; while : >filler$i; do i=$((i+1)); done"), word: "no space left on device", takes: "runner's files"},
		"for reading only": {mount: tmpfs, spoil: readOnly, word: "read-only file system"},
		"immutable":        {mount: tmpfs, spoil: script("chattr -R +i ."), word: "operation not permitted"},
		"of somebody else": {mount: tmpfs, spoil: script("chown -R root . && chmod -R a+rX,go-w ."), user: nobody, word: "permission denied"},
		"over its quota":   {mount: btrfs, spoil: script("sync; btrfs qgroup limit 32k ."), word: "disk quota exceeded", late: true},
	}
}

// A file system that takes nothing more is 73 for everything that the program
// writes, before the login if it can be known, and what was there stays whole.
func TestFaultyDisks(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		t.Skip("needs to mount file systems")
	}
	for name, d := range disks() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, folder := newFaulty(t), t.TempDir()
			d.mount(t, folder)
			f.asUser(t, d.user, folder)
			if status, _, stderr := f.run(folder, prepare); status != 0 {
				t.Fatal(stderr)
			}
			d.spoil(t, folder)
			for what, script := range writes() {
				if what == d.takes {
					continue
				}
				before, want := len(f.server.Requests()), 73
				if what == "health's socket" {
					want = 78
				}
				status, stdout, stderr := f.run(folder, script)
				if status != want || stdout != "" || !strings.Contains(stderr, d.word) || strings.Contains(stderr, "goroutine") {
					t.Errorf("%s: status %d, stdout %q: %s", what, status, stdout, stderr)
				}
				if n := len(f.server.Requests()) - before; n > 0 && !d.late {
					t.Errorf("%s: %d requests for nothing", what, n)
				}
			}
			if status, stdout, stderr := f.run(folder, intact); status != 0 || strings.Contains(stdout, ".infisical-login-") {
				t.Errorf("what was there has changed, or more is there: %s%s", stdout, stderr)
			}
		})
	}
}

// prepare writes everything once; the runner's files end just before a page does, so
// that a part of what is appended fits. Intact finds out whether it is all there.
const (
	prepare = `set -e; mkdir home; infisical-login --token-path=token; cp token before
head -c 4090 /dev/zero | tr '\0' x >out; cp out env; cp out was; $person vault set file; $person login --output=keyring; $person user get token --plain >session`
	intact = `set -e; cmp token before; cmp out was; cmp env was; test ! -e new; test ! -e program; $person user get token --plain | cmp - session; find .`
)

// writes are commands that write, one for each kind of file.
func writes() map[string]string {
	return map[string]string{
		"token file":            "infisical-login --token-path=token",
		"new token file":        "infisical-login --token-path=new",
		"renewed token file":    "infisical-login token renew --token-path=token",
		"token file to be kept": "infisical-login --token-path=token --renew",
		"runner's files":        "GITHUB_OUTPUT=out GITHUB_ENV=env infisical-login --output=github",
		"program file":          "infisical-login install program",
		"person's session":      "$person login --output=keyring",
		"vault's settings":      "$person vault set auto",
		"health's socket":       "infisical-login --health-address=unix:$PWD/socket --revoke-on-exit --output=child -- true",
	}
}

// asUser has the program run by a user, 0 for ours, who owns the folder.
func (f *faulty) asUser(t *testing.T, user uint32, folder string) {
	t.Helper()
	person := f.server.AddUser(infisicaltest.User{
		Email: "ada@example.com", Password: "c0rrect horse battery", Organizations: []infisicaltest.Organization{{ID: "0f8fad5b-d9cb-469f-a165-70867728950e", Name: "Acme"}},
	})
	f.env = append(f.env, "person=env HOME="+folder+"/home INFISICAL_AUTH_METHOD=user INFISICAL_UNIVERSAL_AUTH_CLIENT_ID= INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET= infisical-login",
		"INFISICAL_EMAIL="+person.Email, "INFISICAL_PASSWORD="+person.Password, "INFISICAL_VAULT_FILE_PASSPHRASE=open sesame", "INFISICAL_AUTH_METHOD=universal-auth")
	if user == 0 {
		return
	}
	bin := t.TempDir()
	if out, err := exec.Command("infisical-login", "install", bin).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, path := range []string{filepath.Dir(bin), folder} {
		if err := os.Chmod(path, 0o711); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(folder, int(user), int(user)); err != nil {
		t.Fatal(err)
	}
	f.env = append(f.env, "PATH="+bin+":"+os.Getenv("PATH"))
	f.user = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: user, Gid: user}}
}

// mount mounts a file system until the test ends.
func mount(t *testing.T, source, folder, kind string, flags uintptr, options string) {
	t.Helper()
	if err := unix.Mount(source, folder, kind, flags, options); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal(err)
		}
		t.Skipf("a %s cannot be mounted here: %v", kind, err)
	}
	if flags&unix.MS_REMOUNT == 0 {
		t.Cleanup(func() { _ = unix.Unmount(folder, unix.MNT_DETACH) })
	}
}

// readOnly mounts a file system once more.
func readOnly(t *testing.T, folder string) {
	mount(t, "none", folder, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")
}

// btrfs mounts a part of a file system that keeps quotas and lies in a file.
func btrfs(t *testing.T, folder string) {
	t.Helper()
	image, whole := filepath.Join(t.TempDir(), "image"), t.TempDir()
	for _, words := range [][]string{
		{"truncate", "--size=120M", image}, {"mkfs.btrfs", "-q", image}, {"mount", "-o", "loop", image, whole},
		{"btrfs", "quota", "enable", whole}, {"btrfs", "subvolume", "create", whole + "/part"}, {"mount", "--bind", whole + "/part", folder},
	} {
		if out, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			if os.Getenv("CI") != "" {
				t.Fatalf("%v: %v: %s", words, err, out)
			}
			t.Skipf("a btrfs with quotas cannot be mounted here: %v: %s", err, out)
		}
		if words[0] == "mount" {
			t.Cleanup(func() { _ = unix.Unmount(words[len(words)-1], unix.MNT_DETACH) })
		}
	}
}

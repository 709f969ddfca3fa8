//go:build unix

package output

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/config"
)

// helpFile checks a file sink and puts a token there, with the umask, the path
// and the mode of its arguments.
func helpFile(args []string) error {
	var umask int
	var mode config.Mode
	if _, err := fmt.Sscanf(args[0], "%o", &umask); err != nil {
		return err
	}
	if err := mode.UnmarshalText([]byte(args[2])); err != nil {
		return err
	}
	syscall.Umask(umask)
	sink := &file{TokenFile: TokenFile{args[1]}, Mode: mode, Rendering: Rendering{Format: Plain}}
	if err := sink.Check(Target{}); err != nil {
		return err
	}
	if len(args) > 3 {
		if err := os.WriteFile(args[3], make([]byte, 1<<20), 0o600); err == nil {
			return errors.New("the disk is not full")
		}
	}
	return sink.Put(sample("fresh"), Target{})
}

// holds checks content and mode of a file, and that nothing else is beside it.
func holds(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil {
		t.Error(err)
		return
	}
	info, err := os.Stat(path)
	if err != nil || string(got) != content || info.Mode() != mode {
		t.Errorf("got %q, %v, %v; want %q, %v", got, info.Mode(), err, content, mode)
	}
	alone(t, filepath.Dir(path), filepath.Base(path))
}

// alone checks that a directory holds these names only.
func alone(t *testing.T, directory string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(directory)
	if err != nil {
		t.Error(err)
	}
	var got []string
	for _, entry := range entries {
		got = append(got, entry.Name())
	}
	if strings.Join(got, " ") != strings.Join(names, " ") {
		t.Errorf("%s holds %q, want %q", directory, got, names)
	}
}

func TestFile(t *testing.T) {
	// A file holds the token and has the mode that was asked for, whatever was there and whatever the umask.
	t.Parallel()
	for _, test := range []struct{ umask, mode string }{{"000", "0600"}, {"077", "0644"}, {"777", "0440"}, {"022", "0666"}} {
		path := filepath.Join(t.TempDir(), "token")
		if err := os.WriteFile(path, []byte("stale and longer"), 0o777); err != nil {
			t.Fatal(err)
		}
		if out, err := helper(t, "file", test.umask, path, test.mode).CombinedOutput(); err != nil {
			t.Errorf("umask %s, mode %s: %v, %s", test.umask, test.mode, err, out)
		}
		var mode fs.FileMode
		fmt.Sscanf(test.mode, "%o", &mode)
		holds(t, path, "fresh", mode)
	}
}

func TestFileFormats(t *testing.T) {
	// A plain file is the token alone; a file of lines ends with one.
	t.Parallel()
	for format, want := range map[Format]string{Plain: "abc", Dotenv: "T=abc\n", Export: "export T=abc\n"} {
		path := filepath.Join(t.TempDir(), "token")
		sink := &file{TokenFile: TokenFile{path}, Mode: 0o600, Rendering: Rendering{format, Naming{"T"}}}
		if err := sink.Put(sample("abc"), Target{}); err != nil {
			t.Error(err)
		}
		holds(t, path, want, 0o600)
	}
}

func TestFileRefused(t *testing.T) {
	// What cannot work is found before the login, nothing is left behind, and what is there stays.
	t.Parallel()
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for _, err := range []error{
		os.WriteFile(in("other"), []byte("other"), 0o600), os.Symlink(in("other"), in("link")), os.Symlink(in("nowhere"), in("dangling")),
		os.Mkdir(in("directory"), 0o700), syscall.Mkfifo(in("pipe"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name string
		sink file
		code int
		says string
	}{
		{"no path", file{}, 78, "set --token-path or INFISICAL_LOGIN_TOKEN_PATH"},
		{"no directory", file{TokenFile: TokenFile{in("absent/token")}}, 73, "no such file or directory"},
		{"a file as directory", file{TokenFile: TokenFile{in("other/token")}}, 73, "not a directory"},
		{"a symbolic link", file{TokenFile: TokenFile{in("link")}}, 73, "symbolic link"},
		{"a dangling link", file{TokenFile: TokenFile{in("dangling")}}, 73, "symbolic link"},
		{"a directory", file{TokenFile: TokenFile{in("directory")}}, 73, "is a directory"},
		{"the name of a directory", file{TokenFile: TokenFile{in("directory") + "/"}}, 73, "names a directory"},
		{"a pipe", file{TokenFile: TokenFile{in("pipe")}}, 73, "a pipe"},
		{"a device", file{TokenFile: TokenFile{"/dev/null"}}, 73, "a device"},
		{"unknown user", file{TokenFile: TokenFile{in("token")}, Owner: "no-such-user"}, 78, `there is no user "no-such-user"`},
		{"unknown group", file{TokenFile: TokenFile{in("token")}, Owner: "0:no-such-group"}, 78, `there is no group "no-such-group"`},
	} {
		wants(t, test.sink.Check(Target{}), test.code, test.says)
		if test.code == 73 {
			wants(t, test.sink.Put(sample("abc"), Target{}), test.code, test.says)
		}
	}
	alone(t, dir, "dangling", "directory", "link", "other", "pipe")
}

func TestFileAsNobody(t *testing.T) {
	// Without the right to write, or to give files away, the login is not spent.
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: only root can become somebody who may not write")
	}
	dir, err := os.MkdirTemp("", "nobody")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	sticky := filepath.Join(dir, "sticky")
	for _, err := range []error{
		os.Chmod(dir, 0o755), os.Mkdir(sticky, 0o700), os.Chmod(sticky, 0o777|fs.ModeSticky),
		os.WriteFile(filepath.Join(sticky, "token"), []byte("root's"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	program := filepath.Join(dir, "program") // go test keeps its own where nobody cannot go
	text, err := os.ReadFile(os.Args[0])
	if err != nil || os.WriteFile(program, text, 0o755) != nil {
		t.Fatal(err)
	}
	for path, says := range map[string]string{
		filepath.Join(dir, "token"):    "permission denied",
		filepath.Join(sticky, "token"): "belongs to somebody else",
	} {
		cmd := helper(t, "file", "022", path, "0600")
		cmd.Path = program
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
		out, _ := cmd.CombinedOutput()
		if cmd.ProcessState.ExitCode() != 73 || !strings.Contains(string(out), says) {
			t.Errorf("%s: got %v, %s; want %q", path, cmd.ProcessState, out, says)
		}
	}
	holds(t, filepath.Join(sticky, "token"), "root's", 0o600)
	alone(t, dir, "program", "sticky")
}

func TestFileOwner(t *testing.T) {
	// The file belongs to whom it was given, in the modes that let others in only then.
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("skipped: only root can give files away")
	}
	path := filepath.Join(t.TempDir(), "token")
	sink := &file{TokenFile: TokenFile{path}, Mode: 0o440, Owner: "65534:12345", Rendering: Rendering{Format: Plain}}
	if err := errors.Join(sink.Check(Target{}), sink.Put(sample("abc"), Target{})); err != nil {
		t.Fatal(err)
	}
	if err := Replace(path, []byte("renewed")); err != nil {
		t.Fatal(err)
	}
	holds(t, path, "renewed", 0o440)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if uid, gid := owner(info); uid != 65534 || gid != 12345 {
		t.Errorf("got %d:%d", uid, gid)
	}
}

func TestOwnerText(t *testing.T) {
	// An owner is one or two names or numbers, and root is found by name.
	t.Parallel()
	for text, good := range map[string]bool{"root": true, "0:0": true, "a:b": true, "": false, ":": false, "a:": false, ":b": false, "a:b:c": false} {
		var o Owner
		if err := o.UnmarshalText([]byte(text)); (err == nil) != good {
			t.Errorf("%q: got %v", text, err)
		}
	}
	if uid, gid, err := Owner("root").resolve(); uid != 0 || gid != -1 || err != nil {
		t.Errorf("got %d, %d, %v", uid, gid, err)
	}
	if _, _, err := Owner("4294967295").resolve(); err == nil {
		t.Error("chown's word for no change is taken for a user")
	}
}

func TestDirectoryReplaced(t *testing.T) {
	// A directory that is exchanged for a link while we write leads the token nowhere else.
	t.Parallel()
	dir := t.TempDir()
	ours, moved, theirs := filepath.Join(dir, "ours"), filepath.Join(dir, "moved"), filepath.Join(dir, "theirs")
	if err := errors.Join(os.Mkdir(ours, 0o700), os.Mkdir(theirs, 0o700)); err != nil {
		t.Fatal(err)
	}
	p, err := open("token file", filepath.Join(ours, "token"))
	if err != nil {
		t.Fatal(err)
	}
	defer p.close()
	if err := errors.Join(os.Rename(ours, moved), os.Symlink(theirs, ours)); err != nil {
		t.Fatal(err)
	}
	draft, err := p.draft(strings.NewReader("abc"), attributes{0o600, -1, -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.publish(draft); err != nil {
		t.Fatal(err)
	}
	alone(t, theirs)
	holds(t, filepath.Join(moved, "token"), "abc", 0o600)
}

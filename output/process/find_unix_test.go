//go:build unix

package process_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

func TestFind(t *testing.T) {
	// A command is found, or not, where sh would find it, or not, in the PATH that it will itself get.
	t.Parallel()
	dir := t.TempDir()
	script(t, filepath.Join(dir, "first", "tool"), "#!/bin/sh\n", 0o644)
	script(t, filepath.Join(dir, "second", "tool"), "#!/bin/sh\n", 0o755)
	script(t, filepath.Join(dir, "second", "windows"), "#!/bin/sh\r\n", 0o755)
	script(t, filepath.Join(dir, "second", "orphan"), "#!/no/such/interpreter\n", 0o755)
	os.MkdirAll(filepath.Join(dir, "first", "folder"), 0o755)
	first, second := filepath.Join(dir, "first"), filepath.Join(dir, "second")
	for _, test := range []struct {
		name    string
		command string
		env     []string
		path    string
		status  int
		says    string
	}{
		{"in PATH, after one that cannot be executed", "tool", []string{"PATH=" + first + ":" + second}, second + "/tool", 0, ""},
		{"first of two PATHs", "tool", []string{"PATH=" + second, "PATH=" + first}, second + "/tool", 0, ""},
		{"no PATH at all", "sh", nil, "/bin/sh", 0, ""},
		{"by path", second + "/tool", []string{"PATH="}, second + "/tool", 0, ""},
		{"nowhere", "tool", []string{"PATH=" + filepath.Join(dir, "third")}, "", 127, `command "tool" not found in PATH`},
		{"not executable", "tool", []string{"PATH=" + first}, "", 126, "permission denied"},
		{"a directory", "folder", []string{"PATH=" + first}, "", 126, "is a directory"},
		{"a directory by path", "/", nil, "", 126, "is a directory"},
		{"below a file", second + "/tool/x", nil, "", 127, "not found"},
		{"no name", "", nil, "", 127, "no name"},
		{"line ends of Windows", "windows", []string{"PATH=" + second}, "", 127, `"/bin/sh\r", which does not exist`},
		{"interpreter missing", "orphan", []string{"PATH=" + second}, "", 127, `"/no/such/interpreter", which does not exist`},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			command, err := process.Find([]string{test.command, "arg"}, test.env)
			if test.status != 0 {
				var failure *process.Error
				if !errors.As(err, &failure) || failure.Status != test.status || !strings.Contains(failure.Message, test.says) {
					t.Fatalf("got %v, want status %d saying %q", err, test.status, test.says)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if command.Path != test.path && !strings.HasSuffix(command.Path, "/usr"+test.path) {
				t.Errorf("got %q, want %q", command.Path, test.path)
			}
		})
	}
}

func TestEmptyPathElement(t *testing.T) {
	// An empty element of PATH is the working directory, as in sh.
	t.Parallel()
	dir := t.TempDir()
	script(t, filepath.Join(dir, "here"), "#!/bin/sh\necho found\n", 0o755)
	for _, path := range []string{"PATH=", "PATH=:/bin", "PATH=/nowhere::/bin", "PATH=/nowhere:"} {
		cmd := helper(t, "exec", "here")
		cmd.Dir = dir
		cmd.Env = []string{"PROCESS_TEST=exec", path}
		if stdout, stderr, status := outcome(t, cmd); stdout != "found\n" || status != 0 {
			t.Errorf("%s: got %q, %q, status %d", path, stdout, stderr, status)
		}
	}
}

func TestEnvironment(t *testing.T) {
	// Each name is there once, whatever there was before. (Shown by the entries themselves; sh would hide a duplicate.)
	t.Parallel()
	command, err := process.Find([]string{"sh"}, []string{"A=1", "B=2", "A=3", "C=4", "AB=5"})
	if err != nil {
		t.Fatal(err)
	}
	command.Set("B", "new")
	command.Set("B", "newer=still")
	command.Unset("C", "absent")
	if got := strings.Join(command.Env, " "); got != "A=1 AB=5 B=newer=still" {
		t.Errorf("got %q", got)
	}
	if value, given := command.Lookup("B"); !given || value != "newer=still" {
		t.Errorf("got %q, %v", value, given)
	}
}

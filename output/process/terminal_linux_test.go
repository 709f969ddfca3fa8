package process_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// screen is a terminal with a program in it.
type screen struct {
	t    *testing.T
	file *os.File
	seen bytes.Buffer // what was read since the last expect
}

// open starts a program on a terminal of its own.
func open(t *testing.T, cmd *exec.Cmd) *screen {
	t.Helper()
	file, err := pty.Start(cmd)
	if err != nil {
		t.Skip("skipped: no terminals here")
	}
	t.Cleanup(func() {
		file.Close()
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return &screen{t: t, file: file}
}

// press types keys.
func (s *screen) press(keys string) {
	s.t.Helper()
	if _, err := s.file.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// expect reads up to a text and returns what came before it.
func (s *screen) expect(text string) string {
	s.t.Helper()
	chunk := make([]byte, 1024)
	for {
		if before, after, ok := strings.Cut(s.seen.String(), text); ok {
			s.seen.Reset()
			s.seen.WriteString(after)
			return before
		}
		n, err := s.file.Read(chunk)
		if err != nil {
			s.t.Fatalf("%v after %q, instead of %q", err, s.seen.String(), text)
		}
		s.seen.Write(chunk[:n])
	}
}

func TestTerminalAlone(t *testing.T) {
	// As in docker run -it: Ctrl-C reaches the command once, it can read, and Ctrl-Z stops nothing that nobody could continue.
	t.Parallel()
	s := open(t, helper(t, "supervise", "env", "PROCESS_TEST=echo", os.Args[0]))
	s.expect("ready")
	s.press("\x03")
	s.expect("got 2\r\n")
	s.press("one\n")
	if before := s.expect("line one"); strings.Contains(before, "got 2") {
		t.Errorf("Ctrl-C arrived twice: %q", before)
	}
	s.press("\x1a")
	s.expect("got 18\r\n")
	s.press("two\n")
	s.expect("line two")
}

// shell starts an interactive shell, and in it ./run, which supervises the command.
func shell(t *testing.T, command string) *screen {
	t.Helper()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("skipped: no bash here")
	}
	dir := t.TempDir()
	script(t, filepath.Join(dir, "run"), "#!/bin/sh\nPROCESS_TEST=supervise exec "+os.Args[0]+" "+command+"\n", 0o755)
	cmd := exec.CommandContext(t.Context(), bash, "--norc", "--noprofile", "-i")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PS1=at your service\n", "TERM=dumb")
	s := open(t, cmd)
	s.expect("at your service")
	return s
}

func TestTerminalJob(t *testing.T) {
	// Under a shell the command is a job like any other: Ctrl-Z, fg, bg, Ctrl-C and its status work.
	t.Parallel()
	s := shell(t, "env PROCESS_TEST=echo "+os.Args[0])
	s.press("./run\n")
	s.expect("ready")
	s.press("\x1a")
	s.expect("Stopped")
	s.expect("at your service")
	s.press("fg\n")
	s.expect("got 18\r\n")
	s.press("three\n")
	s.expect("line three")
	s.press("\x1a")
	s.expect("Stopped")
	s.press("bg\n") // it wants to read, so that it stops again, which the shell is asked to see before it goes on
	s.expect("at your service")
	s.press("until [ -n \"$(jobs -s)\" ]; do :; done; echo still $((40+2))\n")
	s.expect("still 42")
	s.press("fg\n")
	s.expect("./run")
	s.press("four\n")
	s.expect("line four")
	s.press("\x03")
	s.expect("got 2\r\n")
	s.press("exit 7\n")
	s.expect("at your service")
	s.press("echo status=$?\n")
	s.expect("status=7")
}

func TestTerminalPipeline(t *testing.T) {
	// In a pipeline the terminal is left to the one who needs it, and Ctrl-C still reaches the command once.
	t.Parallel()
	s := shell(t, "env PROCESS_TEST=echo "+os.Args[0])
	s.press(`(trap "" INT; exec cat) | ./run | (trap "" INT; exec cat)` + "\n")
	s.expect("ready")
	s.press("\x03")
	s.expect("got 2\r\n")
	s.press("five\n")
	if before := s.expect("line five"); strings.Contains(before, "got 2") {
		t.Errorf("Ctrl-C arrived twice: %q", before)
	}
}

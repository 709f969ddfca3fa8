//go:build unix

package process_test

import (
	"bufio"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// launched is a supervisor that runs, and what its command prints.
type launched struct {
	*exec.Cmd
	t       *testing.T
	lines   *bufio.Scanner
	stdin   io.WriteCloser
	control *os.File // what helpSupervise reads from descriptor 3, if it was asked to
}

// launch starts a helper with a command that is the helper echo.
func launch(t *testing.T, mode string, env ...string) *launched {
	t.Helper()
	cmd := helper(t, mode, "env", "PROCESS_TEST=echo", os.Args[0])
	cmd.Env = append(cmd.Env, env...)
	cmd.Stderr = os.Stderr
	l := &launched{Cmd: cmd, t: t}
	if slices.Contains(env, "CONTROL=1") {
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.ExtraFiles, l.control = []*os.File{reader}, writer
		t.Cleanup(func() { reader.Close(); writer.Close() })
	}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if l.stdin, err = cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l.lines = bufio.NewScanner(stdout)
	return l
}

// expect reads the lines that must come next. The SIGCONT that goes with a restart's
// SIGTERM may be told before it, behind it or not at all.
func (l *launched) expect(lines ...string) {
	l.t.Helper()
	for _, want := range lines {
		more := l.lines.Scan()
		for more && l.lines.Text() == "got 18" && want != "got 18" {
			more = l.lines.Scan()
		}
		if !more || l.lines.Text() != want {
			_ = l.Process.Kill()
			l.t.Fatalf("got %q, want %q", l.lines.Text(), want)
		}
	}
}

// send sends signals to the supervisor.
func (l *launched) send(signals ...syscall.Signal) {
	l.t.Helper()
	for _, s := range signals {
		if err := l.Process.Signal(s); err != nil {
			l.t.Fatal(err)
		}
	}
}

// say writes to the command's standard input, or to the supervisor's descriptor 3.
func (l *launched) say(to io.Writer, line string) {
	l.t.Helper()
	if _, err := io.WriteString(to, line+"\n"); err != nil {
		l.t.Fatal(err)
	}
}

// ends checks that nothing more is printed and how it all ended.
func (l *launched) ends(status int) {
	l.t.Helper()
	for l.lines.Scan() {
		l.t.Errorf("also got %q", l.lines.Text())
	}
	_ = l.Wait()
	if got := l.ProcessState.ExitCode(); got != status {
		l.t.Errorf("got status %d, want %d", got, status)
	}
}

func TestSignalsForwarded(t *testing.T) {
	// Every signal that can be passed on arrives, once, and those that mean the supervisor do not.
	t.Parallel()
	l := launch(t, "supervise")
	l.expect("ready")
	for number := syscall.Signal(1); number < 65; number++ {
		switch number {
		case syscall.SIGKILL, syscall.SIGSTOP, syscall.SIGTSTP, syscall.SIGTTIN, syscall.SIGTTOU, syscall.SIGPROF, 32, 33, 34: // the last are the C library's and never reach Go
			continue
		}
		l.send(number)
		switch number {
		case syscall.SIGCHLD, syscall.SIGURG, syscall.SIGPIPE:
		default:
			l.expect("got " + strconv.Itoa(int(number)))
		}
	}
	l.say(l.stdin, "exit 5")
	l.ends(5)
}

func TestSignalBurst(t *testing.T) {
	// Of a thousand signals at once, none of those that stop is lost.
	t.Parallel()
	l := launch(t, "supervise")
	l.expect("ready")
	stopping := map[int]syscall.Signal{100: syscall.SIGHUP, 400: syscall.SIGINT, 700: syscall.SIGQUIT, 999: syscall.SIGTERM}
	for i := range 1000 {
		if s, ok := stopping[i]; ok {
			l.send(s)
			continue
		}
		l.send([]syscall.Signal{syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGWINCH}[i%3])
	}
	missing := map[string]bool{"got 1": true, "got 2": true, "got 3": true, "got 15": true}
	for len(missing) > 0 && l.lines.Scan() {
		delete(missing, l.lines.Text())
	}
	if len(missing) > 0 {
		t.Errorf("missing: %v", missing)
	}
	l.say(l.stdin, "exit 0")
	for l.lines.Scan() { // the rest of the others
	}
	l.ends(0)
}

func TestSignalBeforeStart(t *testing.T) {
	// A signal that comes before the command exists reaches it when it does.
	t.Parallel()
	for signal, status := range map[syscall.Signal]int{syscall.SIGTERM: 143, syscall.SIGUSR1: 128 + int(syscall.SIGUSR1)} {
		cmd := helper(t, "supervise", "sleep", "1000")
		cmd.Env = append(cmd.Env, "CONTROL=1")
		reader, writer, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.ExtraFiles = []*os.File{reader}
		stdout, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		l := &launched{Cmd: cmd, t: t, lines: bufio.NewScanner(stdout)}
		l.expect("up")
		l.send(signal)
		l.say(writer, "start")
		l.ends(status)
		reader.Close()
		writer.Close()
	}
}

func TestStopTimeout(t *testing.T) {
	// A command that will not stop is killed in time, with its whole group.
	t.Parallel()
	cmd := helper(t, "supervise", "sh", "-c", `trap "" TERM; sleep 1000 & echo ready; wait; sleep 1000`)
	cmd.Env = append(cmd.Env, "STOP=50ms")
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := &launched{Cmd: cmd, t: t, lines: bufio.NewScanner(stdout)}
	l.expect("ready")
	l.send(syscall.SIGTERM)
	l.ends(137) // and the end of its output shows that nobody holds it open
}

func TestNoStopTimeout(t *testing.T) {
	// Without a stop timeout a command that takes its time is left to it.
	t.Parallel()
	l := launch(t, "supervise")
	l.expect("ready")
	l.send(syscall.SIGTERM)
	l.expect("got 15")
	l.send(syscall.SIGTERM)
	l.expect("got 15")
	l.say(l.stdin, "exit 9")
	l.ends(9)
}

func TestRestart(t *testing.T) {
	// A command that is started anew ended by our wish: not that end counts, but the next one.
	t.Parallel()
	l := launch(t, "supervise", "CONTROL=1", "TERM_STATUS=42")
	l.expect("up")
	l.say(l.control, "start")
	l.expect("ready")
	l.say(l.control, "restart")
	l.expect("got 15", "ready")
	l.say(l.control, "restart")
	l.expect("got 15", "ready")
	l.say(l.stdin, "exit 6")
	l.ends(6)
}

func TestRestartStubborn(t *testing.T) {
	// A command that does not end for the new one is killed.
	t.Parallel()
	l := launch(t, "supervise", "CONTROL=1", "STOP=50ms")
	l.expect("up")
	l.say(l.control, "start")
	l.expect("ready")
	l.say(l.control, "restart")
	l.expect("got 15", "ready")
	l.say(l.stdin, "exit 6")
	l.ends(6)
}

func TestRestartStopped(t *testing.T) {
	// When somebody asks for the end in the middle of a restart, nothing is started any more.
	t.Parallel()
	l := launch(t, "supervise", "CONTROL=1")
	l.expect("up")
	l.say(l.control, "start")
	l.expect("ready")
	l.say(l.control, "restart")
	for seen := 0; seen < 2 && l.lines.Scan(); { // SIGTERM and SIGCONT
		seen++
	}
	l.send(syscall.SIGTERM)
	l.expect("got 15")
	l.say(l.stdin, "exit 8")
	l.ends(8)
}

func TestRestartImpossible(t *testing.T) {
	// A command that is no longer there when it is to be started anew ends us as it would have at first.
	t.Parallel()
	dir := t.TempDir()
	path := script(t, filepath.Join(dir, "tool"), "#!/bin/sh\nrm \"$0\"\necho ready\nexec sleep 1000\n", 0o755)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	defer writer.Close()
	cmd := helper(t, "supervise", path)
	cmd.Env, cmd.ExtraFiles = append(cmd.Env, "CONTROL=1"), []*os.File{reader}
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := &launched{Cmd: cmd, t: t, lines: bufio.NewScanner(stdout)}
	l.expect("up")
	l.say(writer, "start")
	l.expect("ready")
	l.say(writer, "restart")
	l.ends(127)
}

func TestStandardStreams(t *testing.T) {
	// The command has our standard streams, and we add nothing to them.
	t.Parallel()
	cmd := helper(t, "supervise", "sh", "-c", "cat; echo to stderr >&2")
	cmd.Stdin = strings.NewReader("from stdin")
	stdout, stderr, status := outcome(t, cmd)
	if stdout != "from stdin" || stderr != "to stderr\n" || status != 0 {
		t.Errorf("got %q, %q, %d", stdout, stderr, status)
	}
}

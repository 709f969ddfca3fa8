package process_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// launchers are what can stand between a shell and a command, ours and, to prove
// the tests, one that everybody trusts, where it is installed.
func launchers(t *testing.T) map[string]func(args ...string) *exec.Cmd {
	t.Helper()
	all := map[string]func(args ...string) *exec.Cmd{
		"exec":      func(args ...string) *exec.Cmd { return helper(t, "exec", args...) },
		"supervise": func(args ...string) *exec.Cmd { return helper(t, "supervise", args...) },
	}
	if tini, err := exec.LookPath("tini"); err == nil {
		all["tini"] = func(args ...string) *exec.Cmd {
			return exec.CommandContext(t.Context(), tini, append([]string{"-s", "--"}, args...)...)
		}
	}
	return all
}

// namespaces are how a launcher is started: as any process, and as process 1.
func namespaces(t *testing.T) map[string]*syscall.SysProcAttr {
	t.Helper()
	all := map[string]*syscall.SysProcAttr{"beside others": nil}
	first := &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	probe := exec.CommandContext(t.Context(), "true")
	probe.SysProcAttr = first
	if probe.Run() == nil {
		all["as process 1"] = first
	} else {
		t.Log("skipped: as process 1, which takes the right to make a process namespace")
	}
	return all
}

func TestMatrix(t *testing.T) {
	// The command behaves as if nobody stood in front of it, whoever does, as process 1 and not.
	t.Parallel()
	plain := script(t, filepath.Join(t.TempDir(), "plain"), "#!/bin/sh\n", 0o644)
	for how, attributes := range namespaces(t) {
		for launcher, launch := range launchers(t) {
			t.Run(launcher+" "+how, func(t *testing.T) {
				t.Parallel()
				for _, test := range []struct {
					args   []string
					status int
				}{
					{[]string{"true"}, 0},
					{[]string{"sh", "-c", "exit 7"}, 7},
					{[]string{"sh", "-c", "exit 255"}, 255},
					{[]string{"no-such-command"}, 127},
					{[]string{plain}, 126},
					{[]string{"sh", "-c", "kill -9 $$"}, 137},
					{[]string{"sh", "-c", "kill -TERM $$"}, 143},
				} {
					if launcher == "exec" && test.status > 128 && test.status < 255 {
						continue // it has become the command: TestExecKilled; and process 1 cannot kill itself
					}
					cmd := launch(test.args...)
					cmd.SysProcAttr = attributes
					stdout, stderr, status := outcome(t, cmd)
					if status != test.status || stdout != "" {
						t.Errorf("%q: got status %d, stdout %q, stderr %q; want %d", test.args, status, stdout, stderr, test.status)
					}
				}
				stopsNeatly(t, launch, attributes)
			})
		}
	}
}

// stopsNeatly checks that a command that is told to stop through its launcher
// decides itself how it ends.
func stopsNeatly(t *testing.T, launch func(args ...string) *exec.Cmd, attributes *syscall.SysProcAttr) {
	t.Helper()
	cmd := launch("env", "PROCESS_TEST=echo", "TERM_STATUS=42", os.Args[0])
	cmd.SysProcAttr = attributes
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
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
	l.expect("got 15")
	l.ends(42)
}

// breed makes $2 times 500 orphans, by parents that end before or after their
// children, and waits until none of them is a zombie of process $1.
const breed = `
	n=0
	while [ $n -lt $2 ]; do
		sh -c 'i=0; while [ $i -lt 500 ]; do : & i=$((i+1)); done'
		n=$((n+1))
	done
	while cat /proc/[0-9]*/stat 2>/dev/null | grep -q "[)] Z $1 "; do :; done
	echo clean`

func TestOrphans(t *testing.T) {
	// Of ten thousand orphans no zombie is left as process 1, nor of some hundred beside others.
	t.Parallel()
	if testing.Short() {
		t.Skip("skipped: short")
	}
	for how, attributes := range namespaces(t) {
		t.Run(how, func(t *testing.T) {
			t.Parallel()
			cmd := helper(t, "supervise", "sh", "-c", `set -- $PPID 1;`+breed)
			if attributes != nil {
				cmd = helper(t, "supervise", "sh", "-c", `mount -t proc proc /proc || exit 1; set -- 1 20;`+breed)
				cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNS, Unshareflags: syscall.CLONE_NEWNS}
			}
			stdout, stderr, status := outcome(t, cmd)
			if stdout != "clean\n" || status != 0 {
				t.Errorf("got %q, %q, status %d", stdout, stderr, status)
			}
		})
	}
}

func TestLoginsAmongOrphans(t *testing.T) {
	// What a login starts and waits for is not taken from it, however many orphans arrive.
	t.Parallel()
	cmd := helper(t, "logins", "sh", "-c", "while :; do (true &); done")
	stdout, stderr, status := outcome(t, cmd)
	if stdout != "lost 0\n" || status != 143 {
		t.Errorf("got %q, %q, status %d", stdout, stderr, status)
	}
}

func TestSupervisorKilled(t *testing.T) {
	// A command whose supervisor is killed is told to stop.
	t.Parallel()
	l := launch(t, "supervise", "TERM_STATUS=0")
	l.expect("ready")
	l.send(syscall.SIGKILL)
	l.expect("got 15")
	l.ends(-1)
}

func TestNohup(t *testing.T) {
	// What was ignored when we started stays ignored for the command, and all else is as without us.
	t.Parallel()
	const look = `ls /proc/self/fd | wc -l; ulimit -n; grep -E "^Sig(Blk|Ign)" /proc/self/status`
	run := func(mode string, command ...string) string {
		cmd := exec.CommandContext(t.Context(), "sh", append([]string{"-c", `ulimit -Sn 333; trap "" HUP INT; exec "$@"`, "sh"}, command...)...)
		cmd.Env = append(os.Environ(), "PROCESS_TEST="+mode)
		stdout, stderr, status := outcome(t, cmd)
		if status != 0 || stderr != "" {
			t.Errorf("%s: got %q, status %d", mode, stderr, status)
		}
		return stdout
	}
	want := run("", "sh", "-c", look)
	for _, mode := range []string{"exec", "supervise"} {
		if got := run(mode, os.Args[0], "sh", "-c", look); got != want {
			t.Errorf("%s:\n got %q\nwant %q", mode, got, want)
		}
	}
}

package output

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/output/process"
)

// helpMemfd puts a token into a memory file and launches the command in its
// arguments: by execve, supervised, or supervised and started anew.
func helpMemfd(args []string) error {
	command, err := process.Find(args[1:], os.Environ())
	if err != nil {
		return err
	}
	command.Unset("INFISICAL_TOKEN", "OUTPUT_TEST")
	target, sink := Target{Command: command}, new(memfd)
	if err := errors.Join(sink.Check(target), sink.Put(sample("in.memory"), target)); err != nil {
		return err
	}
	if args[0] == "exec" {
		return command.Exec(nil)
	}
	supervisor := process.NewSupervisor(process.Settings{}, nil)
	switch args[0] {
	case "restart":
		go restart(supervisor, sink, target)
	case "renewed": // before the command had started
		waiting := *command
		if err := sink.Put(sample("another"), Target{Command: &waiting}); err != nil {
			return err
		}
	}
	return supervisor.Run(command, nil)
}

// restart waits for SIGUSR1 three times, and starts the command anew with another
// token, anew with the same one, and ends it.
func restart(supervisor *process.Supervisor, sink *memfd, target Target) {
	ready := make(chan os.Signal, 3)
	signal.Notify(ready, syscall.SIGUSR1)
	<-ready
	_ = sink.Put(sample("another"), target)
	supervisor.Restart(target.Command)
	<-ready
	supervisor.Restart(target.Command)
	<-ready
	supervisor.Signal(syscall.SIGTERM)
}

func TestMemfd(t *testing.T) {
	// The command reads the token from its descriptor, again and again, can change nothing, and has it nowhere in its environment.
	t.Parallel()
	const look = `test -z "$INFISICAL_TOKEN"; cat "$INFISICAL_TOKEN_FILE"; echo; cat "$INFISICAL_TOKEN_FILE"; echo; ` +
		`cat "/dev/fd/${INFISICAL_TOKEN_FILE##*/}"; echo; (echo x >>"$INFISICAL_TOKEN_FILE") 2>/dev/null || echo sealed; ` +
		`env | grep -c in.memory; ls /proc/self/fd | wc -l`
	plain, err := exec.CommandContext(t.Context(), "sh", "-c", "ls /proc/self/fd | wc -l").Output()
	if err != nil {
		t.Fatal(err)
	}
	var open int
	fmt.Sscan(string(plain), &open)
	want := fmt.Sprintf("in.memory\nin.memory\nin.memory\nsealed\n0\n%d\n", open+1)
	for _, how := range []string{"exec", "supervise"} {
		cmd := helper(t, "memfd", how, "sh", "-c", look)
		cmd.Env = append(cmd.Env, "INFISICAL_TOKEN=stale")
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil || string(out) != want {
			t.Errorf("%s: got %q, %v; want %q", how, out, err, want)
		}
	}
}

func TestMemfdRestart(t *testing.T) {
	// A command that is started anew finds the new token, from its beginning even if the last one read it through the same descriptor.
	t.Parallel()
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("skipped: no bash here")
	}
	const look = `read -ru "${INFISICAL_TOKEN_FILE##*/}" token; echo "$token"; kill -USR1 $PPID; exec sleep 1000`
	cmd := helper(t, "memfd", "restart", bash, "-c", look)
	out, _ := cmd.Output()
	if want := "in.memory\nanother\nanother\n"; string(out) != want {
		t.Errorf("got %q, %v", out, cmd.ProcessState)
	}
}

func TestMemfdRenewedBeforeStart(t *testing.T) {
	// A command that still waits for its start when there is a newer token does start, and finds that one.
	t.Parallel()
	out, err := helper(t, "memfd", "renewed", "sh", "-c", `cat "$INFISICAL_TOKEN_FILE"`).CombinedOutput()
	if err != nil || string(out) != "another" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestMemfdOtherUser(t *testing.T) {
	// A command that gives up its rights first can still read its token.
	t.Parallel()
	if _, err := exec.LookPath("setpriv"); err != nil || os.Geteuid() != 0 {
		t.Skip("skipped: only root, with setpriv, can become somebody else")
	}
	out, err := helper(t, "memfd", "exec", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-c", `cat "$INFISICAL_TOKEN_FILE"`).CombinedOutput()
	if err != nil || string(out) != "in.memory" {
		t.Errorf("got %q, %v", out, err)
	}
}

func TestMemfdSealed(t *testing.T) {
	// Content and size of a memory file stay as they are, also for who holds it open for writing.
	t.Parallel()
	file, err := sealed([]byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := file.WriteAt([]byte("x"), 0); !errors.Is(err, syscall.EPERM) {
		t.Errorf("writing: %v", err)
	}
	if err := file.Truncate(0); !errors.Is(err, syscall.EPERM) {
		t.Errorf("truncating: %v", err)
	}
	if got, err := os.ReadFile(fmt.Sprintf("/proc/self/fd/%d", file.Fd())); err != nil || string(got) != "abc" {
		t.Errorf("got %q, %v", got, err)
	}
}

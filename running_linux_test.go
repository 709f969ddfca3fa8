package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// asProcess1 is put before a command that is to be process 1 of a namespace of
// its own, which has its own /proc.
func asProcess1() []string {
	return []string{"unshare", "--pid", "--fork", "--mount-proc", "--kill-child"}
}

// serve returns a server with an identity that logs in by universal-auth, unless it
// says otherwise, and the environment of somebody who uses it.
func serve(t testing.TB, generation infisicaltest.Generation, id infisicaltest.Identity) (*infisicaltest.Server, []string) {
	t.Helper()
	if id.Auth == nil {
		id.Auth = &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret, Lockout: infisicaltest.Lockout{Off: true}}
	}
	server := infisicaltest.New(generation)
	server.Add(id)
	return server, []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "INFISICAL_DOMAIN=" + server.Start(t), "INFISICAL_RETRY_BASE_DELAY=50ms",
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + scriptSecret,
	}
}

// brief is an identity whose tokens live for four seconds after each renewal, which
// leaves a busy machine more than a second for it.
func brief() infisicaltest.Identity { return infisicaltest.Identity{TTL: 4 * time.Second} }

// running is a program at work. What it prints is read line by line, so that a
// test waits for events and not for time.
type running struct {
	t      testing.TB
	cmd    *exec.Cmd
	first  bool // it is process 1, and cmd is unshare
	lines  *bufio.Scanner
	stderr locked
}

// locked is a buffer that may be read while it is written to.
type locked struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

func (l *locked) Write(p []byte) (int, error) {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.Write(p)
}

func (l *locked) String() string {
	l.mutex.Lock()
	defer l.mutex.Unlock()
	return l.text.String()
}

// patience bounds everything that a test waits for. Only one that fails takes long.
const patience = time.Minute

// launch starts a program, which is killed if it is still there at the end of the
// test, or when patience has run out.
func launch(t testing.TB, env []string, args ...string) *running {
	t.Helper()
	return launchAs(t, nil, env, args...)
}

// launchAs is launch as another user, or whatever else how says.
func launchAs(t testing.TB, how *syscall.SysProcAttr, env []string, args ...string) *running {
	t.Helper()
	r := &running{t: t, first: args[0] == "unshare"}
	r.cmd = exec.Command(args[0], args[1:]...)
	r.cmd.Env, r.cmd.Stderr, r.cmd.SysProcAttr = env, &r.stderr, how
	stdout, err := r.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	r.lines = bufio.NewScanner(stdout)
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	impatience := time.AfterFunc(patience, func() { _ = r.cmd.Process.Kill() })
	t.Cleanup(func() {
		impatience.Stop()
		if r.cmd.ProcessState == nil {
			_ = r.cmd.Process.Kill()
			_ = r.cmd.Wait()
		}
		if t.Failed() {
			t.Logf("%v: stderr:\n%s", args, r.stderr.String())
		}
	})
	return r
}

// line returns the next line of standard output.
func (r *running) line() string {
	r.t.Helper()
	if !r.lines.Scan() {
		r.t.Fatalf("standard output ended; stderr: %s", r.stderr.String())
	}
	return r.lines.Text()
}

// pid is the program's own.
func (r *running) pid() int {
	if r.first {
		return child(r.t, r.cmd.Process.Pid)
	}
	return r.cmd.Process.Pid
}

func (r *running) signal(signal syscall.Signal) {
	r.t.Helper()
	if err := syscall.Kill(r.pid(), signal); err != nil {
		r.t.Fatal(err)
	}
}

// end waits for the program's end and returns its status, as sh tells it, and
// what it printed that has not been read.
func (r *running) end() (status int, rest string) {
	r.t.Helper()
	var left []string
	for r.lines.Scan() {
		left = append(left, r.lines.Text())
	}
	_ = r.cmd.Wait()
	how := r.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if how.Signaled() {
		return 128 + int(how.Signal()), strings.Join(left, "\n")
	}
	return how.ExitStatus(), strings.Join(left, "\n")
}

// child waits until a process has one child and returns it.
func child(t testing.TB, pid int) int {
	t.Helper()
	var found int
	eventually(t, "a child", func() bool {
		all := children(pid)
		if len(all) == 1 {
			found = all[0]
		}
		return len(all) == 1
	})
	return found
}

// eventually waits until something is so.
func eventually(t testing.TB, what string, so func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !so(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain for %s", what)
		}
	}
}

// granted counts the requests for a path that the server answered with success.
func granted(server *infisicaltest.Server, path string) int {
	count := 0
	for _, request := range server.Requests() {
		if request.Path == path && request.Status == 200 {
			count++
		}
	}
	return count
}

// The paths of what happens to a token.
const (
	loginPath  = "/api/v1/auth/universal-auth/login"
	renewPath  = "/api/v1/auth/token/renew"
	revokePath = "/api/v1/auth/token/revoke"
)

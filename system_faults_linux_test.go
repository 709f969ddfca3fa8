package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"golang.org/x/sys/unix"
)

// faulty runs the program, by a shell, against a good server in a folder.
type faulty struct {
	server *infisicaltest.Server
	env    []string
	user   *syscall.SysProcAttr // nil for ours
}

func newFaulty(t *testing.T) faulty {
	t.Helper()
	server := infisicaltest.New(infisicaltest.G3)
	addScriptIdentity(server)
	return faulty{server: server, env: append(os.Environ(), "INFISICAL_DOMAIN="+server.Start(t), "INFISICAL_LOGIN_SILENT=true", "INFISICAL_RETRY_BASE_DELAY=1ms",
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="+scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET="+scriptSecret)}
}

func (f faulty) run(folder, script string) (status int, stdout, stderr string) {
	ctx, cancel := context.WithTimeout(context.Background(), hang)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", script)
	cmd.Dir, cmd.Env, cmd.WaitDelay = folder, f.env, time.Second
	cmd.SysProcAttr = f.user
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	_ = cmd.Run()
	return cmd.ProcessState.ExitCode(), out.String(), said.String()
}

// A system that does not take the token is 73, found before the login where that is
// possible; and nothing is lost or left behind.
func TestSystemFaults(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		script   string
		status   int
		requests int
		stdout   bool // whether the token is there
	}{
		"standard output for reading only":              {script: "infisical-login 1</dev/null", status: 73},
		"standard output closed":                        {script: "infisical-login >&-", status: 73},
		"standard output full":                          {script: "infisical-login >/dev/full", status: 73, requests: 1},
		"standard output closed for a renewal":          {script: "INFISICAL_TOKEN=eyJh.eyJh.eyJh infisical-login token renew >&-", status: 73},
		"standard output closed for a session":          {script: "HOME=. infisical-login user get token >&-", status: 73},
		"standard error closed":                         {script: "infisical-login --log-level=trace --silent=false 2>&-", requests: 1, stdout: true},
		"standard error full":                           {script: "infisical-login --log-level=trace --silent=false 2>/dev/full", requests: 1, stdout: true},
		"standard error for reading only":               {script: "infisical-login --log-level=trace --silent=false 2</dev/null", requests: 1, stdout: true},
		"standard input closed":                         {script: "infisical-login <&-", requests: 1, stdout: true},
		"all streams closed":                            {script: "infisical-login --token-path=token <&- >&- 2>&-", requests: 1},
		"a FIFO as target":                              {script: "mkfifo token && infisical-login --token-path=token", status: 73},
		"a socket as target":                            {script: "infisical-login --token-path=/dev/log/token", status: 73},
		"a device as target":                            {script: "infisical-login --token-path=/dev/full", status: 73},
		"a directory that is gone":                      {script: "mkdir d && cd d && rmdir ../d && infisical-login --token-path=token", status: 73},
		"a working directory that is gone":              {script: "mkdir d && cd d && rmdir ../d && infisical-login", requests: 1, stdout: true},
		"no file larger than nothing":                   {script: "ulimit -f 0; infisical-login --token-path=token", status: 73, requests: 1},
		"an env file in a FIFO":                         {script: "mkfifo env; echo INFISICAL_LOG_LEVEL=trace >env & infisical-login --env-file=env", requests: 1, stdout: true},
		"a malformed env file in a FIFO":                {script: "mkfifo env; echo nonsense >env & infisical-login --env-file=env", status: 78},
		"an endless env file in a FIFO":                 {script: "mkfifo env; cat /dev/zero >env & infisical-login --env-file=env", status: 78},
		"an endless setting in a FIFO":                  {script: "mkfifo all; cat /dev/zero >all & INFISICAL_CUSTOM_HEADERS_FILE=all infisical-login", status: 78},
		"an env file in a FIFO and a flag that is none": {script: "mkfifo env; INFISICAL_LOGIN_ENV_FILE_PATH=env infisical-login --nonsense", status: 64},
		"a file that fails beside standard output":      {script: "ulimit -f 0; infisical-login --output=stdout,file --token-path=token", status: 73, requests: 1},
		"a runner's file that fails beside it":          {script: "touch out env; ulimit -f 0; GITHUB_OUTPUT=out GITHUB_ENV=env infisical-login --output=stdout,github", status: 73, requests: 1},
		"standard output full before a command":         {script: "infisical-login --output=child,stdout -- touch ran >/dev/full; code=$?; test ! -e ran && exit $code", status: 73, requests: 1},
		"standard output full and the token taken back": {script: "infisical-login --revoke-on-exit >/dev/full", status: 73, requests: 2},
		"a link in place of the folder":                 {script: "mkdir real && ln -s real link && infisical-login --token-path=link/token && test -s real/token", requests: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, folder := newFaulty(t), t.TempDir()
			status, stdout, stderr := f.run(folder, test.script)
			if n := len(f.server.Requests()); status != test.status || n != test.requests || strings.HasPrefix(stdout, "eyJ") != test.stdout {
				t.Errorf("status %d, %d requests, stdout %q, stderr %q", status, n, stdout, stderr)
			}
			left, _ := filepath.Glob(filepath.Join(folder, ".infisical-login-*"))
			if len(left) > 0 || strings.Contains(stderr, "goroutine") {
				t.Errorf("left %v, stderr %q", left, stderr)
			}
		})
	}
}

// Without descriptors to spare the login fails with a status of its own, or
// succeeds, but is never a bug.
func TestFewDescriptors(t *testing.T) {
	t.Parallel()
	const least = 8 // with less Go's runtime itself does not start
	for most := least; most < 20; most++ {
		f, folder := newFaulty(t), t.TempDir()
		status, stdout, stderr := f.run(folder, fmt.Sprintf("ulimit -n %d; exec infisical-login --token-path=token", most))
		_, err := os.Stat(filepath.Join(folder, "token"))
		if strings.Contains(stderr, "goroutine") || !slices.Contains([]int{0, 73, 75, 78}, status) || (status == 0) != (err == nil) || stdout != "" {
			t.Errorf("%d descriptors: status %d, stdout %q, stderr %q", most, status, stdout, stderr)
		}
	}
}

// A signal ends a run that waits for the reader of a full pipe.
func TestSignalsEndWaitsForReaders(t *testing.T) {
	t.Parallel()
	f := newFaulty(t)
	asked := make(chan struct{}, 1)
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	fill(t, writer)
	f.server.Fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		next.ServeHTTP(w, r)
		asked <- struct{}{}
	})
	cmd := exec.Command("infisical-login")
	cmd.Env, cmd.Stdout = f.env, writer
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	<-asked
	terminate(t, cmd)
}

// A signal ends a run that waits for the writer of a file that it reads, whatever
// the command and whatever the file is for.
func TestSignalsEndWaitsForWriters(t *testing.T) {
	t.Parallel()
	const secretFile, envFile = "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE", "INFISICAL_LOGIN_ENV_FILE_PATH"
	for name, test := range map[string]struct {
		variable string // names the file
		args     string
	}{
		"setting": {secretFile, ""}, "setting to be shown": {secretFile, "settings"}, "token": {"INFISICAL_LOGIN_TOKEN_PATH", "token renew"},
		"token in use": {"INFISICAL_LOGIN_TOKEN_PATH", "login status"}, "passphrase": {"INFISICAL_VAULT_FILE_PASSPHRASE_FILE", "user get token"},
		"env file": {envFile, ""}, "env file with a command": {envFile, "-- true"}, "env file of settings": {envFile, "settings"}, "env file of status": {envFile, "login status"},
		"env file of token": {envFile, "token revoke"}, "env file of vault": {envFile, "vault"}, "env file of user": {envFile, "user get token"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "fifo")
			if err := unix.Mkfifo(path, 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command("infisical-login", strings.Fields(test.args)...)
			cmd.Env = append(newFaulty(t).env, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=", "HOME="+t.TempDir(), test.variable+"="+path)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			end, err := os.OpenFile(path, os.O_WRONLY, 0) // returns once the program has opened it
			if err != nil {
				t.Fatal(err)
			}
			defer end.Close()
			terminate(t, cmd)
		})
	}
}

// terminate sends SIGTERM to a run and looks at its end.
func terminate(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != 143 {
		t.Errorf("status %d", got)
	}
}

// fill fills a pipe to the brim.
func fill(t *testing.T, writer *os.File) {
	t.Helper()
	size, err := unix.FcntlInt(writer.Fd(), unix.F_GETPIPE_SZ, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := writer.Write(make([]byte, size)); err != nil {
		t.Fatal(err)
	}
}

package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/methods/token"
)

// A sidecar keeps the file fresh: whoever looks finds one whole token that has
// not expired, of the same mode, and sooner or later another one. SIGTERM is then
// the good end of it, and revokes the token.
func TestSidecar(t *testing.T) {
	t.Parallel()
	for _, generation := range []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2, infisicaltest.G3} {
		t.Run(fmt.Sprint("generation ", generation), func(t *testing.T) {
			t.Parallel()
			server, env := serve(t, generation, brief())
			path := filepath.Join(t.TempDir(), "token")
			r := launch(t, env, "infisical-login", "--renew", "--revoke-on-exit", "--token-path="+path, "--token-mode=0640")
			var seen []string
			written := map[uint64]bool{} // the files' numbers
			eventually(t, "three renewals", func() bool {
				text, err := os.ReadFile(path)
				if err != nil && len(seen) == 0 {
					return false
				}
				info, err := os.Stat(path)
				if err != nil || info.Mode().Perm() != 0o640 {
					t.Fatalf("%v, %v", info, err)
				}
				written[info.Sys().(*syscall.Stat_t).Ino] = true
				if found, err := token.New(config.Secret(text)); err != nil {
					t.Fatalf("%q: %v", text, err)
				} else if left, ends := found.Remaining(time.Now()); ends && left <= 0 {
					t.Fatalf("the token in the file has expired")
				}
				if !slices.Contains(seen, string(text)) {
					seen = append(seen, string(text))
				}
				return granted(server, renewPath) >= 3
			})
			if generation > infisicaltest.G1 && len(seen) < 3 || generation == infisicaltest.G1 && len(seen) != 1 {
				t.Errorf("%d tokens", len(seen))
			}
			if generation == infisicaltest.G1 && len(written) != 1 {
				t.Errorf("the same token was written %d times", len(written))
			}
			r.signal(syscall.SIGTERM)
			if status, rest := r.end(); status != 0 || rest != "" {
				t.Errorf("status %d, stdout %q", status, rest)
			}
			if granted(server, loginPath) != 1 || granted(server, revokePath) != 1 {
				t.Errorf("%d logins, %d revocations", granted(server, loginPath), granted(server, revokePath))
			}
		})
	}
}

// An outage is worth one warning, however long it is, and one line when it is over.
func TestSidecarTellsOfAnOutage(t *testing.T) {
	t.Parallel()
	server, env := serve(t, infisicaltest.G3, brief())
	path := filepath.Join(t.TempDir(), "token")
	r := launch(t, env, "infisical-login", "--renew", "--token-path="+path)
	eventually(t, "the file", func() bool { _, err := os.Stat(path); return err == nil })
	server.FaultNext(4, infisicaltest.Status(502))
	obtained := func() int { return granted(server, renewPath) + granted(server, loginPath) }
	eventually(t, "two more tokens", func() bool { return obtained() >= 3 })
	r.signal(syscall.SIGTERM)
	if status, _ := r.end(); status != 0 {
		t.Errorf("status %d", status)
	}
	for _, text := range []string{"could not be replaced", "recovered"} {
		if got := strings.Count(r.stderr.String(), text); got != 1 {
			t.Errorf("%q: %d times", text, got)
		}
	}
}

// SIGTERM before the first delivery is no good end, also as process 1.
func TestSidecarEndedBeforeDelivery(t *testing.T) {
	t.Parallel()
	for _, prefix := range [][]string{nil, asProcess1()} {
		t.Run(fmt.Sprint(prefix), func(t *testing.T) {
			t.Parallel()
			if prefix != nil {
				requireNamespaces(t)
			}
			server, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
			arrived := make(chan struct{})
			server.FaultNext(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				close(arrived)
				infisicaltest.Silent(w, r, next)
			})
			path := filepath.Join(t.TempDir(), "token")
			r := launch(t, env, append(prefix, "infisical-login", "--renew", "--token-path="+path)...)
			<-arrived
			r.signal(syscall.SIGTERM)
			if status, _ := r.end(); status != 143 {
				t.Errorf("status %d", status)
			}
			if _, err := os.Stat(path); err == nil {
				t.Error("there is a token")
			}
		})
	}
}

// The command hears of each new token once it is in the file.
func TestCommandIsSignalled(t *testing.T) {
	t.Parallel()
	_, env := serve(t, infisicaltest.G3, brief())
	path := filepath.Join(t.TempDir(), "token")
	r := launch(t, append(env, "FILE="+path), "infisical-login", "--silent", "--renew", "--on-renew=signal:USR1", "--token-path="+path, "--",
		"sh", "-c", `show() { cat "$FILE"; echo; }; trap show USR1; trap 'exit 5' TERM; show; while :; do sleep 0.01; done`)
	seen := []string{r.line()}
	for range 2 {
		next := r.line()
		if slices.Contains(seen, next) {
			t.Errorf("the token is the old one")
		}
		seen = append(seen, next)
	}
	r.signal(syscall.SIGTERM)
	if status, _ := r.end(); status != 5 {
		t.Errorf("status %d", status)
	}
}

// The command starts anew with each new token, in its environment or in a memory
// file, and an end that it did not get from us is the run's.
func TestCommandIsRestarted(t *testing.T) {
	t.Parallel()
	for sink, show := range map[string]string{"child": `echo "$INFISICAL_TOKEN"`, "memfd": `cat "$INFISICAL_TOKEN_FILE"; echo`} {
		t.Run(sink, func(t *testing.T) {
			t.Parallel()
			server, env := serve(t, infisicaltest.G3, brief())
			r := launch(t, env, "infisical-login", "--silent", "--renew", "--revoke-on-exit", "--on-renew=restart", "--output="+sink, "--",
				"sh", "-c", show+"; trap 'exit 6' HUP; while :; do sleep 0.01; done")
			var seen []string
			open := 0
			for range 3 {
				next := r.line()
				if len(seen) == 0 {
					open = len(descriptors(r.pid()))
				}
				if slices.Contains(seen, next) || !strings.HasPrefix(next, "eyJ") {
					t.Errorf("not a new token: %q", next)
				}
				seen = append(seen, next)
			}
			eventually(t, "no more descriptors than with the first command", func() bool { return len(descriptors(r.pid())) <= open })
			if text := commandLines(t, r.pid()); strings.Contains(text, "eyJ") {
				t.Errorf("arguments hold the token: %q", text)
			}
			command := child(t, r.pid())
			eventually(t, "the end", func() bool {
				for _, pid := range append(children(r.pid()), command) {
					_ = syscall.Kill(pid, syscall.SIGHUP)
				}
				return r.cmd.Process.Signal(syscall.Signal(0)) != nil || zombie(r.cmd.Process.Pid)
			})
			if status, _ := r.end(); status != 6 && status != 129 {
				t.Errorf("status %d", status)
			}
			if granted(server, revokePath) == 0 {
				t.Error("the token was not revoked")
			}
		})
	}
}

// commandLines returns the arguments of a process and its children.
func commandLines(t *testing.T, pid int) string {
	t.Helper()
	var all strings.Builder
	for _, pid := range append(children(pid), pid) {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// What was logged in to is revoked, all of it, whether or not the command could
// be started.
func TestEverythingIsRevoked(t *testing.T) {
	t.Parallel()
	t.Run("a command that is gone when it is to start", func(t *testing.T) {
		t.Parallel()
		server, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
		command := filepath.Join(t.TempDir(), "command")
		if err := os.WriteFile(command, []byte("#!/bin/sh\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		server.FaultNext(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
			_ = os.Remove(command)
			next.ServeHTTP(w, r)
		})
		status, _ := launch(t, env, "infisical-login", "--revoke-on-exit", "--", command).end()
		if status != 127 || granted(server, revokePath) != 1 {
			t.Errorf("status %d, %d revocations", status, granted(server, revokePath))
		}
	})
	t.Run("the tokens of two logins", func(t *testing.T) {
		t.Parallel()
		// To renew would destroy the token, so that the second one is of a login.
		server, env := serve(t, infisicaltest.G1, infisicaltest.Identity{TTL: 4 * time.Second, MaxTTL: 4 * time.Second})
		r := launch(t, env, "infisical-login", "--silent", "--renew", "--revoke-on-exit", "--on-renew=signal:USR1", "--",
			"sh", "-c", "trap 'exit 0' USR1; while :; do sleep 0.01; done")
		if status, _ := r.end(); status != 0 || granted(server, loginPath) != 2 {
			t.Errorf("status %d, %d logins", status, granted(server, loginPath))
		}
		tried := map[string]bool{}
		for _, request := range server.Requests() {
			if request.Path == revokePath {
				tried[request.Field("accessToken")] = true
			}
		}
		if len(tried) != 2 {
			t.Errorf("%d tokens were revoked", len(tried))
		}
	})
	t.Run("a server that is silent does not keep us", func(t *testing.T) {
		t.Parallel()
		server, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
		server.Fault(infisicaltest.Silent, revokePath)
		r := launch(t, env, "infisical-login", "--revoke-on-exit", "--", "sh", "-c", "exit 9")
		if status, _ := r.end(); status != 9 || !strings.Contains(r.stderr.String(), "within 2s") {
			t.Errorf("status %d, stderr %s", status, r.stderr.String())
		}
	})
}

// A helper that a cloud's SDK starts during a renewal is the SDK's to wait for,
// also while orphans arrive at process 1: nobody is reaped as long as it runs, not
// even an orphan that ended long ago.
func TestHelpersDuringRenewals(t *testing.T) {
	t.Parallel()
	requireNamespaces(t)
	auth := new(infisicaltest.AWS)
	_, env := serve(t, infisicaltest.G3, infisicaltest.Identity{ID: scriptIdentity, TTL: time.Second, MaxTTL: time.Second, Auth: auth})
	dir := t.TempDir()
	credentials := fmt.Sprintf(`{"Version":1,"AccessKeyId":%q,"SecretAccessKey":%q}`, auth.AccessKeyID, auth.SecretAccessKey)
	files := map[string]string{
		"helper":      helperAmongOrphans,
		"config":      fmt.Sprintf("[default]\ncredential_process = %s\nregion = eu-central-1\n", filepath.Join(dir, "helper")),
		"credentials": credentials,
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "passed-on"), 0o600); err != nil {
		t.Fatal(err)
	}
	env = append(env, "DIR="+dir, "AWS_CONFIG_FILE="+filepath.Join(dir, "config"), "AWS_EC2_METADATA_DISABLED=true", "INFISICAL_MACHINE_IDENTITY_ID="+scriptIdentity)
	r := launch(t, env, slices.Concat(asProcess1(), []string{"infisical-login", "--method=aws-iam", "--renew", "--on-renew=signal:USR1", "--",
		"sh", "-c", `trap 'echo renewed' USR1; trap 'echo >"$DIR/passed-on"' USR2; trap 'exit 0' TERM; >"$DIR/started"; while :; do (true &); done`})...)
	watched := func() []byte { text, _ := os.ReadFile(filepath.Join(dir, "watched")); return text }
	for bytes.Count(watched(), []byte("\n")) < 4 {
		if line := r.line(); line != "renewed" {
			t.Fatal(line)
		}
	}
	if strings.Contains(string(watched()), "reaped") {
		t.Errorf("the helper saw an orphan vanish: %q", watched())
	}
	r.signal(syscall.SIGTERM)
	if status, _ := r.end(); status != 0 {
		t.Errorf("status %d", status)
	}
	if strings.Contains(r.stderr.String(), "could not") {
		t.Errorf("a renewal failed: %s", r.stderr.String())
	}
}

// helperAmongOrphans prints credentials. Once the command has started, it first makes
// an orphan that ends, and has process 1 pass on so many signals that it must have
// looked for its children meanwhile. The orphan is a zombie still.
const helperAmongOrphans = `#!/bin/sh
if [ -e "$DIR/started" ]; then
	orphan=$( (sh -c 'echo $$' &) )
	until grep -qs ') Z 1 ' "/proc/$orphan/stat" || ! [ -e "/proc/$orphan" ]; do :; done
	for i in 1 2 3 4 5 6 7 8 9 10; do
		(true &)
		kill -USR2 1
		read -r line <"$DIR/passed-on"
	done
	if grep -q ') Z 1 ' "/proc/$orphan/stat"; then echo kept; else echo reaped; fi >>"$DIR/watched" 2>&1
fi
cat "$DIR/credentials"
`

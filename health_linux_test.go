package main

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// prober asks an address of health for a path, and returns the status (0 if nobody
// answers) and the body.
func prober(address string) func(path string) (int, string) {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		if path, ok := strings.CutPrefix(address, "unix:"); ok {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		}
		return new(net.Dialer).DialContext(ctx, "tcp", address)
	}}}
	return func(path string) (int, string) {
		response, err := client.Get("http://health" + path)
		if err != nil {
			return 0, ""
		}
		defer response.Body.Close()
		body, _ := io.ReadAll(response.Body)
		return response.StatusCode, string(body)
	}
}

// freePort returns an address of the loopback interface that nobody uses. It is
// not 127.0.0.1, whose free ports are soon another test's.
func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", fmt.Sprintf("127.%d.%d.%d:0", 1+rand.N(250), rand.N(250), 1+rand.N(250)))
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().String()
}

// Probes are told whether there is a token that is good, before the first one,
// while there is one, after it has expired and when there is one again.
func TestHealth(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]string{"tcp": freePort(t), "unix": "unix:" + filepath.Join(t.TempDir(), "health")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, env := serve(t, infisicaltest.G3, brief())
			arrived, proceed := make(chan struct{}), make(chan struct{})
			server.FaultNext(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
				close(arrived)
				<-proceed
				next.ServeHTTP(w, r)
			})
			r := launch(t, env, "infisical-login", "--renew", "--token-path="+filepath.Join(t.TempDir(), "token"), "--health-address="+address)
			ask := prober(address)
			<-arrived
			if status, body := ask("/readyz"); status != 503 {
				t.Errorf("before the first delivery: %d %s", status, body)
			}
			if status, _ := ask("/livez"); status != 200 {
				t.Errorf("not alive: %d", status)
			}
			if status, _ := ask("/else"); status != 404 {
				t.Errorf("another path: %d", status)
			}
			close(proceed)
			ready := func(want int) func() bool {
				return func() bool { status, _ := ask("/readyz"); return status == want }
			}
			eventually(t, "the first delivery", ready(200))
			eventually(t, "a renewal", func() bool {
				_, body := ask("/metrics")
				return strings.Contains(body, "\n"+renewalsTotal+" 1\n")
			})
			server.Fault(infisicaltest.Status(500))
			eventually(t, "the expiry", ready(503))
			_, body := ask("/metrics")
			for _, want := range []string{loginsTotal + " 1\n", failureOf("refused") + " 0\n", "infisical_login_token_remaining_seconds 0\n"} {
				if !strings.Contains(body, want) {
					t.Errorf("no %q in\n%s", want, body)
				}
			}
			if strings.Contains(body, failureOf("unavailable")+" 0\n") || strings.Contains(body, "eyJ") {
				t.Errorf("metrics:\n%s", body)
			}
			server.Heal()
			eventually(t, "the end of the outage", ready(200))
			r.signal(syscall.SIGTERM)
			if status, _ := r.end(); status != 0 {
				t.Errorf("status %d", status)
			}
			if status, _ := ask("/livez"); status != 0 {
				t.Errorf("it answers after its end: %d", status)
			}
			if got := strings.Count(r.stderr.String(), "warning"); got != 1 {
				t.Errorf("%d warnings for one outage", got)
			}
		})
	}
}

// An address that is taken is found out before the login is spent.
func TestHealthAddressInUse(t *testing.T) {
	t.Parallel()
	server, env := serve(t, infisicaltest.G3, brief())
	path := filepath.Join(t.TempDir(), "health")
	for network, where := range map[string]string{"tcp": "127.0.0.1:0", "unix": path} {
		listener, err := net.Listen(network, where)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		address := listener.Addr().String()
		if network == "unix" {
			address = "unix:" + path
		}
		r := launch(t, env, "infisical-login", "--renew", "--health-address="+address)
		if status, _ := r.end(); status != 78 || !strings.Contains(r.stderr.String(), "--health-address") || !strings.Contains(r.stderr.String(), "in use") {
			t.Errorf("status %d, stderr %s", status, r.stderr.String())
		}
	}
	if got := len(server.Requests()); got != 0 {
		t.Errorf("%d requests", got)
	}
}

// A service manager is told when there is a token, and when the end has begun. One
// that is not there is no reason to fail.
func TestNotify(t *testing.T) {
	t.Parallel()
	_, env := serve(t, infisicaltest.G3, brief())
	for _, name := range []string{filepath.Join(t.TempDir(), "notify"), "@infisical-login-" + scriptIdentity} {
		told := manager(t, name)
		r := launch(t, append(env, "NOTIFY_SOCKET="+name), "infisical-login", "--renew", "--token-path="+filepath.Join(t.TempDir(), "token"))
		if got := told(patience); got != "READY=1" {
			t.Errorf("told %q", got)
		}
		r.signal(syscall.SIGTERM)
		if got := told(patience); got != "STOPPING=1" {
			t.Errorf("told %q", got)
		}
		if status, _ := r.end(); status != 0 {
			t.Errorf("status %d", status)
		}
	}
	r := launch(t, append(env, "NOTIFY_SOCKET=/nowhere/at/all"), "infisical-login", "--revoke-on-exit", "--", "true")
	if status, _ := r.end(); status != 0 || r.stderr.String() == "" {
		t.Errorf("status %d", status)
	}
}

// A service with a command is ready once the command runs, stops when that has
// ended, and is neither if the command cannot be started.
func TestNotifyOfCommand(t *testing.T) {
	t.Parallel()
	server, env := serve(t, infisicaltest.G3, infisicaltest.Identity{})
	name := filepath.Join(t.TempDir(), "notify")
	told := manager(t, name)
	env = append(env, "NOTIFY_SOCKET="+name)
	r := launch(t, env, "infisical-login", "--revoke-on-exit", "--", "sleep", "1000")
	if got := told(patience); got != "READY=1" || len(children(r.pid())) != 1 {
		t.Errorf("told %q, children %v", got, children(r.pid()))
	}
	r.signal(syscall.SIGTERM)
	if status, _ := r.end(); status != 143 {
		t.Errorf("status %d", status)
	}
	if got := told(patience); got != "STOPPING=1" {
		t.Errorf("told %q", got)
	}
	command := filepath.Join(t.TempDir(), "command")
	if err := os.WriteFile(command, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	server.FaultNext(1, func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		_ = os.Remove(command)
		next.ServeHTTP(w, r)
	})
	if status, _ := launch(t, env, "infisical-login", "--revoke-on-exit", "--", command).end(); status != 127 {
		t.Errorf("status %d", status)
	}
	if got := told(time.Millisecond); got != "" {
		t.Errorf("told %q", got)
	}
}

// manager listens as a service manager does. The function that it returns gives what
// is told next, nothing if nothing is within a time.
func manager(t *testing.T, name string) (told func(within time.Duration) string) {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: name, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return func(within time.Duration) string {
		_ = conn.SetReadDeadline(time.Now().Add(within))
		text := make([]byte, 100)
		n, _ := conn.Read(text)
		return string(text[:n])
	}
}

//go:build unix

package main

import (
	"bytes"
	"net/http"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// Five hundred processes that start together, before a limiter that lets two
// hundred requests through every two seconds, all log in. Run in CI, or with HERD
// in the environment.
func TestHerd(t *testing.T) {
	if os.Getenv("CI") == "" && os.Getenv("HERD") == "" {
		t.Skip("takes all of the machine; set HERD to run it")
	}
	const herd, most, window = 500, 200, 2 * time.Second
	program := build(t, ".")
	server := infisicaltest.New(infisicaltest.G3)
	addScriptIdentity(server)
	server.RateLimit(most, window)
	env := []string{
		"INFISICAL_DOMAIN=" + server.Start(t), "INFISICAL_LOGIN_TIMEOUT=30s",
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=/dev/fd/3",
	}
	var group sync.WaitGroup
	var gates []*os.File // they start together when they are told the secret
	for range herd {
		cmd := exec.Command(program, "--silent")
		cmd.Env = env
		var stdout, stderr bytes.Buffer
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		behind, gate, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd.ExtraFiles = []*os.File{behind}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		_ = behind.Close()
		gates = append(gates, gate)
		group.Go(func() {
			if err := cmd.Wait(); err != nil || stdout.Len() == 0 {
				t.Errorf("%v: %s", err, &stderr)
			}
		})
	}
	begun := time.Now()
	for _, gate := range gates {
		if _, err := gate.WriteString(scriptSecret); err != nil {
			t.Error(err)
		}
		_ = gate.Close()
	}
	group.Wait()
	refused, waves := 0, (herd-1)/most
	for _, request := range server.Requests() {
		if request.Status == http.StatusTooManyRequests {
			refused++
		}
	}
	ideal := 0
	for left := herd - most; left > 0; left -= most {
		ideal += left // if everybody comes again as soon as they may
	}
	t.Logf("%d processes logged in within %v and were refused %d times; without any cost of their own it takes %v, with %d refusals if all come again together",
		herd, time.Since(begun).Round(time.Millisecond), refused, time.Duration(waves)*window, ideal)
}

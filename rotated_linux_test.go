package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// A sidecar trusts the authorities that are in the file now. While that is broken it
// goes on with those that it has, and says so once.
func TestRotatedAuthority(t *testing.T) {
	t.Parallel()
	server, env := serve(t, infisicaltest.G3, brief())
	dir := t.TempDir()
	authorities := filepath.Join(dir, "ca.pem")
	write := func(text []byte) {
		if err := os.WriteFile(authorities+".new", text, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(authorities+".new", authorities); err != nil {
			t.Fatal(err)
		}
	}
	write(server.CA())
	r := launch(t, env, "infisical-login", "--renew", "--revoke-on-exit", "--domain="+server.StartTLS(t), "--ca-path="+authorities, "--token-path="+filepath.Join(dir, "token"))
	renewals := func(more int) {
		t.Helper()
		before := granted(server, renewPath)
		eventually(t, "renewals", func() bool { return granted(server, renewPath) >= before+more })
	}
	renewals(1)
	write([]byte("broken"))
	renewals(2)
	if told := strings.Count(r.stderr.String(), "serves on"); told != 1 {
		t.Errorf("told %d times", told)
	}
	server.RotateAuthority()
	write(server.CA())
	renewals(2)
	r.signal(syscall.SIGTERM)
	if status, _ := r.end(); status != 0 || granted(server, revokePath) == 0 {
		t.Errorf("status %d, %d revocations", status, granted(server, revokePath))
	}
}

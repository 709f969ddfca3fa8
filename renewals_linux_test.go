package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/methods/token"
)

// A thousand renewals, from the request to the file, the probes and the log, leave
// no goroutine and no descriptor behind. (Not parallel: it counts those of the process.)
func TestThousandRenewals(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped: short")
	}
	dir, err := os.MkdirTemp("/dev/shm", "renewals") // where fsync costs nothing
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "token")
	synctest.Test(t, func(t *testing.T) {
		s, first := sidecarInMemory(t, path)
		type count struct{ goroutines, descriptors int }
		var early, late count
		renewals, last := 0, first
		ctx, cancel := context.WithCancel(t.Context())
		keeper := s.keeper()
		keeper.Report = func(news methods.News) {
			s.report(news)
			if news.What != methods.Renewed {
				t.Errorf("%v: %v", news.What, news.Err)
			}
			if text, err := os.ReadFile(path); err != nil || string(text) != news.Token.Secret.Reveal() || news.Token.Secret == last.Secret {
				t.Errorf("renewal %d is not in the file: %v", renewals, err)
			}
			last = news.Token
			renewals++
			if renewals != 10 && renewals != 1000 {
				return
			}
			synctest.Wait()
			now := count{runtime.NumGoroutine(), len(descriptors(os.Getpid()))}
			if renewals == 10 {
				early = now
			}
			late = now
			if renewals == 1000 {
				cancel()
			}
		}
		if err := keeper.Keep(ctx, first); !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if late.goroutines > early.goroutines || late.descriptors > early.descriptors {
			t.Errorf("goroutines and descriptors after 10 renewals: %v, after 1,000: %v", early, late)
		}
	})
}

// What could log in again is let go of once nothing will: the settings, and with them
// every credential.
func TestCredentialsAreForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, first := sidecarInMemory(t, filepath.Join(t.TempDir(), "token"))
		source := weak.Make(s.run.source)
		s.stay.Renew = false
		defer s.keeping(first, nil)()
		runtime.GC()
		if source.Value() != nil {
			t.Error("the settings are still there")
		}
		runtime.KeepAlive(s)
	})
}

// sidecarInMemory returns a sidecar whose server is in memory, so that the bubble's
// clock counts, and the token that it has delivered.
func sidecarInMemory(t *testing.T, path string) (*stayer, token.Token) {
	t.Helper()
	server := infisicaltest.New(infisicaltest.G3)
	server.Add(infisicaltest.Identity{
		TTL: time.Hour, MaxTTL: infisicaltest.None,
		Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret},
	})
	var stderr locked
	r := &run{fields: fields(), stdout: &stderr, stderr: &stderr, environ: []string{
		"INFISICAL_DOMAIN=" + server.StartMemory(t), "INFISICAL_LOGIN_RENEW=true", "INFISICAL_LOGIN_TOKEN_PATH=" + path,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + scriptSecret,
	}}
	r.read(nil)
	p, err := r.plan()
	if err != nil {
		t.Fatal(err)
	}
	p.client.Dial = server.Dial
	s := &stayer{plan: p}
	if s.health, err = listenHealth(""); err != nil {
		t.Fatal(err)
	}
	first, err := s.begin(t.Context())
	if err != nil {
		t.Fatalf("%v; stderr: %s", err, stderr.String())
	}
	return s, first
}

// descriptors returns those that a process has open.
func descriptors(pid int) []string {
	all, _ := filepath.Glob(fmt.Sprintf("/proc/%d/fd/*", pid))
	return all
}

package infisicaltest_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestRateLimit(t *testing.T) {
	// The request over the limit is told how long to wait, and after that the next one is let in.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G1, infisicaltest.Identity{})
		s.srv.RateLimit(2, 0)
		first := s.login()
		if first.status != 200 || first.header.Get("x-ratelimit-limit") != "2" || first.header.Get("x-ratelimit-remaining") != "1" || first.header.Get("x-ratelimit-reset") != "60" {
			t.Errorf("got %d %v", first.status, first.header)
		}
		time.Sleep(3500 * time.Millisecond)
		s.login()
		got := s.login()
		wants(t, got, 429, "Rate limit exceeded. Please try again in 1 minute")
		if got.header.Get("retry-after") != "57" || got.header.Get("x-ratelimit-remaining") != "0" || got.text("error") != "RateLimitExceeded" {
			t.Errorf("got %v %v", got.header, got.body)
		}
		if status := ask(t, s.client, "GET", s.url+"/api/status", nil); status.status != 200 || status.header.Get("x-ratelimit-limit") != "" {
			t.Errorf("status: got %d %v", status.status, status.header)
		}
		time.Sleep(57 * time.Second)
		if got := s.login(); got.status != 200 {
			t.Errorf("later: got %d %v", got.status, got.body)
		}
	})
}

func TestRateLimitOfTheServer(t *testing.T) {
	// By default a machine identity's login is let in 200 times a minute.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G3, infisicaltest.Identity{})
		s.srv.RateLimit(0, 0)
		for range 200 {
			if got := s.login(); got.status != 200 {
				t.Fatalf("got %d %v", got.status, got.body)
			}
		}
		wants(t, s.login(), 429, "Rate limit exceeded. Please try again in 60 seconds")
	})
}

func TestLockout(t *testing.T) {
	// The third wrong secret locks even the right one out for five minutes; G1 knows no lock.
	t.Parallel()
	const locked = "This identity auth method is temporarily locked, please try again later"
	for generation := infisicaltest.G1; generation <= infisicaltest.G3; generation++ {
		synctest.Test(t, func(t *testing.T) {
			s := newSession(t, generation, infisicaltest.Identity{})
			u := s.identity.Auth.(*infisicaltest.Universal)
			wrong := object{"clientId": u.ClientID, "clientSecret": "salami"}
			for range 3 {
				if got := s.post(universalPath, wrong); got.text("message") != "Invalid credentials" {
					t.Errorf("got %d %v", got.status, got.body)
				}
			}
			if generation == infisicaltest.G1 {
				if got := s.login(); got.status != 200 {
					t.Errorf("got %d %v", got.status, got.body)
				}
				return
			}
			wants(t, s.login(), 401, locked)
			time.Sleep(5*time.Minute - time.Second)
			wants(t, s.login(), 401, locked)
			time.Sleep(time.Second)
			if got := s.login(); got.status != 200 {
				t.Errorf("got %d %v", got.status, got.body)
			}
		})
	}
}

func TestLockoutForgets(t *testing.T) {
	// Failures that are half a minute apart, or followed by a success, do not add up.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G3, infisicaltest.Identity{})
		u := s.identity.Auth.(*infisicaltest.Universal)
		wrong := object{"clientId": u.ClientID, "clientSecret": "salami"}
		for range 4 {
			wants(t, s.post(universalPath, wrong), 401, "Invalid credentials")
			time.Sleep(31 * time.Second)
		}
		for range 4 {
			wants(t, s.post(universalPath, wrong), 401, "Invalid credentials")
			if got := s.login(); got.status != 200 {
				t.Errorf("got %d %v", got.status, got.body)
			}
		}
	})
}

func TestLDAPLockout(t *testing.T) {
	// LDAP locks too, by the identity's own rule.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	id := srv.Add(infisicaltest.Identity{Auth: &infisicaltest.LDAP{Username: "app", Password: "sesame", Lockout: infisicaltest.Lockout{Threshold: 1}}})
	url := srv.Start(t) + "/api/v1/auth/ldap-auth/login"
	wants(t, ask(t, http.DefaultClient, "POST", url, object{"identityId": id.ID, "username": "app", "password": "x"}), 401, "Invalid credentials")
	wants(t, ask(t, http.DefaultClient, "POST", url, object{"identityId": id.ID, "username": "app", "password": "sesame"}), 401,
		"This identity auth method is temporarily locked, please try again later")
}

func TestClientSecretRunsOut(t *testing.T) {
	// A secret that is too old or used up says so once, and then is unknown.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := infisicaltest.New(infisicaltest.G3)
		old := &infisicaltest.Universal{SecretTTL: time.Minute}
		used := &infisicaltest.Universal{SecretUses: 1}
		srv.Add(infisicaltest.Identity{Auth: old})
		srv.Add(infisicaltest.Identity{Auth: used})
		url := srv.StartMemory(t)
		client := &http.Client{Transport: &http.Transport{DialContext: srv.Dial}}
		login := func(u *infisicaltest.Universal) answer {
			return ask(t, client, "POST", url+universalPath, object{"clientId": u.ClientID, "clientSecret": u.ClientSecret})
		}
		if login(old).status != 200 || login(used).status != 200 {
			t.Fatal("a fresh secret is refused")
		}
		time.Sleep(2 * time.Minute)
		wants(t, login(old), 401, "Access denied due to expired client secret")
		wants(t, login(old), 401, "Invalid credentials")
		wants(t, login(used), 401, "Access denied due to client secret usage limit reached")
		wants(t, login(used), 401, "Invalid credentials")
	})
}

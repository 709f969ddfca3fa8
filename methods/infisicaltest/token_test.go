package infisicaltest_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// session is a client of a server in a bubble that knows one identity.
type session struct {
	t        *testing.T
	srv      *infisicaltest.Server
	client   *http.Client
	url      string
	identity infisicaltest.Identity
}

func newSession(t *testing.T, generation infisicaltest.Generation, id infisicaltest.Identity) *session {
	t.Helper()
	srv := infisicaltest.New(generation)
	id.Auth = &infisicaltest.Universal{}
	client := &http.Client{Transport: &http.Transport{DialContext: srv.Dial}}
	return &session{t: t, srv: srv, identity: srv.Add(id), url: srv.StartMemory(t), client: client}
}

func (s *session) post(path string, body object) answer {
	s.t.Helper()
	return ask(s.t, s.client, "POST", s.url+path, body)
}

func (s *session) login() answer {
	s.t.Helper()
	u := s.identity.Auth.(*infisicaltest.Universal)
	return s.post(universalPath, object{"clientId": u.ClientID, "clientSecret": u.ClientSecret})
}

func (s *session) renew(token string) answer {
	s.t.Helper()
	return s.post("/api/v1/auth/token/renew", object{"accessToken": token})
}

func (s *session) revoke(token string) answer {
	s.t.Helper()
	return s.post("/api/v1/auth/token/revoke", object{"accessToken": token})
}

func (s *session) use(token string) answer {
	s.t.Helper()
	return ask(s.t, s.client, "GET", s.url+"/api/v1/identities/details", nil, "Authorization", "Bearer "+token)
}

// good tells whether use found a token good. The first generation finds it so
// before it fails.
func good(got answer) bool { return got.status == 200 || got.text("error") == "FindByOrgId" }

// wants checks the status and the message of an answer.
func wants(t *testing.T, got answer, status int, message string) {
	t.Helper()
	if got.status != status || got.text("message") != message {
		t.Errorf("got %d %v, not %d %s", got.status, got.body, status, message)
	}
}

// lifeOf returns exp - iat of a JWT, or -1 if it has no exp.
func lifeOf(t *testing.T, token string) time.Duration {
	t.Helper()
	raw, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		IssuedAt int64  `json:"iat"`
		Expires  *int64 `json:"exp"`
	}
	if err := json.Unmarshal(raw, &claims); err != nil {
		t.Fatal(err)
	}
	if claims.Expires == nil {
		return -1
	}
	return time.Duration(*claims.Expires-claims.IssuedAt) * time.Second
}

const noToken = "No identity access token found"

func TestLifeOfTokens(t *testing.T) {
	// What a login says and what its JWT says differ in the way of each generation.
	t.Parallel()
	const g1, g2, g3 = infisicaltest.G1, infisicaltest.G2, infisicaltest.G3
	const day = 24 * time.Hour
	tests := []struct {
		name               string
		generation         infisicaltest.Generation
		identity           infisicaltest.Identity
		expiresIn, maximum float64
		jwt                time.Duration
	}{
		{"defaults", g1, infisicaltest.Identity{}, 2592000, 2592000, 30 * day},
		{"defaults", g3, infisicaltest.Identity{}, 2592000, 2592000, 30 * day},
		{"short", g1, infisicaltest.Identity{TTL: time.Minute, MaxTTL: time.Hour}, 60, 3600, time.Hour},
		{"short", g2, infisicaltest.Identity{TTL: time.Minute, MaxTTL: time.Hour}, 60, 3600, time.Minute},
		{"short", g3, infisicaltest.Identity{TTL: time.Minute, MaxTTL: time.Hour}, 60, 3600, time.Minute},
		{"no TTL", g1, infisicaltest.Identity{TTL: infisicaltest.None, MaxTTL: time.Hour}, 0, 3600, time.Hour},
		{"no TTL", g2, infisicaltest.Identity{TTL: infisicaltest.None, MaxTTL: time.Hour}, 0, 3600, -1},
		{"no TTL", g3, infisicaltest.Identity{TTL: infisicaltest.None, MaxTTL: time.Hour}, 0, 3600, time.Hour},
		{"nothing", g3, infisicaltest.Identity{TTL: infisicaltest.None, MaxTTL: infisicaltest.None}, 0, 0, 90 * day},
		{"period", g2, infisicaltest.Identity{Period: time.Minute}, 60, 1000000000, time.Minute},
		{"period", g3, infisicaltest.Identity{Period: time.Minute}, 60, 0, time.Minute},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got := newSession(t, test.generation, test.identity).login()
				if got.body["expiresIn"] != test.expiresIn || got.body["accessTokenMaxTTL"] != test.maximum || lifeOf(t, got.text("accessToken")) != test.jwt {
					t.Errorf("G%d: got %v with a JWT of %v", test.generation, got.body, lifeOf(t, got.text("accessToken")))
				}
			})
		})
	}
}

func TestRenewalDestroys(t *testing.T) {
	// Up to G2 a renewal that would pass the maximum is refused and takes the token with it, with the defaults at once.
	t.Parallel()
	for _, generation := range []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2} {
		synctest.Test(t, func(t *testing.T) {
			s := newSession(t, generation, infisicaltest.Identity{TTL: time.Minute, MaxTTL: 3 * time.Minute})
			token := s.login().text("accessToken")
			time.Sleep(50 * time.Second)
			renewed := s.renew(token)
			if renewed.status != 200 || renewed.body["expiresIn"] != 60.0 || (renewed.text("accessToken") == token) != (generation == infisicaltest.G1) {
				t.Fatalf("G%d: got %d %v", generation, renewed.status, renewed.body)
			}
			token = renewed.text("accessToken")
			time.Sleep(50 * time.Second)
			token = s.renew(token).text("accessToken")
			time.Sleep(30 * time.Second)
			if got := s.use(token); !good(got) {
				t.Errorf("G%d: before: got %d %v", generation, got.status, got.body)
			}
			wants(t, s.renew(token), 401, "Failed to renew MI access token past its Max TTL expiration")
			wants(t, s.use(token), 401, noToken)
			wants(t, s.renew(token), 401, noToken)
		})
		synctest.Test(t, func(t *testing.T) {
			s := newSession(t, generation, infisicaltest.Identity{})
			token := s.login().text("accessToken")
			time.Sleep(time.Second)
			wants(t, s.renew(token), 401, "Failed to renew MI access token past its Max TTL expiration")
			wants(t, s.use(token), 401, noToken)
		})
	}
}

func TestRenewalShortens(t *testing.T) {
	// From G3 on a renewal gives what is left, says so, and the older token lives on.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G3, infisicaltest.Identity{TTL: time.Minute, MaxTTL: 90 * time.Second})
		first := s.login().text("accessToken")
		time.Sleep(50 * time.Second)
		got := s.renew(first)
		second := got.text("accessToken")
		if got.status != 200 || got.body["expiresIn"] != 40.0 || lifeOf(t, second) != 40*time.Second || second == first {
			t.Errorf("got %d %v", got.status, got.body)
		}
		if s.use(first).status != 200 || s.use(second).status != 200 {
			t.Error("a token died of the renewal")
		}
		time.Sleep(20 * time.Second)
		wants(t, s.use(first), 403, "Your token has expired. Please re-authenticate.")
		time.Sleep(20 * time.Second)
		wants(t, s.renew(second), 403, "Your token has expired. Please re-authenticate.")
	})
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G3, infisicaltest.Identity{Period: time.Minute, MaxTTL: 2 * time.Minute})
		token := s.login().text("accessToken")
		for range 10 {
			time.Sleep(50 * time.Second)
			got := s.renew(token)
			if got.status != 200 || got.body["expiresIn"] != 60.0 || got.body["accessTokenMaxTTL"] != 0.0 {
				t.Fatalf("got %d %v", got.status, got.body)
			}
			token = got.text("accessToken")
		}
	})
}

func TestExpiryInTheDatabase(t *testing.T) {
	// In G1 the JWT outlives the TTL, and the server refuses it all the same.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G1, infisicaltest.Identity{TTL: time.Minute, MaxTTL: time.Hour})
		token := s.login().text("accessToken")
		time.Sleep(62 * time.Second)
		wants(t, s.use(token), 401, "Failed to renew MI access token due to TTL expiration")
		wants(t, s.use(token), 401, noToken)
	})
}

func TestRevocation(t *testing.T) {
	// A revoked token is refused at once; revoking again is an error up to G2 only.
	t.Parallel()
	for generation := infisicaltest.G1; generation <= infisicaltest.G3; generation++ {
		synctest.Test(t, func(t *testing.T) {
			s := newSession(t, generation, infisicaltest.Identity{TTL: time.Minute, MaxTTL: time.Hour})
			token := s.login().text("accessToken")
			wants(t, s.revoke(token), 200, "Successfully revoked access token")
			if generation < infisicaltest.G3 {
				wants(t, s.use(token), 401, noToken)
				wants(t, s.renew(token), 401, noToken)
				wants(t, s.revoke(token), 401, noToken)
			} else {
				wants(t, s.use(token), 401, "Failed to authorize: token has been revoked")
				wants(t, s.renew(token), 401, "Cannot renew: token has been revoked")
				wants(t, s.revoke(token), 200, "Successfully revoked access token")
			}
			other := s.login().text("accessToken")
			if !s.srv.Revoke(other) || s.srv.Revoke(other) || s.use(other).status != 401 {
				t.Error("an administrator's revocation has no effect")
			}
		})
	}
}

func TestTokensThatAreNone(t *testing.T) {
	// What is no token of this server is refused in the words of its library.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, infisicaltest.G3, infisicaltest.Identity{})
		token := s.login().text("accessToken")
		const malformed = "The provided access token is malformed. Please use a valid token or generate a new one and try again."
		wants(t, s.renew("not-a-jwt"), 403, malformed)
		wants(t, s.revoke("not-a-jwt"), 403, malformed)
		wants(t, s.use("not-a-jwt"), 403, malformed)
		wants(t, s.use(tampered(token)), 403, "invalid signature")
		wants(t, s.use(relabelled(token, "none")), 403, "invalid algorithm")
		wants(t, s.use(token[:strings.LastIndex(token, ".")+1]), 403, "jwt signature is required")
		got := ask(t, s.client, "GET", s.url+"/api/v1/identities/details", nil)
		wants(t, got, 401, "Token missing")
	})
}

func TestUses(t *testing.T) {
	// A token that is good for three requests is refused the fourth time.
	t.Parallel()
	for generation := infisicaltest.G1; generation <= infisicaltest.G3; generation++ {
		synctest.Test(t, func(t *testing.T) {
			s := newSession(t, generation, infisicaltest.Identity{NumUses: 3, TTL: time.Minute, MaxTTL: time.Hour})
			token := s.login().text("accessToken")
			for range 3 {
				if got := s.use(token); !good(got) {
					t.Fatalf("got %d %v", got.status, got.body)
				}
			}
			if generation == infisicaltest.G3 {
				wants(t, s.use(token), 401, "Failed to authorize: token usage limit reached")
				wants(t, s.renew(token), 401, "Cannot renew exhausted access token")
				return
			}
			wants(t, s.use(token), 401, "Unable to renew because access token number of uses limit reached")
			wants(t, s.use(token), 401, noToken)
		})
	}
}

func TestDetails(t *testing.T) {
	// An identity is told the organization that its session is for.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	srv.AddSubOrganization("red")
	srv.AddSubOrganization("blue")
	universal := &infisicaltest.Universal{}
	srv.Add(infisicaltest.Identity{Auth: universal, Organizations: []string{"red"}})
	url := srv.Start(t)
	tests := []struct {
		slug   string
		status int
		result string // slug or message
	}{
		{"", 200, "acme"},
		{"acme", 200, "acme"},
		{"red", 200, "red"},
		{"blue", 401, "Identity not authorized to access sub organization blue"},
		{"green", 404, "Sub organization with slug green not found"},
	}
	for _, test := range tests {
		body := object{"clientId": universal.ClientID, "clientSecret": universal.ClientSecret}
		if test.slug != "" {
			body["organizationSlug"] = test.slug
		}
		got := ask(t, http.DefaultClient, "POST", url+universalPath, body)
		if got.status != 200 {
			wants(t, got, test.status, test.result)
			continue
		}
		details := ask(t, http.DefaultClient, "GET", url+"/api/v1/identities/details", nil, "Authorization", "Bearer "+got.text("accessToken"))
		organization, _ := details.body["identityDetails"].(object)["organization"].(object)
		if test.status != 200 || organization["slug"] != test.result {
			t.Errorf("slug %q: got %v", test.slug, details.body)
		}
	}
	invalid := ask(t, http.DefaultClient, "POST", url+universalPath, object{"clientId": "x", "clientSecret": "x", "organizationSlug": "No Slug"})
	if invalid.status != 422 {
		t.Errorf("invalid slug: got %d %v", invalid.status, invalid.body)
	}
}

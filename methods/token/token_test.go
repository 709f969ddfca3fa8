package token

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// signed returns a JWT with a payload, and a signature that nobody checks.
func signed(payload string) config.Secret {
	encode := base64.RawURLEncoding.EncodeToString
	return config.Secret(encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode([]byte(payload)) + ".c2ln")
}

func TestNewRefusesWhatNoTokenHolds(t *testing.T) {
	// What goes into a header, a file and an environment is one word, and no
	// part of what is refused is shown.
	t.Parallel()
	for _, bad := range []string{"", " ", "tok en", "token\n", "\ttoken", "tok\x00en", "tok\x1ben", "tok\x7fen", "tok\u00a0en", "tok\u2028en", "tok\xffen", "tökën"} {
		got, err := New(config.Secret(bad))
		if err == nil {
			t.Errorf("%q is a token", bad)
			continue
		}
		if got.Secret != "" || strings.Contains(err.Error(), "tok\x1b") || strings.Contains(err.Error(), "kën") {
			t.Errorf("%q is shown: %v", bad, err)
		}
	}
	for _, good := range []string{"st.a.b.c", "x", string(signed(`{}`)), "a+b/c=="} {
		if got, err := New(config.Secret(good)); err != nil || got.Secret.Reveal() != good || got.Received.IsZero() {
			t.Errorf("%q: %v", good, err)
		}
	}
}

func TestDeadlineIsTheEarlier(t *testing.T) {
	// The deadline is the earlier of exp and of what the server said, of those
	// that there are, by our clock.
	t.Parallel()
	received := time.Unix(1_800_000_000, 0)
	at := func(seconds int) time.Time { return received.Add(time.Duration(seconds) * time.Second) }
	for _, test := range []struct {
		name    string
		payload string
		life    time.Duration
		skew    time.Duration
		want    time.Time
	}{
		{"exp alone", `{"exp":1800000100}`, 0, 0, at(100)},
		{"life alone", `{}`, time.Minute, 0, at(60)},
		{"old servers put the bound of all renewals into exp", `{"exp":1802592000}`, time.Minute, 0, at(60)},
		{"a life beyond exp is not believed", `{"exp":1800000030}`, time.Minute, 0, at(30)},
		{"a life of 0 is none", `{"exp":1800000030}`, 0, 0, at(30)},
		{"neither", `{}`, 0, 0, time.Time{}},
		{"exp is by the server's clock", `{"exp":1800003600}`, 0, time.Hour, at(0)},
		{"the life is not", `{"exp":1800007200}`, time.Minute, time.Hour, at(60)},
		{"exp in the past is believed", `{"exp":1700000000}`, time.Minute, 0, time.Unix(1_700_000_000, 0)},
		{"exp that is no number is none", `{"exp":"1800000030"}`, time.Minute, 0, at(60)},
		{"exp beyond all calendars is none", `{"exp":1e300}`, time.Minute, 0, at(60)},
		{"negative exp is none", `{"exp":-5}`, time.Minute, 0, at(60)},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			token := Token{Secret: signed(test.payload), Received: received, ExpiresIn: test.life, Skew: test.skew}
			got, known := token.Deadline()
			if !got.Equal(test.want) || known == test.want.IsZero() {
				t.Errorf("deadline %v, %v; want %v", got, known, test.want)
			}
			left, known := token.Remaining(received.Add(-time.Second))
			if known == test.want.IsZero() || known && left != test.want.Sub(received)+time.Second {
				t.Errorf("remaining %v, %v", left, known)
			}
		})
	}
}

func TestClaims(t *testing.T) {
	// What a token says of itself is decoded under every name that servers use;
	// one claim of a wrong type does not hide the others.
	t.Parallel()
	got, ok := Token{Secret: signed(`{"authTokenType":"identityAccessToken","iat":1800000000,"exp":1800003600.5,"creationEpoch":1799990000,
		"accessTokenTTL":3600,"accessTokenMaxTTL":7200,"accessTokenPeriod":0,"numUsesLimit":3,"jti":"id-1","identityId":"who",
		"identityName":5,"orgId":"org","authMethod":"universal-auth"}`)}.Claims()
	want := Claims{
		Kind: "identityAccessToken", Issued: time.Unix(1_800_000_000, 0), Expires: time.Unix(1_800_003_600, 500_000_000),
		Created: time.Unix(1_799_990_000, 0), TTL: time.Hour, MaxTTL: 2 * time.Hour, Limited: true,
		ID: "id-1", Identity: "who", Organization: "org", Method: "universal-auth",
	}
	if !ok || got != want {
		t.Errorf("claims %+v\nwant   %+v", got, want)
	}
	got, _ = Token{Secret: signed(`{"userId":"u","tokenVersionId":"session","organizationId":"o"}`)}.Claims()
	if got.User != "u" || got.ID != "session" || got.Organization != "o" {
		t.Errorf("claims of a person %+v", got)
	}
	got, _ = Token{Secret: signed(`{"organizationId":"above","subOrganizationId":"o"}`)}.Claims()
	if got.Organization != "o" {
		t.Errorf("claims of a person in a sub-organization %+v", got)
	}
	for _, none := range []config.Secret{"", "st.a.b.c", "a.b", "a.!.c", "a.bnVsbA", signed(`[]`), signed(`5`), signed(`{"exp":`), "a..c"} {
		if _, ok := (Token{Secret: none}).Claims(); ok {
			t.Errorf("%q is a JWT", none.Reveal())
		}
	}
}

func FuzzClaims(f *testing.F) {
	// Nothing that a token says of itself can do harm: times are within the
	// calendar, durations not negative, and the deadline can be printed.
	f.Add(`{"exp":1800000000,"iat":1,"accessTokenTTL":3600}`, int64(60))
	f.Add(`{"exp":1e308,"accessTokenMaxTTL":-1}`, int64(-1))
	f.Add(`{"exp":null,"exp":253402300799}`, int64(1<<62))
	f.Fuzz(func(t *testing.T, payload string, life int64) {
		token := Token{Secret: signed(payload), Received: time.Unix(1_800_000_000, 0), ExpiresIn: time.Duration(life)}
		claims, ok := token.Claims()
		if ok && !json.Valid([]byte(payload)) {
			t.Errorf("%q is no JSON", payload)
		}
		for _, d := range []time.Duration{claims.TTL, claims.MaxTTL, claims.Period} {
			if d < 0 {
				t.Errorf("duration %v", d)
			}
		}
		deadline, known := token.Deadline()
		if _, err := deadline.UTC().MarshalText(); known && err != nil {
			t.Errorf("deadline: %v", err)
		}
		if left, _ := token.Remaining(token.Received); known && life > 0 && left > time.Duration(life) {
			t.Errorf("remaining %v of %v", left, time.Duration(life))
		}
	})
}

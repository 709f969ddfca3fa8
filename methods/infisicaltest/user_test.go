package infisicaltest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const (
	userOrganization  = "0f8fad5b-d9cb-469f-a165-70867728950e"
	userSub           = "16fd2706-8baf-433b-82eb-8c7fada847da"
	otherOrganization = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
)

// visitor is a person at a server.
type visitor struct {
	*Server
	user  User
	token string // of a session without an organization
	now   time.Time
}

func visit(generation Generation, user User) *visitor {
	v := &visitor{Server: New(generation), now: time.Now()}
	v.Now = func() time.Time { return v.now }
	if user.Organizations == nil {
		user.Organizations = []Organization{{ID: userOrganization, Name: "Acme", SubOrganizations: []Organization{{ID: userSub, Name: "Rocket"}}}}
	}
	v.user = v.AddUser(user)
	v.token = v.signSession(v.begin(v.users[0]), scope{}, kindUser, v.now)
	return v
}

// said is an answer.
type said struct {
	status int
	body   map[string]any
	jid    string // the cookie, empty if none was set
}

func (s said) text(name string) string { text, _ := s.body[name].(string); return text }

// ask sends a request. A body that is empty is none; a token that starts with
// jid= is a cookie.
func (v *visitor) ask(method, path, token, body string) said {
	request := httptest.NewRequest(method, path, strings.NewReader(body))
	request.Header.Set("User-Agent", "cli")
	switch {
	case strings.HasPrefix(token, "jid="):
		request.Header.Set("Cookie", token)
	case token != "":
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	recorder := httptest.NewRecorder()
	v.ServeHTTP(recorder, request)
	answer := said{status: recorder.Code}
	_ = json.Unmarshal(recorder.Body.Bytes(), &answer.body) // an answer that is none has no members
	for _, cookie := range recorder.Result().Cookies() {
		answer.jid = cookie.Value
	}
	return answer
}

func (v *visitor) choose(token, organization string) said {
	return v.ask("POST", "/api/v3/auth/select-organization", token, `{"organizationId":"`+organization+`"}`)
}

func TestPersonsAreAnswered(t *testing.T) {
	// What a person is told depends on the generation, to the letter.
	t.Parallel()
	const login, login1, login2, verify = "/api/v3/auth/login", "/api/v3/auth/login1", "/api/v3/auth/login2", "/api/v2/auth/mfa/verify"
	const organization = `{"organizationId":"` + userOrganization + `"}`
	for _, test := range []struct {
		name         string
		since, until Generation
		user         User
		method, path string
		token        string // "session" is the person's
		body         string
		status       int
		kind, text   string
	}{
		{name: "no such route yet", until: G1, path: login, body: `{"email":"a","password":"b"}`, status: 404, kind: "Not Found", text: "Route POST:/api/v3/auth/login not found"},
		{name: "password", since: G2, path: login, body: `{"email":"ADA@example.com","password":"hunter2"}`, status: 200},
		{name: "wrong password", since: G2, path: login, body: `{"email":"ada@example.com","password":"hunter3"}`, status: 400, kind: "BadRequest", text: "Invalid username or email"},
		{name: "unknown", since: G2, until: G2, path: login, body: `{"email":"bob","password":"x"}`, status: 400, kind: "BadRequest", text: "User not found"},
		{name: "unknown", since: G3, path: login, body: `{"email":"bob","password":"x"}`, status: 400, kind: "BadRequest", text: "Invalid login credentials"},
		{name: "legacy", since: G2, user: User{Legacy: true}, path: login, body: `{"email":"ada@example.com","password":"hunter2"}`, status: 400, kind: "LegacyEncryptionScheme", text: "Legacy encryption scheme not supported"},
		{name: "captcha", since: G2, user: User{Captcha: true}, path: login, body: `{"email":"ada@example.com","password":"hunter2"}`, status: 400, kind: "Captcha Required", text: "Accomplish the required captcha by logging in via Web"},
		{name: "SSO", since: G2, user: User{SSOOnly: true}, path: login, body: `{"email":"ada@example.com","password":"hunter2"}`, status: 400, kind: "BadRequest", text: "No password found"},
		{name: "no password", since: G2, path: login, body: `{"email":"ada@example.com"}`, status: 422, kind: "ValidationFailure"},
		{name: "unknown, SRP", until: G1, path: login1, body: `{"email":"bob","clientPublicKey":"00"}`, status: 500, kind: "InternalServerError", text: "Something went wrong"},
		{name: "unknown, SRP", since: G2, path: login1, body: `{"email":"bob","clientPublicKey":"00"}`, status: 400, kind: "BadRequest", text: "Invalid login credentials"},
		{name: "SSO, SRP", user: User{SSOOnly: true}, path: login1, body: `{"email":"ada@example.com","clientPublicKey":"00"}`, status: 400, kind: "BadRequest", text: "Invalid login credentials"},
		{name: "a proof of nothing", path: login2, body: `{"email":"ada@example.com","clientProof":"00"}`, status: 500, kind: "InternalServerError", text: "Something went wrong"},
		{name: "no proof", until: G1, path: login2, body: `{"email":"ada@example.com"}`, status: 401, kind: "ValidationFailure"},
		{name: "organizations", method: "GET", path: "/api/v1/organization", token: "session", status: 200},
		{name: "organizations of nobody", method: "GET", path: "/api/v1/organization", status: 401, kind: "UnauthorizedError", text: "Token missing"},
		{name: "sub-organizations", since: G3, method: "GET", path: "/api/v1/organization/accessible-with-sub-orgs", token: "session", status: 200},
		{name: "no sub-organizations yet", until: G2, method: "GET", path: "/api/v1/organization/accessible-with-sub-orgs", token: "session", status: 404, kind: "Not Found"},
		{name: "select", path: "/api/v3/auth/select-organization", token: "session", body: organization, status: 200},
		{name: "select, nobody", path: "/api/v3/auth/select-organization", body: organization, status: 401, kind: "Authorization header is required"},
		{name: "select, garbage", path: "/api/v3/auth/select-organization", token: "x", body: organization, status: 403, kind: "TokenError", text: "The provided access token is malformed. Please use a valid token or generate a new one and try again."},
		{name: "select, no UUID", path: "/api/v3/auth/select-organization", token: "session", body: `{"organizationId":"acme"}`, status: 500, kind: "Find by id", text: "Something went wrong"},
		{name: "select, a stranger's", path: "/api/v3/auth/select-organization", token: "session", body: `{"organizationId":"` + otherOrganization + `"}`, status: 403, kind: "ForbiddenError"},
		{name: "select, locked", user: User{Locked: true}, path: "/api/v3/auth/select-organization", token: "session", body: organization, status: 403, kind: "UserLocked", text: "User is temporary locked due to multiple failed login attempts. Try again after 5 minutes. You can also reset your password now to proceed."},
		{name: "select a sub-organization", since: G2, path: "/api/v3/auth/select-organization", token: "session", body: `{"organizationId":"` + userSub + `"}`, status: 200},
		{name: "no sub-organization yet", until: G1, path: "/api/v3/auth/select-organization", token: "session", body: `{"organizationId":"` + userSub + `"}`, status: 403, kind: "ForbiddenError"},
		{name: "a code without a challenge", path: verify, token: "session", body: `{"mfaToken":"000000"}`, status: 500, kind: "InternalServerError"},
		{name: "a code of nobody", path: verify, body: `{"mfaToken":"000000"}`, status: 500, kind: "InternalServerError"},
		{name: "check", since: G2, path: "/api/v1/auth/checkAuth", token: "session", status: 200},
		{name: "check without an organization", until: G1, path: "/api/v1/auth/checkAuth", token: "session", status: 401, kind: "/api/v1/auth/checkAuth Unauthorized Access, no organization found in request"},
		{name: "who", method: "GET", path: "/api/v1/user", token: "session", status: 200},
		{name: "refresh without a cookie", path: "/api/v1/auth/token", status: 404, kind: "AuthTokenNotFound", text: "Failed to find refresh token"},
		{name: "refresh with the wrong token", path: "/api/v1/auth/token", token: "jid=session", status: 401, kind: "InvalidToken", text: "The token provided is not a refresh token"},
	} {
		if test.since == 0 {
			test.since = G1
		}
		if test.until == 0 {
			test.until = G3
		}
		for generation := test.since; generation <= test.until; generation++ {
			t.Run(fmt.Sprintf("%s/G%d", test.name, generation), func(t *testing.T) {
				t.Parallel()
				user := test.user
				user.Email, user.Password = "ada@example.com", "hunter2"
				v := visit(generation, user)
				method := test.method
				if method == "" {
					method = http.MethodPost
				}
				got := v.ask(method, test.path, strings.Replace(test.token, "session", v.token, 1), test.body)
				if got.status != test.status || got.text("error") != test.kind || test.text != "" && got.text("message") != test.text {
					t.Errorf("got %d %v", got.status, got.body)
				}
			})
		}
	}
}

func TestSessionIsScoped(t *testing.T) {
	// A session that has selected an organization says so in both of its tokens, of
	// a sub-organization with the one above it.
	t.Parallel()
	v := visit(G3, User{})
	got := v.choose(v.token, userSub)
	for _, token := range []string{got.text("token"), got.jid} {
		if payload, err := peekJWT(token); err != nil || payload.text("organizationId") != userOrganization || payload.text("subOrganizationId") != userSub {
			t.Errorf("claims %v, %v", payload, err)
		}
	}
	if elsewhere := v.choose(got.text("token"), userOrganization); elsewhere.status != 200 {
		t.Errorf("another organization: %d %v", elsewhere.status, elsewhere.body)
	}
}

func TestSecondFactorIsDemanded(t *testing.T) {
	// The challenge comes with the organization, is good for five minutes, and is
	// met by one code, once. The organization has to be selected again.
	t.Parallel()
	for generation := G1; generation <= G3; generation++ {
		v := visit(generation, User{MFA: "email"})
		challenge := v.choose(v.token, userOrganization)
		if demanded, _ := challenge.body["isMfaEnabled"].(bool); !demanded || challenge.jid != "" || (challenge.text("mfaMethod") == "email") != (generation > G1) {
			t.Fatalf("G%d: challenge %v", generation, challenge)
		}
		pass, code := challenge.text("token"), v.MailedCode(v.user.Email)
		if sent := v.ask("POST", "/api/v2/auth/mfa/send", pass, ""); sent.status != 200 || v.MailedCode(v.user.Email) == code {
			t.Errorf("G%d: no other code, %v", generation, sent)
		}
		if old := v.ask("POST", "/api/v2/auth/mfa/verify", pass, `{"mfaToken":"`+code+`"}`); old.status != 500 {
			t.Errorf("G%d: the code before: %v", generation, old)
		}
		met := v.ask("POST", "/api/v2/auth/mfa/verify", pass, `{"mfaToken":"`+v.MailedCode(v.user.Email)+`"}`)
		if met.status != 200 || met.jid == "" {
			t.Fatalf("G%d: %v", generation, met)
		}
		if payload, _ := peekJWT(met.text("token")); payload.text("organizationId") != "" {
			t.Errorf("G%d: claims %v", generation, payload)
		}
		if scoped := v.choose(met.text("token"), userOrganization); scoped.status != 200 || scoped.jid == "" {
			t.Errorf("G%d: %v", generation, scoped)
		}
		v.now = v.now.Add(mfaLife)
		if late := v.ask("POST", "/api/v2/auth/mfa/verify", pass, `{"mfaToken":"000000"}`); late.status != 403 || late.text("error") != "TokenError" {
			t.Errorf("G%d: late: %v", generation, late)
		}
	}
}

func TestSecondFactorLocks(t *testing.T) {
	// Three wrong codes lock the account for five minutes, of the newest server five.
	t.Parallel()
	for generation := G1; generation <= G3; generation++ {
		v := visit(generation, User{MFA: "totp"})
		most := 3
		if generation == G3 {
			most = 5
		}
		for n := range most {
			if got := v.ask("POST", "/api/v2/auth/mfa/verify", v.choose(v.token, userOrganization).text("token"), `{"mfaToken":"000000"}`); got.text("error") == "UserLocked" {
				t.Fatalf("G%d: locked after %d", generation, n)
			}
		}
		if got := v.choose(v.token, userOrganization); got.text("error") != "UserLocked" {
			t.Errorf("G%d: not locked: %v", generation, got)
		}
		v.now = v.now.Add(lockTime)
		if got := v.choose(v.token, userOrganization); got.status != 200 {
			t.Errorf("G%d: locked for ever: %v", generation, got)
		}
	}
}

func TestRecoveryCode(t *testing.T) {
	// A recovery code stands for the authenticator's, once.
	t.Parallel()
	v := visit(G3, User{MFA: "totp"})
	pass := v.choose(v.token, userOrganization).text("token")
	body := `{"recoveryCode":"` + v.user.RecoveryCodes[0] + `"}`
	met := v.ask("POST", "/api/v2/auth/mfa/verify/recovery-code", pass, body)
	if met.status != 200 || v.choose(met.text("token"), userOrganization).jid == "" {
		t.Errorf("%v", met)
	}
	if again := v.ask("POST", "/api/v2/auth/mfa/verify/recovery-code", pass, body); again.status != 403 {
		t.Errorf("again: %v", again)
	}
}

func TestSessionsEnd(t *testing.T) {
	// A session is refreshed by its cookie, which the newest server replaces, and
	// ends with the logout.
	t.Parallel()
	for generation := G1; generation <= G3; generation++ {
		v := visit(generation, User{})
		scoped := v.choose(v.token, userOrganization)
		jid := scoped.jid
		got := v.ask("POST", "/api/v1/auth/token", "jid="+jid, "")
		if payload, _ := peekJWT(got.text("token")); got.status != 200 || payload.text("organizationId") != userOrganization {
			t.Fatalf("G%d: refreshed %v", generation, got)
		}
		if rotated := got.jid != "" && got.text("refreshToken") == got.jid; rotated != (generation == G3) {
			t.Errorf("G%d: %v", generation, got)
		}
		if generation == G3 {
			jid = got.jid
		}
		if out := v.ask("POST", "/api/v1/auth/logout", "jid="+jid, ""); out.status != 200 {
			t.Errorf("G%d: logout %v", generation, out)
		}
		if stale := v.ask("POST", "/api/v1/auth/token", "jid="+jid, ""); stale.text("message") != "Token version mismatch" {
			t.Errorf("G%d: %v", generation, stale)
		}
		if stale := v.ask("POST", "/api/v1/auth/checkAuth", scoped.text("token"), ""); stale.text("error") != "StaleSession" {
			t.Errorf("G%d: %v", generation, stale)
		}
	}
}

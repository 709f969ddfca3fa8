package infisicaltest_test

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// attempt is a login and the answer that is due. In body and message {id} stands
// for the identity's id.
type attempt struct {
	name    string
	since   infisicaltest.Generation  // G1 if 0
	until   infisicaltest.Generation  // G3 if 0
	auth    func() infisicaltest.Auth // anew for each generation
	path    string
	body    func(*infisicaltest.Server, infisicaltest.Identity) object
	status  int
	kind    string // "error" of the body
	message string // text or JSON
}

// try makes the attempts against each generation that they are for.
func try(t *testing.T, attempts []attempt) {
	t.Helper()
	for _, a := range attempts {
		if a.since == 0 {
			a.since = infisicaltest.G1
		}
		if a.until == 0 {
			a.until = infisicaltest.G3
		}
		for generation := a.since; generation <= a.until; generation++ {
			t.Run(a.name+"/G"+string(rune('0'+generation)), func(t *testing.T) {
				srv := infisicaltest.New(generation)
				id := srv.Add(infisicaltest.Identity{Auth: a.auth()})
				url := srv.StartMemory(t)
				client := &http.Client{Transport: &http.Transport{DialContext: srv.Dial}}
				got := ask(t, client, "POST", url+"/api/v1/auth/"+a.path+"/login", a.body(srv, id))
				message, _ := json.Marshal(got.body["message"])
				if text := got.text("message"); text != "" {
					message = []byte(text)
				}
				wanted := strings.ReplaceAll(a.message, "{id}", id.ID)
				if got.status != a.status || got.text("error") != a.kind || a.status != 200 && string(message) != wanted {
					t.Errorf("got %d %v\nwhy: %s", got.status, got.body, srv.Requests()[0].Why)
				}
				if got.status != 200 && (got.text("reqId") != "") != (generation >= infisicaltest.G2) {
					t.Errorf("reqId is %q", got.text("reqId"))
				}
			})
		}
	}
}

// proof returns the body of a login by identity id and a JWT.
func proof(jwt func(*infisicaltest.Server, infisicaltest.Identity) string) func(*infisicaltest.Server, infisicaltest.Identity) object {
	return func(srv *infisicaltest.Server, id infisicaltest.Identity) object {
		return object{"identityId": id.ID, "jwt": jwt(srv, id)}
	}
}

// minted returns the body of a login by a JWT of the server's own issuer.
func minted(claims object) func(*infisicaltest.Server, infisicaltest.Identity) object {
	return proof(func(srv *infisicaltest.Server, _ infisicaltest.Identity) string { return srv.Issuer().Mint(claims) })
}

// fixed returns the same body for every identity.
func fixed(body object) func(*infisicaltest.Server, infisicaltest.Identity) object {
	return func(*infisicaltest.Server, infisicaltest.Identity) object { return body }
}

// with returns claims with others added.
func with(claims, others object) object {
	all := maps.Clone(claims)
	maps.Copy(all, others)
	return all
}

func foreign(claims object) func(*infisicaltest.Server, infisicaltest.Identity) object {
	return proof(func(srv *infisicaltest.Server, _ infisicaltest.Identity) string {
		return tampered(srv.Issuer().Mint(claims))
	})
}

// tampered changes the last but one letter of a signature.
func tampered(jwt string) string {
	letters := []byte(jwt)
	at := len(letters) - 3
	if letters[at] == 'A' {
		letters[at] = 'B'
	} else {
		letters[at] = 'A'
	}
	return string(letters)
}

// relabelled claims another algorithm in the header of a JWT.
func relabelled(jwt, algorithm string) string {
	first, rest, _ := strings.Cut(jwt, ".")
	raw, err := base64.RawURLEncoding.DecodeString(first)
	if err != nil {
		panic(err)
	}
	var header map[string]string
	if err := json.Unmarshal(raw, &header); err != nil {
		panic(err)
	}
	header["alg"] = algorithm
	raw, err = json.Marshal(header)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(raw) + "." + rest
}

const nobody = "11111111-2222-4333-8444-555555555555"

var past = time.Now().Add(-time.Hour).Unix()
var future = time.Now().Add(time.Hour).Unix()

func TestUniversal(t *testing.T) {
	// Only the right pair is let in; what is missing is said in each generation's way.
	t.Parallel()
	universal := func() infisicaltest.Auth { return &infisicaltest.Universal{ClientID: nobody, ClientSecret: "sesame"} }
	const missing = `[{"code":"invalid_type","expected":"string","message":"Required","path":["clientSecret"],"received":"undefined"}]`
	const number = `[{"code":"invalid_type","expected":"string","message":"Expected string, received number","path":["clientSecret"],"received":"number"}]`
	try(t, []attempt{
		{name: "good", auth: universal, path: "universal-auth", body: fixed(object{"clientId": nobody, "clientSecret": "sesame"}), status: 200},
		{name: "wrong secret", auth: universal, path: "universal-auth", body: fixed(object{"clientId": nobody, "clientSecret": "salami"}),
			status: 401, kind: "UnauthorizedError", message: "Invalid credentials"},
		{name: "unknown client", until: infisicaltest.G1, auth: universal, path: "universal-auth", body: fixed(object{"clientId": "x", "clientSecret": "sesame"}),
			status: 404, kind: "NotFound", message: "No identity with specified client ID was found"},
		{name: "unknown client", since: infisicaltest.G2, auth: universal, path: "universal-auth", body: fixed(object{"clientId": "x", "clientSecret": "sesame"}),
			status: 401, kind: "UnauthorizedError", message: "Invalid credentials"},
		{name: "missing secret", until: infisicaltest.G1, auth: universal, path: "universal-auth", body: fixed(object{"clientId": nobody}),
			status: 401, kind: "ValidationFailure", message: missing},
		{name: "missing secret", since: infisicaltest.G2, auth: universal, path: "universal-auth", body: fixed(object{"clientId": nobody}),
			status: 422, kind: "ValidationFailure", message: missing},
		{name: "number", since: infisicaltest.G2, auth: universal, path: "universal-auth", body: fixed(object{"clientId": nobody, "clientSecret": 7}),
			status: 422, kind: "ValidationFailure", message: number},
	})
}

func TestKubernetes(t *testing.T) {
	// A service account's token is let in if the cluster signed it and it is an allowed one.
	t.Parallel()
	auth := func() infisicaltest.Auth {
		return &infisicaltest.Kubernetes{Namespaces: []string{"default"}, Names: []string{"app"}, Audience: "infisical"}
	}
	account := infisicaltest.ServiceAccount("default", "app", "infisical")
	try(t, []attempt{
		{name: "good", auth: auth, path: "kubernetes-auth", body: minted(account), status: 200},
		{name: "listed", auth: func() infisicaltest.Auth { return &infisicaltest.Kubernetes{Tokens: []string{"opaque"}} }, path: "kubernetes-auth",
			body: proof(func(*infisicaltest.Server, infisicaltest.Identity) string { return "opaque" }), status: 200},
		{name: "wrong signature", auth: auth, path: "kubernetes-auth", body: foreign(account), status: 401, kind: "KubernetesTokenReviewError",
			message: "[invalid bearer token, square/go-jose: error in cryptographic primitive]"},
		{name: "expired", auth: auth, path: "kubernetes-auth", body: minted(with(account, object{"exp": past})), status: 401,
			kind: "KubernetesTokenReviewError", message: "[invalid bearer token, service account token has expired]"},
		{name: "namespace", auth: auth, path: "kubernetes-auth", body: minted(infisicaltest.ServiceAccount("other", "app", "infisical")),
			status: 401, kind: "UnauthorizedError", message: "Access denied: K8s namespace not allowed."},
		{name: "name", auth: auth, path: "kubernetes-auth", body: minted(infisicaltest.ServiceAccount("default", "other", "infisical")),
			status: 401, kind: "UnauthorizedError", message: "Access denied: K8s name not allowed."},
		{name: "audience", auth: auth, path: "kubernetes-auth", body: minted(infisicaltest.ServiceAccount("default", "app")),
			status: 401, kind: "UnauthorizedError", message: "Access denied: K8s audience not allowed."},
		{name: "no UUID", auth: auth, path: "kubernetes-auth", body: fixed(object{"identityId": "app", "jwt": "x"}),
			status: 500, kind: "Find one", message: "Something went wrong"},
		{name: "unknown identity", auth: auth, path: "kubernetes-auth", body: fixed(object{"identityId": nobody, "jwt": "x"}),
			status: 404, kind: "NotFound", message: "Kubernetes auth method not found for identity, did you configure Kubernetes auth?"},
		{name: "other method", auth: func() infisicaltest.Auth { return &infisicaltest.OIDC{} }, path: "kubernetes-auth", body: minted(account),
			status: 404, kind: "NotFound", message: "Kubernetes auth method not found for identity, did you configure Kubernetes auth?"},
	})
}

func TestOIDC(t *testing.T) {
	// An ID token is let in if its issuer, audience, subject and claims are the bound ones.
	t.Parallel()
	auth := func() infisicaltest.Auth {
		return &infisicaltest.OIDC{Audiences: []string{"infisical"}, Subject: "repo:acme/app:*", Claims: map[string]string{"owner": "acme"}}
	}
	id := object{"aud": "infisical", "sub": "repo:acme/app:ref:refs/heads/main", "owner": "acme"}
	denied := func(name, message string, body func(*infisicaltest.Server, infisicaltest.Identity) object) attempt {
		return attempt{name: name, auth: auth, path: "oidc-auth", body: body, status: 401, kind: "UnauthorizedError", message: message}
	}
	try(t, []attempt{
		{name: "good", auth: auth, path: "oidc-auth", body: minted(id), status: 200},
		{name: "good, RS256", since: infisicaltest.G3, auth: auth, path: "oidc-auth", body: proof(func(srv *infisicaltest.Server, _ infisicaltest.Identity) string {
			return srv.Issuer().MintRSA(id)
		}), status: 200},
		{name: "audience list", until: infisicaltest.G1, auth: auth, path: "oidc-auth", body: minted(with(id, object{"aud": []string{"infisical"}})),
			status: 500, kind: "InternalServerError", message: "Something went wrong"},
		{name: "audience list", since: infisicaltest.G2, auth: auth, path: "oidc-auth", body: minted(with(id, object{"aud": []string{"x", "infisical"}})), status: 200},
		denied("audience", "Access denied: OIDC audience not allowed.", minted(with(id, object{"aud": "other"}))),
		denied("claim", "Access denied: OIDC claim not allowed.", minted(with(id, object{"owner": "evil"}))),
		denied("issuer", "Access denied: jwt issuer invalid. expected: http://infisical.test/issuer", minted(with(id, object{"iss": "https://evil.test"}))),
		denied("signature", "Access denied: invalid signature", foreign(id)),
		denied("RSA signature", "Access denied: invalid signature", proof(func(srv *infisicaltest.Server, _ infisicaltest.Identity) string {
			return tampered(srv.Issuer().MintRSA(id))
		})),
		denied("EC key, other algorithm", "Access denied: invalid algorithm", proof(func(srv *infisicaltest.Server, _ infisicaltest.Identity) string {
			return relabelled(srv.Issuer().Mint(id), "HS256")
		})),
		denied("RSA key, other algorithm", "Access denied: invalid algorithm", proof(func(srv *infisicaltest.Server, _ infisicaltest.Identity) string {
			return relabelled(srv.Issuer().MintRSA(id), "HS256")
		})),
		denied("expired", "Access denied: jwt expired", minted(with(id, object{"exp": past}))),
		denied("not yet", "Access denied: jwt not active", minted(with(id, object{"nbf": future}))),
		{name: "subject", auth: auth, path: "oidc-auth", body: minted(with(id, object{"sub": "repo:acme/other:x"})),
			status: 403, kind: "ForbiddenError", message: "Access denied: OIDC subject not allowed."},
		{name: "unknown identity", until: infisicaltest.G1, auth: auth, path: "oidc-auth", body: fixed(object{"identityId": nobody, "jwt": "x"}),
			status: 404, kind: "NotFound", message: "GCP auth method not found for identity, did you configure GCP auth?"},
	})
}

func TestJWT(t *testing.T) {
	// A JWT is let in if its key, issuer, audience, subject and claims are the bound ones; G1 has no such route.
	t.Parallel()
	auth := func() infisicaltest.Auth {
		return &infisicaltest.JWT{Audiences: []string{"infisical"}, Subject: "app", Claims: map[string]string{"team": "red"}}
	}
	id := object{"aud": "infisical", "sub": "app", "team": "red"}
	row := func(name string, status int, kind, message string, body func(*infisicaltest.Server, infisicaltest.Identity) object) attempt {
		return attempt{name: name, since: infisicaltest.G2, auth: auth, path: "jwt-auth", body: body, status: status, kind: kind, message: message}
	}
	try(t, []attempt{
		row("good", 200, "", "", minted(id)),
		row("garbage", 401, "UnauthorizedError", "Invalid JWT", proof(func(*infisicaltest.Server, infisicaltest.Identity) string { return "x" })),
		row("signature", 401, "UnauthorizedError", "Access denied: invalid signature", foreign(id)),
		row("issuer", 403, "ForbiddenError", "Access denied: issuer mismatch", minted(with(id, object{"iss": "other"}))),
		row("subject", 403, "ForbiddenError", "Access denied: subject not allowed", minted(with(id, object{"sub": "other"}))),
		row("no subject", 401, "UnauthorizedError", "Access denied: token has no subject field", minted(with(id, object{"sub": nil}))),
		row("audience", 401, "UnauthorizedError", "Access denied: token audience not allowed", minted(with(id, object{"aud": "other"}))),
		row("claim", 401, "UnauthorizedError", "Access denied: claim mismatch for field team", minted(with(id, object{"team": "blue"}))),
		{name: "too old", until: infisicaltest.G1, auth: func() infisicaltest.Auth { return &infisicaltest.OIDC{} }, path: "jwt-auth", body: minted(id),
			status: 404, kind: "Not Found", message: "Route POST:/api/v1/auth/jwt-auth/login not found"},
	})
}

func TestLDAP(t *testing.T) {
	// Only the right name and password are let in, and what is malformed is told apart.
	t.Parallel()
	row := func(name string, status int, kind, message string, body func(*infisicaltest.Server, infisicaltest.Identity) object) attempt {
		auth := func() infisicaltest.Auth { return &infisicaltest.LDAP{Username: "app", Password: "sesame"} }
		return attempt{name: name, since: infisicaltest.G2, auth: auth, path: "ldap-auth", body: body, status: status, kind: kind, message: message}
	}
	login := func(user, password string) func(*infisicaltest.Server, infisicaltest.Identity) object {
		return func(_ *infisicaltest.Server, id infisicaltest.Identity) object {
			return object{"identityId": id.ID, "username": user, "password": password}
		}
	}
	try(t, []attempt{
		row("good", 200, "", "", login("app", "sesame")),
		row("wrong password", 401, "UnauthorizedError", "Invalid credentials", login("app", "salami")),
		row("wrong user", 401, "UnauthorizedError", "Invalid credentials", login("root", "sesame")),
		row("empty password", 422, "ValidationFailure",
			`[{"code":"too_small","exact":false,"inclusive":true,"message":"String must contain at least 1 character(s)","minimum":1,"path":["password"],"type":"string"}]`,
			login("app", "")),
		row("no UUID", 422, "ValidationFailure", `[{"code":"invalid_string","message":"Invalid uuid","path":["identityId"],"validation":"uuid"}]`,
			fixed(object{"identityId": "app", "username": "app", "password": "sesame"})),
	})
}

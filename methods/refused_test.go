package methods

import (
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/methods/token"
)

// refused is a login that the server says no to, and what it says.
type refused struct {
	method string
	name   string
	status int
	words  string // of the server
	since  infisicaltest.Generation
	until  infisicaltest.Generation
	known  infisicaltest.Identity // Auth is the method's good one if nil
	auth   func() infisicaltest.Auth
	by     applies   // the method's good one if nil
	before []applies // others who ask first
	on     func(*infisicaltest.Server)
	client func(*testing.T, *infisicaltest.Server) *Client
	as     Identity // whom it claims to be, if not itself
}

// unknownID is an identity that no server knows.
const unknownID = "99999999-9999-4999-8999-999999999999"

// brokenWords are all that the server says of a proof whose check failed.
const brokenWords = "Something went wrong"

func TestRefusals(t *testing.T) {
	// Each refusal of each method, in each generation of the server, ends in one
	// attempt, the kind that its status stands for and the server's own sentence,
	// with the id under which the server's log has it. What old servers answer
	// with 500 is tried again, but not for ever.
	t.Parallel()
	all := good(t)
	var cases []refused
	for name := range all {
		cases = append(cases, refusedToAll(name)...)
	}
	cases = append(cases, refusedSecrets()...)
	cases = append(cases, refusedTokens()...)
	cases = append(cases, refusedClouds(t)...)
	cases = append(cases, refusedCertificates()...)
	for _, r := range cases {
		if r.auth == nil {
			r.auth = all[r.method].auth
		}
		if r.by == nil {
			r.by = all[r.method].by
		}
		r.since = max(r.since, all[r.method].since)
		if r.until == 0 {
			r.until = infisicaltest.G3
		}
		for generation := r.since; generation <= r.until; generation++ {
			t.Run(r.method+"/"+r.name+"/G"+string(rune('0'+generation)), func(t *testing.T) {
				t.Parallel()
				r.try(t, generation)
			})
		}
	}
}

// try makes the login that is refused.
func (r refused) try(t *testing.T, generation infisicaltest.Generation) {
	server := infisicaltest.New(generation)
	r.known.Auth = r.auth()
	a := &applicant{t: t, server: server, known: server.Add(r.known), identity: r.as}
	if a.identity.ID == "" {
		a.identity.ID = config.UUID(a.known.ID)
	}
	if r.client == nil {
		r.client = ordinary(r.method)
	}
	if r.on != nil {
		r.on(server)
	}
	c := r.client(t, server)
	login := func(by applies) error {
		method := by(a)
		_, err := c.Login(t.Context(), row(t, r.method), func() (Method, error) { return method, nil })
		return err
	}
	for _, by := range r.before {
		_ = login(by) // whatever comes of it
	}
	earlier := len(server.Requests())
	err := login(r.by)
	kind, attempts := Refused, 1
	if r.status == 429 || r.status >= 500 {
		kind, attempts = Unavailable, 6
	}
	if err == nil {
		t.Fatal("it was let in")
	}
	wantError(t, err, kind, r.words)
	if (strings.Contains(err.Error(), "(reqId req-")) != (generation >= infisicaltest.G2) {
		t.Errorf("reqId in %q", err)
	}
	made := server.Requests()[earlier:]
	if strings.Contains(err.Error(), "the server asks to wait") {
		attempts = 1
	}
	if last := made[len(made)-1]; len(made) != attempts || last.Status != r.status {
		t.Errorf("%d requests, the last answered with %d: %s", len(made), last.Status, last.Why)
	}
}

// ordinary returns the client that a method needs to be let in.
func ordinary(method string) func(*testing.T, *infisicaltest.Server) *Client {
	if method == "tls-cert-auth" {
		return certified("worker")
	}
	return func(t *testing.T, server *infisicaltest.Server) *Client { return client(t, server.Start(t), nil) }
}

// refusedToAll are the refusals that all methods have in common.
func refusedToAll(method string) []refused {
	elsewhere := infisicaltest.Identity{Elsewhere: true}
	team := Identity{Organization: Organization{Slug: "team"}}
	cases := []refused{
		{method: method, name: "other address", status: 403, words: "You are not allowed to access this resource from the current IP address", known: elsewhere},
		{method: method, name: "unknown organization", status: 404, words: "Sub organization with slug team not found", since: infisicaltest.G2, as: team},
		{method: method, name: "organization of others", status: 401, words: "Identity not authorized to access sub organization team", since: infisicaltest.G2, as: team,
			on: func(s *infisicaltest.Server) { s.AddSubOrganization("team") }},
		{method: method, name: "too often", status: 429, words: "Rate limit exceeded. Please try again in ", before: []applies{func(a *applicant) Method { return proved{} }},
			on: func(s *infisicaltest.Server) { s.RateLimit(1, time.Hour) }},
		{method: method, name: "broken server", status: 500, words: brokenWords, since: infisicaltest.G2, on: func(s *infisicaltest.Server) { s.Fault(infisicaltest.Status(500)) }},
	}
	const configured = " auth method not found for identity, did you configure "
	words := map[string]string{
		"kubernetes": "Kubernetes" + configured, "aws-iam": "AWS" + configured, "gcp-id-token": "GCP" + configured,
		"gcp-iam": "GCP" + configured, "azure": "Azure" + configured, "jwt-auth": "JWT" + configured, "oci-auth": "OCI" + configured,
		"alicloud-auth": "Alibaba Cloud" + configured, "tls-cert-auth": "TLS Certificate" + configured, "spiffe-auth": "SPIFFE" + configured,
	}[method]
	unknown := refused{method: method, name: "unknown identity", status: 404, words: words, as: Identity{ID: unknownID}}
	first, later := unknown, unknown
	first.until, later.since = infisicaltest.G1, infisicaltest.G2
	switch method {
	case "universal-auth":
		first.words = "No identity with specified client ID was found"
		later.status, later.words = 401, "Invalid credentials"
	case "oidc-auth":
		first.words = "GCP" + configured // the server's own mistake
		later.words = "OIDC" + configured
	case "ldap-auth":
		later.status, later.words = 401, "Invalid credentials"
	}
	return append(cases, first, later)
}

// refusedSecrets are the refusals of what a thief might try.
func refusedSecrets() []refused {
	const invalid, locked = "Invalid credentials", "This identity auth method is temporarily locked, please try again later"
	universal := func(change infisicaltest.Universal) func() infisicaltest.Auth {
		return func() infisicaltest.Auth {
			auth := change
			auth.ClientSecret = testSecret
			return &auth
		}
	}
	directory := func(change infisicaltest.LDAP) func() infisicaltest.Auth {
		return func() infisicaltest.Auth {
			auth := change
			auth.Username, auth.Password = "robot", "sesame"
			return &auth
		}
	}
	once := infisicaltest.Lockout{Threshold: 1}
	contended := func(s *infisicaltest.Server) {
		s.Fault(infisicaltest.Message(429, "Failed to acquire lock: rate limit exceeded"))
	}
	const g2 = infisicaltest.G2
	return []refused{
		{method: "universal-auth", name: "wrong secret", status: 401, words: invalid, by: bySecret("wrong")},
		{method: "universal-auth", name: "expired secret", status: 401, words: "Access denied due to expired client secret", auth: universal(infisicaltest.Universal{SecretTTL: 1})},
		{method: "universal-auth", name: "expired secret, again", status: 401, words: invalid, auth: universal(infisicaltest.Universal{SecretTTL: 1}), before: []applies{bySecret(testSecret)}},
		{method: "universal-auth", name: "used up secret", status: 401, words: "Access denied due to client secret usage limit reached",
			auth: universal(infisicaltest.Universal{SecretUses: 1}), before: []applies{bySecret(testSecret)}},
		{method: "universal-auth", name: "used up secret, again", status: 401, words: invalid,
			auth: universal(infisicaltest.Universal{SecretUses: 1}), before: []applies{bySecret(testSecret), bySecret(testSecret)}},
		{method: "universal-auth", name: "locked", status: 401, words: locked, since: g2, auth: universal(infisicaltest.Universal{Lockout: once}), before: []applies{bySecret("wrong")}},
		{method: "universal-auth", name: "lock taken", status: 429, words: "Failed to acquire lock: rate limit exceeded", since: g2, on: contended},
		{method: "ldap-auth", name: "wrong password", status: 401, words: invalid, by: byName("robot", "wrong")},
		{method: "ldap-auth", name: "unknown name", status: 401, words: invalid, by: byName("ghost", "sesame")},
		{method: "ldap-auth", name: "locked", status: 401, words: locked, auth: directory(infisicaltest.LDAP{Lockout: once}), before: []applies{byName("robot", "wrong")}},
		{method: "ldap-auth", name: "lock taken", status: 429, words: "Failed to acquire lock: rate limit exceeded", on: contended},
		{method: "ldap-auth", name: "not in the plan", status: 400, words: "the plan does not have LDAP auth", auth: directory(infisicaltest.LDAP{Unpaid: true})},
	}
}

// refusedTokens are the refusals of signed tokens that anybody may have issued.
func refusedTokens() []refused {
	past, soon := time.Now().Add(-time.Hour).Unix(), time.Now().Add(time.Hour).Unix()
	const g1, g2 = infisicaltest.G1, infisicaltest.G2
	var cases []refused
	oidcBound := func() infisicaltest.Auth {
		return &infisicaltest.OIDC{Audiences: []string{"us"}, Subject: "repo:acme/*", Claims: map[string]string{"env": "prod"}}
	}
	jwtBound := func() infisicaltest.Auth {
		return &infisicaltest.JWT{Audiences: []string{"us"}, Subject: "repo:acme/*", Claims: map[string]string{"env": "prod"}}
	}
	given := func(method string, auth func() infisicaltest.Auth) func(name string, status int, words string, change claims) refused {
		return func(name string, status int, words string, change claims) refused {
			return refused{method: method, name: name, status: status, words: words, auth: auth, by: func(a *applicant) Method {
				first := claims{"aud": "us", "sub": "repo:acme/app", "env": "prod"}
				for name, value := range change {
					first[name] = value
				}
				if method == "oidc-auth" {
					return byJWT(new(oidc), first)(a)
				}
				return byJWT(new(jwt), first)(a)
			}}
		}
	}
	o, j := given("oidc-auth", oidcBound), given("jwt-auth", jwtBound)
	cases = append(cases,
		o("expired", 401, "Access denied: jwt expired", claims{"exp": past}),
		o("not yet", 401, "Access denied: jwt not active", claims{"nbf": soon}),
		o("issuer", 401, "Access denied: jwt issuer invalid. expected: ", claims{"iss": "https://evil.example"}),
		o("signature", 401, "Access denied: invalid signature", claims{"forged": true}),
		o("subject", 403, "Access denied: OIDC subject not allowed.", claims{"sub": "repo:evil/app"}),
		o("audience", 401, "Access denied: OIDC audience not allowed.", claims{"aud": "them"}),
		o("claim", 401, "Access denied: OIDC claim not allowed.", claims{"env": "dev"}),
		j("expired", 401, "Access denied: jwt expired", claims{"exp": past}),
		j("issuer", 403, "Access denied: issuer mismatch", claims{"iss": "https://evil.example"}),
		j("signature", 401, "Access denied: invalid signature", claims{"forged": true}),
		j("garbage", 401, "Invalid JWT", claims{"garbage": true}),
		j("subject", 403, "Access denied: subject not allowed", claims{"sub": "repo:evil/app"}),
		j("audience", 401, "Access denied: token audience not allowed", claims{"aud": "them"}),
		j("no audience", 401, "Access denied: token has no audience field", claims{"aud": nil}),
		j("claim", 401, "Access denied: claim mismatch for field env", claims{"env": "dev"}),
		j("no claim", 401, "Access denied: token has no env field", claims{"env": nil}),
	)
	old, today := o("unknown key", 500, brokenWords, claims{"foreign": true}), o("unknown key", 401, "Access denied: unknown signing key", claims{"foreign": true})
	old.until, today.since = g1, g2
	cases = append(cases, old, today)
	svid := func(name, words string, change claims) refused {
		first := claims{"sub": "spiffe://example.org/app", "aud": "infisical"}
		for name, value := range change {
			first[name] = value
		}
		return refused{method: "spiffe-auth", name: name, status: 401, words: words, by: byJWT(new(spiffe), first)}
	}
	return append(cases,
		svid("expired", "JWT-SVID has expired", claims{"exp": past}),
		svid("signature", "JWT-SVID signature verification failed", claims{"forged": true}),
		svid("audience", "JWT-SVID audience validation failed", claims{"aud": "them"}),
		svid("trust domain", "Access denied", claims{"sub": "spiffe://evil.example/app"}),
	)
}

// refusedClouds are the refusals of clusters' and clouds' proofs.
func refusedClouds(t *testing.T) []refused {
	t.Helper()
	past := time.Now().Add(-time.Hour).Unix()
	cluster := func() infisicaltest.Auth {
		return &infisicaltest.Kubernetes{Namespaces: []string{"prod"}, Names: []string{"app"}, Audience: "us"}
	}
	pod := func(name, words, namespace, account, audience string, change claims) refused {
		claims := infisicaltest.ServiceAccount(namespace, account, audience)
		for name, value := range change {
			claims[name] = value
		}
		return refused{method: "kubernetes", name: name, status: 401, words: words, auth: cluster, by: byPod(claims)}
	}
	reviewer := func(name string, status int, words string, cluster infisicaltest.Kubernetes) refused {
		return refused{method: "kubernetes", name: name, status: status, words: words, auth: func() infisicaltest.Auth { return new(cluster) }}
	}
	instance := func(name string, status int, words string, change claims, allowed infisicaltest.GCPIDToken) refused {
		return refused{method: "gcp-id-token", name: name, status: status, words: words, by: byInstance(change),
			auth: func() infisicaltest.Auth { auth := allowed; return &auth }}
	}
	account := func(name string, status int, words string, change claims) refused {
		return refused{method: "gcp-iam", name: name, status: status, words: words, by: byAccount(change),
			auth: func() infisicaltest.Auth { return &infisicaltest.GCPIAM{ServiceAccounts: []string{gcpEmailAddress}} }}
	}
	managed := func(name string, status int, words string, change claims) refused {
		return refused{method: "azure", name: name, status: status, words: words, by: byManagedIdentity(change),
			auth: func() infisicaltest.Auth {
				return &infisicaltest.Azure{Tenant: testID, ServicePrincipals: []string{"me"}}
			}}
	}
	amazon := func(name string, status int, words string, change func(*infisicaltest.AWS)) refused {
		return refused{method: "aws-iam", name: name, status: status, words: words, auth: func() infisicaltest.Auth {
			auth := awsKnown()
			change(auth)
			return auth
		}}
	}
	private, stranger := ociPrivate(t), otherKey(t)
	oracle := func(name string, status int, words, region string, change func(*infisicaltest.OCI)) refused {
		return refused{method: "oci-auth", name: name, status: status, words: words, by: byOracleIn(region), auth: func() infisicaltest.Auth {
			auth := ociKnown(private)
			change(auth)
			return auth
		}}
	}
	const gone = "Access denied: K8s "
	return []refused{
		reviewer("reviewer not allowed", 401, `cannot create resource "tokenreviews"`, infisicaltest.Kubernetes{Unreviewed: `tokenreviews.authentication.k8s.io is forbidden: User "nobody" cannot create resource "tokenreviews"`}),
		reviewer("reviewer unknown", 401, "Unauthorized", infisicaltest.Kubernetes{Unreviewed: "Unauthorized"}),
		reviewer("cluster down", 500, brokenWords, infisicaltest.Kubernetes{Down: true}),
		pod("expired", "[invalid bearer token, service account token has expired]", "prod", "app", "us", claims{"exp": past}),
		pod("signature", "[invalid bearer token, square/go-jose: error in cryptographic primitive]", "prod", "app", "us", claims{"forged": true}),
		pod("namespace", gone+"namespace not allowed.", "dev", "app", "us", nil),
		pod("account", gone+"name not allowed.", "prod", "other", "us", nil),
		pod("audience", gone+"audience not allowed.", "prod", "app", "them", nil),
		instance("audience", 500, brokenWords, claims{"aud": unknownID}, infisicaltest.GCPIDToken{}),
		instance("expired", 500, brokenWords, claims{"exp": past}, infisicaltest.GCPIDToken{}),
		instance("issuer", 500, brokenWords, claims{"iss": "https://evil.example"}, infisicaltest.GCPIDToken{}),
		instance("account", 401, "Access denied: GCP service account not allowed.", nil, infisicaltest.GCPIDToken{ServiceAccounts: []string{"other@acme.example"}}),
		instance("project", 401, "Access denied: GCP project not allowed.", nil, infisicaltest.GCPIDToken{Projects: []string{"other"}}),
		instance("zone", 401, "Access denied: GCP zone not allowed.", nil, infisicaltest.GCPIDToken{Zones: []string{"east"}}),
		account("audience", 401, "Invalid audience in GCP IAM Token", claims{"aud": unknownID}),
		account("account", 401, "Access denied: GCP service account not allowed.", claims{"sub": "other@acme.example"}),
		account("expired", 403, "Your token has expired. Please re-authenticate.", claims{"exp": past}),
		account("signature", 403, "invalid signature", claims{"forged": true}),
		account("garbage", 500, brokenWords, claims{"garbage": true}),
		managed("audience", 403, "jwt audience invalid. expected: https://management.azure.com/", claims{"aud": "api://other"}),
		managed("issuer", 403, "jwt issuer invalid. expected: https://sts.windows.net/", claims{"iss": "https://sts.windows.net/other/"}),
		managed("tenant", 401, "Tenant ID mismatch", claims{"tid": "other"}),
		managed("expired", 403, "Your token has expired. Please re-authenticate.", claims{"exp": past}),
		managed("signature", 403, "invalid signature", claims{"forged": true}),
		managed("unknown key", 401, "Invalid signing key", claims{"foreign": true}),
		managed("garbage", 500, brokenWords, claims{"garbage": true}),
		managed("principal", 401, "Service principal not allowed", claims{"oid": "you"}),
		amazon("unknown key", 500, brokenWords, func(a *infisicaltest.AWS) { a.AccessKeyID = "AKIAOTHER" }),
		amazon("wrong key", 500, brokenWords, func(a *infisicaltest.AWS) { a.SecretAccessKey = "other" }),
		amazon("account", 401, "Access denied: AWS account ID not allowed.", func(a *infisicaltest.AWS) { a.AllowedAccounts = []string{"999999999999"} }),
		amazon("principal", 401, "Access denied: AWS principal ARN not allowed.", func(a *infisicaltest.AWS) { a.AllowedARNs = []string{"arn:aws:iam::123456789012:role/*"} }),
		oracle("another's key", 500, brokenWords, "us-phoenix-1", func(o *infisicaltest.OCI) { o.PublicKey = stranger }),
		oracle("name", 401, "Access denied: OCI account username not allowed.", "us-phoenix-1", func(o *infisicaltest.OCI) { o.Allowed = []string{"other"} }),
		oracle("tenancy", 401, "Access denied: OCI account isn't part of tenancy.", "us-phoenix-1", func(o *infisicaltest.OCI) { o.ForeignTenancy = true }),
		oracle("realm", 400, "Invalid OCI host format.", "us-luke-1", func(*infisicaltest.OCI) {}),
		{method: "alicloud-auth", name: "wrong secret", status: 500, words: brokenWords, by: byAlibaba("wrong", "")},
		{method: "alicloud-auth", name: "temporary key", status: 500, words: brokenWords, by: byAlibaba("sesame", "of the role")},
		{method: "alicloud-auth", name: "ARN", status: 401, words: "Access denied: Alibaba Cloud account ARN not allowed.", auth: func() infisicaltest.Auth {
			auth := alicloudKnown()
			auth.AllowedARNs = []string{"acs:ram::1:user/other"}
			return auth
		}},
	}
}

// refusedCertificates are the refusals of connections.
func refusedCertificates() []refused {
	bound := func() infisicaltest.Auth { return &infisicaltest.TLSCert{CommonNames: []string{"worker"}} }
	at := func(years int) func(*infisicaltest.Server) {
		return func(s *infisicaltest.Server) {
			s.Now = func() time.Time { return time.Now().AddDate(years, 0, 0) }
		}
	}
	other := infisicaltest.New(infisicaltest.G3)
	foreign := func() infisicaltest.Auth { return &infisicaltest.TLSCert{CA: other.CA()} }
	return []refused{
		{method: "tls-cert-auth", name: "no certificate arrives", status: 400, words: "Missing TLS certificate in header", client: ordinary("")},
		{method: "tls-cert-auth", name: "authority", status: 401, words: "Access denied: Certificate not issued by the provided CA.", auth: foreign},
		{method: "tls-cert-auth", name: "common name", status: 401, words: "Access denied: TLS Certificate Auth common name not allowed.", auth: bound, client: certified("stranger")},
		{method: "tls-cert-auth", name: "expired", status: 401, words: "Access denied: Certificate has expired.", on: at(11)},
		{method: "tls-cert-auth", name: "not yet", status: 401, words: "Access denied: Certificate not yet valid.", on: at(-1)},
	}
}

func TestGoodProofsAreLetIn(t *testing.T) {
	// What is refused for one reason in TestRefusals is good but for that; a server
	// that is too old for a method is told from one that refuses.
	t.Parallel()
	all := good(t)
	for _, r := range All() {
		way, ok := all[r.Name]
		if !ok {
			if _, proves := r.New().(Prover); proves {
				t.Errorf("%s is never refused in a test", r.Name)
			}
			continue
		}
		for generation := infisicaltest.G1; generation <= infisicaltest.G3; generation++ {
			t.Run(r.Name+"/G"+string(rune('0'+generation)), func(t *testing.T) {
				t.Parallel()
				server := infisicaltest.New(generation)
				a := &applicant{t: t, server: server, known: server.Add(infisicaltest.Identity{Auth: way.auth()})}
				a.identity.ID = config.UUID(a.known.ID)
				c := ordinary(r.Name)(t, server)
				method := way.by(a)
				_, err := c.Login(t.Context(), r, func() (Method, error) { return method, nil })
				if generation < way.since {
					wantError(t, err, Protocol, "this server does not know "+r.Name+": it has no route "+r.Path)
				} else if err != nil {
					t.Error(err, server.Requests()[0].Why)
				}
			})
		}
	}
}

func TestRefusedTokens(t *testing.T) {
	// A token that is given is refused in the server's words if it is not good any
	// more, or not from here.
	t.Parallel()
	for name, test := range map[string]struct {
		words  [3]string // by generation
		status int
		change func(*testing.T, *Client, *infisicaltest.Server, config.Secret)
		from   infisicaltest.Identity
	}{
		"revoked": {words: [3]string{"No identity access token found", "No identity access token found", "token has been revoked"},
			change: func(t *testing.T, c *Client, _ *infisicaltest.Server, secret config.Secret) {
				if err := c.Revoke(t.Context(), made(t, secret)); err != nil {
					t.Error(err)
				}
			}},
		"other address": {words: [3]string{"from the current IP address", "from the current IP address", "from the current IP address"},
			from: infisicaltest.Identity{Elsewhere: true}},
		"used up": {words: [3]string{"number of uses limit reached", "number of uses limit reached", "token usage limit reached"},
			from: infisicaltest.Identity{NumUses: 1}, change: func(t *testing.T, c *Client, _ *infisicaltest.Server, secret config.Secret) {
				if _, err := c.Details(t.Context(), secret); err != nil {
					t.Error(err)
				}
			}},
		"expired": {words: [3]string{"TTL expiration", "Your token has expired. Please re-authenticate.", "Your token has expired. Please re-authenticate."},
			from: infisicaltest.Identity{TTL: time.Minute}, change: func(_ *testing.T, _ *Client, s *infisicaltest.Server, _ config.Secret) {
				s.Now = func() time.Time { return time.Now().Add(time.Hour) }
			}},
	} {
		for i, words := range test.words {
			t.Run(name+"/G"+string(rune('1'+i)), func(t *testing.T) {
				t.Parallel()
				server := infisicaltest.New(infisicaltest.G1 + infisicaltest.Generation(i))
				test.from.Auth = new(infisicaltest.TokenAuth)
				secret := config.Secret(server.Mint(server.Add(test.from).ID))
				c := client(t, server.Start(t), nil)
				if test.change != nil {
					test.change(t, c, server, secret)
				}
				_, err := c.Login(t.Context(), row(t, "token-auth"), func() (Method, error) { return &tokenAuth{AccessToken{secret}}, nil })
				wantError(t, err, Refused, words)
				if strings.Contains(err.Error(), "(reqId req-") != (i > 0) {
					t.Errorf("reqId in %q", err)
				}
			})
		}
	}
}

// certified returns a client that has a certificate of the server's own
// authority for a name.
func certified(name string) func(*testing.T, *infisicaltest.Server) *Client {
	return func(t *testing.T, server *infisicaltest.Server) *Client {
		certificate, key := server.ClientCertificate(name)
		directory := t.TempDir()
		settings := ClientCertificate{CertPath: directory + "/cert.pem", KeyPath: directory + "/key.pem"}
		write(t, settings.CertPath, string(certificate))
		write(t, settings.KeyPath, string(key))
		url := server.StartTLS(t)
		return client(t, url, func(s *Server) { s.CAPath, s.ClientCertificate = server.CAPath(t), settings })
	}
}

func made(t *testing.T, secret config.Secret) token.Token {
	t.Helper()
	made, err := token.New(secret)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

package infisicaltest

import (
	"crypto/subtle"
	"time"
)

// Universal is universal auth: a client id and a client secret.
type Universal struct {
	ClientID     string        // a UUID; made up if empty
	ClientSecret string        // made up if empty
	SecretTTL    time.Duration // the secret is refused after that; 0 is no bound
	SecretUses   int           // logins that the secret is good for; 0 is no bound
	Lockout      Lockout       // from G2 on

	secretID      string
	secretAdded   time.Time
	secretUsed    int
	secretRevoked bool
}

func (u *Universal) method() string { return "universal-auth" }

func (u *Universal) complete(s *Server, _ *Identity) {
	if u.ClientID == "" {
		u.ClientID = newUUID()
	}
	if u.ClientSecret == "" {
		u.ClientSecret = randomHex(32)
	}
	u.secretID = newUUID()
	u.secretAdded = s.Now()
}

func universalLogin() login {
	return login{
		method: "universal-auth", since: G1,
		fields: []field{{name: "clientId"}, {name: "clientSecret"}},
		find:   findUniversal,
		prove:  proveUniversal,
	}
}

func findUniversal(s *Server, body fields) (*Identity, error) {
	for _, id := range s.identities {
		if u, ok := id.Auth.(*Universal); ok && u.ClientID == body.text("clientId") {
			return id, nil
		}
	}
	if s.generation == G1 {
		return nil, notFound("No identity with specified client ID was found")
	}
	return nil, because(unauthorized("Invalid credentials"), "unknown client id")
}

func proveUniversal(c *call, id *Identity, body fields) error {
	u := id.Auth.(*Universal)
	lock := c.server.lockout(u.Lockout, id.ID+" "+u.ClientID)
	if err := lock.check(c.now); err != nil {
		return err
	}
	if u.secretRevoked || subtle.ConstantTimeCompare([]byte(body.text("clientSecret")), []byte(u.ClientSecret)) != 1 {
		lock.fail(c.now)
		return because(unauthorized("Invalid credentials"), "wrong or revoked client secret")
	}
	if u.SecretTTL > 0 && c.now.After(u.secretAdded.Add(u.SecretTTL)) {
		u.secretRevoked = true
		return unauthorized("Access denied due to expired client secret")
	}
	if u.SecretUses > 0 && u.secretUsed >= u.SecretUses {
		u.secretRevoked = true
		return unauthorized("Access denied due to client secret usage limit reached")
	}
	u.secretUsed++
	lock.clear()
	return nil
}

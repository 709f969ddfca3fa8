package infisicaltest

import (
	"net/http"
	"strings"
	"time"
)

const (
	kindIdentity = "identityAccessToken"
	// ceiling is the longest life of one JWT in the third generation.
	ceiling = 90 * 24 * time.Hour
	// forever is what the second generation calls no maximum, in seconds.
	forever = 1_000_000_000
)

// accessToken is what the server remembers of an access token.
type accessToken struct {
	id       string
	identity *Identity
	scope    organization
	created  time.Time
	renewed  time.Time // when its life was last counted from
	uses     int
	revoked  bool
}

// loginAnswer is the answer to a login and to a renewal.
type loginAnswer struct {
	AccessToken string `json:"accessToken"`
	ExpiresIn   int64  `json:"expiresIn"`
	MaxTTL      int64  `json:"accessTokenMaxTTL"`
	TokenType   string `json:"tokenType"`
}

// issue makes a token for an identity.
func (s *Server) issue(id *Identity, scope organization, now time.Time) loginAnswer {
	t := &accessToken{id: newUUID(), identity: id, scope: scope, created: now, renewed: now}
	s.tokens[t.id] = t
	return s.describe(t, now)
}

// describe answers with the token's JWT as of now, and with the times as they
// are configured.
func (s *Server) describe(t *accessToken, now time.Time) loginAnswer {
	return loginAnswer{
		AccessToken: s.sign(t, now), ExpiresIn: seconds(s.life(t.identity)), MaxTTL: s.maxTTL(t.identity), TokenType: "Bearer",
	}
}

// life is how long a token lives after a login or a renewal, 0 for no bound.
func (s *Server) life(id *Identity) time.Duration {
	if id.Period > 0 && s.generation >= G2 {
		return id.Period
	}
	return id.TTL
}

// maxTTL is the bound of all renewals as the server tells it, in seconds.
func (s *Server) maxTTL(id *Identity) int64 {
	switch {
	case id.Period > 0 && s.generation == G2:
		return forever
	case id.Period > 0 && s.generation >= G3:
		return 0
	}
	return seconds(id.MaxTTL)
}

// expiry is the exp claim of a token as of now, in seconds; 0 leaves it out.
func (s *Server) expiry(t *accessToken, now time.Time) int64 {
	id := t.identity
	switch s.generation {
	case G1: // the maximum; the TTL is looked up with each use
		if id.MaxTTL == 0 {
			return 0
		}
		return t.created.Unix() + seconds(id.MaxTTL)
	case G2:
		if s.life(id) == 0 {
			return 0
		}
		return now.Unix() + seconds(s.life(id))
	}
	return now.Unix() + seconds(s.remaining(t, now))
}

// remaining is the life of a JWT of the third generation that is made now.
func (s *Server) remaining(t *accessToken, now time.Time) time.Duration {
	left := ceiling
	if life := s.life(t.identity); life > 0 {
		left = min(left, life)
	}
	if t.identity.Period == 0 && t.identity.MaxTTL > 0 {
		left = min(left, t.created.Add(t.identity.MaxTTL).Sub(now))
	}
	return left
}

// sign makes the JWT of a token.
func (s *Server) sign(t *accessToken, now time.Time) string {
	id := t.identity
	payload := map[string]any{"authTokenType": kindIdentity, "identityId": id.ID, "identityAccessTokenId": t.id, "iat": now.Unix()}
	if s.generation == G1 {
		payload["iat"] = t.created.Unix() // renewing yields the same text
	}
	if universal, ok := id.Auth.(*Universal); ok {
		payload["clientSecretId"] = universal.secretID
	}
	if exp := s.expiry(t, now); exp > 0 {
		payload["exp"] = exp
	}
	if s.generation >= G3 {
		payload["jti"] = t.id
		payload["identityName"] = id.Name
		payload["authMethod"] = id.Auth.method()
		payload["orgId"] = t.scope.id
		payload["rootOrgId"] = s.org.id
		payload["parentOrgId"] = s.org.id
		payload["accessTokenTTL"] = seconds(id.TTL)
		payload["accessTokenMaxTTL"] = seconds(id.MaxTTL)
		payload["accessTokenPeriod"] = seconds(id.Period)
		payload["creationEpoch"] = t.created.Unix()
		payload["ipRestrictionEnabled"] = false
		payload["identityAuth"] = map[string]any{}
		if id.NumUses > 0 {
			payload["numUsesLimit"] = id.NumUses
		}
	}
	return signJWT(s.key, "", payload)
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

// claimsOf checks a token that this server signed, and tells what is wrong with
// it in the server's words.
func (s *Server) claimsOf(token string, now time.Time) (claims, error) {
	payload, err := verifyJWT(token, now, func(string) (any, error) { return s.key, nil })
	if err != nil {
		return nil, libraryFailure(err)
	}
	return payload, nil
}

// libraryFailure is the answer to a JWT that the server's library refused, where
// the server adds nothing of its own.
func libraryFailure(err error) error {
	switch err {
	case errExpired:
		return tokenError("Your token has expired. Please re-authenticate.")
	case errMalformed:
		return tokenError("The provided access token is malformed. Please use a valid token or generate a new one and try again.")
	}
	return tokenError(err.Error())
}

// bearer authenticates a request by its Authorization header and returns the
// claims. Of an identity's token it counts a use.
func (s *Server) bearer(c *call) (claims, error) {
	value := c.request.Header.Get("Authorization")
	if value == "" {
		return nil, unauthorized("Token missing")
	}
	payload, err := s.claimsOf(strings.TrimPrefix(value, "Bearer "), c.now)
	if err != nil {
		return nil, err
	}
	if payload.text("authTokenType") != kindIdentity {
		return payload, nil
	}
	return payload, s.use(payload, c.now)
}

// use checks that an identity's token is alive and counts a use of it.
func (s *Server) use(payload claims, now time.Time) error {
	t := s.tokens[payload.text("identityAccessTokenId")]
	if s.generation >= G3 {
		switch {
		case t == nil || t.revoked:
			return unauthorized("Failed to authorize: token has been revoked")
		case exhausted(t):
			return unauthorized("Failed to authorize: token usage limit reached")
		}
		t.uses++
		return t.identity.trusted()
	}
	if err := s.alive(t, now); err != nil {
		return err
	}
	if err := t.identity.trusted(); err != nil {
		return err
	}
	t.uses++
	return nil
}

// alive is the check of the first two generations, which delete a token that
// fails it.
func (s *Server) alive(t *accessToken, now time.Time) error {
	if t == nil || t.revoked {
		return unauthorized("No identity access token found")
	}
	if exhausted(t) {
		t.revoked = true
		return unauthorized("Unable to renew because access token number of uses limit reached")
	}
	if life := s.life(t.identity); life > 0 && now.After(t.renewed.Add(life)) {
		t.revoked = true
		return unauthorized("Failed to renew MI access token due to TTL expiration")
	}
	return nil
}

func exhausted(t *accessToken) bool {
	return t.identity.NumUses > 0 && t.uses >= t.identity.NumUses
}

// wrongKind refuses an identity's token on a route for persons, and the
// other way round.
func wrongKind(c *call) error {
	return &failure{status: http.StatusForbidden, name: "Forbidden access to " + c.request.URL.RequestURI(),
		message: "You are not allowed to access this resource"}
}

package token

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"strings"
	"time"
)

// Claims is what a token says of itself. Nothing of it is verified: it came
// from the server over a connection that we trust, and only the server can
// check the signature. What a token does not say is zero.
type Claims struct {
	Kind         string        // authTokenType: identityAccessToken, or accessToken for a person
	Issued       time.Time     // iat
	Expires      time.Time     // exp
	Created      time.Time     // creationEpoch: of the first token of a chain of renewals
	TTL          time.Duration // accessTokenTTL
	MaxTTL       time.Duration // accessTokenMaxTTL
	Period       time.Duration // accessTokenPeriod: life of a token that can be renewed for ever
	Limited      bool          // the number of requests that it is good for is limited
	ID           string        // of the token: jti, identityAccessTokenId or, for a person's session, tokenVersionId
	Identity     string        // identityId
	IdentityName string        // identityName
	User         string        // userId
	Email        string        // email, in the token of a person
	Organization string        // that it is for: orgId or, for a person, subOrganizationId or else organizationId, the one above
	Method       string        // authMethod, as the server calls it
}

// payload has the claims' names on the wire. Numbers are any, since a claim of
// the wrong type is no reason to lose the others.
type payload struct {
	Kind           any `json:"authTokenType"`
	Issued         any `json:"iat"`
	Expires        any `json:"exp"`
	Created        any `json:"creationEpoch"`
	TTL            any `json:"accessTokenTTL"`
	MaxTTL         any `json:"accessTokenMaxTTL"`
	Period         any `json:"accessTokenPeriod"`
	Uses           any `json:"numUsesLimit"`
	JTI            any `json:"jti"`
	TokenID        any `json:"identityAccessTokenId"`
	Session        any `json:"tokenVersionId"`
	Identity       any `json:"identityId"`
	IdentityName   any `json:"identityName"`
	User           any `json:"userId"`
	Email          any `json:"email"`
	OrgID          any `json:"orgId"`
	OrganizationID any `json:"organizationId"`
	SubID          any `json:"subOrganizationId"`
	Method         any `json:"authMethod"`
}

// Claims decodes the claims of a JWT (RFC 7519). It reports false if the token
// is not one, which is no defect: a service token is not.
func (t Token) Claims() (Claims, bool) {
	parts := strings.Split(t.Secret.Reveal(), ".")
	if len(parts) != 3 {
		return Claims{}, false
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}, false
	}
	var p payload
	if err := json.Unmarshal(text, &p); err != nil {
		return Claims{}, false
	}
	return Claims{
		Kind:         first(p.Kind),
		Issued:       moment(p.Issued),
		Expires:      moment(p.Expires),
		Created:      moment(p.Created),
		TTL:          seconds(p.TTL),
		MaxTTL:       seconds(p.MaxTTL),
		Period:       seconds(p.Period),
		Limited:      seconds(p.Uses) > 0,
		ID:           first(p.JTI, p.TokenID, p.Session),
		Identity:     first(p.Identity),
		IdentityName: first(p.IdentityName),
		User:         first(p.User),
		Email:        first(p.Email),
		Organization: first(p.OrgID, p.SubID, p.OrganizationID),
		Method:       first(p.Method),
	}, true
}

// first returns the first of the values that is a string and not empty.
func first(values ...any) string {
	for _, value := range values {
		if text, ok := value.(string); ok && text != "" {
			return text
		}
	}
	return ""
}

// latest is the last second that a claim may name: the end of the year 9999,
// beyond which a time has no form in RFC 3339.
const latest = 253402300799

// moment converts a NumericDate. Zero, negative and absurd ones are none.
func moment(value any) time.Time {
	number, ok := value.(float64)
	if !ok || !(number >= 1 && number <= latest) {
		return time.Time{}
	}
	whole, part := math.Modf(number)
	return time.Unix(int64(whole), int64(part*1e9))
}

// seconds converts a number of seconds; what does not fit a duration (292
// years) is cut to it.
func seconds(value any) time.Duration {
	number, ok := value.(float64)
	if !ok || !(number > 0) {
		return 0
	}
	if number >= math.MaxInt64/float64(time.Second) {
		return math.MaxInt64
	}
	return time.Duration(number * float64(time.Second))
}

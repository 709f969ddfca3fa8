// Package token holds what a login yields: the secret, and what is known about
// it. Method and domain travel with it, so that what delivers a token needs
// nothing of what obtained it.
package token

import (
	"errors"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// Token is an Infisical access token.
type Token struct {
	Secret    config.Secret // the token itself, free of white space and control characters
	Type      string        // as the server says, usually Bearer
	Method    string        // the method that obtained it, such as universal-auth
	Domain    string        // the instance, without /api
	Received  time.Time     // when it was received, by our clock
	Skew      time.Duration // how far the server's clock is ahead of ours, 0 if that is unknown or too little to matter
	ExpiresIn time.Duration // life as the server said, 0 if it did not
	MaxTTL    time.Duration // bound of all renewals as the server said, 0 for none
	Email     string        // the person, empty for a machine identity
	Refresh   config.Secret // the refresh token of a person's login, usually empty
}

// New returns a token that holds nothing but its secret, received now. A token
// is one or more printable ASCII characters without white space, as it has to
// be to serve as a bearer token (RFC 6750, section 2.1); the error says what is
// wrong without showing any of it.
func New(secret config.Secret) (Token, error) {
	text := secret.Reveal()
	if text == "" {
		return Token{}, errors.New("the token is empty")
	}
	for i := range len(text) {
		if text[i] <= ' ' || text[i] > '~' {
			return Token{}, errors.New("the token holds white space, a control character or another character that no token has")
		}
	}
	return Token{Secret: secret, Type: "Bearer", Received: time.Now().Round(0)}, nil
}

// Deadline returns when the token expires, by our clock: the earlier of its exp
// claim and its stated life, as far as there are any. It reports false if the
// token does not say when it expires. Both are needed: old servers put the
// bound of all renewals into exp, and new ones may state a life of 0.
func (t Token) Deadline() (time.Time, bool) {
	claims, _ := t.Claims()
	deadline := claims.Expires
	if !deadline.IsZero() {
		deadline = deadline.Add(-t.Skew)
	}
	if t.ExpiresIn > 0 {
		stated := t.Received.Add(t.ExpiresIn)
		if deadline.IsZero() || stated.Before(deadline) {
			deadline = stated
		}
	}
	return deadline, !deadline.IsZero()
}

// Remaining returns how long the token is still good for, negative once it has
// expired. It reports false if the token does not say when it expires.
func (t Token) Remaining(now time.Time) (time.Duration, bool) {
	deadline, known := t.Deadline()
	if !known {
		return 0, false
	}
	return deadline.Sub(now), true
}

// Package token holds what a login yields: the secret, and what is known about
// it. Method and domain travel with it, so that what delivers a token needs
// nothing of what obtained it.
package token

import (
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
	ExpiresIn time.Duration // life as the server said, 0 if it did not
	MaxTTL    time.Duration // bound of all renewals as the server said, 0 for none
	Email     string        // the person, empty for a machine identity
	Refresh   config.Secret // the refresh token of a person's login, usually empty
}

package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/methods/token"
)

// browse logs a person in through a browser.
func (u *User) browse(ctx context.Context, client *Client) (token.Token, error) {
	if client.Person == nil {
		return token.Token{}, nobody("a login by browser needs a person", setEmail+", and "+setPassword)
	}
	return token.Token{}, &Error{Kind: Setting, Message: "this build cannot log in through a browser; set " + setEmail + ", and " + setPassword}
}

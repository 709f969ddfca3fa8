package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/methods/token"
)

// direct logs a person in by password.
func (u *User) direct(context.Context, *Client) (token.Token, error) {
	return token.Token{}, &Error{Kind: Setting, Message: "this build cannot log in a person by password; set --method or INFISICAL_AUTH_METHOD to another method"}
}

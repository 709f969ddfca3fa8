package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// Renew lengthens the life of a machine identity's token. The token that it
// returns replaces the old one, though an old server returns the same text. A
// server up to early 2026 destroys a token that it refuses to renew because its
// life would go beyond the bound of all renewals; see [Keep].
func (c *Client) Renew(ctx context.Context, old token.Token) (token.Token, error) {
	answer, err := c.do(ctx, request{
		what: "the renewal of the token",
		path: "/api/v1/auth/token/renew",
		body: accessToken(old),
	})
	if err != nil {
		return token.Token{}, err
	}
	renewed, err := c.token(answer)
	if err != nil {
		return token.Token{}, err
	}
	renewed.Method = old.Method
	return renewed, nil
}

// Revoke ends a machine identity's token at once.
func (c *Client) Revoke(ctx context.Context, t token.Token) error {
	_, err := c.do(ctx, request{
		what: "the revocation of the token",
		path: "/api/v1/auth/token/revoke",
		body: accessToken(t),
	})
	return err
}

// CheckAuth asks the server whether a person's token is good. The error is a
// refusal if it is not.
func (c *Client) CheckAuth(ctx context.Context, secret config.Secret) error {
	answer, err := c.do(ctx, request{
		what:   "the question whether the token is good",
		path:   "/api/v1/auth/checkAuth",
		bearer: secret,
	})
	if err != nil {
		return err
	}
	if answer.text("message") == "" {
		return c.stranger("its answer about the token says nothing")
	}
	return nil
}

// accessToken is the body of a request about a token. The token is no bearer
// there: the server would authenticate it first, and count a use.
func accessToken(t token.Token) func(context.Context) (Body, error) {
	return func(context.Context) (Body, error) {
		return Body{"accessToken": t.Secret}, nil
	}
}

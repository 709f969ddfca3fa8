package methods

import (
	"context"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// AccessToken is an Infisical token that is at hand.
type AccessToken struct {
	Token config.Secret `env:"INFISICAL_TOKEN" file:"true" trim:"space" scrub:"true" usage:"Infisical access token, for token-auth and the commands about tokens."`
}

// tokenAuth delivers a token that an administrator made, once the server has
// said that it is good.
type tokenAuth struct {
	AccessToken `required:"true"`
}

// Login implements [Authenticator].
func (t *tokenAuth) Login(ctx context.Context, client *Client) (token.Token, error) {
	made, err := token.New(t.Token)
	if err != nil {
		return token.Token{}, &Error{Kind: Setting, Message: "INFISICAL_TOKEN is not a token: " + err.Error()}
	}
	if _, err := client.Details(ctx, made.Secret); err != nil {
		return token.Token{}, err
	}
	return made, nil
}

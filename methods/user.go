package methods

import (
	"context"
	"strconv"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// User logs in a person: by password, asking for what is missing if that is
// wanted, or through a browser.
type User struct {
	Email        string        `env:"INFISICAL_EMAIL" flag:"email" file:"true" trim:"space" scrub:"true" usage:"E-mail address of the person."`
	Password     config.Secret `env:"INFISICAL_PASSWORD" flag:"password" file:"true" scrub:"true" usage:"Password of the person."`
	Organization config.UUID   `env:"INFISICAL_ORGANIZATION_ID" flag:"organization-id" file:"true" shown:"the only one, or a prompt" usage:"ID of the organization or sub-organization that a person's session is for."`
	MFACode      config.Secret `env:"INFISICAL_MFA_CODE" flag:"mfa-code" file:"true" trim:"space" shown:"a prompt" scrub:"true" usage:"Code of the second factor, or a recovery code, for one login."`
	Interactive  bool          `env:"INFISICAL_LOGIN_INTERACTIVE" flag:"interactive" short:"i" default:"false" usage:"Ask on the terminal for what is missing to log in a person."`
	Browser      bool          `env:"INFISICAL_LOGIN_BROWSER" flag:"browser" default:"false" usage:"Log in a person through a browser."`
	CallbackPort config.Port   `env:"INFISICAL_LOGIN_CALLBACK_PORT" flag:"callback-port" shown:"any" usage:"Port on 127.0.0.1 that the browser hands the token to."`
}

// How to set what a person's login needs.
const (
	setEmail        = "--email or INFISICAL_EMAIL"
	setPassword     = "--password or INFISICAL_PASSWORD"
	setOrganization = "--organization-id or INFISICAL_ORGANIZATION_ID"
	setMFACode      = "--mfa-code or INFISICAL_MFA_CODE"
	setBrowser      = "--browser or INFISICAL_LOGIN_BROWSER=true"
)

// Login implements [Authenticator]. An e-mail address and a password log in
// without a browser; without them the browser does it if a person is there.
func (u *User) Login(ctx context.Context, client *Client) (token.Token, error) {
	switch {
	case u.Browser && u.Interactive:
		return token.Token{}, &Error{Kind: Setting, Message: "a login is interactive or by browser; set one of --interactive or INFISICAL_LOGIN_INTERACTIVE, --browser or INFISICAL_LOGIN_BROWSER"}
	case u.Browser:
		return u.browse(ctx, client)
	case u.Interactive:
		return u.direct(ctx, client)
	case u.Email == "" && u.Password == "" && client.Person != nil:
		return u.browse(ctx, client)
	case u.Email == "" && u.Password == "":
		return token.Token{}, client.nobody("a person's login needs an e-mail address and a password", setEmail+", and "+setPassword)
	case u.Email == "":
		return token.Token{}, &Error{Kind: Setting, Message: "a password without an e-mail address; set " + setEmail}
	case u.Password == "":
		return token.Token{}, &Error{Kind: Setting, Message: "an e-mail address without a password; set " + setPassword}
	}
	return u.direct(ctx, client)
}

// userEvidence is an e-mail address with its password, or the wish to be asked.
// The organization alone says nothing, since it is not only a person's.
func userEvidence(lookup Lookup) Evidence {
	for _, name := range []string{"INFISICAL_LOGIN_INTERACTIVE", "INFISICAL_LOGIN_BROWSER"} {
		text, _ := lookup(name)
		if wanted, err := strconv.ParseBool(text); err == nil && wanted {
			return Evidence{Rank: Given, Because: name + " is set"}
		}
	}
	if evidence := pair(lookup, "INFISICAL_EMAIL", "INFISICAL_PASSWORD"); evidence.Rank != None {
		return evidence
	}
	return Evidence{Rank: Presence, Because: "a person is at the terminal"}
}

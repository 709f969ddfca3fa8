package methods

import (
	"context"
	"fmt"
	"slices"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// direct logs a person in by password, without a browser: it opens a session,
// and then scopes it to an organization, for which the server may demand a
// second factor first.
func (u *User) direct(ctx context.Context, client *Client) (token.Token, error) {
	if err := u.complete(ctx, client); err != nil {
		return token.Token{}, err
	}
	client.secrets = append(slices.Clone(client.secrets), u.Password, u.MFACode) // whatever is asked for with them
	session, err := u.authenticate(ctx, client)
	if err != nil {
		return token.Token{}, err
	}
	organization := u.Organization
	if organization == "" {
		if organization, err = client.chooseOrganization(ctx, session); err != nil {
			return token.Token{}, err
		}
	}
	answer, err := client.selectOrganization(ctx, session, organization)
	if err != nil {
		return token.Token{}, err
	}
	if challenged(answer) {
		if session, err = u.secondFactor(ctx, client, answer); err != nil {
			return token.Token{}, err
		}
		if answer, err = client.selectOrganization(ctx, session, organization); err != nil {
			return token.Token{}, err
		}
		if challenged(answer) {
			return token.Token{}, &Error{Kind: Refused, Message: "the organization demands another second factor than the one that was shown; set " + setBrowser}
		}
	}
	return u.token(client, answer)
}

// complete asks for what is missing of the e-mail address and the password.
func (u *User) complete(ctx context.Context, client *Client) (err error) {
	if u.Email != "" && u.Password != "" {
		return nil
	}
	person := client.Person
	if person == nil {
		return client.nobody("an interactive login asks for the e-mail address and the password", setEmail+", and "+setPassword)
	}
	if u.Email == "" {
		if u.Email, err = person.Ask(ctx, "E-mail address"); err != nil {
			return unasked(ctx, err, setEmail)
		}
	}
	if u.Email == "" {
		return &Error{Kind: Setting, Message: "no e-mail address was typed; set " + setEmail}
	}
	if u.Password == "" {
		if u.Password, err = person.AskSecret(ctx, "Password"); err != nil {
			return unasked(ctx, err, setPassword)
		}
	}
	if u.Password == "" {
		return &Error{Kind: Setting, Message: "no password was typed; set " + setPassword}
	}
	return nil
}

// token is what a session that is scoped to an organization gives. Its cookie
// holds the refresh token.
func (u *User) token(client *Client, a answer) (token.Token, error) {
	t, err := client.session(a, "token")
	if err != nil {
		return token.Token{}, err
	}
	t.Email = u.Email
	for _, cookie := range a.cookies {
		if cookie.Name == "jid" {
			t.Refresh = config.Secret(cookie.Value)
		}
	}
	return t, nil
}

// session returns the token in a member of an answer to a person.
func (c *Client) session(a answer, member string) (token.Token, error) {
	t, err := token.New(config.Secret(a.text(member)))
	if err != nil {
		return token.Token{}, c.stranger("its answer has no good %s: %v", member, err)
	}
	t.Received = a.received
	t.Skew = skew(a.header, a.received)
	return t, nil
}

// fixed makes a body that is the same for each attempt.
func fixed(b Body) func(context.Context) (Body, error) {
	return func(context.Context) (Body, error) { return b, nil }
}

// refusedPerson is a refusal, in words that begin with what the account cannot do.
func refusedPerson(format string, args ...any) *Error {
	return &Error{Kind: Refused, Message: fmt.Sprintf(format, args...)}
}

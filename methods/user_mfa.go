package methods

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// maxTries bounds how many codes are sent for one login, and maxResends how many
// mails. Old servers lock an account for minutes after three wrong codes.
const (
	maxTries   = 3
	maxResends = 3
)

// codeLength and recoveryLength are what the server's codes have, in characters.
const (
	codeLength     = 6
	recoveryLength = 8
)

// challenged tells whether the server demands a second factor.
func challenged(a answer) bool {
	var demanded bool
	_ = json.Unmarshal(a.fields["isMfaEnabled"], &demanded) // absent is no
	return demanded
}

// challenge is a second factor that the server waits for, for 5 minutes.
type challenge struct {
	client *Client
	bearer config.Secret
	factor string // as the server calls it; empty from an old one, which knows email only
	email  string
}

// secondFactor shows the second factor and returns the session that has.
func (u *User) secondFactor(ctx context.Context, client *Client, demand answer) (config.Secret, error) {
	pass, err := client.session(demand, "token")
	if err != nil {
		return "", err
	}
	c := challenge{client, pass.Secret, demand.text("mfaMethod"), u.Email}
	switch c.factor {
	case "", "email", "totp":
	case "webauthn":
		return "", &Error{Kind: Setting, Message: "the second factor is a security key or passkey, which needs a browser; set " + setBrowser}
	default:
		return "", &Error{Kind: Setting, Message: fmt.Sprintf("the second factor is %q, which is not known here; set %s", shown(redact(c.factor, client.secrets)), setBrowser)}
	}
	tries := maxTries
	if u.MFACode != "" {
		session, err := c.given(ctx, u.MFACode)
		if !errors.Is(err, errWrongCode) || client.Person == nil {
			return session, err
		}
		client.Person.Tell(err.Error())
		tries--
	}
	if client.Person == nil {
		return "", client.nobody("the server demands "+c.wanted(), setMFACode)
	}
	return c.ask(ctx, tries)
}

// errWrongCode is the cause of the error for a code that the server refused.
var errWrongCode = errors.New("wrong code")

// wanted says which code is meant.
func (c challenge) wanted() string {
	if c.factor == "totp" {
		return "a code of the authenticator app, or a recovery code"
	}
	return "the code that it has sent to " + c.email
}

// given tries the code of the setting. It is good for one login: to send it with
// the next one would do no more than lock the account.
func (c challenge) given(ctx context.Context, code config.Secret) (config.Secret, error) {
	if *c.client.spentCode == code {
		return "", &Error{Kind: Setting, Message: "the code of " + setMFACode + " was used for an earlier login, and is good for one; give the program a machine identity if it has to log in again by itself"}
	}
	if !c.possible(code) {
		return "", &Error{Kind: Setting, Message: fmt.Sprintf("the code of %s is none; the server demands %s", setMFACode, c.wanted())}
	}
	*c.client.spentCode = code
	return c.verify(ctx, code)
}

// possible tells whether a code has the form of one. One that has not is not
// sent, since the server would count it.
func (c challenge) possible(code config.Secret) bool {
	text := code.Reveal()
	if len(text) == codeLength {
		return strings.Trim(text, "0123456789") == ""
	}
	return c.factor == "totp" && len(text) == recoveryLength
}

// ask asks for a code until the server takes one.
func (c challenge) ask(ctx context.Context, tries int) (config.Secret, error) {
	prompt, resends := "Code of the authenticator app, or a recovery code", 0
	if c.factor != "totp" {
		prompt, resends = "Code that was sent to "+c.email+", or Enter to have it sent again", maxResends
	}
	person := c.client.Person
	for {
		typed, err := person.Ask(ctx, prompt)
		if err != nil {
			return "", unasked(ctx, err, setMFACode)
		}
		code := config.Secret(strings.Join(strings.Fields(typed), ""))
		if code == "" && resends > 0 {
			resends--
			if err := c.resend(ctx); err != nil {
				return "", err
			}
			person.Tell("another code is on its way")
			continue
		}
		err = refusedPerson("that is not %s", c.wanted())
		if c.possible(code) {
			var session config.Secret
			if session, err = c.verify(ctx, code); !errors.Is(err, errWrongCode) {
				return session, err
			}
		}
		if tries--; tries == 0 {
			return "", err
		}
		person.Tell(err.Error())
	}
}

// verify sends a code, once.
func (c challenge) verify(ctx context.Context, code config.Secret) (config.Secret, error) {
	ask := request{what: "the second factor", path: "/api/v2/auth/mfa/verify", bearer: c.bearer, single: true}
	body := Body{"mfaToken": code}
	if c.factor != "" {
		body["mfaMethod"] = c.factor
	}
	if len(code) == recoveryLength {
		ask.path += "/recovery-code"
		body = Body{"recoveryCode": code}
	}
	ask.body = fixed(body)
	answer, err := c.client.do(ctx, ask)
	if err != nil {
		return "", c.refused(err)
	}
	t, err := c.client.session(answer, "token")
	return t.Secret, err
}

// resend has a code sent again.
func (c challenge) resend(ctx context.Context) error {
	_, err := c.client.do(ctx, request{what: "the code by e-mail", path: "/api/v2/auth/mfa/send", bearer: c.bearer, once: true})
	return c.over(err)
}

// refused judges an error about a code. The server has no name for a wrong one:
// it answers with status 500, or with any of 4xx.
func (c challenge) refused(err error) error {
	said, ok := errors.AsType[verdict](err)
	switch {
	case !ok, said.status > http.StatusInternalServerError, said.status == http.StatusTooManyRequests, said.routeMissing(),
		said.name == "UserLocked", said.name == "TokenError":
		return c.over(err)
	case said.status == http.StatusInternalServerError:
		return &Error{Kind: Refused, Message: "the second factor is wrong or too old", Err: errWrongCode}
	}
	return &Error{Kind: Refused, Message: "the second factor is wrong or too old: " + err.Error(), Err: errWrongCode}
}

// over says in our words what ends a challenge.
func (c challenge) over(err error) error {
	said, _ := errors.AsType[verdict](err)
	switch said.name {
	case "UserLocked":
		return lockedPerson(err)
	case "TokenError":
		return refusedPerson("the code came too late, since the server waits 5 minutes for it; log in again")
	}
	return err
}

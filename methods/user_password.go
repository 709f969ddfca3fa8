package methods

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/srp"
)

const byPassword = "the login by password"

// authenticate opens a session with the password. A server up to the middle of
// 2025 does not know the route, and a later one has no use for it with an account
// that has not logged in for long: both check the password by SRP.
func (u *User) authenticate(ctx context.Context, client *Client) (config.Secret, error) {
	answer, err := client.do(ctx, request{
		what: byPassword,
		path: "/api/v3/auth/login",
		body: fixed(Body{"email": u.Email, "password": u.Password}),
	})
	member := "accessToken"
	if said, ok := errors.AsType[verdict](err); ok && (said.routeMissing() || said.name == "LegacyEncryptionScheme") {
		answer, err = u.prove(ctx, client)
		member = "token"
	}
	if err != nil {
		return "", client.refusedAccount(err)
	}
	t, err := client.session(answer, member)
	return t.Secret, err
}

// prove opens a session by SRP. The proof is worth one attempt only, for which
// both sides choose numbers anew.
func (u *User) prove(ctx context.Context, client *Client) (answer, error) {
	return client.do(ctx, request{
		what: byPassword,
		path: "/api/v3/auth/login2",
		body: func(ctx context.Context) (Body, error) { return u.proof(ctx, client) },
		once: true,
	})
}

// proof exchanges public numbers with the server. The password goes with the
// proof, so that the server can do without SRP the next time.
func (u *User) proof(ctx context.Context, client *Client) (Body, error) {
	attempt, err := srp.New(rand.Reader)
	if err != nil {
		return nil, err
	}
	answer, err := client.try(ctx, request{
		what: byPassword,
		path: "/api/v3/auth/login1",
		body: fixed(Body{"email": u.Email, "clientPublicKey": hex.EncodeToString(attempt.Public())}),
	})
	if err != nil {
		return nil, err
	}
	salt, err1 := hex.DecodeString(answer.text("salt"))
	public, err2 := hex.DecodeString(answer.text("serverPublicKey"))
	if err1 != nil || err2 != nil || len(salt) == 0 || len(public) == 0 {
		return nil, client.stranger("its answer to %s has no good salt or public number", byPassword)
	}
	proof, err := attempt.Proof(u.Email, u.Password.Reveal(), salt, public)
	if err != nil {
		return nil, client.stranger("%v", err)
	}
	return Body{"email": u.Email, "clientProof": config.Secret(hex.EncodeToString(proof)), "password": u.Password}, nil
}

// refusedAccount says what a person can do about a refusal of the password.
func (c *Client) refusedAccount(err error) error {
	said, ok := errors.AsType[verdict](err)
	if !ok {
		return err
	}
	const browser = "; log in through a browser with " + setBrowser
	switch {
	case said.name == "Captcha Required" || said.name == "Invalid Captcha":
		return refusedPerson("%s demands a captcha, since too many passwords were wrong%s", c.domain.Host, browser)
	case said.message == "No password found":
		return refusedPerson("the account has no password, since it logs in by SSO%s", browser)
	case said.name == "UserLocked":
		return lockedPerson(err)
	case said.status == http.StatusInternalServerError && said.name == "InternalServerError":
		// An old server fails when it does not know the address, and when the proof
		// is wrong; it says no more than that.
		return refusedPerson("%s refused %s with status 500, which means that the e-mail address or the password is wrong; check %s, and %s%s", c.domain.Host, byPassword, setEmail, setPassword, c.otherRegion("account"))
	case said.status == http.StatusBadRequest && strings.Contains(strings.ToLower(said.message), "disabled by administrator"):
		return &Error{Kind: Refused, Message: err.Error() + browser, Err: said}
	case said.status == http.StatusBadRequest && !said.routeMissing():
		return &Error{Kind: Refused, Message: err.Error() + "; check " + setEmail + ", and " + setPassword + c.otherRegion("account"), Err: said}
	}
	return err
}

// lockedPerson is the error for an account that is locked. What the server said
// has how long.
func lockedPerson(err error) error {
	return refusedPerson("the account is locked, since too many codes were wrong: %v", err)
}

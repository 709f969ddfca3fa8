package methods

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// session is what the web application hands to a program that asked for a login.
// The name of the first key is spelt as it is sent.
type session struct {
	Token config.Secret `json:"JTWToken"`
	Email string        `json:"email"`
}

// errNoSession is the answer to anything that is not a session.
var errNoSession = errors.New("that is not what the login page hands over; copy the whole of it")

// decodeSession reads a session as the page posts it. It may hold more than is
// read here, such as the private key of old servers.
func decodeSession(text []byte) (session, error) {
	if _, err := object(text); err != nil {
		return session{}, errNoSession
	}
	var s session
	if err := json.Unmarshal(text, &s); err != nil || s.Token == "" {
		return session{}, errNoSession
	}
	return s, nil
}

// pasted reads a session as the page shows it to be copied: the same JSON in
// Base64, in which a terminal may have broken the line.
func pasted(text string) (session, error) {
	decoded, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(text), ""))
	if err != nil {
		return session{}, errNoSession
	}
	return decodeSession(decoded)
}

// Email asks the server whose token it is.
func (c *Client) Email(ctx context.Context, secret config.Secret) (string, error) {
	answer, err := c.do(ctx, request{
		what:   "the question whose token it is",
		verb:   http.MethodGet,
		path:   "/api/v1/user",
		bearer: secret,
	})
	if err != nil {
		return "", err
	}
	var user struct{ Email, Username string }
	if json.Unmarshal(answer.fields["user"], &user) != nil || user.Email == "" && user.Username == "" {
		return "", c.stranger("told no e-mail address of the person")
	}
	if user.Email == "" {
		return user.Username, nil
	}
	return user.Email, nil
}

package vault

import (
	"encoding/json"

	"github.com/infisical-login/infisical-login/config"
)

// entry is a session as the official CLI stores it, with its spelling. A refresh
// token is never stored: the official CLI keeps that of a login by password, but
// uses it as little as we do, and goes by the end of the access token.
type entry struct {
	Email      string `json:"email"`
	PrivateKey string `json:"privateKey"`
	Token      string `json:"JTWToken"`
	Refresh    string `json:"RefreshToken"`
}

func encode(s Session) (string, error) {
	text, err := json.Marshal(entry{Email: s.Email, Token: s.Token.Reveal()})
	return string(text), err
}

func decode(text string) (Session, error) {
	var e entry
	if err := json.Unmarshal([]byte(text), &e); err != nil {
		return Session{}, err
	}
	return Session{Email: e.Email, Token: config.Secret(e.Token)}, nil
}

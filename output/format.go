package output

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// Rendering is how a token is written as text.
type Rendering struct {
	Format Format `env:"INFISICAL_LOGIN_FORMAT" flag:"format" default:"plain" usage:"How a token is written: plain, json, dotenv or export."`
	Naming
}

// Naming is the variable that holds the token, wherever it becomes one.
type Naming struct {
	Variable Variable `env:"INFISICAL_LOGIN_TOKEN_VARIABLE" flag:"token-variable" default:"INFISICAL_TOKEN" usage:"Environment variable that gets the token."`
}

// Format is one of plain, json, dotenv and export.
type Format string

// The formats.
const (
	Plain  Format = "plain"  // the token and nothing else
	JSON   Format = "json"   // one object that says what is known about it
	Dotenv Format = "dotenv" // NAME=token
	Export Format = "export" // export NAME=token
)

// UnmarshalText implements encoding.TextUnmarshaler.
func (f *Format) UnmarshalText(text []byte) error {
	formats := []string{string(Plain), string(JSON), string(Dotenv), string(Export)}
	for _, known := range formats {
		if string(text) == known {
			*f = Format(known)
			return nil
		}
	}
	return fmt.Errorf("unknown format %q; use one of %s", text, strings.Join(formats, ", "))
}

// Variable is the name of an environment variable that every shell can use:
// letters, digits and underscores, with no digit at its beginning.
type Variable string

// UnmarshalText implements encoding.TextUnmarshaler.
func (v *Variable) UnmarshalText(text []byte) error {
	for i, c := range text {
		letter := c == '_' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return fmt.Errorf("%q is not the name of an environment variable; use letters, digits and underscores", text)
		}
	}
	if len(text) == 0 {
		return fmt.Errorf("the name of an environment variable is empty")
	}
	*v = Variable(text)
	return nil
}

// render writes a token in the chosen format, without a newline at its end.
func (r Rendering) render(t token.Token) ([]byte, error) {
	secret := t.Secret.Reveal()
	switch r.Format {
	case JSON:
		return describe(t)
	case Dotenv:
		return []byte(string(r.Variable) + "=" + quote(secret)), nil
	case Export:
		return []byte("export " + string(r.Variable) + "=" + quote(secret)), nil
	}
	return []byte(secret), nil
}

// describe returns the object of the json format.
func describe(t token.Token) ([]byte, error) {
	object := struct {
		AccessToken       string `json:"accessToken"`
		TokenType         string `json:"tokenType"`
		ExpiresIn         int64  `json:"expiresIn"`
		AccessTokenMaxTTL int64  `json:"accessTokenMaxTTL"`
		ExpiresAt         string `json:"expiresAt,omitempty"`
		Method            string `json:"method"`
		Domain            string `json:"domain"`
	}{
		AccessToken:       t.Secret.Reveal(),
		TokenType:         t.Type,
		ExpiresIn:         int64(t.ExpiresIn / time.Second),
		AccessTokenMaxTTL: int64(t.MaxTTL / time.Second),
		Method:            t.Method,
		Domain:            t.Domain,
	}
	if deadline, known := t.Deadline(); known {
		object.ExpiresAt = deadline.UTC().Format(time.RFC3339)
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(object); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), nil
}

// plainCharacters mean themselves, unquoted, to sh, to Docker's --env-file, which
// keeps quotes as they are, and to dotenv readers. Tokens seldom hold others.
const plainCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+,="

// quote returns a value as the right side of an assignment: unquoted if all its
// characters allow that, else in single quotes, where sh and dotenv readers
// take every character but the quote itself as it is.
func quote(value string) string {
	if value != "" && strings.Trim(value, plainCharacters) == "" {
		return value
	}
	return "'" + strings.ReplaceAll(value, "'", `'\''`) + "'"
}

// setting returns an error about one setting, which it names.
func setting(name, flag, format string, arguments ...any) error {
	return &config.Error{Name: name, Flag: flag, Message: fmt.Sprintf(format, arguments...)}
}

// failed returns an error about a delivery.
func failed(cause error, format string, arguments ...any) error {
	return &Error{Message: fmt.Sprintf(format, arguments...), Err: cause}
}

package config

import (
	"errors"
	"strings"
)

// UUID is an identifier in the 8-4-4-4-12 form, in lower case.
type UUID string

// UnmarshalText implements encoding.TextUnmarshaler. Its error does not repeat
// the text, which is the client secret if somebody has mixed up the two.
func (u *UUID) UnmarshalText(text []byte) error {
	const form = "00000000-0000-0000-0000-000000000000"
	if len(text) != len(form) {
		return errNotUUID()
	}
	for i, c := range text {
		hex := '0' <= c && c <= '9' || 'a' <= c && c <= 'f' || 'A' <= c && c <= 'F'
		if form[i] == '-' && c != '-' || form[i] == '0' && !hex {
			return errNotUUID()
		}
	}
	*u = UUID(strings.ToLower(string(text)))
	return nil
}

func errNotUUID() error {
	return errors.New("the value is not a UUID, which is 32 hexadecimal digits as 8-4-4-4-12")
}

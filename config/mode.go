package config

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Mode is the permission bits of a file, 0 to 0777. Set-user-ID, set-group-ID and
// the sticky bit are not part of it: they make no sense for a token.
type Mode uint32

// UnmarshalText implements encoding.TextUnmarshaler. Modes are octal however
// they are written: 0600, 600 and 0o600 are the same.
func (m *Mode) UnmarshalText(text []byte) error {
	digits := strings.TrimPrefix(string(text), "0o")
	bits, err := strconv.ParseUint(digits, 8, 32)
	if err != nil || bits > 0o777 {
		return fmt.Errorf("%s is not an octal mode from 0000 to 0777, such as 0600", quote(string(text)))
	}
	*m = Mode(bits)
	return nil
}

// Perm returns the mode as the packages os and io/fs take it.
func (m Mode) Perm() fs.FileMode { return fs.FileMode(m) }

// String returns the mode as chmod(1) takes it, such as 0600.
func (m Mode) String() string { return fmt.Sprintf("%04o", uint32(m)) }

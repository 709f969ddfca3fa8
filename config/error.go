package config

import "fmt"

// Error is a setting that is missing, malformed or contradictory.
type Error struct {
	Name    string // the variable, empty if no single one is to blame
	Flag    string // the flag without dashes, empty if it has none
	Message string // a whole sentence that names both, without the value of a secret
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// errorf returns an error about the setting.
func (f Field) errorf(format string, args ...any) *Error {
	return &Error{Name: f.Name, Flag: f.Flag, Message: fmt.Sprintf(format, args...)}
}

// missing returns the error of a setting that is required and not given.
func (f Field) missing() *Error {
	if f.Flag == "" {
		return f.errorf("set %s", f.Name)
	}
	return f.errorf("set --%s or %s", f.Flag, f.Name)
}

// orFlag returns the flag as a further way out of a contradiction.
func (f Field) orFlag() string {
	if f.Flag == "" {
		return ""
	}
	return " or give --" + f.Flag
}

// aside returns the flag to stand beside a variable that is to blame.
func (f Field) aside() string {
	if f.Flag == "" {
		return ""
	}
	return " (or --" + f.Flag + ")"
}

// malformed returns the error of a text that the setting's type refuses.
func (f Field) malformed(c candidate, reason error) *Error {
	beside := f.aside()
	if c.isFlag() {
		beside = " (or " + f.Name + ")"
	}
	return f.errorf("%s%s: %v", c.label, beside, reason)
}

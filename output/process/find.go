package process

import (
	"errors"
	"fmt"
	"io/fs"
	"syscall"
)

// Statuses of sh(1) for a command that cannot be run.
const (
	notExecutable = 126 // it was found, but cannot be executed
	notFound      = 127 // it was not found
)

// Find looks a command up as sh(1) would, in the PATH of env, which becomes the
// command's environment. The error is an [Error] with status 126 or 127.
func Find(args, env []string) (*Command, error) {
	if len(args) == 0 || args[0] == "" {
		return nil, &Error{notFound, `the command after "--" has no name`}
	}
	command := &Command{Args: args, Env: once(env)}
	path, err := find(args[0], command.Env)
	if err != nil {
		return nil, describe(args[0], err)
	}
	command.Path = path
	return command, nil
}

// describe turns the system's word on a command into an [Error].
func describe(name string, err error) *Error {
	var known *Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errNoCommand):
		return &Error{notFound, fmt.Sprintf("command %q not found in PATH", name)}
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return &Error{notFound, fmt.Sprintf("command %q not found", name)}
	}
	return &Error{notExecutable, fmt.Sprintf("command %q cannot be executed: %s", name, reason(err))}
}

// errNoCommand is a name that no directory of PATH holds.
var errNoCommand = errors.New("not found in PATH")

// reason is the system's word alone, without the call and the path that os adds.
func reason(err error) string {
	var number syscall.Errno
	if errors.As(err, &number) {
		return number.Error()
	}
	return err.Error()
}

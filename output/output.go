// Package output delivers a token: one file a sink. It does not know how the
// token was obtained.
package output

import (
	"io"

	"github.com/infisical-login/infisical-login/methods/token"
	"github.com/infisical-login/infisical-login/output/process"
)

// Row is one place that a token can go to.
type Row struct {
	Name string      // as --output takes it
	New  func() Sink // the sink, its settings still empty
}

// All returns the sinks in the order in which they are served. Standard output
// comes last: what it took cannot be taken back, and a run that fails prints nothing.
func All() []Row {
	return []Row{
		{"file", func() Sink { return new(file) }},
		{"github", func() Sink { return new(github) }},
		{"keyring", func() Sink { return new(keyring) }},
		{"memfd", func() Sink { return new(memfd) }},
		{"child", func() Sink { return new(child) }},
		{"stdout", func() Sink { return new(stdout) }},
	}
}

// Sink is a pointer to a struct of settings.
type Sink interface {
	// Check finds out, before any login is spent, whether Put can succeed. It
	// leaves nothing behind. The error is a config.Error if a setting is to blame.
	Check(Target) error
	// Put delivers the token, whole or not at all. Of several tokens the last one
	// stays.
	Put(token.Token, Target) error
}

// Target is what the sinks of a run write to.
type Target struct {
	Stdout  io.Writer
	Stderr  io.Writer
	Command *process.Command                             // the command to launch, nil if there is none
	Environ func(name string) (value string, given bool) // the run's environment, for the CI systems' own files

	Person   bool                 // it is a person who logs in
	Attended bool                 // somebody is at a terminal, and could unlock a keyring
	Home     string               // the directory that the person's vault is in, empty if there is none
	Warn     func(message string) // tells what stops nothing but should be known
}

// Error is a token that cannot be delivered.
type Error struct {
	Message string // a sentence for a person, without the token
	Err     error  // the cause, for errors.Is; not printed
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

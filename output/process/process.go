// Package process starts, watches and ends the command that a token is for.
// It knows nothing of tokens: what the command is given, others decide.
package process

import "os"

// Command is a program to launch. Sinks add to its environment and files before
// it starts.
type Command struct {
	Path string   // of the executable file
	Args []string // with the program's name first, as it was given
	Env  []string // as os.Environ, each name once

	// Files are inherited under the numbers that they have here, with their
	// offset at the beginning. Other descriptors are inherited only if whoever
	// started us left them open for it.
	Files []*os.File

	// Limits are those that [Harden] returned, to be put back for the command.
	Limits Limits
}

// Error is a command that could not be started, or the end of one that ran.
type Error struct {
	Status  int    // the exit status that says so: 126, 127, the command's own, or 128 and its signal
	Message string // a sentence for a person; empty if the command ran and there is nothing to say
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

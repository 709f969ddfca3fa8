// Package process starts, watches and ends the command that a token is for.
package process

import "os"

// Command is a program to launch. Sinks add to its environment and files before
// it starts.
type Command struct {
	Path  string     // of the executable file
	Args  []string   // with the program's name first
	Env   []string   // as os.Environ, each name once
	Files []*os.File // inherited from descriptor 3 on
}

// Find looks a command up as sh(1) would, in the PATH of env. The error is an
// [Error] with status 126 or 127.
func Find(args, env []string) (*Command, error) { panic("not yet") }

// Set gives a variable a value in the command's environment, replacing any
// number of older ones.
func (c *Command) Set(name, value string) { panic("not yet") }

// Unset removes a variable from the command's environment, however often it is there.
func (c *Command) Unset(names ...string) { panic("not yet") }

// Exec replaces this process by the command. It returns only if that failed, or
// on Windows, where the command runs as a child, after it ended.
func (c *Command) Exec() error { panic("not yet") }

// Error is a command that could not be started, or the end of one that ran.
type Error struct {
	Status  int    // the exit status that says so: 126, 127, the command's own, or 128 and its signal
	Message string // a sentence for a person; empty if the command ran and there is nothing to say
}

// Error implements error.
func (e *Error) Error() string { return e.Message }

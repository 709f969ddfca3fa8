package methods

import (
	"context"
	"fmt"

	"github.com/infisical-login/infisical-login/config"
)

// Person is somebody at a terminal who can be asked. Its methods return when the
// context ends, with an error, and leave the terminal as they found it. Prompts
// and messages are sentences without a line end; what is asked for stands at
// their end, without a colon.
type Person interface {
	// Ask returns a line, without the white space around it. It may be empty. No
	// line at all, because the terminal is gone, is an error.
	Ask(ctx context.Context, prompt string) (string, error)
	// AskSecret is Ask without an echo, and keeps the white space of the line.
	AskSecret(ctx context.Context, prompt string) (config.Secret, error)
	// Choose returns the index of the option that was chosen. There is one option
	// at least, and each is one line.
	Choose(ctx context.Context, prompt string, options []string) (int, error)
	// Tell shows a message, also while a question is waiting for its answer.
	Tell(message string)
	// OpenBrowser opens a browser at an address, as far as it can tell.
	OpenBrowser(address string) error
}

// nobody is the error for a question that nobody is there to answer. Setting is
// what would have answered it.
func (c *Client) nobody(question, setting string) error {
	why := c.Absent
	if why == "" {
		why = "nobody is at a terminal to be asked"
	}
	return &Error{Kind: Setting, Message: fmt.Sprintf("%s, and %s; set %s", question, why, setting)}
}

// unasked is the error for a question that was not answered.
func unasked(ctx context.Context, err error, setting string) error {
	if cause := context.Cause(ctx); cause != nil {
		return &Error{Kind: Unavailable, Message: "interrupted", Err: cause}
	}
	return &Error{Kind: Setting, Message: fmt.Sprintf("no answer from the terminal: %v; set %s", err, setting), Err: err}
}

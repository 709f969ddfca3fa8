package main

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/output"
	"github.com/infisical-login/infisical-login/output/process"
)

// The exit statuses. They are those of sysexits(3), so that they cannot be taken
// for the launched command's own, and never change.
const (
	exitUsage       = 64 // EX_USAGE: unknown flag, word or argument
	exitSoftware    = 70 // EX_SOFTWARE: a bug of ours
	exitUndelivered = 73 // EX_CANTCREAT: the token cannot be delivered
	exitUnavailable = 75 // EX_TEMPFAIL: no answer; trying again may help
	exitProtocol    = 76 // EX_PROTOCOL: what answered is not an Infisical that can do this
	exitRefused     = 77 // EX_NOPERM: refused; trying again is useless
	exitConfig      = 78 // EX_CONFIG: a setting is missing, malformed or contradictory
)

// usageError is a command line that cannot be understood.
type usageError struct{ message string }

func (e *usageError) Error() string { return e.message }

// urgency orders the statuses of a run with several errors: what has to be
// mended first decides. The command line comes before the settings, these before
// the command, that before the place for the token, and that before the server.
var urgency = []int{exitSoftware, exitUsage, exitConfig, 127, 126, exitUndelivered, exitProtocol, exitRefused, exitUnavailable}

// status maps the outcome of a run to its exit status. The end of a command that
// ran, and a signal, come alone and are passed on as they are.
func status(err error) int {
	if err == nil {
		return 0
	}
	found := map[int]bool{}
	last := exitSoftware
	for _, leaf := range leaves(err) {
		last = statusOf(leaf)
		found[last] = true
	}
	for _, code := range urgency {
		if found[code] {
			return code
		}
	}
	return last
}

func statusOf(err error) int {
	if e, ok := errors.AsType[*interrupted](err); ok {
		return e.status()
	}
	if e, ok := errors.AsType[*process.Error](err); ok {
		return e.Status
	}
	if _, ok := errors.AsType[*usageError](err); ok {
		return exitUsage
	}
	if _, ok := errors.AsType[*config.Error](err); ok {
		return exitConfig
	}
	if _, ok := errors.AsType[*output.Error](err); ok {
		return exitUndelivered
	}
	if e, ok := errors.AsType[*methods.Error](err); ok {
		return statusOfKind(e.Kind)
	}
	return exitSoftware
}

func statusOfKind(kind methods.Kind) int {
	switch kind {
	case methods.Unavailable:
		return exitUnavailable
	case methods.Protocol:
		return exitProtocol
	case methods.Refused:
		return exitRefused
	case methods.Setting:
		return exitConfig
	}
	return exitSoftware
}

// leaves returns the errors that were joined into one, each to be told on a
// line of its own.
func leaves(err error) []error {
	if err == nil {
		return nil
	}
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, leaves(e)...)
	}
	return all
}

// undelivered turns a failed write to standard output into the error that
// says so.
func undelivered(err error) error {
	if err == nil {
		return nil
	}
	return &output.Error{Message: "cannot write to standard output: " + err.Error(), Err: err}
}

// bugError is a bug of ours. It is the end of a run, but not of a command that
// runs already.
type bugError struct{ message string }

func (e *bugError) Error() string { return e.message }

// guarded runs work and returns a bug in it as an error.
func guarded(work func() error) (err error) {
	defer func() {
		if bug := recover(); bug != nil {
			err = &bugError{confession(bug)}
		}
	}()
	return work()
}

// confess tells of a bug of ours.
func confess(bug any, stderr io.Writer) int {
	_, _ = fmt.Fprintf(stderr, "infisical-login: error: %s", confession(bug))
	return exitSoftware
}

// confession describes a bug with the places in the code that led to it. A
// panic's own text is told only if the runtime wrote it, since any other may hold
// a secret.
func confession(bug any) string {
	text := fmt.Sprintf("%T", bug)
	if known, ok := bug.(runtime.Error); ok {
		text = known.Error()
	}
	return fmt.Sprintf("a bug in infisical-login, please report it: %s\n%s", text, debug.Stack())
}

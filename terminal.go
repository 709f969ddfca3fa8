package main

import (
	"slices"

	"golang.org/x/term"
)

// ambientSettings are everybody's, and say how a program should behave.
type ambientSettings struct {
	CI      string `env:"CI" external:"true" usage:"Set by CI systems: nobody is there to be asked."`
	Browser string `env:"BROWSER" external:"true" usage:"Commands that open a browser, separated by colons."`
	Term    string `env:"TERM" external:"true" usage:"Kind of the terminal; a dumb one shows no progress."`
	NoColor string `env:"NO_COLOR" external:"true" usage:"Set by people who want no colours."`
}

// onTerminal tells whether a person is there to be asked.
func (r *run) onTerminal() bool { return r.absent() == "" }

// absent is why nobody is asked, empty if somebody can be: standard input and
// standard error are a terminal, this is no CI system, no command is to be
// launched, and nobody asked for silence or for sinks without a person.
func (r *run) absent() string {
	var log logSettings
	var settings loginSettings
	_, ci := r.source.Lookup("CI")
	switch {
	case !isTerminal(r.stdin) || !isTerminal(r.stderr):
		return "nobody is at a terminal to be asked"
	case ci:
		return "nobody is asked while CI is set"
	case r.launch != nil:
		return "nobody is asked before a command behind --"
	case r.source.Decode(&log, &settings) != nil:
		return "nobody is asked while a setting is malformed"
	case log.Silent:
		return "nobody is asked with --silent or INFISICAL_LOGIN_SILENT"
	case len(settings.Output) > 0 && !slices.Contains(settings.Output, "keyring"):
		return "nobody is asked with an --output or INFISICAL_LOGIN_OUTPUT that has no keyring"
	}
	return ""
}

// isTerminal tells whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(file.Fd()))
}

// person returns who is at the terminal, the same for the whole run.
func (r *run) person() *person {
	if r.someone == nil {
		r.someone = newPerson(r.stdin, r.stderr, r.openBrowser)
	}
	return r.someone
}

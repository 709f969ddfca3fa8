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

// onTerminal tells whether a person is there to be asked: standard input and
// standard error are a terminal, this is no CI system, no command is to be
// launched, and nobody asked for silence or for sinks without a person.
func (r *run) onTerminal() bool {
	if _, ci := r.source.Lookup("CI"); ci || r.launch != nil {
		return false
	}
	var log logSettings
	var settings loginSettings
	if r.source.Decode(&log, &settings) != nil || log.Silent {
		return false
	}
	if len(settings.Output) > 0 && !slices.Contains(settings.Output, "keyring") {
		return false
	}
	return isTerminal(r.stdin) && isTerminal(r.stderr)
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

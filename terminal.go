package main

import (
	"os"

	"golang.org/x/term"
)

// ambientSettings are everybody's, and say how a program should behave.
type ambientSettings struct {
	CI      string `env:"CI" external:"true" usage:"Set by CI systems: nobody is there to be asked."`
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
	if r.source.Decode(&log) != nil || log.Silent {
		return false
	}
	return isTerminal(r.stdin) && isTerminal(r.stderr)
}

// isTerminal tells whether a stream is a terminal.
func isTerminal(stream any) bool {
	file, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}

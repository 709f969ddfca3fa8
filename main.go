// Command infisical-login logs in to Infisical and hands the token to whoever
// needs it: standard output, a file, a launched command, a CI system or the
// person's keyring. It is meant to stand in front of another program, as a
// container's entrypoint or in a CI step, and to be forgotten there.
package main

import (
	"context"
	"io"
	"os"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/output/process"
)

func main() {
	limits := process.Harden()
	postpone()
	os.Exit(start(os.Args, os.Environ(), limits, os.Stdin, os.Stdout, os.Stderr))
}

// run is one run of the program: all that came from the process, and what has
// been made of it. Nothing below main looks at the process itself.
type run struct {
	args    []string // before the first --, without the program's name
	launch  []string // behind it; nil if there was no --
	environ []string
	limits  process.Limits // to be put back for the command
	stdin   *os.File
	stdout  io.Writer
	stderr  io.Writer
	signals *signals
	release func() // hands the signals that are kept to whoever reads next

	spinner *spinner       // stderr, if that is a terminal
	fields  []config.Field // every setting of the program
	someone *person        // at the terminal, once somebody was asked
	source  *config.Source // once the flags are known
	log     *logger
}

// start runs the program and returns its exit status.
func start(args, environ []string, limits process.Limits, stdin *os.File, stdout, stderr io.Writer) (code int) {
	defer func() {
		if bug := recover(); bug != nil {
			code = confess(bug, stderr)
		}
	}()
	r := &run{environ: environ, limits: limits, stdin: stdin, stdout: stdout, stderr: stderr}
	r.args, r.launch = split(args[1:])
	if isTerminal(stderr) {
		r.spinner = &spinner{terminal: stderr.(*os.File)}
		r.stderr = r.spinner
		defer r.spinner.end()
	}
	r.signals = watchSignals(r.launch != nil)
	defer func() { r.someone.leave() }()
	r.fields = fields()

	ctx, stop := r.signals.context(context.Background())
	r.release = stop
	defer stop()
	root := r.rootCommand()
	root.SetArgs(r.args)
	err := root.ExecuteContext(ctx)
	if r.log == nil { // the flags could not be understood, or a signal came first
		r.log = newLogger(config.NewSource(config.Fields(&logSettings{}), nil, environ), r.stderr)
	}
	r.log.fail(err)
	return status(err)
}

// split parts the arguments at the first --. What stands behind it belongs to
// the launched command and is never parsed, not even as a flag's value; the
// arguments that shell completion asks about are all ours.
func split(args []string) (ours, launch []string) {
	ours = []string{}
	if len(args) > 0 && isCompletion(args[0]) {
		return args, nil
	}
	for i, arg := range args {
		if arg == "--" {
			return append(ours, args[:i]...), append([]string{}, args[i+1:]...)
		}
	}
	return append(ours, args...), nil
}

package main

import (
	"os"

	"github.com/infisical-login/infisical-login/output"
	"github.com/spf13/cobra"
)

// programName is what the program is called.
const programName = "infisical-login"

// installCommand returns the command that copies the program, for init
// containers that hand it to an image that does not have it.
func (r *run) installCommand() *cobra.Command {
	var path string
	cmd := r.command("install PATH", "Copy this program to a path or into a directory", nil, func(*cobra.Command) error { return install(path) })
	cmd.Args = func(_ *cobra.Command, args []string) error {
		if len(args) != 1 || args[0] == "" {
			return &usageError{"install takes one argument, the path to copy this program to"}
		}
		path = args[0]
		return nil
	}
	cmd.ValidArgsFunction = nil // a shell completes paths by itself
	return cmd
}

// install copies the program that runs, even if its file has been removed or
// replaced since.
func install(path string) error {
	program, err := os.Open("/proc/self/exe")
	if err != nil {
		name, err := os.Executable()
		if err != nil {
			return &output.Error{Message: "this program's own file cannot be found: " + err.Error(), Err: err}
		}
		if program, err = os.Open(name); err != nil {
			return &output.Error{Message: "this program's own file cannot be read: " + err.Error(), Err: err}
		}
	}
	defer program.Close()
	return output.Install(path, programName, program)
}

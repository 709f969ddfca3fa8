package main

import (
	"fmt"
	"slices"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/output"
	"github.com/spf13/cobra"
)

// structs returns every struct of settings, in the order of help and README.
func structs() []any {
	all := []any{&loginSettings{}, &methods.Server{}}
	for _, row := range methods.All() {
		all = append(all, row.New())
	}
	for _, row := range output.All() {
		all = append(all, row.New())
	}
	return append(all, &launchSettings{}, &staySettings{}, &config.EnvFile{}, &logSettings{}, &ambientSettings{}, &notifySettings{})
}

// fields returns every setting of the program.
func fields() []config.Field { return config.Fields(structs()...) }

// program is the name of the command without a word.
const program = "infisical-login"

// rootCommand returns the program's commands. Without a word it logs in.
func (r *run) rootCommand() *cobra.Command {
	root := r.loginCommand(program)
	login := r.loginCommand("login")
	login.AddCommand(r.statusCommand())
	root.AddCommand(
		login,
		r.tokenCommand(),
		r.userCommand(),
		r.vaultCommand(),
		r.settingsCommand(),
		r.installCommand(),
		r.completionCommand(),
		r.versionCommand(),
	)
	root.SetHelpCommand(r.helpCommand())
	root.SetHelpFunc(func(cmd *cobra.Command, _ []string) { r.help(cmd) })
	root.SetUsageFunc(func(*cobra.Command) error { return nil })
	root.SetOut(r.stdout)
	root.SetErr(r.stderr)
	root.SilenceErrors, root.SilenceUsage = true, true
	// The official CLI's scripts say --telemetry=false, which is so anyway.
	root.PersistentFlags().Bool("telemetry", false, "")
	_ = root.PersistentFlags().MarkHidden("telemetry")
	root.DisableSuggestions = true
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// takes returns the settings of some structs, for a command that takes them as
// flags. They are found out if the command is reachable.
func takes(structs ...any) func() []config.Field {
	return func() []config.Field { return config.Fields(structs...) }
}

// all returns every setting, for a command that takes them all.
func (r *run) all() []config.Field { return r.fields }

// command returns a command that takes the given settings as flags, or none if
// settings is nil, and that a signal ends whatever it waits for.
func (r *run) command(use, short string, settings func() []config.Field, work func(*cobra.Command) error) *cobra.Command {
	return r.longCommand(use, short, settings, func(cmd *cobra.Command) error {
		return within(cmd.Context(), func() error { return work(cmd) })
	})
}

// longCommand returns a command that looks after signals itself, once its settings
// are read. Only log in takes a command to launch.
func (r *run) longCommand(use, short string, settings func() []config.Field, work func(*cobra.Command) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              unknownWord,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.launch != nil && cmd.Name() != "login" && cmd.HasParent() {
				return &usageError{fmt.Sprintf("%s launches no command; take away what stands from -- on", cmd.Name())}
			}
			into := *r // which nobody sees half done
			// The env file may be a pipe that nobody writes to.
			err := within(cmd.Context(), func() error {
				into.read(given(cmd.Flags()))
				return nil
			})
			if err != nil {
				return err
			}
			r.source, r.log = into.source, into.log
			return work(cmd)
		},
	}
	cmd.SetFlagErrorFunc(flagError)
	if settings != nil && r.reachable(cmd) {
		register(cmd, settings())
	}
	return cmd
}

// read finds the settings of the run, and the log that they ask for.
func (r *run) read(flags map[string]string) {
	r.source = config.NewSource(r.fields, flags, r.environ)
	r.log = newLogger(r.source, r.stderr)
}

// reachable tells whether a command may be the one that runs. Fifty flags for
// each that is not named would cost a login more than the login itself.
func (r *run) reachable(cmd *cobra.Command) bool {
	return cmd.Name() == program || slices.Contains(r.args, cmd.Name())
}

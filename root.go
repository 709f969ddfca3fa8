package main

import (
	"fmt"

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

// rootCommand returns the program's commands. Without a word it logs in.
func (r *run) rootCommand() *cobra.Command {
	root := r.loginCommand()
	root.Use = "infisical-login"
	login := r.loginCommand()
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
	root.DisableSuggestions = true
	root.CompletionOptions.DisableDefaultCmd = true
	return root
}

// command returns a command that takes the given settings as flags. Only log in
// takes a command to launch.
func (r *run) command(use, short string, settings []config.Field, work func(*cobra.Command) error) *cobra.Command {
	cmd := &cobra.Command{
		Use:               use,
		Short:             short,
		Args:              unknownWord,
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if r.launch != nil && cmd.Name() != "login" && cmd.HasParent() {
				return &usageError{fmt.Sprintf("%s launches no command; take away what stands from -- on", cmd.Name())}
			}
			r.source = config.NewSource(fields(), given(cmd.Flags()), r.environ)
			r.log = r.newLogger()
			return work(cmd)
		},
	}
	register(cmd, settings)
	return cmd
}

package main

import (
	"github.com/spf13/cobra"
)

// isCompletion tells whether a word is one by which a shell asks what could
// come next.
func isCompletion(word string) bool {
	return word == cobra.ShellCompRequestCmd || word == cobra.ShellCompNoDescRequestCmd
}

func (r *run) completionCommand() *cobra.Command {
	cmd := r.command("completion", "Print the completion script of a shell", nil, func(*cobra.Command) error {
		return &usageError{"name a shell: bash, zsh or fish"}
	})
	scripts := []struct {
		shell string
		write func(*cobra.Command) error
	}{
		{"bash", func(root *cobra.Command) error { return root.GenBashCompletionV2(r.stdout, true) }},
		{"zsh", func(root *cobra.Command) error { return root.GenZshCompletion(r.stdout) }},
		{"fish", func(root *cobra.Command) error { return root.GenFishCompletion(r.stdout, true) }},
	}
	for _, script := range scripts {
		cmd.AddCommand(r.command(script.shell, "Print the completion script of "+script.shell, nil, func(cmd *cobra.Command) error {
			return undelivered(script.write(cmd.Root()))
		}))
	}
	return cmd
}

package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/infisical-login/infisical-login/config"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// introduction opens the help of the program itself.
const introduction = `infisical-login logs in to Infisical and hands the token to a command, standard
output, a file, a CI system or your keyring. Every setting has a variable; a flag
overrides it.

  infisical-login [login] [flags] [-- command [args...]]
`

// example closes it.
const example = `
Example, a container's entrypoint:

  ENTRYPOINT ["/infisical-login", "--"]
  CMD ["/app", "serve"]

Example, a shell:

  export INFISICAL_TOKEN=$(infisical-login --plain --silent)
`

func (r *run) helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [command]",
		Short: "Show help",
		RunE: func(cmd *cobra.Command, args []string) error {
			topic, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				return unknownWord(cmd.Root(), append(rest, args...))
			}
			return r.help(topic)
		},
	}
}

// help prints the help of a command to standard output.
func (r *run) help(cmd *cobra.Command) error {
	var page bytes.Buffer
	if cmd.HasParent() {
		fmt.Fprintf(&page, "%s\n\n  %s\n", cmd.Short, cmd.UseLine())
	} else {
		page.WriteString(introduction)
	}
	writeCommands(&page, cmd)
	r.writeFlags(&page, cmd)
	if !cmd.HasParent() {
		fmt.Fprintf(&page, "\nMethods: %s.\nSinks of --output: %s.\n", join(methodNames()), join(sinkNames()))
		page.WriteString(example)
	}
	_, err := r.stdout.Write(page.Bytes())
	return undelivered(err)
}

func writeCommands(page *bytes.Buffer, cmd *cobra.Command) {
	if !cmd.HasAvailableSubCommands() {
		return
	}
	page.WriteString("\nCommands:\n")
	for _, sub := range cmd.Commands() {
		if sub.IsAvailableCommand() {
			fmt.Fprintf(page, "  %-12s %s\n", sub.Name(), sub.Short)
		}
	}
}

// writeFlags lists the settings that a command takes, with their variables,
// and then the flags that are not settings.
func (r *run) writeFlags(page *bytes.Buffer, cmd *cobra.Command) {
	page.WriteString("\nFlags:\n")
	for _, field := range r.fields {
		if field.Flag == "" || cmd.Flags().Lookup(field.Flag) == nil {
			continue
		}
		fmt.Fprintf(page, "  %s\n      %s\n", flagLine(field), field.Usage+defaultOf(field))
	}
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if _, setting := flag.Value.(*flagText); !setting && !flag.Hidden && flag.Name != "help" {
			fmt.Fprintf(page, "  --%s\n      %s\n", flag.Name, flag.Usage)
		}
	})
	page.WriteString("  -h, --help\n      Show this help.\n")
}

func flagLine(field config.Field) string {
	flags := "--" + field.Flag
	if field.Short != "" {
		flags = "-" + field.Short + ", " + flags
	}
	names := append([]string{field.Name}, field.Older...)
	if field.File {
		names = append(names, field.Name+"_FILE")
	}
	return flags + "  " + strings.Join(names, ", ")
}

func defaultOf(field config.Field) string {
	if field.Shown != "" {
		return " Default: " + field.Shown + "."
	}
	if field.Default != "" {
		return " Default: " + field.Default + "."
	}
	return ""
}

package main

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/infisical-login/infisical-login/config"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// flagText is a flag's text as it was given. Types are config's business, so
// that a flag and its variable are read by the same rules.
type flagText struct {
	text string
	kind string
}

func (f *flagText) String() string        { return f.text }
func (f *flagText) Set(text string) error { f.text = text; return nil }
func (f *flagText) Type() string          { return f.kind }

// register adds a flag for every setting that has one, older spellings hidden.
func register(cmd *cobra.Command, fields []config.Field) {
	for _, field := range fields {
		if field.Flag == "" {
			continue
		}
		addFlag(cmd.Flags(), field, field.Flag, field.Short)
		for _, older := range field.OlderFlag {
			addFlag(cmd.Flags(), field, older, "").Hidden = true
		}
	}
}

func addFlag(flags *pflag.FlagSet, field config.Field, name, short string) *pflag.Flag {
	value := &flagText{kind: "string"}
	flag := flags.VarPF(value, name, short, field.Usage)
	if field.Type.Kind() == reflect.Bool {
		value.kind, flag.NoOptDefVal = "bool", "true"
	}
	return flag
}

// given returns the text of the flags that stand on the command line.
func given(flags *pflag.FlagSet) map[string]string {
	texts := map[string]string{}
	flags.Visit(func(flag *pflag.Flag) { texts[flag.Name] = flag.Value.String() })
	return texts
}

// flagError tells in our words why the flags cannot be understood.
func flagError(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok {
		return unknownFlag(cmd, unknown)
	}
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return &usageError{fmt.Sprintf("--%s needs a value", missing.GetFlag().Name)}
	}
	return &usageError{err.Error()}
}

// unknownFlag names the nearest flag. A long flag behind a single dash is taken
// for its letters by the parser; it is told as it was written.
func unknownFlag(cmd *cobra.Command, unknown *pflag.NotExistError) error {
	name, written := unknown.GetSpecifiedName(), "--"+unknown.GetSpecifiedName()
	if letters := unknown.GetSpecifiedShortnames(); letters != "" {
		name, _, _ = strings.Cut(letters, "=")
		written = "-" + name
	}
	var known []string
	cmd.Flags().VisitAll(func(flag *pflag.Flag) {
		if !flag.Hidden {
			known = append(known, flag.Name)
		}
	})
	return &usageError{fmt.Sprintf("unknown flag %q%s", written, hint("--", config.Nearest(name, known)))}
}

// unknownWord refuses arguments that no command takes.
func unknownWord(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var known []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			known = append(known, c.Name())
		}
	}
	nearest := hint("", config.Nearest(args[0], known))
	if nearest == "" && (cmd.Name() == "login" || !cmd.HasParent()) {
		nearest = "; a command to launch stands behind --"
	}
	return &usageError{fmt.Sprintf("unknown word %q%s", args[0], nearest)}
}

func hint(prefix, nearest string) string {
	if nearest == "" {
		return ""
	}
	return "; did you mean " + prefix + nearest + "?"
}

// join lists choices for a sentence.
func join(choices []string) string { return strings.Join(slices.Clone(choices), ", ") }

package main

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/infisical-login/infisical-login/config"
	"github.com/spf13/cobra"
)

// settingsReport is what `settings --json` prints.
type settingsReport struct {
	Method   methodReport     `json:"method"`
	Settings []config.Setting `json:"settings"`
}

// methodReport tells which method a login would use, and why.
type methodReport struct {
	Name     string   `json:"name"`
	Inferred bool     `json:"inferred"`
	Because  string   `json:"because"`
	Others   []string `json:"-"` // evidence that was outranked
}

func (r *run) settingsCommand() *cobra.Command {
	var asJSON bool
	cmd := r.command("settings", "Show every setting, its source and what it shadows", r.all, func(*cobra.Command) error {
		report := settingsReport{Settings: r.source.Settings()}
		var settings loginSettings
		_ = r.source.Decode(&settings) // the plan reports it
		choice, _ := r.choose(settings.Method)
		report.Method = methodReport{choice.Row.Name, settings.Method == "", choice.Because, choice.Others}
		_, err := r.plan()
		r.warn(report.Settings, err)
		if err := report.write(r.stdout, asJSON); err != nil {
			return undelivered(err)
		}
		return err
	})
	cmd.Flags().BoolVar(&asJSON, "json", false, "Print one JSON object.")
	return cmd
}

func (s settingsReport) write(w io.Writer, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	_, _ = fmt.Fprintf(table, "SETTING\tVALUE\tSOURCE\n")
	for _, setting := range s.Settings {
		_, _ = fmt.Fprintf(table, "%s\t%s\t%s\n", setting.Name, setting.Value, setting.Source)
		for _, shadow := range setting.Shadows {
			_, _ = fmt.Fprintf(table, "\t%s\tshadowed: %s\n", shadow.Value, shadow.Source)
		}
	}
	_, _ = fmt.Fprintf(table, "\nmethod: %s\n", s.Method)
	return table.Flush()
}

// String is the method's line in the table.
func (m methodReport) String() string {
	if m.Name == "" {
		return "none"
	}
	text := m.Name + ", because " + m.Because
	for _, other := range m.Others {
		text += "; outranked: " + other
	}
	return text
}

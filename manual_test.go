package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/output"
	"github.com/spf13/cobra"
)

// manual renders the page for man(1), from the commands, the settings' tags, the
// families and the README's table of exit statuses.
func manual(t *testing.T, fields []config.Field) string {
	t.Helper()
	var page strings.Builder
	page.WriteString(`.TH INFISICAL\-LOGIN 1 "" "infisical\-login" "User Commands"
.SH NAME
infisical\-login \- log in to Infisical and hand over the token
.SH SYNOPSIS
.B infisical\-login
[\fBlogin\fR] [\fIflags\fR] [\fB\-\-\fR \fIcommand\fR [\fIargument\fR ...]]
.br
.B infisical\-login
\fIword\fR [\fIflags\fR]
.SH DESCRIPTION
Logs in to Infisical and hands the token to a command, standard output, a file, a
CI system or your keyring.
Every setting has a variable; a flag overrides it.
`)
	page.WriteString(".SH COMMANDS\n")
	writeManualCommands(&page, (&run{}).rootCommand(), "")
	page.WriteString(".SH METHODS\nOf \\fB\\-\\-method\\fR: ")
	for _, row := range methods.All() {
		page.WriteString(roff(row.Name) + "\n")
	}
	page.WriteString(".SH SINKS\nOf \\fB\\-\\-output\\fR: ")
	for _, row := range output.All() {
		page.WriteString(roff(row.Name) + "\n")
	}
	page.WriteString(".SH SETTINGS\n")
	for _, field := range fields {
		if !field.External {
			writeManualSetting(&page, field)
		}
	}
	page.WriteString(".SH ENVIRONMENT\nThese belong to others and are honoured too.\n")
	for _, field := range fields {
		if field.External {
			fmt.Fprintf(&page, ".TP\n.B %s\n%s\n", roff(field.Name), roff(field.Usage+defaultOf(field)))
		}
	}
	page.WriteString(".SH EXIT STATUS\n")
	for _, row := range exitRows(t) {
		fmt.Fprintf(&page, ".TP\n.B %s\n%s\n", roff(row[0]), roff(strings.TrimSuffix(row[1]+". To do: "+row[2], ". To do: ")))
	}
	page.WriteString(".SH EXAMPLES\n.nf\n" + roff(strings.TrimSpace(strings.ReplaceAll(example, "\n\n", "\n"))) + "\n.fi\n")
	page.WriteString(".SH SEE ALSO\nhttps://github.com/infisical\\-login/infisical\\-login\n")
	return page.String()
}

// writeManualCommands lists the commands and their own commands by full name.
func writeManualCommands(page *strings.Builder, parent *cobra.Command, prefix string) {
	for _, cmd := range parent.Commands() {
		if !cmd.IsAvailableCommand() && cmd.Name() != "help" {
			continue
		}
		fmt.Fprintf(page, ".TP\n.B %s\n%s.\n", roff(prefix+cmd.Use), roff(cmd.Short))
		writeManualCommands(page, cmd, prefix+cmd.Name()+" ")
	}
}

func writeManualSetting(page *strings.Builder, field config.Field) {
	name := strings.NewReplacer("`", "").Replace(variableCell(field))
	if flag := strings.NewReplacer("`", "").Replace(flagCell(field)); flag != "" {
		name = flag + "; " + name
	}
	fmt.Fprintf(page, ".TP\n.B %s\n%s\n", strings.ReplaceAll(name, "-", `\-`), roff(field.Usage+defaultOf(field)))
}

// roff escapes what troff would take for something else.
func roff(text string) string {
	text = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(text)
	if strings.HasPrefix(text, ".") || strings.HasPrefix(text, "'") {
		text = `\&` + text
	}
	return text
}

// exitRows returns the rows of the README's table of exit statuses.
func exitRows(t *testing.T) [][]string {
	t.Helper()
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "## Exit statuses\n")
	var rows [][]string
	for line := range strings.Lines(rest) {
		if strings.HasPrefix(line, "## ") {
			break
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		if len(cells) < 3 || strings.HasPrefix(line, "|--") || strings.HasPrefix(line, "| Status") {
			continue
		}
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		rows = append(rows, cells)
	}
	if len(rows) < 10 {
		t.Fatalf("the README's table of exit statuses has %d rows", len(rows))
	}
	return rows
}

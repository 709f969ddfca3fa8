package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	kelsey "github.com/kelseyhightower/envconfig"
)

// settingsTable renders the README's table of settings from their tags: first
// our own, then those of others, whose variables have no flag. It is
// kelseyhightower/envconfig's Usagef that writes it; that package reads other
// tags than ours, so a struct is made that has them.
func settingsTable(fields []config.Field) (string, error) {
	var ours, others []config.Field
	for _, f := range fields {
		if f.External {
			others = append(others, f)
		} else {
			ours = append(ours, f)
		}
	}
	const row = "{{range .}}| {{.Tags.Get `variable`}} | {{.Tags.Get `flag`}} | {{usage_default .}} | {{usage_description .}} |\n{{end}}"
	const otherRow = "{{range .}}| {{.Tags.Get `variable`}} | {{usage_default .}} | {{usage_description .}} |\n{{end}}"
	var out strings.Builder
	out.WriteString("| Variable | Flag | Default | Meaning |\n|---|---|---|---|\n")
	if err := kelsey.Usagef("", usageStruct(ours), &out, row); err != nil {
		return "", err
	}
	out.WriteString("\n| Variable of others | Default | Meaning |\n|---|---|---|\n")
	err := kelsey.Usagef("", usageStruct(others), &out, otherRow)
	return out.String(), err
}

// usageStruct returns a pointer to a struct with one field for each setting,
// tagged with the cells of its row.
func usageStruct(fields []config.Field) any {
	var list []reflect.StructField
	for i, f := range fields {
		cells := []string{
			"envconfig", f.Name,
			"variable", variableCell(f),
			"flag", flagCell(f),
			"default", defaultCell(f),
			"desc", strings.ReplaceAll(f.Usage, "|", `\|`),
		}
		var tag strings.Builder
		for i := 0; i < len(cells); i += 2 {
			fmt.Fprintf(&tag, "%s:%q ", cells[i], cells[i+1])
		}
		list = append(list, reflect.StructField{
			Name: fmt.Sprintf("Setting%d", i),
			Type: reflect.TypeFor[string](),
			Tag:  reflect.StructTag(tag.String()),
		})
	}
	return reflect.New(reflect.StructOf(list)).Interface()
}

// variableCell names the variable, the one that names its file, and older spellings.
func variableCell(f config.Field) string {
	cell := "`" + f.Name + "`"
	if f.File {
		cell += " or `" + f.Name + "_FILE`"
	}
	if len(f.Older) > 0 {
		cell += " (older: `" + strings.Join(f.Older, "`, `") + "`)"
	}
	return cell
}

// flagCell names the flag, its one letter form, and older spellings.
func flagCell(f config.Field) string {
	if f.Flag == "" {
		return ""
	}
	cell := "`--" + f.Flag + "`"
	if f.Short != "" {
		cell += ", `-" + f.Short + "`"
	}
	if len(f.OlderFlag) > 0 {
		cell += " (older: `--" + strings.Join(f.OlderFlag, "`, `--") + "`)"
	}
	return cell
}

// defaultCell gives the default, or the words that stand for it.
func defaultCell(f config.Field) string {
	switch {
	case f.Shown != "":
		return strings.ReplaceAll(f.Shown, "|", `\|`)
	case f.Default != "":
		return "`" + f.Default + "`"
	}
	return ""
}

// Every tag that a reader cares for is in the table.
func TestSettingsTable(t *testing.T) {
	t.Parallel()
	type Settings struct {
		Output string        `env:"A_OUTPUT" flag:"output" short:"o" olderflag:"out" default:"stdout" usage:"One | many."`
		Secret config.Secret `env:"A_SECRET" older:"A_OLD" file:"true" shown:"none" usage:"A secret."`
		Region string        `env:"AWS_REGION" external:"true" usage:"Region."`
	}
	got, err := settingsTable(config.Fields(Settings{}))
	if err != nil {
		t.Fatal(err)
	}
	want := "| Variable | Flag | Default | Meaning |\n|---|---|---|---|\n" +
		"| `A_OUTPUT` | `--output`, `-o` (older: `--out`) | `stdout` | One \\| many. |\n" +
		"| `A_SECRET` or `A_SECRET_FILE` (older: `A_OLD`) |  | none | A secret. |\n" +
		"\n| Variable of others | Default | Meaning |\n|---|---|---|\n" +
		"| `AWS_REGION` |  | Region. |\n"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// The README's table of settings is the one that the tags say.
func TestReadmeSettings(t *testing.T) {
	t.Parallel()
	table, err := settingsTable(fields())
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- settings: go test . -run Readme -update -->\n", "<!-- end of settings -->"
	before, rest, found := strings.Cut(string(readme), begin)
	old, after, ends := strings.Cut(rest, end)
	if !found || !ends {
		t.Fatal("the README has lost the place of its table")
	}
	if old == table {
		return
	}
	if !*update {
		t.Fatal("the README's table of settings is out of date: go test . -run Readme -update")
	}
	if err := os.WriteFile("README.md", []byte(before+begin+table+end+after), 0o644); err != nil {
		t.Fatal(err)
	}
}

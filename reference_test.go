package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// derived checks that a file holds what is derived from the settings' tags, or
// with -update makes it so.
func derived(t *testing.T, path, want string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) == want {
		return
	}
	old := strings.Split(string(have), "\n")
	for i, line := range strings.Split(want, "\n") {
		if i >= len(old) || old[i] != line {
			t.Fatalf("%s is out of date from line %d on, which is to be %q: go test . -run 'Reference|Readme' -update", path, i+1, line)
		}
	}
	t.Fatalf("%s has lines too many: go test . -run 'Reference|Readme' -update", path)
}

// The manual, the JSON Schema and the env file are what the tags say.
func TestReference(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"infisical-login.1":    manual(t, fields()),
		"settings.schema.json": schema(t, fields()),
		".env.example":         envExample(fields()),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			derived(t, filepath.Join("examples", "reference", name), text)
		})
	}
}

// actionInputs renders the settings as inputs of the GitHub action. What it does
// with the token is its own affair, and so is staying.
func actionInputs(fields []config.Field) string {
	own := []string{"output", "plain", "format", "token-path", "token-mode", "token-owner", "keep", "health-address"}
	var inputs strings.Builder
	for _, field := range fields {
		stays := strings.Contains(field.Flag, "renew") || strings.Contains(field.Flag, "revoke") || field.Flag == "stop-timeout"
		person := slices.Contains([]string{"email", "password", "mfa-code", "organization-id", "interactive", "browser", "callback-port"}, field.Flag)
		if field.Flag == "" || stays || person || slices.Contains(own, field.Flag) {
			continue
		}
		fmt.Fprintf(&inputs, "  %s:\n    description: %s\n", field.Flag, strconv.Quote(field.Usage+defaultOf(field)))
	}
	return inputs.String()
}

// The GitHub action's inputs are the settings.
func TestReferenceOfAction(t *testing.T) {
	t.Parallel()
	const path, begin, end = "examples/github-action/action.yml", "  # settings: go test . -run Reference -update\n", "  # end of settings\n"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, ends := strings.Cut(rest, end)
	if !found || !ends {
		t.Fatalf("%s has lost the place of its settings", path)
	}
	derived(t, path, before+begin+actionInputs(fields())+end+after)
}

// newSetting is a setting that a test adds. It stands in one line of one file, as
// a setting of somebody who changes the program would.
const newSetting = "Added config.Secret `env:\"INFISICAL_LOGIN_ADDED_BY_TEST\" flag:\"added-by-test\" file:\"true\" scrub:\"true\" usage:\"A setting that a test adds.\"`"

// overlay writes a description of the program with one line added to a struct of
// settings, and returns the flag that makes go build and go test read it.
func overlay(t *testing.T) string {
	t.Helper()
	const file, after = "login.go", "type launchSettings struct {\n"
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(source), after, after+"\t"+newSetting+"\n", 1)
	if changed == string(source) {
		t.Fatalf("%s has lost %q", file, after)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	added := filepath.Join(t.TempDir(), file)
	description := filepath.Join(t.TempDir(), "overlay.json")
	text, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(dir, file): added}})
	if err != nil {
		t.Fatal(err)
	}
	for path, content := range map[string][]byte{added: []byte(changed), description: text} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return "-overlay=" + description
}

// A setting is written once, as a field with tags. One more such line, and help,
// completion, the list of settings, redaction and the command's environment know
// it without any other edit, and each derived page is told to be out of date.
func TestOneLineAddsASetting(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("builds the program twice")
	}
	flag := overlay(t)
	program := filepath.Join(t.TempDir(), "infisical-login")
	if out, err := exec.Command("go", "build", flag, "-tags", "grpcnotrace", "-o", program, ".").CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	const name, value = "INFISICAL_LOGIN_ADDED_BY_TEST", "the-added-secret"
	run := func(args ...string) string {
		cmd := exec.Command(program, args...)
		cmd.Env = append(os.Environ(), name+"="+value)
		out, _ := cmd.CombinedOutput() // settings has the status of a login that cannot be tried
		return string(out)
	}
	if page := run("help"); !strings.Contains(page, "--added-by-test  "+name+", "+name+"_FILE\n      A setting that a test adds.") {
		t.Errorf("help does not tell it:\n%s", page)
	}
	if words := run("__complete", "--added"); !strings.Contains(words, "--added-by-test\tA setting that a test adds.") {
		t.Errorf("the shell does not complete it: %q", words)
	}
	if table := run("settings"); !strings.Contains(table, name+" ") || strings.Contains(table, value) {
		t.Errorf("it is not listed, or not redacted:\n%s", table)
	}
	t.Run("scrubbing", func(t *testing.T) {
		cmd := exec.Command(program, "--silent", "--", "env")
		cmd.Env = slices.Concat(os.Environ(), loginSettingsOf(t), []string{name + "=" + value, "UNRELATED=1"})
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(string(out), "UNRELATED=1") || strings.Contains(string(out), name) {
			t.Errorf("%v: the command gets it:\n%s", err, out)
		}
	})
	t.Run("pages", func(t *testing.T) {
		out, err := exec.Command("go", "test", flag, "-count=1", "-run", "^(TestReference.*|TestReadmeSettings)$", ".").CombinedOutput()
		if err == nil {
			t.Fatalf("no page is out of date:\n%s", out)
		}
		for _, page := range []string{"infisical-login.1", "settings.schema.json", ".env.example", "action.yml", "README"} {
			if !strings.Contains(string(out), page+" is out of date") && !strings.Contains(string(out), page+"'s table of settings is out of date") {
				t.Errorf("%s does not know it:\n%s", page, out)
			}
		}
	})
}

// loginSettingsOf starts a server and returns the settings of an identity that it
// knows.
func loginSettingsOf(t *testing.T) []string {
	t.Helper()
	server := infisicaltest.New(infisicaltest.G3)
	addScriptIdentity(server)
	return []string{
		"INFISICAL_DOMAIN=" + server.Start(t),
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID=" + scriptClient,
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=" + scriptSecret,
	}
}

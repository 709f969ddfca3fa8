// Package workflows checks what is written for GitHub's runner with actionlint. It
// is a module of its own, since actionlint and Compose ask for two versions of one
// package, neither of which serves the other.
package workflows

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

// lint returns what actionlint finds wrong with a workflow of this repository, its
// local actions among it.
func lint(t *testing.T, workflow string) []*actionlint.Error {
	t.Helper()
	top, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	linter, err := actionlint.NewLinter(io.Discard, &actionlint.LinterOptions{WorkingDir: top})
	if err != nil {
		t.Fatal(err)
	}
	project, err := actionlint.NewProject(top)
	if err != nil {
		t.Fatal(err)
	}
	found, err := linter.Lint(filepath.Join(top, ".github/workflows/workflow.yml"), []byte(workflow), project)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// file returns what a file holds.
func file(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// ofAction is a workflow of the job that the action's page shows.
func ofAction(t *testing.T) string {
	t.Helper()
	block := regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$").FindStringSubmatch(file(t, "../../github-action/README.md"))
	if block == nil {
		t.Fatal("the page shows no job any more")
	}
	permissions, steps, found := strings.Cut(block[1], "steps:\n")
	if !found {
		t.Fatal("the page shows no steps any more")
	}
	steps = strings.ReplaceAll(steps, "./.github/actions/infisical-login", "./examples/github-action")
	return "on: push\n" + permissions + "jobs:\n  job:\n    runs-on: ubuntu-latest\n    steps:\n" +
		regexp.MustCompile("(?m)^").ReplaceAllString(strings.TrimRight(steps, "\n"), "    ") + "\n"
}

// The workflows are ones, and so is what the action's page shows: the action itself
// and its inputs are looked at too.
func TestWorkflows(t *testing.T) {
	t.Parallel()
	for name, workflow := range map[string]string{
		"example":    file(t, "../../github-actions/workflow.yml"),
		"own":        file(t, "../../../.github/workflows/ci.yml"),
		"action.yml": ofAction(t),
	} {
		for _, problem := range lint(t, workflow) {
			t.Errorf("%s: %v", name, problem)
		}
	}
}

// What GitHub would not take is found.
func TestWrongWorkflowsFail(t *testing.T) {
	t.Parallel()
	for _, change := range []struct{ in, from, to string }{
		{file(t, "../../github-actions/workflow.yml"), "id-token: write", "id-tokens: write"},
		{file(t, "../../github-actions/workflow.yml"), "runs-on:", "runs_on:"},
		{ofAction(t), "machine-identity-id:", "identity-id:"},
	} {
		changed := strings.Replace(change.in, change.from, change.to, 1)
		if changed == change.in || len(lint(t, changed)) == 0 {
			t.Errorf("%q was taken for %q", change.to, change.from)
		}
	}
}

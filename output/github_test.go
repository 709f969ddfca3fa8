package output

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// parseRunner reads a file as GitHub's runner does: name, delimiter, lines up
// to the delimiter.
func parseRunner(t *testing.T, path string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	values := map[string]string{}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	for len(lines) > 0 {
		name, delimiter, heredoc := strings.Cut(lines[0], "<<")
		lines = lines[1:]
		if !heredoc {
			name, value, _ := strings.Cut(name, "=")
			values[name] = value
			continue
		}
		var value []string
		for lines[0] != delimiter {
			value, lines = append(value, lines[0]), lines[1:]
		}
		values[name], lines = strings.Join(value, "\n"), lines[1:]
	}
	return values
}

func TestGithub(t *testing.T) {
	// The token is masked before it is written, and reaches later steps beside what earlier ones wrote.
	t.Parallel()
	dir := t.TempDir()
	files := map[string]string{githubOutput: filepath.Join(dir, "output"), githubEnv: filepath.Join(dir, "env")}
	os.WriteFile(files[githubOutput], []byte("earlier=value without a newline"), 0o600)
	os.WriteFile(files[githubEnv], nil, 0o600)
	var out, errs bytes.Buffer
	target := Target{Stdout: &out, Stderr: &errs, Environ: func(name string) (string, bool) { v, ok := files[name]; return v, ok }}
	sink := &github{Naming{"INFISICAL_TOKEN"}}
	if err := sink.Check(target); err != nil {
		t.Fatal(err)
	}
	if err := sink.Put(sample("50%.abc"), target); err != nil {
		t.Fatal(err)
	}
	if errs.String() != "::add-mask::50%25.abc\n" || out.Len() > 0 {
		t.Errorf("got %q and %q", errs.String(), out.String())
	}
	if got := parseRunner(t, files[githubOutput]); got["token"] != "50%.abc" || got["earlier"] != "value without a newline" {
		t.Errorf("got %v", got)
	}
	if got := parseRunner(t, files[githubEnv]); got["INFISICAL_TOKEN"] != "50%.abc" {
		t.Errorf("got %v", got)
	}
}

func TestGithubElsewhere(t *testing.T) {
	// Outside of GitHub's runner the sink is a mistake in the settings; a file that is gone is a failed delivery.
	t.Parallel()
	sink := new(github)
	none := func(string) (string, bool) { return "", false }
	wants(t, sink.Check(Target{Environ: none}), 78, "set GITHUB_OUTPUT")
	gone := func(string) (string, bool) { return filepath.Join(t.TempDir(), "gone"), true }
	wants(t, sink.Check(Target{Environ: gone}), 73, "GITHUB_OUTPUT")
}

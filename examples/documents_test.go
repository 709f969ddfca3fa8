package examples

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// documents returns every page for readers, by its path from here.
func documents(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, pattern := range []string{"../README.md", "*.md", "*/README.md", "../.github/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, found...)
	}
	return paths
}

// tests returns the names of all tests, those of nested modules too.
func tests(t *testing.T) map[string]bool {
	t.Helper()
	names := map[string]bool{}
	declared := regexp.MustCompile(`(?m)^func (Test\w+)\(`)
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		for _, match := range declared.FindAllStringSubmatch(read(t, path), -1) {
			names[match[1]] = true
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Every test that a page names exists, and every promise of SECURITY.md names one.
func TestPagesNameTestsThatExist(t *testing.T) {
	t.Parallel()
	known := tests(t)
	named := regexp.MustCompile("`(Test[A-Z]\\w+)`")
	for _, path := range documents(t) {
		for _, match := range named.FindAllStringSubmatch(read(t, path), -1) {
			if !known[match[1]] {
				t.Errorf("%s: there is no %s", path, match[1])
			}
		}
	}
	_, promises, _ := strings.Cut(read(t, "../.github/SECURITY.md"), "|---|---|---|\n")
	promises, _, _ = strings.Cut(promises, "\n\n")
	if strings.Count(promises, "\n") < 10 {
		t.Error("the promises are gone")
	}
	for line := range strings.Lines(promises) {
		if !named.MatchString(line) {
			t.Errorf("no test holds: %s", line)
		}
	}
}

// Every setting that a page names exists.
func TestPagesNameSettingsThatExist(t *testing.T) {
	t.Parallel()
	schema := read(t, "reference/settings.schema.json")
	others := read(t, "../README.md") // for variables of others that look like ours
	for _, path := range documents(t) {
		for _, name := range regexp.MustCompile(`\bINFISICAL_[A-Z_]+[A-Z]\b`).FindAllString(read(t, path), -1) {
			if !strings.Contains(schema, `"`+name+`"`) && !strings.Contains(others, name) {
				t.Errorf("%s: there is no setting %s", path, name)
			}
		}
	}
}

// Every link of a page leads to something.
func TestPagesLinkToWhatExists(t *testing.T) {
	t.Parallel()
	for _, path := range documents(t) {
		for _, match := range regexp.MustCompile(`\]\(([^)#:]+)\)`).FindAllStringSubmatch(read(t, path), -1) {
			if _, err := os.Stat(filepath.Join(filepath.Dir(path), match[1])); err != nil {
				t.Errorf("%s: %v", path, err)
			}
		}
	}
}

// Each cloud has five lines, from nothing to a program with a token.
func TestCloudsHaveFiveLines(t *testing.T) {
	t.Parallel()
	page := "clouds/README.md"
	for _, b := range blocks(t, page) {
		if len(b.lines) != 5 || !strings.HasPrefix(b.lines[4], "infisical-login -- ") {
			t.Errorf("these are not five lines that end in a launch:\n%s", strings.Join(b.lines, "\n"))
		}
	}
	clouds := regexp.MustCompile("(?m)^## .*`\\)$").FindAllString(read(t, page), -1)
	if len(clouds) < 3 || len(clouds) != len(blocks(t, page)) {
		t.Errorf("%d clouds have %d blocks", len(clouds), len(blocks(t, page)))
	}
}

// The README leads to every page there is.
func TestReadmeLeadsToEveryPage(t *testing.T) {
	t.Parallel()
	readme := read(t, "../README.md")
	for _, page := range documents(t) {
		path := filepath.ToSlash(filepath.Join("examples", page))
		if page != "../README.md" && page != "../.github/DEPENDENCIES.md" && !strings.Contains(readme, "]("+path+")") {
			t.Errorf("nothing leads to %s", path)
		}
	}
}

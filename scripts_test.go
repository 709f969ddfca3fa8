package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods"
)

// delivered are the words by which a script makes sure that a login by a method
// has delivered a token.
func delivered(method string) string { return `stdout '"method":"` + method + `"'` }

func TestEveryMethodHasAScript(t *testing.T) {
	// Every machine identity's method logs in with the real program, from its
	// settings to a token on standard output, in some script.
	t.Parallel()
	paths, err := filepath.Glob("testdata/script/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(text), "\n")...)
	}
	for _, row := range methods.All() {
		if row.Name == "user" {
			continue // a person, not a machine identity; has tests of its own
		}
		if !slices.Contains(lines, delivered(row.Name)) {
			t.Errorf("no script has the line %s", delivered(row.Name))
		}
	}
}

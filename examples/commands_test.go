package examples

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// block is what stands in a page for a reader to type.
type block struct {
	page  string
	info  string // what stands behind the language
	lines []string
}

// blocks returns the command lines of a page: whole blocks of sh, and what stands
// behind the prompts in a console.
func blocks(t *testing.T, page string) []block {
	t.Helper()
	var found []block
	for _, match := range regexp.MustCompile("(?ms)^```(sh|console)([^\n]*)\n(.*?)^```$").FindAllStringSubmatch(read(t, page), -1) {
		b := block{page: page, info: strings.TrimSpace(match[2])}
		for line := range strings.Lines(match[3]) {
			command, prompted := strings.CutPrefix(line, "$ ")
			if match[1] == "sh" || prompted {
				b.lines = append(b.lines, strings.TrimSpace(command))
			}
		}
		found = append(found, b)
	}
	return found
}

// Every command line of a page is executed here, or its block says which test or
// script does it (test=NAME) or what it would need (needs=WHAT).
func TestCommandLines(t *testing.T) {
	t.Parallel()
	known := tests(t)
	count := 0
	for _, page := range documents(t) {
		for _, b := range blocks(t, page) {
			count += len(b.lines)
			key, value, _ := strings.Cut(b.info, "=")
			switch {
			case key == "test" && known[value], key == "needs" && value != "":
			case key == "test" && strings.HasPrefix(value, ".ci/"):
				if _, err := os.Stat(filepath.Join("..", value)); err != nil {
					t.Errorf("%s: %v", page, err)
				}
			case b.info != "":
				t.Errorf("%s: %q is neither a test nor a need", page, b.info)
			default:
				b.execute(t)
			}
		}
	}
	if count < 10 {
		t.Errorf("the pages have only %d command lines", count)
	}
}

// execute runs a block as somebody does whose client id and secret are set, in a
// folder that stands for /run.
func (b block) execute(t *testing.T) {
	t.Helper()
	p := newPlace(t, &infisicaltest.Universal{ClientID: exampleClient, ClientSecret: exampleSecret})
	if err := os.Mkdir(filepath.Join(p.dir, "secrets"), 0o700); err != nil {
		t.Fatal(err)
	}
	p.environ = append(p.environ, "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="+exampleClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET="+exampleSecret)
	text := strings.ReplaceAll(strings.Join(b.lines, "\n"), "/run/", p.dir+"/")
	if out, err := p.sh("set -e\n" + text); err != nil {
		t.Errorf("%s: %v: %s\n%s", b.page, err, out, text)
	}
	if len(p.server.Requests()) == 0 {
		t.Errorf("%s: nobody logged in:\n%s", b.page, text)
	}
}

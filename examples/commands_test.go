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
				b.isRunBy(t, filepath.Join("..", value))
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

// isRunBy fails if a script does not have the block's commands. It may read them
// from the page itself, or build with another builder than docker.
func (b block) isRunBy(t *testing.T, script string) {
	t.Helper()
	text := read(t, script)
	for _, line := range b.lines {
		words := strings.Fields(line)
		runs := strings.Contains(text, line) || strings.Contains(text, `test=\.ci\/`+filepath.Base(script))
		builds := words[0] == "docker" && words[1] == "build" && strings.Contains(text, "localhost/"+words[3])
		tests := words[0] == "go" && words[1] == "test" && strings.Contains(text, "\ngo test ") && strings.Contains(text, words[2])
		if !runs && !builds && !tests {
			t.Errorf("%s: %s does not run %q", b.page, script, line)
		}
	}
}

// No page has commands where TestCommandLines does not look: what is indented is a
// picture.
func TestNoCommandIsIndented(t *testing.T) {
	t.Parallel()
	for _, page := range documents(t) {
		for _, match := range regexp.MustCompile(`(?m)^\n {4}(.*)$`).FindAllStringSubmatch(read(t, page), -1) {
			if !strings.Contains(match[1], "  ->  ") {
				t.Errorf("%s: %q belongs into a block", page, match[1])
			}
		}
	}
}

// What a page says of the program within a line has words and flags that exist.
func TestPagesNameFlagsThatExist(t *testing.T) {
	t.Parallel()
	p := newPlace(t, &infisicaltest.Universal{ClientID: exampleClient})
	help, err := p.sh("infisical-login help && infisical-login settings --help")
	if err != nil {
		t.Fatal(err)
	}
	help += strings.ReplaceAll(read(t, "reference/infisical-login.1"), `\-`, "-") // which has the older spellings
	count := 0
	for _, page := range documents(t) {
		for _, span := range regexp.MustCompile("`(infisical(?:-login)?(?: login)? [^`]*|--[^` ]+)`").FindAllStringSubmatch(read(t, page), -1) {
			ours, _, _ := strings.Cut(span[1], " -- ")
			for _, flag := range regexp.MustCompile(`--[a-z][a-z-]+`).FindAllString(ours, -1) {
				count++
				if !regexp.MustCompile(flag+`\b`).MatchString(help) && !strings.HasPrefix(ours, "infisical run") {
					t.Errorf("%s: %s has no flag %s", page, span[1], flag)
				}
			}
		}
	}
	if count < 20 {
		t.Errorf("the pages name only %d flags", count)
	}
}

// The pages' Dockerfiles are lines of the one that is built and run.
func TestPagesShowTheDockerfile(t *testing.T) {
	t.Parallel()
	dockerfile := "\n" + read(t, "docker/Dockerfile")
	for _, page := range documents(t) {
		for _, match := range regexp.MustCompile("(?ms)^```dockerfile\n(.*?)^```$").FindAllStringSubmatch(read(t, page), -1) {
			for line := range strings.Lines(match[1]) {
				if !strings.Contains(dockerfile, "\n"+line) {
					t.Errorf("%s: %q is not in the example", page, line)
				}
			}
		}
	}
}

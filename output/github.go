package output

import (
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/infisical-login/infisical-login/methods/token"
)

// github makes the token an output of the GitHub Actions step, named token, and a
// variable of the steps after it, masked in the log of all of them. See
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions.
type github struct {
	Naming
}

// The variables that name the files which a runner reads after each step.
const (
	githubOutput = "GITHUB_OUTPUT"
	githubEnv    = "GITHUB_ENV"
)

// Check implements [Sink].
func (g *github) Check(target Target) error {
	for _, name := range []string{githubOutput, githubEnv} {
		path, given := target.Environ(name)
		if !given || path == "" {
			return setting(name, "", `set %s, as GitHub's runner does, or take "github" out of --output (INFISICAL_LOGIN_OUTPUT)`, name)
		}
		file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
		if err != nil {
			return failed(err, "%s: %q cannot be written: %s", name, path, reason(err))
		}
		file.Close()
	}
	return nil
}

// Put implements [Sink]. The mask comes first, and on standard error: the runner
// reads commands there too, and standard output is data.
func (g *github) Put(t token.Token, target Target) error {
	secret := t.Secret.Reveal()
	escaped := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A").Replace(secret)
	if _, err := io.WriteString(target.Stderr, "::add-mask::"+escaped+"\n"); err != nil {
		return failed(err, "standard error did not take the command that masks the token: %s", reason(err))
	}
	outputs, _ := target.Environ(githubOutput)
	if err := appendWhole(outputs, entry("token", secret)); err != nil {
		return failed(err, "%s: %q did not take the token: %s", githubOutput, outputs, reason(err))
	}
	variables, _ := target.Environ(githubEnv)
	if err := appendWhole(variables, entry(string(g.Variable), secret)); err != nil {
		return failed(err, "%s: %q did not take the token: %s", githubEnv, variables, reason(err))
	}
	return nil
}

// entry is a name and its value as the runner's files hold them. The delimiter is
// random, so that no value can end itself and go on with another name.
func entry(name, value string) string {
	delimiter := rand.Text()
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", name, delimiter, value, delimiter)
}

// appendWhole appends text to a file, on a line of its own, and takes a part that
// was written back out if the rest could not be.
func appendWhole(path, text string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	last := []byte{'\n'}
	if info.Size() > 0 {
		if _, err := file.ReadAt(last, info.Size()-1); err != nil {
			return err
		}
	}
	if last[0] != '\n' {
		text = "\n" + text
	}
	if _, err := io.WriteString(file, text); err != nil {
		_ = file.Truncate(info.Size())
		return err
	}
	return file.Close()
}

// Package validate checks the examples' manifests against the types of those who
// read them, and does with them what their readers would. It is a module of its
// own, so that the program's stays small.
package validate

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const (
	client   = "5b2ddf3c-65f0-4c8e-9a55-3f4f6c6fd0a1" // as the examples name them
	identity = "0b7a3f2c-9c1e-4a4b-8f6d-2f3f0c1d5e6a"
)

// built is the folder with the programs.
var built string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "validate")
	if err != nil {
		panic(err)
	}
	built = dir
	for name, pkg := range map[string]string{"infisical-login": ".", "standin": "./examples/compose/standin"} {
		build := exec.Command("go", "build", "-tags", "grpcnotrace", "-o", filepath.Join(dir, name), pkg)
		build.Dir = "../.."
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
			os.Exit(1)
		}
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// start starts the stand-in server. It returns its URL and a file with the token
// of a service account.
func start(t *testing.T) (url, token string) {
	t.Helper()
	token = filepath.Join(t.TempDir(), "service-account")
	cmd := exec.CommandContext(t.Context(), filepath.Join(built, "standin"), "-address=127.0.0.1:0",
		"-client-id="+client, "-client-secret-path=../compose/client-secret",
		"-identity-id="+identity, "-service-account-token-path="+token)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	address, found := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !found {
		t.Fatalf("the stand-in said %q: %v", line, err)
	}
	return "http://" + address, token
}

// container is what a runtime would start: words and environment in which paths
// and addresses are replaced by those of this machine.
type container struct {
	words   []string
	environ map[string]string
	replace *strings.Replacer
}

// command makes it a command. The path at the front may be one in the image.
func (c container) command(ctx context.Context) *exec.Cmd {
	var words []string
	for _, word := range c.words {
		words = append(words, c.replace.Replace(word))
	}
	cmd := exec.CommandContext(ctx, words[0], words[1:]...)
	cmd.Env = []string{"PATH=/usr/bin:/bin"}
	for name, value := range c.environ {
		cmd.Env = append(cmd.Env, name+"="+c.replace.Replace(value))
	}
	return cmd
}

// known fails for variables that look like ours and that the program does not
// have, and for values that its schema does not allow.
func known(t *testing.T, environ map[string]string) {
	t.Helper()
	schema, values := settings(t), map[string]any{}
	for name, value := range environ {
		values[name] = value
		if _, there := schema.Properties[name]; !there && strings.HasPrefix(name, "INFISICAL_") {
			t.Errorf("there is no setting %s", name)
		}
	}
	if err := schema.Validate(values); err != nil {
		t.Error(err)
	}
}

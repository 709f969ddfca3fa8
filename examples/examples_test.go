// Package examples runs what the examples show: their command lines and files
// are executed as their readers would, against a stand-in server.
package examples

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// built is the folder with the program, which the tests have in their PATH.
var built string

func TestMain(m *testing.M) {
	if runtime.GOOS == "windows" {
		return // the examples are for shells
	}
	dir, err := os.MkdirTemp("", "examples")
	if err != nil {
		panic(err)
	}
	built = dir
	build := exec.Command("go", "build", "-tags", "grpcnotrace", "-o", filepath.Join(dir, "infisical-login"), "..")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v\n%s", err, out)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// The values that the examples hold.
const (
	exampleClient   = "5b2ddf3c-65f0-4c8e-9a55-3f4f6c6fd0a1"
	exampleIdentity = "0b7a3f2c-9c1e-4a4b-8f6d-2f3f0c1d5e6a"
	exampleSecret   = "a-client-secret-for-show"
	exampleDomain   = "https://infisical.example.com"
)

// place is a folder to run something in, with a server and an environment.
type place struct {
	dir     string
	url     string
	server  *infisicaltest.Server
	environ []string
}

// newPlace starts a server that knows one identity. Commands in the folder bin
// stand for those that an example launches: they print their name, their words and
// the token's length.
func newPlace(t *testing.T, auth infisicaltest.Auth, commands ...string) *place {
	t.Helper()
	p := &place{dir: t.TempDir(), server: infisicaltest.New(infisicaltest.G3)}
	p.server.Add(infisicaltest.Identity{ID: exampleIdentity, Auth: auth})
	p.url = p.server.Start(t)
	bin := filepath.Join(p.dir, "bin")
	if err := os.Mkdir(bin, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range commands {
		path := filepath.Join(bin, name)
		if strings.HasPrefix(name, "./") {
			path = filepath.Join(p.dir, name)
		}
		if err := os.WriteFile(path, []byte("#!/bin/sh\necho ran \"$(basename $0)\" \"$@\"\nenv >>\"$ENVIRONMENT\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	p.environ = []string{
		"PATH=" + built + ":" + bin + ":/usr/bin:/bin", "HOME=" + p.dir, "INFISICAL_DOMAIN=" + p.url,
		"ENVIRONMENT=" + filepath.Join(p.dir, "environment"),
	}
	return p
}

// sh runs a shell's line and returns all that it said.
func (p *place) sh(line string) (string, error) {
	cmd := exec.Command("sh", "-c", line)
	cmd.Dir, cmd.Env = p.dir, p.environ
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// content returns what a file in the folder holds.
func (p *place) content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(p.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// read returns an example's file.
func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// behind returns the rest of each line that begins with a prefix, white space aside.
func behind(t *testing.T, text, prefix string) []string {
	t.Helper()
	var rests []string
	for line := range strings.Lines(text) {
		if rest, found := strings.CutPrefix(strings.TrimSpace(line), prefix); found {
			rests = append(rests, rest)
		}
	}
	if rests == nil {
		t.Fatalf("nothing begins with %q", prefix)
	}
	return rests
}

// The workflow's steps get a token for the job's OIDC token, the first for one
// command, the second, masked, for all that come after.
func TestGitHubWorkflow(t *testing.T) {
	t.Parallel()
	workflow := read(t, "github-actions/workflow.yml")
	if !strings.Contains(workflow, "  id-token: write\n") || strings.Contains(workflow, "${{ secrets.") {
		t.Error("the job may not ask for an OIDC token, or has a secret")
	}
	p := newPlace(t, &infisicaltest.OIDC{Subject: "repo:acme/app:*"}, "./deploy")
	runner := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintf(w, `{"value":%q}`, p.server.Issuer().Mint(map[string]any{"aud": "https://github.com/acme", "sub": "repo:acme/app:ref:refs/heads/main"}))
	}))
	defer runner.Close()
	for _, name := range []string{"output", "env"} {
		if err := os.WriteFile(filepath.Join(p.dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	p.environ = append(p.environ,
		"CI=true", "GITHUB_ACTIONS=true", "ACTIONS_ID_TOKEN_REQUEST_URL="+runner.URL+"/?v=1", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=t",
		"GITHUB_OUTPUT="+filepath.Join(p.dir, "output"), "GITHUB_ENV="+filepath.Join(p.dir, "env"),
		"INFISICAL_MACHINE_IDENTITY_ID="+behind(t, workflow, "INFISICAL_MACHINE_IDENTITY_ID: ")[0])
	for _, line := range behind(t, workflow, "- run: ") {
		if out, err := p.sh(line); err != nil {
			t.Fatalf("%s: %v: %s", line, err, out)
		}
	}
	if !strings.Contains(p.content(t, "environment"), "\nINFISICAL_TOKEN=ey") {
		t.Error("the command got no token")
	}
	if !strings.HasPrefix(p.content(t, "env"), "INFISICAL_TOKEN<<") || !strings.HasPrefix(p.content(t, "output"), "token<<") {
		t.Error("the later steps get no token")
	}
}

// GitLab's jobs, and the component, find the job's ID token by its name.
func TestGitLab(t *testing.T) {
	t.Parallel()
	pipeline := read(t, "gitlab-ci/.gitlab-ci.yml")
	component := read(t, "gitlab-ci/component/templates/login.yml")
	scripts := behind(t, pipeline, "- infisical-login")
	for _, script := range behind(t, component, "- infisical-login") {
		scripts = append(scripts, strings.ReplaceAll(script, "$[[ inputs.command ]]", "./deploy"))
	}
	p := newPlace(t, &infisicaltest.OIDC{Audiences: behind(t, pipeline, "aud: ")[:1]}, "./deploy")
	p.environ = append(p.environ, "CI=true", "GITLAB_CI=true",
		"INFISICAL_MACHINE_IDENTITY_ID="+behind(t, pipeline, "INFISICAL_MACHINE_IDENTITY_ID: ")[0],
		"INFISICAL_ID_TOKEN="+p.server.Issuer().Mint(map[string]any{"aud": "infisical", "sub": "project_path:a/b"}))
	for _, script := range scripts {
		if out, err := p.sh("infisical-login" + script); err != nil {
			t.Fatalf("%s: %v: %s", script, err, out)
		}
	}
	if n := strings.Count(p.content(t, "environment"), "\nINFISICAL_TOKEN=ey"); n != 2 {
		t.Errorf("%d commands got a token, not 2", n)
	}
	if report := p.content(t, "infisical.env"); !strings.HasPrefix(report, "INFISICAL_TOKEN=ey") {
		t.Errorf("the report begins with %.20q", report)
	}
}

// The component uses the inputs that it declares, and no others.
func TestGitLabComponentInputs(t *testing.T) {
	t.Parallel()
	head, body, _ := strings.Cut(read(t, "gitlab-ci/component/templates/login.yml"), "\n---\n")
	for rest := body; ; {
		_, after, found := strings.Cut(rest, "$[[ inputs.")
		if !found {
			break
		}
		name, tail, _ := strings.Cut(after, " ]]")
		if !strings.Contains(head, "\n    "+name+":\n") {
			t.Errorf("there is no input %q", name)
		}
		rest = tail
	}
	for line := range strings.Lines(head) {
		name, declared := strings.CutPrefix(strings.TrimRight(line, ":\n"), "    ")
		if declared && !strings.HasPrefix(name, " ") && !strings.Contains(body, "$[[ inputs."+name+" ]]") {
			t.Errorf("the input %q is not used", name)
		}
	}
}

// Terraform, or anything else, gets the token in the variable that is named, and
// no credential.
func TestTerraform(t *testing.T) {
	t.Parallel()
	p := newPlace(t, &infisicaltest.Universal{ClientID: exampleClient, ClientSecret: exampleSecret}, "terraform", "infisical", "./serve")
	p.environ = append(p.environ, "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="+exampleClient, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET="+exampleSecret)
	for _, line := range behind(t, read(t, "terraform/README.md"), "$ ") {
		if out, err := p.sh(line); err != nil || !strings.Contains(out, "ran ") {
			t.Errorf("%s: %v: %s", line, err, out)
		}
	}
	environ := p.content(t, "environment")
	for _, want := range []string{"\nTF_VAR_infisical_token=ey", "\nINFISICAL_TOKEN=ey", "\nACCESS_TOKEN=ey"} {
		if !strings.Contains(environ, want) {
			t.Errorf("no command got %q", want)
		}
	}
	if strings.Contains(environ, exampleSecret) {
		t.Error("a command got the client secret")
	}
}

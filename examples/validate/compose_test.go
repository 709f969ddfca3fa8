package validate

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/types"
)

// load reads a Compose file as Compose does, which refuses what it does not know.
func load(t *testing.T, name string, environ ...string) *types.Project {
	t.Helper()
	options, err := cli.NewProjectOptions([]string{filepath.Join("../compose", name)}, cli.WithName("example"), cli.WithEnv(environ))
	if err != nil {
		t.Fatal(err)
	}
	project, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return project
}

// environment returns what a service sets.
func environment(t *testing.T, service types.ServiceConfig) map[string]string {
	t.Helper()
	environ := map[string]string{}
	for name, value := range service.Environment {
		if value != nil {
			environ[name] = *value
		}
	}
	known(t, environ)
	return environ
}

// The Compose file is one, its stand-in knows the client that the program logs in
// as, and the program gets its token.
func TestCompose(t *testing.T) {
	t.Parallel()
	project := load(t, "compose.yaml")
	service := project.Services["app"]
	secret := project.Secrets["client-secret"].File
	if command := project.Services["standin"].Command; !slices.Contains(command, "-client-id="+client) {
		t.Errorf("the stand-in is started with %q", command)
	}
	url, _ := start(t)
	app := container{
		words:   []string{"/infisical-login", "--", "../docker/app", "serve"}, // ENTRYPOINT and CMD
		environ: environment(t, service),
		replace: strings.NewReplacer("/infisical-login", filepath.Join(built, "infisical-login"), "http://standin:8080", url, "/run/secrets/client-secret", secret),
	}
	out, err := app.command(t.Context()).Output()
	if err != nil || !strings.Contains(string(out), "INFISICAL_TOKEN\n") || strings.Contains(string(out), "CLIENT") {
		t.Errorf("%v: %s", err, out)
	}
}

// The shape for an Infisical of one's own is a Compose file, and names what has
// to be filled in.
func TestComposeSelfHosted(t *testing.T) {
	t.Parallel()
	project := load(t, "self-hosted.yaml", "INFISICAL_VERSION=v1", "ENCRYPTION_KEY=k", "AUTH_SECRET=a", "POSTGRES_PASSWORD=p", "CLIENT_ID="+client, "CLIENT_SECRET_PATH=../compose/client-secret")
	environ := environment(t, project.Services["app"])
	if environ["INFISICAL_DOMAIN"] != "http://infisical:8080" || project.Services["infisical"].Environment["AUTH_SECRET"] == nil {
		t.Errorf("the program logs in to %q", environ["INFISICAL_DOMAIN"])
	}
	options, err := cli.NewProjectOptions([]string{"../compose/self-hosted.yaml"}, cli.WithName("example"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := options.LoadProject(t.Context()); err == nil || !strings.Contains(err.Error(), "required variable") {
		t.Errorf("what has to be filled in is not asked for: %v", err)
	}
}

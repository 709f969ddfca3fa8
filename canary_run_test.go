//go:build unix

package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// canary is a run with marked secrets in every setting that is one.
type canary struct {
	args  []string
	token string   // where the token may be: stdout, files, or nowhere if empty
	env   []string // beside the marks
	stdin string
}

// mistakes are runs that never get as far as the server, or should not.
func mistakes() []canary {
	return []canary{
		{args: []string{"settings"}}, {args: []string{"settings", "--json"}}, {args: []string{"help"}}, {args: []string{"version"}},
		{args: []string{"completion", "bash"}}, {args: []string{"install"}}, {args: []string{"login", "status"}}, {args: []string{"login", "status", "--json"}},
		{args: []string{"token"}},
		{args: []string{"user", "get", "token"}, token: "stdout"}, {args: []string{"vault"}}, {args: []string{"vault", "set", "nothing"}},
		{args: []string{"lgoin"}}, {args: []string{"--client-secrt=" + scriptSecret}}, {args: []string{"--custom-headers=" + scriptSecret}},
		{args: []string{"--domain=https://user:" + scriptSecret + "@infisical.example"}}, {args: []string{"--domain=https://infisical.example/?key=" + scriptSecret}},
		{args: []string{"--timeout=0s"}}, {args: []string{"--token-path=/nowhere/at/all"}}, {args: []string{"--env-file=broken.env"}},
		{args: []string{"--env-file=other.env"}, token: "stdout"},
		{env: []string{"HTTP_PROXY=://user:" + scriptSecret, "INFISICAL_DOMAIN=http://infisical.example"}},
		{env: []string{"HTTP_PROXY=ftp://user:" + scriptSecret + "@proxy.example", "INFISICAL_DOMAIN=http://infisical.example"}},
		{env: []string{"http_proxy=http://other:" + scriptSecret + "@proxy.example"}, token: "stdout"},
		{env: []string{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=broken.env"}}, {env: []string{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=secret"}, token: "stdout"},
		{env: []string{"INFISICAL_AUTH_METHOD="}}, {args: []string{"--client-secret", scriptSecret}, token: "stdout"},
		{args: []string{"--", "nowhere-to-be-found"}}, {args: []string{"--"}},
	}
}

// logins are runs that ask the server: every kind of request, every sink and format.
func logins() []canary {
	all := []canary{
		{args: []string{"token", "renew"}, token: "stdout"}, {args: []string{"token", "revoke"}},
		{args: []string{"--output=github", "--token-variable=MINE"}, token: "files"},
		{args: []string{"--token-path=token", "--token-mode=0640"}, token: "files"},
	}
	for _, method := range []string{"ldap-auth", "jwt-auth", "oidc-auth", "token-auth", "alicloud-auth"} {
		all = append(all, canary{args: []string{"--method=" + method}, token: "stdout"})
	}
	for _, format := range []string{"plain", "json", "dotenv", "export"} {
		all = append(all, canary{args: []string{"--format=" + format, "--token-path=token", "--output=file,stdout"}, token: "both"})
	}
	for _, output := range []string{"", "--output=memfd", "--output=child,file", "--revoke-on-exit", "--renew"} {
		args := []string{"--token-path=token", "--silent"}
		if output != "" {
			args = append(args, output)
		}
		all = append(all, canary{args: append(args, "--", "probe", "self"), token: "both"})
	}
	return all
}

// No secret that the program was given leaves it by any way but to the server:
// not on standard error at any level, not on standard output, not in the
// arguments or the environment of a command, not in a file that is left behind.
// The token is where it was asked for and nowhere else.
func TestNoSecretLeaves(t *testing.T) {
	t.Parallel()
	try := func(world string, fault infisicaltest.Fault, all []canary) {
		for i, c := range all {
			format := []string{"text", "json"}[i%2]
			said := strings.ReplaceAll(strings.Join(append(c.args, c.env...), " "), "/", "|")
			t.Run(fmt.Sprintf("%s/%s %s", world, format, said), func(t *testing.T) {
				t.Parallel()
				c.check(t, fault, format)
			})
		}
	}
	try("good", nil, append(mistakes(), logins()...))
	for _, status := range []int{200, 307, 400, 500} {
		try(fmt.Sprintf("echo %d", status), echo(status), logins())
	}
}

// check does the run and searches everything.
func (c canary) check(t *testing.T, fault infisicaltest.Fault, format string) {
	server := infisicaltest.New(infisicaltest.G3)
	server.Lenient = true // a wrong method sends what it has
	if fault != nil {
		server.Fault(fault)
	}
	folder := t.TempDir()
	marked := mark(t, server)
	for name, content := range map[string]string{
		"github": "", "secret": scriptSecret + "\n", "broken.env": "INFISICAL_PASSWORD='" + scriptSecret, "other.env": "OTHER=" + scriptSecret + "\nINFISICAL_AUTH_METHOD=universal-auth\n",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(folder, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("infisical-login", c.args...)
	cmd.Dir = folder
	cmd.Env = append(marked.environ(), "PATH="+os.Getenv("PATH"), "HOME="+folder, "TMPDIR="+filepath.Join(folder, "tmp"),
		"GITHUB_OUTPUT=github", "GITHUB_ENV=github", "INFISICAL_LOG_LEVEL=trace", "INFISICAL_LOG_FORMAT="+format)
	cmd.Env = append(cmd.Env, c.env...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(c.stdin), &stdout, &stderr
	_ = cmd.Run() // the status is other tests' affair
	c.search(t, "standard output", stdout.String(), marked.seen(c), "stdout")
	c.search(t, "standard error", masked.ReplaceAllString(stderr.String(), ""), marked.all, "")
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		switch entry.Name() {
		case "secret", "broken.env", "other.env":
			return nil
		}
		if filepath.Base(filepath.Dir(path)) == "tmp" {
			t.Errorf("%s is left", path)
		}
		content, err := os.ReadFile(path)
		c.search(t, path, string(content), marked.all, "files")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// search looks for what may not be in a place.
func (c canary) search(t *testing.T, place, text string, marks []string, kind string) {
	t.Helper()
	if secret := leak(text, marks...); secret != "" {
		t.Errorf("%s holds %q: %s", place, secret, text)
	}
	if token := jwtShape.FindString(text); token != "" && c.token != "both" && c.token != kind {
		t.Errorf("%s holds a token: %s", place, text)
	}
}

// marks are the secrets of a run.
type marks struct {
	all      []string
	outsider []string // those of them in the variables of others, which a command keeps
	env      []string
}

func (m marks) environ() []string { return slices.Clone(m.env) }

// seen returns the marks that may not be on standard output, where a command shows
// its environment.
func (m marks) seen(c canary) []string {
	if !slices.Contains(c.args, "probe") {
		return m.all
	}
	return slices.DeleteFunc(slices.Clone(m.all), func(mark string) bool { return slices.Contains(m.outsider, mark) })
}

// mark starts the server with an identity for the marks, and makes an environment
// that has one in every setting that is a secret.
func mark(t *testing.T, server *infisicaltest.Server) marks {
	t.Helper()
	address := server.Start(t)
	id := server.Add(infisicaltest.Identity{Auth: &infisicaltest.Universal{ClientID: scriptClient, ClientSecret: scriptSecret, Lockout: infisicaltest.Lockout{Off: true}}, TTL: time.Hour})
	m := marks{all: []string{scriptSecret}}
	for _, field := range fields() {
		if !field.Secret {
			continue
		}
		mark := "m4rk/+of-the:" + field.Name + "?"
		value := mark
		switch field.Name {
		case "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET":
			value, mark = scriptSecret, scriptSecret
		case "INFISICAL_JWT":
			mark = server.Issuer().Mint(infisicaltest.ServiceAccount("default", "app"))
			value = mark
		case "INFISICAL_CUSTOM_HEADERS":
			mark = "m4rk-of-headers"
			value = `X-Mark="` + mark + `"`
		case "HTTP_PROXY", "HTTPS_PROXY":
			mark = "m4rk-of-the-proxy"
			value = "http://user:" + mark + "@127.0.0.1:1" // not used for loopback
		}
		m.all = append(m.all, mark)
		if field.External {
			m.outsider = append(m.outsider, mark)
		}
		m.env = append(m.env, field.Name+"="+value)
	}
	m.env = append(m.env, "INFISICAL_DOMAIN="+address, "INFISICAL_AUTH_METHOD=universal-auth", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID="+scriptClient,
		"INFISICAL_MACHINE_IDENTITY_ID="+id.ID, "INFISICAL_LDAP_USERNAME=robot", "INFISICAL_EMAIL=person@example.com", "ALIBABA_CLOUD_ACCESS_KEY_ID=LTAI5app",
		"INFISICAL_RETRY_BASE_DELAY=1ms", "INFISICAL_RETRY_MAX_RETRIES=1", "INFISICAL_LOGIN_TIMEOUT=10s", "INFISICAL_LOGIN_STOP_TIMEOUT=1s")
	return m
}

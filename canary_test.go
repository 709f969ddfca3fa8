package main

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/output/process"
	"github.com/rogpeppe/go-internal/testscript"
)

// canaryFolder names, in the environment of the program under test, the folder
// in which it leaves what it said on standard error and what it must not say.
const canaryFolder = "CANARY_FOLDER"

// watched is main, which leaves a copy of all that it says on standard error,
// and the secrets that it was given, if somebody asks for them.
func watched() {
	folder := os.Getenv(canaryFolder)
	if folder == "" {
		main()
	}
	limits := process.Harden()
	name := filepath.Join(folder, rand.Text())
	said, err := os.Create(name + ".said")
	if err == nil {
		err = os.WriteFile(name+".secret", []byte(strings.Join(givenSecrets(os.Args, os.Environ()), "\x00")), 0o600)
	}
	if err != nil {
		panic(err)
	}
	os.Exit(start(os.Args, os.Environ(), limits, os.Stdin, os.Stdout, io.MultiWriter(os.Stderr, said)))
}

// givenSecrets returns the secrets in the arguments and the environment of a run.
func givenSecrets(args, environ []string) []string {
	flags := map[string]string{}
	for i, arg := range args {
		if arg == "--" {
			break
		}
		name, value, joined := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		flags[name] = value
	}
	var secrets []string
	for _, secret := range config.NewSource(fields(), flags, environ).Secrets() {
		secrets = append(secrets, secret.Reveal())
		var headers config.Headers
		if headers.UnmarshalText([]byte(secret.Reveal())) == nil {
			for _, header := range headers {
				secrets = append(secrets, header.Value.Reveal())
			}
		}
		if proxy, err := url.Parse(secret.Reveal()); err == nil && proxy.User != nil {
			password, _ := proxy.User.Password()
			secrets = append(secrets, password)
		}
	}
	return secrets
}

// leak returns the first secret that a text holds, plain or in a form that is
// easily turned back; empty if there is none.
func leak(text string, secrets ...string) string {
	folded := strings.ToLower(text)
	for _, secret := range secrets {
		if len(secret) < 8 { // such as the words of scripts
			continue
		}
		for _, form := range forms(secret) {
			if strings.Contains(text, form) {
				return secret
			}
		}
		if strings.Contains(folded, hex.EncodeToString([]byte(secret))) {
			return secret
		}
	}
	return ""
}

// forms returns a secret plain, escaped for URLs and Go, and in base64 with its
// three alignments, without the characters that depend on what stands beside it.
func forms(secret string) []string {
	quoted := fmt.Sprintf("%q", secret)
	all := []string{secret, strings.TrimSpace(secret), url.QueryEscape(secret), url.PathEscape(secret), quoted[1 : len(quoted)-1]}
	for shift := range 3 {
		shifted := strings.Repeat("x", shift) + secret
		shifted = shifted[:len(shifted)/3*3] // whole groups only
		first := (shift*8 + 5) / 6           // the first character that is the secret's alone
		for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			all = append(all, encoding.EncodeToString([]byte(shifted))[first:])
		}
	}
	return all
}

// jwtShape is what every access token and assertion looks like.
var jwtShape = regexp.MustCompile(`eyJ[\w-]{8,}\.eyJ[\w-]{8,}`)

// masked are the lines by which a runner of GitHub Actions learns what to hide.
var masked = regexp.MustCompile(`(?m)^::add-mask::.*$`)

// Every encoding of a secret is recognised, wherever it stands.
func TestLeaksAreRecognised(t *testing.T) {
	t.Parallel()
	const secret = "Zm9v+s3cr3t/of the:client?"
	for _, prefix := range []string{"", "a", "ab", "abc"} {
		plain := prefix + secret + "!tail"
		for name, text := range map[string]string{
			"plain": plain, "base64": base64.StdEncoding.EncodeToString([]byte(plain)), "base64url": base64.RawURLEncoding.EncodeToString([]byte(plain)),
			"hex": hex.EncodeToString([]byte(plain)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(plain))),
			"query": url.QueryEscape(plain), "path": url.PathEscape(plain), "quoted": fmt.Sprintf("%q", plain),
		} {
			if leak("before "+text+" after", secret) == "" {
				t.Errorf("%s after %q is not recognised", name, prefix)
			}
		}
	}
	if leak("Zm9v+s3cr3t/of the", secret) != "" {
		t.Error("a part counts as the whole")
	}
}

// Whatever a script has the program do, at the most talkative level of the log no
// secret is told on standard error, and nothing is left in the temporary directory.
func TestScriptsTellNoSecret(t *testing.T) {
	t.Parallel()
	params := scripts()
	ready := params.Setup
	params.UpdateScripts = false
	params.Setup = func(env *testscript.Env) error {
		if err := ready(env); err != nil {
			return err
		}
		folder := t.TempDir()
		env.Vars = append(env.Vars, canaryFolder+"="+folder, "INFISICAL_LOG_LEVEL=trace")
		env.Defer(func() {
			checkSaid(t, folder)
			left, _ := filepath.Glob(filepath.Join(env.WorkDir, ".tmp", "*"))
			for _, path := range left {
				t.Errorf("left behind: %s", path)
			}
		})
		return nil
	}
	testscript.Run(t, params)
}

// checkSaid searches what runs said for what they were given.
func checkSaid(t *testing.T, folder string) {
	t.Helper()
	runs, err := filepath.Glob(filepath.Join(folder, "*.said"))
	if err != nil {
		t.Fatal(err)
	}
	for _, run := range runs {
		said, err := os.ReadFile(run)
		if err != nil {
			t.Fatal(err)
		}
		secrets, err := os.ReadFile(strings.TrimSuffix(run, ".said") + ".secret")
		if err != nil {
			t.Fatal(err)
		}
		text := masked.ReplaceAllString(string(said), "")
		if secret := leak(text, strings.Split(string(secrets), "\x00")...); secret != "" {
			t.Errorf("%q is told: %s", secret, text)
		}
		if token := jwtShape.FindString(text); token != "" {
			t.Errorf("the token %q is told: %s", token, text)
		}
	}
}

package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
)

// choice is a random run.
type choice struct {
	args, environ []string
	folder        string
	number        uint64
	stdinFile     string // empty: a pipe whose other end nobody writes to or closes
}

// String is how to do the run again.
func (c choice) String() string {
	return fmt.Sprintf("run %d\nargs %q\nenviron %q\n", c.number, c.args, c.environ)
}

// stdin opens standard input. A run that waits for an answer there waits for
// ever. The function that it returns closes all of it.
func (c choice) stdin() (*os.File, func()) {
	if c.stdinFile == "" {
		reader, writer, err := os.Pipe()
		if err != nil {
			panic(err)
		}
		return reader, func() { _, _ = reader.Close(), writer.Close() }
	}
	file, err := os.Open(c.stdinFile)
	if err != nil {
		panic(err)
	}
	return file, func() { _ = file.Close() }
}

// choose makes the run of a number.
func (w world) choose(number uint64, folder string) choice {
	r := dice{rand.New(rand.NewPCG(w.Seed, number)), w, folder}
	c := choice{folder: folder, number: number}
	for name, content := range map[string]string{
		"secret": scriptSecret + "\n", "id": scriptClient, "env": "INFISICAL_AUTH_METHOD=universal-auth\nOTHER='x'\n", "garbage": r.garbage(), "empty": "",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(content), 0o600); err != nil {
			panic(err)
		}
	}
	words := r.words()
	c.args = words
	all := fields()
	given := map[string]string{}
	if r.IntN(4) > 0 { // what makes a login
		given["INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"], given["INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"] = scriptClient, scriptSecret
		given["INFISICAL_DOMAIN"] = pick(r, w.Domains)
	}
	for range r.IntN(6) {
		f := pick(r, all)
		name := f.Name
		if len(f.Older) > 0 && r.IntN(4) == 0 {
			name = pick(r, f.Older)
		}
		if f.Flag == "" || r.IntN(3) > 0 {
			given[name] = r.value(f)
			continue
		}
		if f.File && r.IntN(2) == 0 {
			given[name+"_FILE"] = r.path()
			continue
		}
		c.args = append(c.args, r.flag(f)...)
	}
	if r.IntN(10) == 0 {
		given[r.near("INFISICAL_TOKEN")] = r.garbage()
	}
	stays := strings.Contains(strings.Join(c.args, " "), "re") || given["INFISICAL_LOGIN_RENEW"] != "" || given["INFISICAL_LOGIN_REVOKE_ON_EXIT"] != ""
	if stays { // a login that succeeds would never end, without a command
		given["INFISICAL_DOMAIN"] = w.Domains[0]
	}
	// Nothing may reach the world, nor take long.
	given["INFISICAL_LOGIN_TIMEOUT"] = pick(r, []string{"200ms", "300ms", "400ms", "500ms", "600ms", "700ms", "1s", "x", "0s", "-1s"})
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY"} {
		if given[name] == "" {
			given[name] = "http://127.0.0.1:1"
		}
	}
	given["HOME"], given["AWS_EC2_METADATA_SERVICE_ENDPOINT"], given["GCE_METADATA_HOST"] = folder, w.Domains[0], strings.TrimPrefix(w.Domains[0], "http://")
	for name, value := range given {
		c.environ = append(c.environ, strings.ReplaceAll(name+"="+value, "\x00", ""))
	}
	for i := range c.args {
		c.args[i] = strings.ReplaceAll(c.args[i], "\x00", "") // the system allows none
	}
	if r.IntN(2) == 0 || len(words) > 0 && (words[0] == "token" || words[0] == "login") { // which read it
		c.stdinFile = filepath.Join(folder, pick(r, []string{"empty", "garbage", "secret"}))
	}
	return c
}

// dice makes the parts of a run.
type dice struct {
	*rand.Rand
	world  world
	folder string
}

func pick[T any](r dice, all []T) T { return all[r.IntN(len(all))] }

// words are the words of a command line, and what follows them.
func (r dice) words() []string {
	if r.IntN(3) > 0 {
		return nil
	}
	words := pick(r, [][]string{
		{"login"}, {"login"}, {"settings"}, {"settings", "--json"}, {"version"}, {"help"}, {"help", "login"}, {"--help"},
		{"completion", "bash"}, {"completion", "fsh"}, {"token"}, {"token", "renew"}, {"token", "revoke"}, {"login", "status"}, {"login", "status", "--json"},
		{"vault"}, {"vault", "set", "file"}, {"user", "get", "token"}, {"user", "switch"}, {"install"}, {"install", "/nowhere/at/all"},
		{"__complete", "--method", ""}, {"__completeNoDesc", "lo"}, {"lgoin"}, {""}, {"--"}, {"-x"}, {"--methd=x"}, {"-"}, {"---"}, {"--="}, {"a", "b"},
	})
	return append([]string{}, words...)
}

// flag is a setting on the command line, well or badly.
func (r dice) flag(f config.Field) []string {
	name := "--" + f.Flag
	if r.IntN(40) == 0 {
		name = "--" + r.near("timeouts")
	}
	if f.Name == "INFISICAL_LOGIN_TIMEOUT" {
		return []string{name + "=500ms"}
	}
	switch r.IntN(12) {
	case 0:
		return []string{name}
	case 1:
		return []string{name, r.value(f)}
	}
	return []string{name + "=" + r.value(f)}
}

// value is a value for a setting: a good one, one that is nearly good, or none.
func (r dice) value(f config.Field) string {
	switch {
	case strings.HasSuffix(f.Name, "_PATH") || strings.HasSuffix(f.Name, "_FILE") || strings.HasPrefix(f.Name, "GITHUB_"):
		return r.path()
	case strings.HasSuffix(f.Name, "_PROXY"):
		return pick(r, []string{"http://127.0.0.1:1", "127.0.0.1:1", "://", "ftp://127.0.0.1", "socks5://127.0.0.1:1", "http://a b"})
	}
	switch r.IntN(10) {
	case 0:
		return r.garbage()
	case 1:
		return ""
	case 2:
		return r.near(r.good(f))
	}
	return r.good(f)
}

// good is a value that a setting may well have.
func (r dice) good(f config.Field) string {
	known := map[string][]string{
		"INFISICAL_DOMAIN":                       r.world.Domains,
		"INFISICAL_LOGIN_OUTPUT":                 {"stdout", "file", "github", "child", "memfd", "keyring", "stdout,file"},
		"INFISICAL_LOGIN_FORMAT":                 {"plain", "json", "dotenv", "export"},
		"INFISICAL_LOGIN_TOKEN_MODE":             {"0600", "0640", "0000", "07777"},
		"INFISICAL_LOGIN_TOKEN_OWNER":            {"0", "0:0", "root", "nobody-here", ":", "4294967295"},
		"INFISICAL_LOGIN_TOKEN_VARIABLE":         {"TOKEN", "PATH", "INFISICAL_TOKEN"},
		"INFISICAL_LOGIN_HEALTH_ADDRESS":         {"127.0.0.1:0", "127.0.0.1:x", ":", "256.0.0.1:1"},
		"INFISICAL_LOGIN_ON_RENEW":               {"nothing", "restart", "signal:HUP", "signal:KILL"},
		"INFISICAL_LOG_LEVEL":                    {"trace", "debug", "info", "warn", "error"},
		"INFISICAL_LOG_FORMAT":                   {"text", "json"},
		"INFISICAL_CUSTOM_HEADERS":               {`A=b`, `A=b C="d e"`, `A=`},
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID":     {scriptClient},
		"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET": {scriptSecret},
		"INFISICAL_MACHINE_IDENTITY_ID":          {scriptIdentity},
		"INFISICAL_RETRY_MAX_RETRIES":            {"0", "1", "5", "18446744073709551616"},
		"INFISICAL_AUTH_ORGANIZATION_SLUG":       {"acme"},
		"SPIFFE_ENDPOINT_SOCKET":                 {"unix:///nowhere", "tcp://127.0.0.1:1", "unix:" + filepath.Join(r.folder, "empty")},
	}
	if f.Name == "INFISICAL_AUTH_METHOD" {
		return pick(r, methods.All()).Name
	}
	if values := known[f.Name]; values != nil {
		return pick(r, values)
	}
	if f.Default != "" && r.IntN(2) == 0 {
		return f.Default
	}
	if f.Type.Kind() == reflect.Bool {
		return pick(r, []string{"true", "false"})
	}
	return pick(r, []string{"1", "0", "1s", "10ms", "text", "eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2ln", "http://127.0.0.1:1/x", "a,b"})
}

// near is a text with a mistake in it.
func (r dice) near(text string) string {
	if text == "" {
		return " "
	}
	at := r.IntN(len(text))
	switch r.IntN(6) {
	case 0:
		return text[:at] + text[at+1:]
	case 1:
		return text[:at] + r.garbage() + text[at:]
	case 2:
		return strings.ToUpper(text)
	case 3:
		return text + "\n"
	case 4:
		return " " + text
	}
	return text + text
}

// path is a path within the run's folder, or to nowhere.
func (r dice) path() string {
	return pick(r, []string{
		filepath.Join(r.folder, "secret"), filepath.Join(r.folder, "id"), filepath.Join(r.folder, "env"), filepath.Join(r.folder, "garbage"), filepath.Join(r.folder, "empty"),
		filepath.Join(r.folder, "new"), r.folder, r.folder + "/", "/nowhere/at/all", "/dev/null", "", ".", "/", filepath.Join(r.folder, "a\nb"), "/proc/self/mem",
	})
}

// garbage is a text that no setting asks for.
func (r dice) garbage() string {
	text := pick(r, []string{
		"", " ", "\n", "\t", "\x1b[31m", "é", "\xff\xfe", "%s%n%d", "$(id)", "`id`", "'", `"`, "{", "[]", "null", "-1", "9999999999999999999999", "1e999",
		"..", "../../etc/passwd", "--", "=", ",", ",,", ":", "://", "http://", "http://[::1", "http://%zz", "\u202e", strings.Repeat("a", 5000), "NaN", "0x10", "08",
	})
	if r.IntN(4) > 0 {
		return text
	}
	raw := make([]byte, r.IntN(40))
	for i := range raw {
		raw[i] = byte(r.IntN(256))
	}
	return text + string(raw)
}

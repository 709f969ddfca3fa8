package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Instance stands for a struct that several others share.
type Instance struct {
	Domain URL `env:"INFISICAL_DOMAIN" older:"INFISICAL_API_URL" flag:"domain" olderflag:"host" default:"https://app.infisical.com" usage:"Instance."`
}

// All has one setting of every sort.
type All struct {
	Instance
	ID      UUID          `env:"INFISICAL_MACHINE_IDENTITY_ID" flag:"machine-identity-id" file:"true"`
	JWT     Secret        `env:"INFISICAL_JWT" older:"INFISICAL_OIDC_AUTH_JWT" flag:"jwt" olderflag:"oidc-jwt" file:"true" trim:"space" scrub:"true"`
	Secret  Secret        `env:"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET" flag:"client-secret" file:"true" scrub:"true"`
	Pin     int           `env:"INFISICAL_PIN" secret:"true"`
	Retries Count         `env:"INFISICAL_RETRY_MAX_RETRIES" flag:"retry-max-retries" default:"5"`
	Timeout Duration      `env:"INFISICAL_LOGIN_TIMEOUT" flag:"timeout" default:"60s"`
	Pause   time.Duration `env:"INFISICAL_PAUSE"`
	Mode    Mode          `env:"INFISICAL_LOGIN_TOKEN_MODE" flag:"token-mode" default:"0600"`
	Plain   bool          `env:"INFISICAL_LOGIN_PLAIN" flag:"plain" short:"p"`
	Output  List          `env:"INFISICAL_LOGIN_OUTPUT" flag:"output"`
	Headers Headers       `env:"INFISICAL_CUSTOM_HEADERS" flag:"custom-headers" file:"true" scrub:"true"`
	Format  string        `env:"INFISICAL_LOGIN_FORMAT" flag:"format" default:"$HOME"`
	Proxy   string        `env:"HTTPS_PROXY" older:"https_proxy" external:"true" secret:"true"`
	Region  string        `env:"AWS_REGION" external:"true"`
	GCE     string        `env:"GCE_METADATA_HOST" external:"true" default:"metadata.google.internal"`
	EnvFile
}

// defaults returns what All is when nothing is given.
func defaults() All {
	return All{
		Instance: Instance{"https://app.infisical.com"},
		Retries:  5, Timeout: Duration(time.Minute), Mode: 0o600,
		GCE:    "metadata.google.internal",
		Format: "$HOME", // a default is never expanded
	}
}

// write makes a file and returns its path.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// An error names variable and flag, whatever the setting came from, and every
// error of a run is told.
func TestDecode(t *testing.T) {
	t.Parallel()
	const id = "6f2f3a0e-0000-4000-8000-00000000abcd"
	const other = "00000000-0000-4000-8000-000000000001"
	file := func(content string) string { return write(t, content) }
	idFile, secretFile, empty := file(id+"\r\n"), file(" secret \n\n"), file("\n")
	big := file(strings.Repeat("x", maxFile+1))
	env := file("INFISICAL_DOMAIN=https://file.example.com\nINFISICAL_MACHINE_IDENTITY_ID_FILE=" + idFile +
		"\nAWS_REGION=mars\nINFISICAL_LOGIN_OUTPUT=\"a, b\"\n")
	envFile := "INFISICAL_LOGIN_ENV_FILE_PATH=" + env

	tests := []struct {
		name    string
		flags   map[string]string
		environ []string
		want    func(*All)
		errs    []string
	}{
		{name: "nothing given is the default", want: func(*All) {}},
		{
			name:    "an empty variable is unset",
			environ: []string{"INFISICAL_DOMAIN=", "INFISICAL_LOGIN_OUTPUT=\n", "INFISICAL_JWT= \t"},
			want:    func(*All) {},
		},
		{
			name:    "a flag beats a variable, even one that is malformed",
			flags:   map[string]string{"domain": "https://flag.example.com"},
			environ: []string{"INFISICAL_DOMAIN=nonsense", "INFISICAL_API_URL=https://c.example.com"},
			want:    func(a *All) { a.Domain = "https://flag.example.com" },
		},
		{
			name:    "a flag beats a variable and its file at once, which is not read",
			flags:   map[string]string{"machine-identity-id": other},
			environ: []string{"INFISICAL_MACHINE_IDENTITY_ID=x", "INFISICAL_MACHINE_IDENTITY_ID_FILE=/does/not/exist"},
			want:    func(a *All) { a.ID = other },
		},
		{
			name:    "of a variable that is there twice the first counts",
			environ: []string{"INFISICAL_LOGIN_FORMAT=json", "INFISICAL_LOGIN_FORMAT=export"},
			want:    func(a *All) { a.Format = "json" },
		},
		{
			name:    "a variable loses one line end and no more",
			environ: []string{"INFISICAL_LOGIN_TOKEN_MODE=640\r\n", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET= s\n\n"},
			want:    func(a *All) { a.Mode, a.Secret = 0o640, " s\n" },
		},
		{
			name:    "a file loses one line end",
			environ: []string{"INFISICAL_MACHINE_IDENTITY_ID_FILE=" + idFile, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=" + secretFile},
			want:    func(a *All) { a.ID, a.Secret = id, " secret \n" },
		},
		{
			name:    "a token file loses all white space around it",
			environ: []string{"INFISICAL_JWT_FILE=" + secretFile + "\n"},
			want:    func(a *All) { a.JWT = "secret" },
		},
		{
			name:    "a file beats the env file",
			flags:   map[string]string{"env-file": file("INFISICAL_MACHINE_IDENTITY_ID=" + other)},
			environ: []string{"INFISICAL_MACHINE_IDENTITY_ID_FILE=" + idFile},
			want:    func(a *All) { a.ID = id },
		},
		{
			name:    "the env file beats the default and serves files",
			environ: []string{envFile},
			want: func(a *All) {
				a.Domain, a.ID, a.Output = "https://file.example.com", id, List{"a", "b"}
			},
		},
		{
			name:    "a variable beats the env file",
			environ: []string{envFile, "INFISICAL_DOMAIN=eu", "INFISICAL_LOGIN_OUTPUT=stdout"},
			want: func(a *All) {
				a.Domain, a.ID, a.Output = "https://eu.infisical.com", id, List{"stdout"}
			},
		},
		{
			name:    "somebody else's variable comes from the environment only",
			environ: []string{envFile, "AWS_REGION=eu-central-1", "INFISICAL_DOMAIN=us", "INFISICAL_LOGIN_OUTPUT=stdout"},
			want: func(a *All) {
				a.Domain, a.ID, a.Output, a.Region = "https://us.infisical.com", id, List{"stdout"}, "eu-central-1"
			},
		},
		{
			name:    "an older spelling does",
			environ: []string{"INFISICAL_API_URL=https://old.example.com/api"},
			want:    func(a *All) { a.Domain = "https://old.example.com" },
		},
		{
			name:    "an older flag and an older file do",
			flags:   map[string]string{"host": "us"},
			environ: []string{"INFISICAL_OIDC_AUTH_JWT_FILE=" + secretFile},
			want:    func(a *All) { a.Domain, a.JWT = "https://us.infisical.com", "secret" },
		},
		{
			name:    "spellings that mean the same agree",
			environ: []string{"INFISICAL_API_URL=https://H.example.com/api/", "INFISICAL_DOMAIN=https://h.example.com"},
			want:    func(a *All) { a.Domain = "https://h.example.com" },
		},
		{
			name:    "spellings that differ are told",
			environ: []string{"INFISICAL_API_URL=us", "INFISICAL_DOMAIN=eu"},
			errs:    []string{"INFISICAL_DOMAIN and INFISICAL_API_URL differ; unset one of them or give --domain"},
		},
		{
			name:    "a variable and the file of another spelling have to agree too",
			environ: []string{"INFISICAL_JWT_FILE=" + secretFile, "INFISICAL_OIDC_AUTH_JWT=other"},
			errs:    []string{"INFISICAL_OIDC_AUTH_JWT and INFISICAL_JWT_FILE differ; unset one of them or give --jwt"},
		},
		{
			name:  "flags that differ are told",
			flags: map[string]string{"jwt": "a", "oidc-jwt": "b"},
			errs:  []string{"--jwt and --oidc-jwt differ; give only --jwt (or set INFISICAL_JWT)"},
		},
		{
			name:    "somebody else's spellings never differ",
			environ: []string{"https_proxy=http://a", "HTTPS_PROXY=http://b"},
			want:    func(a *All) { a.Proxy = "http://b" },
		},
		{
			name:    "a variable and its file are one too many",
			environ: []string{"INFISICAL_JWT=a", "INFISICAL_JWT_FILE=" + secretFile},
			errs:    []string{"INFISICAL_JWT and INFISICAL_JWT_FILE are both set; unset one of them or give --jwt"},
		},
		{
			name:    "files that cannot be read are told at once",
			environ: []string{"INFISICAL_JWT_FILE=/does/not/exist", "INFISICAL_MACHINE_IDENTITY_ID_FILE=/", "INFISICAL_CUSTOM_HEADERS_FILE=" + big, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=" + empty},
			errs: []string{
				`INFISICAL_MACHINE_IDENTITY_ID_FILE (or --machine-identity-id): "/": it is a directory`,
				`INFISICAL_JWT_FILE (or --jwt): "/does/not/exist": no such file or directory`,
				`INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE (or --client-secret): "` + empty + `" is empty`,
				`INFISICAL_CUSTOM_HEADERS_FILE (or --custom-headers): "` + big + `": it is larger than 1 MiB`,
			},
		},
		{
			name:  "empty flags are told",
			flags: map[string]string{"domain": "", "jwt": " "},
			errs: []string{
				"--domain is empty; give it a value, or leave it out and set INFISICAL_DOMAIN",
				"--jwt is empty; give it a value, or leave it out and set INFISICAL_JWT",
			},
		},
		{
			name:  "malformed values are told, wherever they come from, but no secret",
			flags: map[string]string{"domain": "vault.example.com", "token-mode": "0888", "retry-max-retries": "-1", "custom-headers": "X-Key hunter2"},
			environ: []string{
				"INFISICAL_MACHINE_IDENTITY_ID=hunter2", "INFISICAL_LOGIN_PLAIN=yes", "INFISICAL_PIN=hunter2", "INFISICAL_PAUSE=5",
				"INFISICAL_LOGIN_ENV_FILE_PATH=" + file("INFISICAL_LOGIN_TIMEOUT=60\nINFISICAL_LOGIN_OUTPUT='a,,b'\nINFISICAL_LOGIN_FORMAT=\"a\\nb\""),
			},
			errs: []string{
				`--domain (or INFISICAL_DOMAIN): "vault.example.com" has no scheme; write https://vault.example.com`,
				`INFISICAL_MACHINE_IDENTITY_ID (or --machine-identity-id): the value is not a UUID, which is 32 hexadecimal digits as 8-4-4-4-12`,
				`INFISICAL_PIN: the value is not a whole number`,
				`--retry-max-retries (or INFISICAL_RETRY_MAX_RETRIES): "-1" is not a whole number from 0 to 2147483647`,
				`INFISICAL_LOGIN_TIMEOUT in "FILE" (or --timeout): "60" has no unit; write 60s for seconds`,
				`INFISICAL_PAUSE: "5" is not a duration such as 90s, 5m or 1h30m`,
				`--token-mode (or INFISICAL_LOGIN_TOKEN_MODE): "0888" is not an octal mode from 0000 to 0777, such as 0600`,
				`INFISICAL_LOGIN_PLAIN (or --plain): "yes" is not true or false`,
				`INFISICAL_LOGIN_OUTPUT in "FILE" (or --output): item 2 of the list "a,,b" is empty`,
				`--custom-headers (or INFISICAL_CUSTOM_HEADERS): header 1 is not Key=value`,
				`INFISICAL_LOGIN_FORMAT in "FILE" (or --format): the value holds a control character`,
			},
		},
		{
			name:    "what could not be sent as it is",
			environ: []string{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET=p\xe4ss", "INFISICAL_JWT=päss"},
			errs: []string{
				`INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET (or --client-secret): the value is not UTF-8, and could not be sent as it is`,
			},
		},
		{
			name:    "an env file that is not there is told once",
			environ: []string{"INFISICAL_LOGIN_ENV_FILE_PATH=/does/not/exist"},
			errs:    []string{`INFISICAL_LOGIN_ENV_FILE_PATH (or --env-file): "/does/not/exist": no such file or directory`},
		},
		{
			name:  "an env file cannot name another",
			flags: map[string]string{"env-file": file("\nINFISICAL_LOGIN_ENV_FILE_PATH=x")},
			errs:  []string{`--env-file (or INFISICAL_LOGIN_ENV_FILE_PATH): "FILE": line 2: an env file cannot name an env file`},
		},
		{
			name:  "a malformed env file is told by line",
			flags: map[string]string{"env-file": file("# x\nhunter2\n")},
			errs:  []string{`--env-file (or INFISICAL_LOGIN_ENV_FILE_PATH): "FILE": line 2: not NAME=value`},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := NewSource(Fields(All{}), test.flags, test.environ)
			var got All
			err := source.Decode(&got)
			if path, _ := source.Lookup("INFISICAL_LOGIN_ENV_FILE_PATH"); path != "" {
				for i := range test.errs {
					test.errs[i] = strings.ReplaceAll(test.errs[i], "FILE\"", path+`"`)
				}
				got.Path = ""
			}
			if messages := messages(err); !reflect.DeepEqual(messages, test.errs) {
				t.Fatalf("errors:\n%s\nwant:\n%s", strings.Join(messages, "\n"), strings.Join(test.errs, "\n"))
			}
			if test.want == nil {
				return
			}
			want := defaults()
			test.want(&want)
			// Not printed with %v, which would redact what differs.
			if !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v with JWT %q and secret %q, want %+v", got, got.JWT.Reveal(), got.Secret.Reveal(), want)
			}
		})
	}
}

// messages returns the messages of what Decode returned, which are all Errors.
func messages(err error) []string {
	if err == nil {
		return nil
	}
	var list []string
	for _, err := range err.(interface{ Unwrap() []error }).Unwrap() {
		if e, ok := errors.AsType[*Error](err); ok {
			list = append(list, e.Message)
		}
	}
	return list
}

// Required is what a struct says of the settings in it, and holds for those that are decoded.
func TestRequired(t *testing.T) {
	t.Parallel()
	type Pair struct {
		ID     UUID   `env:"X_ID" flag:"id" required:"true"`
		Secret Secret `env:"X_SECRET" required:"true"`
	}
	type Loose struct {
		Instance
		JWT Secret `env:"X_JWT" flag:"jwt"`
	}
	type Strict struct {
		Inner Loose `required:"true"`
	}
	type Both struct {
		Pair Pair
	}
	tests := []struct {
		name    string
		targets []any
		want    []string
	}{
		{"every missing setting is told", []any{&Both{}}, []string{"set --id or X_ID", "set X_SECRET"}},
		{"a struct that does not require it", []any{&Loose{}}, nil},
		{"a named struct hands it down; a default is enough", []any{&Strict{}}, []string{"set --jwt or X_JWT"}},
		{"one of two targets is enough", []any{&Loose{}, &Strict{}, &Strict{}}, []string{"set --jwt or X_JWT"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			source := NewSource(Fields(Both{}, Loose{}, Strict{}), nil, nil)
			if got := messages(source.Decode(test.targets...)); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A rotated file is read again; what a pipe held is remembered.
func TestDecodeAgain(t *testing.T) {
	t.Parallel()
	path := write(t, "old")
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if _, err := writer.WriteString("piped\n"); err != nil {
		t.Fatal(err)
	}
	writer.Close()
	pipe := filepath.Join("/dev/fd", strconv.Itoa(int(reader.Fd())))
	if _, err := os.Stat(pipe); err != nil {
		t.Skip("no /dev/fd here")
	}
	source := NewSource(Fields(All{}), nil, []string{"INFISICAL_JWT_FILE=" + path, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=" + pipe})
	for _, want := range []Secret{"old", "new"} {
		if err := os.WriteFile(path, []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		var got All
		if err := source.Decode(&got); err != nil {
			t.Fatal(err)
		}
		if got.JWT != want || got.Secret != "piped" {
			t.Errorf("got %q and %q", got.JWT.Reveal(), got.Secret.Reveal())
		}
	}
}

// The error of a type that repeats what it is given is withheld from a secret.
func TestDecodeSecretOfSpeakingType(t *testing.T) {
	t.Parallel()
	var target struct {
		Wait Duration `env:"A_WAIT" secret:"true"`
	}
	got := messages(NewSource(Fields(&target), nil, []string{"A_WAIT=canary"}).Decode(&target))
	if want := []string{"A_WAIT: the value is malformed"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// An empty flag is told whether its setting is of use or not, in any spelling.
func TestEmptyFlags(t *testing.T) {
	t.Parallel()
	source := NewSource(Fields(All{}), map[string]string{"domain": "us", "timeout": "", "oidc-jwt": "\n"}, nil)
	want := []string{
		"--oidc-jwt is empty; give it a value, or leave it out and set INFISICAL_JWT",
		"--timeout is empty; give it a value, or leave it out and set INFISICAL_LOGIN_TIMEOUT",
	}
	if got := messages(source.EmptyFlags()); !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if err := NewSource(Fields(All{}), nil, nil).EmptyFlags(); err != nil {
		t.Errorf("got %v", err)
	}
}

// Given is what somebody gave: no default, nothing empty.
func TestLookup(t *testing.T) {
	t.Parallel()
	source := NewSource(Fields(All{}), map[string]string{"oidc-jwt": "a", "timeout": ""}, []string{
		"INFISICAL_API_URL=us", "GITHUB_ACTIONS=true", "EMPTY=", "INFISICAL_MACHINE_IDENTITY_ID_FILE=/does/not/exist",
	})
	tests := []struct {
		name  string
		value string
		given bool
	}{
		{"INFISICAL_JWT", "a", true},
		{"INFISICAL_OIDC_AUTH_JWT", "a", true},
		{"INFISICAL_DOMAIN", "us", true},
		{"GITHUB_ACTIONS", "true", true},
		{"EMPTY", "", false},
		{"MISSING", "", false},
		{"INFISICAL_LOGIN_TOKEN_MODE", "", false},
		{"INFISICAL_LOGIN_TIMEOUT", "", true},
		{"INFISICAL_MACHINE_IDENTITY_ID", "", true},
	}
	for _, test := range tests {
		if value, given := source.Lookup(test.name); value != test.value || given != test.given {
			t.Errorf("%s: got %q, %v", test.name, value, given)
		}
	}
}

// The child loses a secret under every name that it can have.
func TestScrubbed(t *testing.T) {
	t.Parallel()
	got := strings.Join(NewSource(Fields(All{}), nil, nil).Scrubbed(), " ")
	want := "INFISICAL_JWT INFISICAL_OIDC_AUTH_JWT INFISICAL_JWT_FILE INFISICAL_OIDC_AUTH_JWT_FILE" +
		" INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE" +
		" INFISICAL_CUSTOM_HEADERS INFISICAL_CUSTOM_HEADERS_FILE"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// What must not be printed is known, from whichever source it came.
func TestSecrets(t *testing.T) {
	t.Parallel()
	got := NewSource(Fields(All{}), map[string]string{"jwt": "one"}, []string{
		"INFISICAL_JWT=two", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE=" + write(t, "three\n"), "AWS_REGION=four",
	}).Secrets()
	if want := []Secret{"one", "two", "three"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %d secrets", len(got))
	}
}

func BenchmarkDecode(b *testing.B) {
	environ := append(os.Environ(), "INFISICAL_DOMAIN=eu", "INFISICAL_JWT=x", "INFISICAL_LOGIN_OUTPUT=stdout,file",
		"INFISICAL_MACHINE_IDENTITY_ID=6f2f3a0e-0000-4000-8000-00000000abcd")
	for b.Loop() {
		source := NewSource(Fields(All{}), nil, environ)
		var got All
		if err := source.Decode(&got); err != nil {
			b.Fatal(err)
		}
	}
}

// Where case does not matter in a variable's name, ours are found in any; of two
// spellings the first counts. Elsewhere another case is another name.
func TestNamesOfAnyCase(t *testing.T) {
	t.Parallel()
	environ := []string{"=C:=C:\\", "Infisical_Domain=https://a.example.com", "INFISICAL_DOMAIN=https://b.example.com", "Path=C:\\Windows"}
	folded, exact := variables(environ, true), variables(environ, false)
	if folded["INFISICAL_DOMAIN"] != "https://a.example.com" || folded["PATH"] != `C:\Windows` {
		t.Errorf("folded: %q", folded)
	}
	if exact["INFISICAL_DOMAIN"] != "https://b.example.com" || exact["PATH"] != "" {
		t.Errorf("exact: %q", exact)
	}
}

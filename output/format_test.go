package output

import (
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// sample is a token that no server would accept.
func sample(secret string) token.Token {
	return token.Token{
		Secret:    config.Secret(secret),
		Type:      "Bearer",
		Method:    "universal-auth",
		Domain:    "https://infisical.example.com/base",
		Received:  time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC),
		ExpiresIn: time.Hour,
		MaxTTL:    24 * time.Hour,
	}
}

func TestRender(t *testing.T) {
	// Each format is what its readers expect, byte for byte.
	t.Parallel()
	for _, test := range []struct {
		format Format
		secret string
		want   string
	}{
		{Plain, "abc.def-_", "abc.def-_"},
		{Dotenv, "abc.def-_", "MY_TOKEN=abc.def-_"},
		{Export, "abc.def-_", "export MY_TOKEN=abc.def-_"},
		{Dotenv, "a+b/c==", "MY_TOKEN=a+b/c=="},
		{Dotenv, "a$b", "MY_TOKEN='a$b'"},
		{Export, "it's", `export MY_TOKEN='it'\''s'`},
		{JSON, "a<b", `{"accessToken":"a<b","tokenType":"Bearer","expiresIn":3600,"accessTokenMaxTTL":86400,` +
			`"expiresAt":"2026-03-01T13:00:00Z","method":"universal-auth","domain":"https://infisical.example.com/base"}`},
	} {
		rendering := Rendering{test.format, Naming{"MY_TOKEN"}}
		got, err := rendering.render(sample(test.secret))
		if err != nil || string(got) != test.want {
			t.Errorf("%s of %q:\n got %s, %v\nwant %s", test.format, test.secret, got, err, test.want)
		}
	}
}

func TestUnknownExpiry(t *testing.T) {
	// A moment of expiry that nobody knows is left out, not made up.
	t.Parallel()
	unknown := sample("abc")
	unknown.ExpiresIn, unknown.MaxTTL = 0, 0
	got, err := Rendering{Format: JSON}.render(unknown)
	want := `{"accessToken":"abc","tokenType":"Bearer","expiresIn":0,"accessTokenMaxTTL":0,"method":"universal-auth","domain":"https://infisical.example.com/base"}`
	if err != nil || string(got) != want {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestFormatNames(t *testing.T) {
	// A mistyped format is refused with the names of all.
	t.Parallel()
	var format Format
	for _, name := range []string{"plain", "json", "dotenv", "export"} {
		if err := format.UnmarshalText([]byte(name)); err != nil || string(format) != name {
			t.Errorf("%s: got %q, %v", name, format, err)
		}
	}
	err := format.UnmarshalText([]byte("JSON"))
	if want := `unknown format "JSON"; use one of plain, json, dotenv, export`; err == nil || err.Error() != want {
		t.Errorf("got %v", err)
	}
}

func TestVariableNames(t *testing.T) {
	// Only what every shell can assign to is the name of a variable.
	t.Parallel()
	for name, good := range map[string]bool{
		"INFISICAL_TOKEN": true, "_x9": true, "a": true,
		"": false, "9a": false, "a-b": false, "a=b": false, "a b": false, "a\nb": false, "ä": false, "a;id": false,
	} {
		var variable Variable
		if err := variable.UnmarshalText([]byte(name)); (err == nil) != good {
			t.Errorf("%q: got %v", name, err)
		}
	}
}

func FuzzQuote(f *testing.F) {
	// Whatever a token holds, sh reads the same bytes from the dotenv and the export format.
	shell, err := exec.LookPath("sh")
	if err != nil {
		f.Skip("skipped: no sh here")
	}
	for _, seed := range []string{"abc.def", "it's", "'", `\`, "$(id)", "`id`", "a b", "~", "#x", "a=~", "!x", "\"", "*", "\x80", "-n", "\\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		if strings.ContainsAny(value, "\x00\n") {
			return // no token holds them, and no line of an environment file can
		}
		for _, format := range []Format{Dotenv, Export} {
			assignment, err := Rendering{format, Naming{"VALUE"}}.render(sample(value))
			if err != nil {
				t.Fatal(err)
			}
			got, err := exec.CommandContext(t.Context(), shell, "-c", string(assignment)+"\nprintf %s \"$VALUE\"").Output()
			if err != nil || string(got) != value {
				t.Fatalf("%s gives %q, %v; want %q", assignment, got, err, value)
			}
		}
	})
}

package config

import (
	"slices"
	"testing"
)

// Guessed declares more of the names that people miss.
type Guessed struct {
	All
	Method   string `env:"INFISICAL_AUTH_METHOD" flag:"method"`
	ClientID UUID   `env:"INFISICAL_UNIVERSAL_AUTH_CLIENT_ID" flag:"client-id" file:"true"`
	Port     Count  `env:"INFISICAL_LOGIN_CALLBACK_PORT" flag:"callback-port"`
}

// A mistyped variable gives one warning with the right name, and what is right
// or somebody else's gives none.
func TestWarnings(t *testing.T) {
	t.Parallel()
	near := func(wrong, right string) string { return wrong + " is not a setting; did you mean " + right + "?" }
	env := write(t, "PORT=80\nINFISICAL_DOMIAN=us\n\nAWS_REGION=x\nINFISICAL_DOMAIN=us\nINFISICAL_JWT_FILE=x\n")
	tests := []struct {
		name    string
		flags   map[string]string
		environ []string
		want    []string
	}{
		{name: "nothing"},
		{
			name: "names that are known, in all spellings",
			environ: []string{
				"INFISICAL_DOMAIN=x", "INFISICAL_API_URL=x", "INFISICAL_JWT_FILE=x", "INFISICAL_OIDC_AUTH_JWT_FILE=x",
				"INFISICAL_LOGIN_ENV_FILE_PATH=/does/not/exist",
			},
		},
		{
			name: "what Kubernetes injects for services named infisical and infisical-login",
			environ: []string{
				"INFISICAL_SERVICE_HOST=10.0.0.1", "INFISICAL_SERVICE_PORT=80", "INFISICAL_SERVICE_PORT_HTTP=80",
				"INFISICAL_PORT=tcp://10.0.0.1:80", "INFISICAL_PORT_80_TCP=tcp://10.0.0.1:80", "INFISICAL_PORT_80_TCP_PROTO=tcp",
				"INFISICAL_PORT_80_TCP_PORT=80", "INFISICAL_PORT_80_TCP_ADDR=10.0.0.1", "INFISICAL_LOGIN_PORT=tcp://10.0.0.1:80",
				"INFISICAL_CALLBACK_PORT=tcp://10.0.0.1:80",
			},
		},
		{
			name:    "others, empty ones and those that resemble nothing",
			environ: []string{"DOMIAN=x", "INFISICAL_DOMIAN=", "INFISICAL_DISABLE_UPDATE_CHECK=true", "=C:=C:\\"},
		},
		{
			name:    "two edits",
			environ: []string{"INFISICAL_DOMIAN=x", "INFISICAL_LOGIN_TIMEOUTS=1s", "INFISICAL_JWTFILE=x", "INFISICAL_API_UR=x"},
			want: []string{
				near("INFISICAL_API_UR", "INFISICAL_API_URL"),
				near("INFISICAL_DOMIAN", "INFISICAL_DOMAIN"),
				near("INFISICAL_JWTFILE", "INFISICAL_JWT_FILE"),
				near("INFISICAL_LOGIN_TIMEOUTS", "INFISICAL_LOGIN_TIMEOUT"),
			},
		},
		{
			name: "known wrong guesses",
			environ: []string{
				"INFISICAL_CLIENT_ID=x", "INFISICAL_MACHINE_IDENTITY_CLIENT_SECRET=x", "INFISICAL_MACHINE_CLIENT_SECRET_FILE=x",
				"INFISICAL_METHOD=x", "INFISICAL_SITE_URL=x", "INFISICAL_OUTPUT=x", "INFISICAL_ENV_FILE=x", "INFISICAL_URL=x",
			},
			want: []string{
				near("INFISICAL_CLIENT_ID", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"),
				near("INFISICAL_ENV_FILE", "INFISICAL_LOGIN_ENV_FILE_PATH"),
				near("INFISICAL_MACHINE_CLIENT_SECRET_FILE", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE"),
				near("INFISICAL_MACHINE_IDENTITY_CLIENT_SECRET", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"),
				near("INFISICAL_METHOD", "INFISICAL_AUTH_METHOD"),
				near("INFISICAL_OUTPUT", "INFISICAL_LOGIN_OUTPUT"),
				near("INFISICAL_SITE_URL", "INFISICAL_DOMAIN"),
				near("INFISICAL_URL", "INFISICAL_DOMAIN"),
			},
		},
		{
			name:    "files of settings that no file gives",
			environ: []string{"INFISICAL_DOMAIN_FILE=x", "INFISICAL_AUTH_METHOD_FILE=x"},
			want: []string{
				near("INFISICAL_AUTH_METHOD_FILE", "INFISICAL_AUTH_METHOD"),
				near("INFISICAL_DOMAIN_FILE", "INFISICAL_DOMAIN"),
			},
		},
		{
			name:  "a secret on the command line",
			flags: map[string]string{"oidc-jwt": "x", "client-secret": "", "domain": "us"},
			want:  []string{"other processes can see what --oidc-jwt is given; set INFISICAL_JWT instead"},
		},
		{
			name:  "strangers in the env file",
			flags: map[string]string{"env-file": env},
			want: []string{
				`"` + env + `": line 1: PORT is not a setting that an env file can give`,
				`"` + env + `": line 2: INFISICAL_DOMIAN is not a setting that an env file can give; did you mean INFISICAL_DOMAIN?`,
				`"` + env + `": line 4: AWS_REGION is not a setting that an env file can give; set it in the environment, where it is read from`,
			},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := NewSource(Fields(Guessed{}), test.flags, test.environ).Warnings()
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// No wrong guess is answered with another.
func TestWrongGuesses(t *testing.T) {
	t.Parallel()
	for guess, meant := range wrongGuesses() {
		if _, chained := wrongGuesses()[meant]; chained {
			t.Errorf("%s is answered with %s, which is a wrong guess itself", guess, meant)
		}
	}
}

// The nearest word is offered, but nothing that merely happens to be short.
func TestNearest(t *testing.T) {
	t.Parallel()
	known := []string{"method", "domain", "jwt", "token-path", "token-mode", "browser"}
	tests := []struct{ word, want string }{
		{"methd", "method"}, {"mehtod", "method"}, {"methods", "method"}, {"mthd", "method"},
		{"token-pth", "token-path"}, {"token-mod", "token-mode"}, {"jtw", ""}, {"jw", "jwt"}, {"x", ""}, {"", ""},
		{"output", ""}, {"mtd", ""}, {"méthöd", "method"},
	}
	for _, test := range tests {
		if got := Nearest(test.word, known); got != test.want {
			t.Errorf("%q: got %q, want %q", test.word, got, test.want)
		}
	}
}

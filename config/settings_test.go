package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// Every value is shown with its source and with what it outranks, but no secret
// and nothing that may be one.
func TestSettings(t *testing.T) {
	t.Parallel()
	file := write(t, "canary-file")
	env := write(t, "INFISICAL_DOMAIN=us\nINFISICAL_JWT=canary-env-file\n")
	source := NewSource(Fields(All{}), map[string]string{"domain": "https://H.example.com/api"}, []string{
		"INFISICAL_DOMAIN=eu", "INFISICAL_API_URL=https://u:canary@h", "INFISICAL_JWT_FILE=" + file,
		"INFISICAL_LOGIN_ENV_FILE_PATH=" + env, "INFISICAL_MACHINE_IDENTITY_ID=canary-id", "HTTPS_PROXY=http://u:canary@h",
		"INFISICAL_LOGIN_PLAIN=1", "INFISICAL_CUSTOM_HEADERS=X=canary",
	})
	var got []string
	for _, row := range source.Settings() {
		if row.Shadows == nil {
			t.Errorf("%s: null instead of no shadows", row.Name)
		}
		if row.Source == "" || row.Source == "default" && row.Name != "INFISICAL_LOGIN_TIMEOUT" {
			continue
		}
		got = append(got, fmt.Sprintf("%s = %s (%s) %v", row.Name, row.Value, row.Source, row.Shadows))
		if row.Problem != "" {
			got = append(got, row.Problem)
		}
	}
	want := strings.ReplaceAll(strings.ReplaceAll(`INFISICAL_DOMAIN = https://h.example.com (flag --domain) [{environment INFISICAL_DOMAIN https://eu.infisical.com} {environment INFISICAL_API_URL [unusable]} {env file ENV https://us.infisical.com}]
INFISICAL_MACHINE_IDENTITY_ID = [unusable] (environment INFISICAL_MACHINE_IDENTITY_ID) []
INFISICAL_MACHINE_IDENTITY_ID (or --machine-identity-id): the value is not a UUID, which is 32 hexadecimal digits as 8-4-4-4-12
INFISICAL_JWT = [redacted] (file FILE (INFISICAL_JWT_FILE)) [{env file ENV [redacted]}]
INFISICAL_LOGIN_TIMEOUT = 60s (default) []
INFISICAL_LOGIN_PLAIN = true (environment INFISICAL_LOGIN_PLAIN) []
INFISICAL_CUSTOM_HEADERS = [redacted] (environment INFISICAL_CUSTOM_HEADERS) []
HTTPS_PROXY = [redacted] (environment HTTPS_PROXY) []
INFISICAL_LOGIN_ENV_FILE_PATH = ENV (environment INFISICAL_LOGIN_ENV_FILE_PATH) []`, "ENV ", env+" "), "FILE ", file+" ")
	if strings.Join(got, "\n") != want {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), want)
	}
	text, err := json.Marshal(source.Settings())
	if err != nil || strings.Contains(string(text), "canary") || !strings.Contains(string(text), `"shadows":[]`) {
		t.Errorf("JSON: %s, %v", text, err)
	}
	if strings.Contains(string(text), "AWS_REGION") || strings.Contains(string(text), "GCE_METADATA_HOST") {
		t.Error("somebody else's variable is listed though it is not set")
	}
}

// An env file that is of no use is told in the row of the setting that names it.
func TestSettingsOfBrokenEnvFile(t *testing.T) {
	t.Parallel()
	rows := NewSource(Fields(EnvFile{}), map[string]string{"env-file": "/does/not/exist"}, nil).Settings()
	if len(rows) != 1 || !strings.Contains(rows[0].Problem, "no such file") || rows[0].Value != "/does/not/exist" {
		t.Errorf("got %+v", rows)
	}
}

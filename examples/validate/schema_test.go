package validate

import (
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// settings compiles the schema of the settings, which the draft that it names has
// to allow.
func settings(t *testing.T) *jsonschema.Schema {
	t.Helper()
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	schema, err := compiler.Compile("../reference/settings.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// The values of .env.example are what the schema allows, one at a time and all
// together.
func TestSchemaAllowsTheExample(t *testing.T) {
	t.Parallel()
	schema, all := settings(t), map[string]any{}
	for line := range strings.Lines(file(t, "../reference/.env.example")) {
		name, value, found := strings.Cut(strings.TrimSpace(line), "=")
		name, commented := strings.CutPrefix(name, "#INFISICAL_")
		if !found || !commented || value == "" {
			continue
		}
		name = "INFISICAL_" + name
		all[name] = value
		if err := schema.Validate(map[string]any{name: value}); err != nil {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
	if len(all) < 10 {
		t.Errorf("the example has only %d values", len(all))
	}
	if err := schema.Validate(all); err != nil {
		t.Error(err)
	}
}

// The schema refuses what the program would refuse, as far as a schema can tell,
// and no more.
func TestSchema(t *testing.T) {
	t.Parallel()
	schema := settings(t)
	for _, good := range []map[string]any{
		{"INFISICAL_AUTH_METHOD": "universal-auth", "INFISICAL_UNIVERSAL_AUTH_CLIENT_ID": client, "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE": "/run/secrets/client-secret"},
		{"INFISICAL_LOGIN_RENEW": true, "INFISICAL_RETRY_MAX_RETRIES": 3, "INFISICAL_LOGIN_TOKEN_MODE": "0640"},
		{"INFISICAL_MACHINE_IDENTITY_ID": identity, "INFISICAL_DOMAIN": "eu", "SOMEBODY_ELSES": "value"},
	} {
		if err := schema.Validate(good); err != nil {
			t.Errorf("%v: %v", good, err)
		}
	}
	for _, wrong := range []map[string]any{
		{"INFISICAL_AUTH_METHOD": "kubernets"},
		{"INFISICAL_MACHINE_IDENTITY_ID": "my-identity"},
		{"INFISICAL_LOGIN_TOKEN_MODE": "0999"},
		{"INFISICAL_LOGIN_RENEW": "maybe"},
		{"INFISICAL_RETRY_MAX_RETRIES": "-1"},
		{"INFISICAL_RETRY_MAX_RETRIES": "five"},
		{"INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET": "s", "INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET_FILE": "/s"},
		{"INFISICAL_DOMAIN": []any{"us"}},
	} {
		if err := schema.Validate(wrong); err == nil {
			t.Errorf("%v was allowed", wrong)
		}
	}
}

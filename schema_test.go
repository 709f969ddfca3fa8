package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
)

// property is a setting in a JSON Schema, draft 2020-12.
type property struct {
	Type        any    `json:"type,omitempty"`
	Description string `json:"description"`
	Default     string `json:"default,omitempty"`
	Enum        []any  `json:"enum,omitempty"`
	Pattern     string `json:"pattern,omitempty"`
	Deprecated  bool   `json:"deprecated,omitempty"`
	WriteOnly   bool   `json:"writeOnly,omitempty"`
}

// schema renders the settings as a JSON Schema of an object whose members are
// variables, such as the env of a Compose service. Our own settings are in it; a
// name that it does not know may be anybody's.
func schema(t *testing.T, fields []config.Field) string {
	t.Helper()
	properties := map[string]property{}
	var never []any
	for _, field := range fields {
		if field.External {
			continue
		}
		p := propertyOf(field)
		properties[field.Name] = p
		if field.File {
			properties[field.Name+"_FILE"] = property{Type: "string", Description: "File with the value of " + field.Name + "."}
			never = append(never, map[string]any{"not": map[string]any{"required": []string{field.Name, field.Name + "_FILE"}}})
		}
		for _, older := range field.Older {
			p.Description, p.Default, p.Deprecated = "Older spelling of "+field.Name+".", "", true
			properties[older] = p
		}
	}
	document := map[string]any{
		"$schema":     "https://json-schema.org/draft/2020-12/schema",
		"title":       "Settings of infisical-login",
		"description": "Environment variables that infisical-login reads.",
		"type":        "object",
		"properties":  properties,
		"allOf":       never,
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(document); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// propertyOf says what a setting may hold, as far as its type alone tells.
func propertyOf(field config.Field) property {
	p := property{Type: "string", Description: field.Usage, Default: field.Default, WriteOnly: field.Secret}
	if field.Default == "" && field.Shown != "" {
		p.Description += " Default: " + field.Shown + "."
	}
	switch field.Type {
	case reflect.TypeFor[methodName]():
		for _, row := range methods.All() {
			p.Enum = append(p.Enum, row.Name)
		}
	case reflect.TypeFor[config.UUID]():
		p.Pattern = "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$"
	case reflect.TypeFor[config.Mode]():
		p.Pattern = "^(0o)?0*[0-7]{1,3}$"
	}
	switch field.Type.Kind() {
	case reflect.Bool:
		p.Type, p.Enum = nil, []any{true, false, "true", "false", "1", "0"}
	case reflect.Int, reflect.Uint:
		p.Type, p.Pattern = []string{"integer", "string"}, "^[0-9]+$"
	}
	return p
}

// envExample renders the settings as an env file in which nothing is set yet.
func envExample(fields []config.Field) string {
	var file strings.Builder
	file.WriteString("# Settings of infisical-login, for its --env-file, for docker run --env-file, or\n" +
		"# for env_file in Compose. Take the # off what you set. No credential belongs into\n" +
		"# a file that is under version control.\n")
	for _, field := range fields {
		if field.External {
			continue
		}
		fmt.Fprintf(&file, "\n# %s\n", field.Usage+defaultOf(field))
		if field.File {
			fmt.Fprintf(&file, "# Or %s_FILE, a file with the value.\n", field.Name)
		}
		fmt.Fprintf(&file, "#%s=%s\n", field.Name, field.Default)
	}
	return file.String()
}

package infisicaltest

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// field is what the server demands of one field of a body.
type field struct {
	name     string
	optional bool
	raw      bool   // not trimmed
	uuid     bool   // must be a UUID
	filled   bool   // must not be empty
	literal  string // must be this, if set
	object   bool   // an object, not a text
}

// issue is one finding of the server's validation, in zod's form.
type issue map[string]any

var (
	uuidPattern = regexp.MustCompile(`^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$`)
	slugPattern = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
)

// fields are the values of a body that passed the validation.
type fields map[string]any

func (f fields) text(name string) string {
	text, _ := f[name].(string)
	return text
}

// object checks the body against what is demanded and returns the values,
// trimmed as the server trims them. Fields that are not asked for are ignored,
// with a complaint.
func (c *call) object(demands ...field) (fields, error) {
	body, ok := c.body.(map[string]any)
	if !ok {
		return nil, c.invalid([]issue{wrongType("object", typeName(c.body), nil)})
	}
	for name := range body {
		if !slices.ContainsFunc(demands, func(f field) bool { return f.name == name }) {
			c.complain("field %q is unknown to the server", name)
		}
	}
	values := fields{}
	var issues []issue
	for _, demand := range demands {
		value, there := body[demand.name]
		if !there {
			if !demand.optional {
				issues = append(issues, required(demand))
			}
			continue
		}
		checked, found := c.check(demand, value)
		if found != nil {
			issues = append(issues, found)
			continue
		}
		values[demand.name] = checked
	}
	if issues != nil {
		return nil, c.invalid(issues)
	}
	return values, nil
}

// check returns the value as the server goes on with it, or what is wrong with it.
func (c *call) check(demand field, value any) (any, issue) {
	if demand.object {
		if _, ok := value.(map[string]any); !ok {
			return nil, wrongType("object", typeName(value), []any{demand.name})
		}
		return value, nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, wrongType("string", typeName(value), []any{demand.name})
	}
	if trimmed := strings.TrimSpace(text); trimmed != text {
		c.complain("field %q has white space around it", demand.name)
		if !demand.raw {
			text = trimmed
		}
	}
	where := []any{demand.name}
	switch {
	case demand.filled && text == "":
		return nil, issue{"code": "too_small", "minimum": 1, "type": "string", "inclusive": true, "exact": false,
			"message": "String must contain at least 1 character(s)", "path": where}
	case demand.uuid && !uuidPattern.MatchString(text):
		return nil, issue{"validation": "uuid", "code": "invalid_string", "message": "Invalid uuid", "path": where}
	case demand.literal != "" && text != demand.literal:
		return nil, issue{"received": text, "code": "invalid_literal", "expected": demand.literal, "path": where,
			"message": fmt.Sprintf("Invalid literal value, expected %q", demand.literal)}
	}
	return text, nil
}

// invalid is the answer to a body that fails the validation.
func (c *call) invalid(issues []issue) error {
	status := http.StatusUnprocessableEntity
	if c.server.generation == G1 {
		status = http.StatusUnauthorized
	}
	return &failure{status: status, name: "ValidationFailure", message: issues}
}

func required(demand field) issue {
	expected := "string"
	if demand.object {
		expected = "object"
	}
	return issue{"code": "invalid_type", "expected": expected, "received": "undefined", "path": []any{demand.name}, "message": "Required"}
}

func wrongType(expected, received string, where []any) issue {
	if where == nil {
		where = []any{}
	}
	return issue{"code": "invalid_type", "expected": expected, "received": received, "path": where,
		"message": fmt.Sprintf("Expected %s, received %s", expected, received)}
}

// typeName is the name of a value's type as JavaScript knows it.
func typeName(value any) string {
	switch value.(type) {
	case string:
		return "string"
	case float64:
		return "number"
	case bool:
		return "boolean"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	}
	return "null"
}

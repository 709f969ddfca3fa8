package main

import (
	"fmt"
	"slices"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods"
	"github.com/infisical-login/infisical-login/output"
)

// methodName is the name of one of [methods.All].
type methodName string

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *methodName) UnmarshalText(text []byte) error {
	if _, ok := methods.Find(string(text)); ok {
		*m = methodName(text)
		return nil
	}
	names := methodNames()
	if nearest := config.Nearest(string(text), names); nearest != "" {
		return fmt.Errorf("unknown method %q; did you mean %s?", text, nearest)
	}
	return fmt.Errorf("unknown method %q; use one of %s", text, join(names))
}

func methodNames() []string {
	var names []string
	for _, row := range methods.All() {
		names = append(names, row.Name)
	}
	return names
}

func sinkNames() []string {
	var names []string
	for _, row := range output.All() {
		names = append(names, row.Name)
	}
	return names
}

// choose returns the method that is named, or else the one that the evidence
// speaks for.
func (r *run) choose(name methodName) (methods.Inference, error) {
	if row, ok := methods.Find(string(name)); ok {
		return methods.Inference{Row: row, Because: "it is named"}, nil
	}
	return methods.Infer(r.source.Lookup, r.onTerminal())
}

// scrubbed returns the variables that a launched command does not get, less
// those that it may keep. The token variables are among them, since an old token
// would stand beside the new one or, in the official CLI, outrank it.
func (r *run) scrubbed(keep config.List) []string {
	names := append(r.source.Scrubbed(), "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN", "INFISICAL_UNIVERSAL_AUTH_ACCESS_TOKEN_FILE")
	return slices.DeleteFunc(names, func(name string) bool { return slices.Contains(keep, name) })
}

// warn tells what is odd about the settings, those included that the chosen
// method and sinks do not use, but not what will be told as an error.
func (r *run) warn(settings []config.Setting, err error) {
	told := map[string]bool{"": true}
	for _, leaf := range leaves(err) {
		told[leaf.Error()] = true
	}
	for _, warning := range r.source.Warnings() {
		r.log.warn(warning)
	}
	for _, setting := range settings {
		if !told[setting.Problem] {
			r.log.warn(setting.Problem)
		}
	}
}

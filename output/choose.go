package output

import (
	"fmt"
	"slices"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// tokenPath is the setting of the sink file whose presence asks for that sink.
const tokenPath = "INFISICAL_LOGIN_TOKEN_PATH"

// Choose returns the sinks of a run in the order in which they are served: those
// that are named, or else the usual ones. A command gets the token, a token path
// gets it, and if there is neither it goes to standard output. Lookup returns a
// setting that was given. The error is a config.Error.
func Choose(names []string, command bool, lookup func(name string) (value string, given bool)) ([]Row, error) {
	if len(names) == 0 {
		_, path := lookup(tokenPath)
		names = usual(command, path)
	}
	known := All()
	for i, name := range names {
		if !slices.ContainsFunc(known, func(r Row) bool { return r.Name == name }) {
			return nil, refuse("unknown sink %q%s", name, advise(name, known))
		}
		if slices.Contains(names[:i], name) {
			return nil, refuse("sink %q is named twice", name)
		}
	}
	if slices.Contains(names, "child") && slices.Contains(names, "memfd") {
		return nil, refuse(`sinks "child" and "memfd" exclude each other: one puts the token into the environment, the other keeps it out`)
	}
	return slices.DeleteFunc(known, func(r Row) bool { return !slices.Contains(names, r.Name) }), nil
}

// usual returns the sinks of a run that names none.
func usual(command, path bool) []string {
	var names []string
	if path {
		names = append(names, "file")
	}
	if command {
		names = append(names, "child")
	}
	if len(names) == 0 {
		names = append(names, "stdout")
	}
	return names
}

func refuse(format string, arguments ...any) error {
	return setting("INFISICAL_LOGIN_OUTPUT", "output", "--output (INFISICAL_LOGIN_OUTPUT): "+format, arguments...)
}

// advise names the sink that was probably meant, or else all of them.
func advise(name string, known []Row) string {
	names := make([]string, 0, len(known))
	for _, row := range known {
		names = append(names, row.Name)
	}
	if nearest := config.Nearest(strings.ToLower(name), names); nearest != "" {
		return fmt.Sprintf("; did you mean %q?", nearest)
	}
	return "; use one of " + strings.Join(names, ", ")
}

package output

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/infisical-login/infisical-login/config"
)

// tokenPath is the setting of the sink file whose presence asks for that sink.
const tokenPath = "INFISICAL_LOGIN_TOKEN_PATH"

// Occasion is what the usual sinks depend on.
type Occasion struct {
	Command bool // there is a command to launch
	Person  bool // it is a person who logs in
	Plain   bool // the token was asked for on standard output
}

// Choose returns the sinks of a run in the order in which they are served: those
// that are named, or else the usual ones. A command gets the token, a token path
// gets it, and if there is neither, a person's goes to the vault and a machine
// identity's to standard output. A person who wants it on standard output gets it
// there, and in the vault if that can be used. Lookup returns a setting that was
// given. The error joins a config.Error for each mistake; the sinks that are known
// are returned all the same, so that they can be checked.
func Choose(names []string, occasion Occasion, lookup func(name string) (value string, given bool)) ([]Row, error) {
	known, named := All(), len(names) > 0
	if !named {
		_, path := lookup(tokenPath)
		names = usual(occasion, path)
	}
	var errs []error
	for i, name := range names {
		if !slices.ContainsFunc(known, func(r Row) bool { return r.Name == name }) {
			errs = append(errs, refuse("unknown sink %q%s", name, advise(name, known)))
		}
		if slices.Contains(names[:i], name) {
			errs = append(errs, refuse("sink %q is named twice", name))
		}
	}
	if slices.Contains(names, "child") && slices.Contains(names, "memfd") {
		errs = append(errs, refuse(`sinks "child" and "memfd" exclude each other: one puts the token into the environment, the other keeps it out`))
	}
	chosen := slices.DeleteFunc(known, func(r Row) bool { return !slices.Contains(names, r.Name) })
	if !named && len(chosen) > 1 {
		for i, row := range chosen {
			if row.Name == "keyring" {
				chosen[i].New = func() Sink { return &keyring{optional: true} }
			}
		}
	}
	return chosen, errors.Join(errs...)
}

// usual returns the sinks of a run that names none.
func usual(occasion Occasion, path bool) []string {
	var names []string
	if path {
		names = append(names, "file")
	}
	if occasion.Command {
		names = append(names, "child")
	}
	switch {
	case len(names) > 0:
		return names
	case occasion.Person && occasion.Plain:
		return []string{"stdout", "keyring"}
	case occasion.Person:
		return []string{"keyring"}
	}
	return []string{"stdout"}
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

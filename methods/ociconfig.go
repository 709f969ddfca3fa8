package methods

import (
	"fmt"
	"strings"
)

// ociProfile returns the values of one profile of an Oracle Cloud configuration
// file: sections in brackets, a key and a value to a line, and what a profile
// lacks taken from DEFAULT.
func ociProfile(text, profile string) (map[string]string, error) {
	values, own := map[string]string{}, map[string]string{}
	section, found := "", profile == "DEFAULT"
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		if name, ok := strings.CutPrefix(line, "["); ok {
			section = strings.TrimSpace(strings.TrimSuffix(name, "]"))
			found = found || section == profile
			continue
		}
		at := strings.IndexAny(line, "=:")
		if at < 0 {
			continue
		}
		key, value := strings.ToLower(strings.TrimSpace(line[:at])), strings.TrimSpace(line[at+1:])
		switch section {
		case profile:
			own[key] = value
		case "DEFAULT":
			values[key] = value
		}
	}
	if !found {
		return nil, fmt.Errorf("there is no profile %q; see OCI_CLI_PROFILE", profile)
	}
	for key, value := range own {
		values[key] = value
	}
	return values, nil
}

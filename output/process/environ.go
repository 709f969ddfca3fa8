package process

import (
	"runtime"
	"slices"
	"strings"
)

// Set gives a variable a value in the command's environment, replacing any
// number of older ones. Of two values for a name sh takes the last and getenv(3)
// the first, so there is never a second.
func (c *Command) Set(name, value string) {
	c.Unset(name)
	c.Env = append(c.Env, name+"="+value)
}

// Unset removes variables from the command's environment, however often they
// are there.
func (c *Command) Unset(names ...string) {
	kept := make([]string, 0, len(c.Env)+1)
	for _, entry := range c.Env {
		name, _ := split(entry)
		if !slices.ContainsFunc(names, func(n string) bool { return sameName(n, name) }) {
			kept = append(kept, entry)
		}
	}
	c.Env = kept
}

// Lookup returns a variable of the command's environment.
func (c *Command) Lookup(name string) (value string, given bool) {
	return lookup(c.Env, name)
}

func lookup(env []string, name string) (value string, given bool) {
	for _, entry := range env {
		if n, v := split(entry); sameName(n, name) {
			return v, true
		}
	}
	return "", false
}

// once returns a copy of an environment that holds each name once: of several
// values the first, as getenv(3) and Go read them.
func once(env []string) []string {
	seen := make(map[string]bool, len(env))
	kept := make([]string, 0, len(env)+3)
	for _, entry := range env {
		name, _ := split(entry)
		if runtime.GOOS == "windows" {
			name = strings.ToUpper(name)
		}
		if seen[name] {
			continue
		}
		seen[name] = true
		kept = append(kept, entry)
	}
	return kept
}

// split returns name and value of an entry. Windows keeps entries such as
// "=C:=C:\dir", whose name starts with the sign that ends all others.
func split(entry string) (name, value string) {
	if entry == "" {
		return "", ""
	}
	if i := strings.IndexByte(entry[1:], '='); i >= 0 {
		return entry[:i+1], entry[i+2:]
	}
	return entry, ""
}

func sameName(a, b string) bool {
	if runtime.GOOS == "windows" {
		return strings.EqualFold(a, b)
	}
	return a == b
}

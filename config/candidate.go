package config

import (
	"fmt"
	"strings"
)

// candidate is a text for a setting and where it was found. It is a lookuper of
// go-envconfig's that answers for this one setting.
type candidate struct {
	source string // as in [Setting]
	label  string // what an error calls it, such as --domain or INFISICAL_DOMAIN
	text   string
	err    *Error // why the text is of no use; nil if it may be
}

// Lookup implements envconfig.Lookuper.
func (c candidate) Lookup(string) (string, bool) { return c.text, c.err == nil }

// isFlag reports whether the text stands on the command line.
func (c candidate) isFlag() bool { return strings.HasPrefix(c.label, "--") }

// layer is one kind of source. It returns what it has for a setting, the proper
// spelling first, or nothing.
type layer func(Field) []candidate

// flagLayer gives what stands on the command line.
func (s *Source) flagLayer(f Field) []candidate {
	var found []candidate
	for _, flag := range f.flags() {
		text, given := s.flags[flag]
		if !given {
			continue
		}
		c := candidate{source: "flag --" + flag, label: "--" + flag, text: text}
		if f.TrimSpace {
			c.text = strings.TrimSpace(text)
		}
		if c.text == "" {
			c.err = f.errorf("--%s is empty; give it a value, or leave it out and set %s", flag, f.Name)
		}
		found = append(found, c)
	}
	return found
}

// environLayer gives what stands in the environment, and then what stands in
// the files that it names.
func (s *Source) environLayer(f Field) []candidate {
	return s.variables(f, s.environ, "")
}

// envFileLayer gives the same of an env file, which serves our own settings only.
func (s *Source) envFileLayer(file envFile) layer {
	return func(f Field) []candidate {
		if f.External {
			return nil
		}
		return s.variables(f, file.values, file.path)
	}
}

// defaultLayer gives what the declaration says.
func defaultLayer(f Field) []candidate {
	if f.Default == "" {
		return nil
	}
	return []candidate{{source: sourceDefault, label: "the default of " + f.Name, text: f.Default}}
}

// sourceDefault is the source of a default, as in [Setting].
const sourceDefault = "default"

// variables finds a setting in one set of variables, which stands in the
// environment or, if path is set, in that env file.
func (s *Source) variables(f Field, set map[string]string, path string) []candidate {
	var values, files []candidate
	for _, name := range f.variables() {
		text, file := f.trim(set[name]), ""
		if f.File {
			file = trimLine(set[name+fileSuffix])
		}
		if text == "" && file == "" {
			continue
		}
		c := candidate{source: "environment " + name, label: name, text: text}
		if path != "" {
			c.source, c.label = "env file "+path, fmt.Sprintf("%s in %q", name, path)
		}
		if c.text != "" && file != "" {
			c.err = f.errorf("%s and %s are both set; unset one of them%s", c.label, name+fileSuffix, f.orFlag())
		}
		if c.text == "" {
			files = append(files, s.fromFile(f, name+fileSuffix, file))
			continue
		}
		values = append(values, c)
	}
	return append(values, files...)
}

// fromFile reads the file that a variable names.
func (s *Source) fromFile(f Field, variable, path string) candidate {
	c := candidate{source: fmt.Sprintf("file %s (%s)", path, variable), label: variable}
	content, err := s.files.read(path)
	c.text = f.trim(string(content))
	switch {
	case err != nil:
		c.err = f.errorf("%s%s: %v", variable, f.aside(), err)
	case c.text == "":
		c.err = f.errorf("%s%s: %q is empty", variable, f.aside(), path)
	}
	return c
}

// trim takes off what the setting says does not belong to a value.
func (f Field) trim(text string) string {
	if f.TrimSpace {
		return strings.TrimSpace(text)
	}
	return trimLine(text)
}

// trimLine takes one line end off, which is there because files and command
// substitutions leave it behind, not because somebody meant it.
func trimLine(text string) string {
	if rest, found := strings.CutSuffix(text, "\n"); found {
		return strings.TrimSuffix(rest, "\r")
	}
	return text
}

package config

import (
	"fmt"
	"strings"
)

// parseDotenv reads assignments as dotenv files have them: one NAME=value a
// line, comments, an optional export, values bare or in single or double quotes.
// In double quotes a backslash stands before \ " $ ` n r t; nothing is ever
// expanded, and a quoted value may hold line ends. An error names the line and
// never the text, which may be a secret.
func parseDotenv(text string) (values map[string]string, lines map[string]int, err error) {
	values, lines = map[string]string{}, map[string]int{}
	rest := strings.TrimPrefix(text, "\ufeff") // some editors begin a file so
	for line := 1; rest != ""; {
		var name, value string
		before := rest
		name, value, rest, err = assignment(rest)
		if err != nil {
			return nil, nil, lineError(line, err.Error())
		}
		if first, again := lines[name]; again && values[name] != value {
			return nil, nil, lineError(line, fmt.Sprintf("%s has another value on line %d", name, first))
		}
		if name != "" {
			values[name], lines[name] = value, line
		}
		line += strings.Count(before[:len(before)-len(rest)], "\n")
	}
	return values, lines, nil
}

// problem is what is wrong with an env file, without any of its text.
type problem string

func (p problem) Error() string { return string(p) }

// lineError says where in a file something is wrong.
func lineError(line int, what string) error {
	return problem(fmt.Sprintf("line %d: %s", line, what))
}

// inFile says in which file something is wrong.
func inFile(path string, err error) error { return fmt.Errorf("%q: %w", path, err) }

// assignment takes the first line, or more if a quoted value has more, off a
// text. The name is empty if the line assigns nothing.
func assignment(text string) (name, value, rest string, err error) {
	line, after, _ := strings.Cut(text, "\n")
	line = strings.TrimSpace(line)
	if line == "" || line[0] == '#' {
		return "", "", after, nil
	}
	name, _, found := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if word, exported := strings.CutPrefix(name, "export"); exported && word != strings.TrimLeft(word, " \t") {
		name = strings.TrimLeft(word, " \t")
	}
	if !found || !isName(name) {
		return "", "", "", problem("not NAME=value")
	}
	_, text, _ = strings.Cut(text, "=")
	value, rest, err = assigned(text)
	if err == nil && strings.Contains(value, "\x00") {
		err = problem("a value cannot hold NUL")
	}
	return name, value, rest, err
}

// assigned takes a value, and the line end after it, off a text.
func assigned(text string) (value, rest string, err error) {
	quoted := strings.TrimLeft(text, " \t")
	switch {
	case strings.HasPrefix(quoted, "'"):
		value, rest, found := strings.Cut(quoted[1:], "'")
		if !found {
			return "", "", problem("a single quote is not closed")
		}
		rest, err := endOfLine(rest)
		return value, rest, err
	case strings.HasPrefix(quoted, `"`):
		value, rest, err := doubleQuoted(quoted[1:])
		if err != nil {
			return "", "", err
		}
		rest, err = endOfLine(rest)
		return value, rest, err
	}
	line, rest, _ := strings.Cut(text, "\n")
	return strings.TrimSpace(withoutComment(line)), rest, nil
}

// withoutComment cuts a comment off a bare value. A # that no blank precedes is
// part of it, as for a shell: a password may begin with one.
func withoutComment(line string) string {
	for i := 1; i < len(line); i++ {
		if line[i] == '#' && (line[i-1] == ' ' || line[i-1] == '\t') {
			return line[:i]
		}
	}
	return line
}

// endOfLine takes the rest of the line after a closing quote off a text.
func endOfLine(text string) (rest string, err error) {
	line, rest, _ := strings.Cut(text, "\n")
	if trimmed := strings.TrimSpace(line); trimmed != "" && trimmed[0] != '#' {
		return "", problem("text follows a closing quote")
	}
	return rest, nil
}

// doubleQuoted takes a value up to its closing quote off a text.
func doubleQuoted(text string) (value, rest string, err error) {
	var out strings.Builder
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '"':
			return out.String(), text[i+1:], nil
		case '\\':
			i++
			at := -1
			if i < len(text) {
				at = strings.IndexByte(escaped, text[i])
			}
			if at < 0 {
				return "", "", problem(`an unknown escape in double quotes; write \\ for a backslash, or use single quotes`)
			}
			out.WriteByte(meant[at])
		default:
			out.WriteByte(text[i])
		}
	}
	return "", "", problem("a double quote is not closed")
}

// What may follow a backslash in double quotes, and what it means there.
const (
	escaped = "\\\"$`nrt"
	meant   = "\\\"$`\n\r\t"
)

package config

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Headers are additional headers of a request, in the order in which they were
// given, no name twice. They are a secret: what stands in front of a server often
// wants a key.
type Headers []Header

// Header is one header. Its name is as it was given.
type Header struct {
	Name  string
	Value Secret
}

// UnmarshalText implements encoding.TextUnmarshaler. It takes Key=value pairs that
// white space separates; a value may be in single or double quotes, and in double
// quotes a backslash stands before another or a quote. The error tells which
// pair is wrong and never repeats it.
func (h *Headers) UnmarshalText(text []byte) error {
	var list Headers
	for rest := strings.TrimLeft(string(text), blanks); rest != ""; rest = strings.TrimLeft(rest, blanks) {
		header, after, err := pair(rest)
		if err == nil {
			err = list.refuse(header)
		}
		if err != nil {
			return fmt.Errorf("header %d %w", len(list)+1, err)
		}
		list, rest = append(list, header), after
	}
	if list == nil {
		return errors.New("there is no header; write Key=value")
	}
	*h = list
	return nil
}

// blanks separate headers. Line ends are among them for the sake of files.
const blanks = " \t\r\n"

// refuse returns why a header cannot follow those in the list.
func (h Headers) refuse(next Header) error {
	if !isToken(next.Name) {
		return errors.New("is not Key=value: its name holds something that no header's name can")
	}
	for _, name := range ownHeaders() {
		if strings.EqualFold(name, next.Name) {
			return fmt.Errorf("is %s, which every request sets by itself", name)
		}
	}
	for i, other := range h {
		if strings.EqualFold(other.Name, next.Name) {
			return fmt.Errorf("has the name of header %d", i+1)
		}
	}
	return nil
}

// ownHeaders returns the headers that frame, encode or identify a request;
// another value would break it.
func ownHeaders() []string {
	return []string{
		"Accept-Encoding", "Connection", "Content-Encoding", "Content-Length", "Content-Type", "Expect", "Host",
		"Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade", "User-Agent",
	}
}

// pair takes one Key=value off a text.
func pair(text string) (header Header, rest string, err error) {
	at := strings.IndexAny(text, "="+blanks)
	if at < 0 || text[at] != '=' {
		return Header{}, "", errors.New("is not Key=value")
	}
	value, rest, err := headerValue(text[at+1:])
	if err == nil && strings.ContainsFunc(value, isForbidden) {
		err = errors.New("has a control character in its value")
	}
	return Header{Name: text[:at], Value: Secret(value)}, rest, err
}

// headerValue takes a value, quoted or up to a blank, off a text.
func headerValue(text string) (value, rest string, err error) {
	if text == "" || text[0] != '"' && text[0] != '\'' {
		end := strings.IndexAny(text+" ", blanks)
		return text[:end], text[end:], nil
	}
	var out strings.Builder
	quote := text[0]
	for i := 1; i < len(text); i++ {
		c := text[i]
		if c == quote {
			rest = text[i+1:]
			if rest != "" && !strings.ContainsRune(blanks, rune(rest[0])) {
				return "", "", errors.New("goes on after a closing quote")
			}
			return out.String(), rest, nil
		}
		if c == '\\' && quote == '"' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\') {
			i++
			c = text[i]
		}
		out.WriteByte(c)
	}
	return "", "", errors.New("has a quote that is not closed")
}

// isForbidden reports whether a header's value cannot hold a character. See
// field-value in RFC 9110, section 5.5.
func isForbidden(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }

// isToken reports whether s is a token of RFC 9110, section 5.6.2.
func isToken(s string) bool {
	const others = "!#$%&'*+-.^_`|~"
	for _, c := range []byte(s) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && !slices.Contains([]byte(others), c) {
			return false
		}
	}
	return s != ""
}

// Format implements fmt.Formatter, as [Secret.Format] does.
func (Headers) Format(state fmt.State, _ rune) { _, _ = io.WriteString(state, redacted) }

// String implements fmt.Stringer.
func (Headers) String() string { return redacted }

// GoString implements fmt.GoStringer.
func (Headers) GoString() string { return redacted }

// MarshalText implements encoding.TextMarshaler, which encoding/json honours.
func (Headers) MarshalText() ([]byte, error) { return []byte(redacted), nil }

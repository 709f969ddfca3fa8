package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// field reads the tags, which [Field] documents.
func (d declaration) field() Field {
	f := Field{Name: d.name, Required: d.required, Scrub: d.scrub, Secret: hidesItself(d.tagged.Type), Type: d.tagged.Type}
	for tag := string(d.tagged.Tag); tag != ""; tag = strings.TrimLeft(tag, " ") {
		var key, value string
		key, value, tag = cutTag(tag)
		if !f.set(key, value) {
			panic(fmt.Sprintf("config: %s.%s: there is no tag %s:%q", d.owner, d.tagged.Name, key, value))
		}
	}
	if problem := f.problem(); problem != "" {
		panic(fmt.Sprintf("config: %s.%s: %s", d.owner, d.tagged.Name, problem))
	}
	return f
}

// cutTag takes one key:"value" off a struct tag. What is no tag gives no key.
func cutTag(tag string) (key, value, rest string) {
	key, rest, _ = strings.Cut(tag, ":")
	quoted, err := strconv.QuotedPrefix(rest)
	if err != nil {
		return "", "", ""
	}
	value, _ = strconv.Unquote(quoted)
	return key, value, rest[len(quoted):]
}

// set enters one tag into a field. It reports whether there is such a tag.
func (f *Field) set(key, value string) bool {
	switch key {
	case "flag":
		f.Flag = value
	case "short":
		f.Short = value
	case "usage":
		f.Usage = value
	case "default":
		f.Default = value
	case "shown":
		f.Shown = value
	case "older":
		f.Older = strings.Split(value, ",")
	case "olderflag":
		f.OlderFlag = strings.Split(value, ",")
	case "env":
		return value == f.Name
	case "trim":
		f.TrimSpace = true
		return value == "space"
	default:
		return f.setTrue(key) && value == "true"
	}
	return true
}

// setTrue enters a tag that is either "true" or absent.
func (f *Field) setTrue(key string) bool {
	switch key {
	case "required":
		f.Required = true
	case "file":
		f.File = true
	case "secret":
		f.Secret = true
	case "scrub":
		f.Scrub = true
	case "external":
		f.External = true
	default:
		return false
	}
	return true
}

// problem returns what keeps a declaration from working, or nothing.
func (f Field) problem() string {
	for _, name := range f.variables() {
		if !isName(name) {
			return fmt.Sprintf("%q is not a variable's name", name)
		}
		if !f.External && strings.HasSuffix(name, fileSuffix) {
			return "a setting's own name must not end in " + fileSuffix
		}
	}
	switch {
	case f.Flag == "" && (f.Short != "" || f.OlderFlag != nil):
		return "a short or older flag needs a flag"
	case f.External && (f.Flag != "" || f.File):
		return "somebody else's variable has neither flag nor file"
	case !slices.Contains(kinds(), f.Type.Kind()):
		return "a setting is a string, a boolean, an integer or a slice"
	}
	return ""
}

// kinds returns the kinds that a setting may have. go-envconfig treats a struct
// that decodes itself in ways of its own.
func kinds() []reflect.Kind {
	return []reflect.Kind{
		reflect.String, reflect.Bool, reflect.Slice,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64,
	}
}

// is reports whether a tag that is either "true" or absent is "true".
func is(sf reflect.StructField, tag string) bool {
	switch sf.Tag.Get(tag) {
	case "true":
		return true
	case "":
		return false
	}
	panic(fmt.Sprintf("config: %s: the tag %s is either \"true\" or absent", sf.Name, tag))
}

// hidesItself reports whether a type is one of those that never show their value.
func hidesItself(t reflect.Type) bool {
	return t == reflect.TypeFor[Secret]() || t == reflect.TypeFor[Headers]()
}

// isName reports whether s can name a variable in a shell.
func isName(s string) bool {
	for i, c := range []byte(s) {
		digit := '0' <= c && c <= '9'
		if c != '_' && !('a' <= c && c <= 'z') && !('A' <= c && c <= 'Z') && !(digit && i > 0) {
			return false
		}
	}
	return s != ""
}

package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// declaration is a struct field that is a setting.
type declaration struct {
	name     string
	index    []int // for reflect.Value.FieldByIndex
	required bool  // by its own tag or that of a struct around it
	scrub    bool  // likewise
	owner    reflect.Type
	tagged   reflect.StructField
}

// structType returns the type of a struct or of what a pointer to one points to.
func structType(s any) reflect.Type {
	t := reflect.TypeOf(s)
	if t != nil && t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t == nil || t.Kind() != reflect.Struct {
		panic(fmt.Sprintf("config: %T is not a struct", s))
	}
	return t
}

// declarations returns the settings of a struct type, in order. A setting that
// it contains twice is there twice, since both fields have to be filled.
func declarations(t reflect.Type) []declaration {
	return descend(nil, t, nil, declaration{})
}

// descend appends the settings of t, a struct that is reached by index. What
// outer is required or scrubbed for holds within.
func descend(list []declaration, t reflect.Type, index []int, outer declaration) []declaration {
	for i := range t.NumField() {
		sf := t.Field(i)
		name, tagged := sf.Tag.Lookup("env")
		if !sf.IsExported() {
			// Reflection cannot set it, and go-envconfig would skip it without a word.
			if tagged || holdsSettings(sf.Type) {
				panic(fmt.Sprintf("config: %s.%s holds settings and is not exported", t, sf.Name))
			}
			continue
		}
		d := declaration{name: name, index: append(slices.Clip(index), i), owner: t, tagged: sf}
		switch {
		case tagged || sf.Type.Kind() == reflect.Struct:
			d.required = outer.required || is(sf, "required")
			d.scrub = outer.scrub || is(sf, "scrub")
		case sf.Anonymous && sf.Type.Kind() == reflect.Pointer && holdsSettings(sf.Type.Elem()):
			panic(fmt.Sprintf("config: %s embeds settings by pointer: %s", t, sf.Name))
		}
		switch {
		case tagged:
			list = append(list, d)
		case sf.Type.Kind() == reflect.Struct:
			list = descend(list, sf.Type, d.index, d)
		}
	}
	return list
}

// holdsSettings reports whether a type is a struct with a tagged field at any depth.
func holdsSettings(t reflect.Type) bool {
	if t.Kind() != reflect.Struct {
		return false
	}
	for i := range t.NumField() {
		sf := t.Field(i)
		if _, tagged := sf.Tag.Lookup("env"); tagged || holdsSettings(sf.Type) {
			return true
		}
	}
	return false
}

// repeats reports whether two declarations are the same field of the same
// struct, which several others contain.
func (d declaration) repeats(other declaration) bool {
	return d.owner == other.owner && d.tagged.Name == other.tagged.Name && d.scrub == other.scrub
}

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

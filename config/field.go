package config

import (
	"fmt"
	"reflect"
)

// Field is one setting, as the tags of its struct field declare it:
//
//	env       the variable's name; a field without it is not a setting, a struct without it is descended into
//	flag      the long flag, without dashes
//	short     the flag's one letter form
//	usage     one sentence, without the default
//	default   the value when nothing gives one; never expanded
//	shown     what help and README print as default, when it is not a value
//	older     older spellings of the variable, separated by commas
//	olderflag older spellings of the flag, separated by commas
//	required  "true": missing is an error. On a struct it holds for all settings within
//	file      "true": NAME_FILE names a file that holds the value
//	trim      "space": a value loses all surrounding white space, not only one line end
//	secret    "true": never shown (implied by the types [Secret] and [Headers])
//	scrub     "true": a launched command does not get it. On a struct it holds for all settings within
//	external  "true": somebody else's variable (a cloud's, a CI's), which has no flag
type Field struct {
	Name      string
	Flag      string
	Short     string
	Usage     string
	Default   string
	Shown     string
	Older     []string
	OlderFlag []string
	Required  bool
	File      bool
	TrimSpace bool
	Secret    bool
	Scrub     bool
	External  bool
	Type      reflect.Type
}

// Fields returns the settings that the given structs, or pointers to structs,
// declare, in order. A setting that several of them declare, because they
// contain the same struct, appears once, and as required only if it is required
// wherever it is declared. It panics on a declaration that could not work: an
// unexported field with a tag, two settings of one name that differ, two that
// share a flag.
func Fields(structs ...any) []Field {
	all := make([]declaration, 0, 4*len(structs)) // about as many as there are
	for _, s := range structs {
		all = descend(all, structType(s), nil, declaration{})
	}
	fields := make([]Field, 0, len(all))
	first := make([]int, 0, len(all)) // where in all each is declared first
	names := make(names, 2*len(all))
	for i, d := range all {
		at, again := names[d.name]
		switch {
		case !again:
			f := d.field()
			names.claim(f, len(fields))
			fields, first = append(fields, f), append(first, i)
		case !d.repeats(all[first[at]]) && !same(fields[at], d.field()):
			panic(fmt.Sprintf("config: %s is declared twice, and differently", d.name))
		default:
			fields[at].Required = fields[at].Required && d.required
		}
	}
	return fields
}

// same reports whether two declarations agree in all but being required, which
// is each struct's own affair.
func same(a, b Field) bool {
	a.Required, b.Required = false, false
	return reflect.DeepEqual(a, b)
}

// variables returns every variable that the setting is read from, except
// through a file, the proper name first.
func (f Field) variables() []string { return append([]string{f.Name}, f.Older...) }

// flags returns every flag that the setting is read from, the proper one first.
func (f Field) flags() []string {
	if f.Flag == "" {
		return nil
	}
	return append([]string{f.Flag}, f.OlderFlag...)
}

// known returns every variable that the setting is read from, those that name a
// file included.
func (f Field) known() []string {
	list := f.variables()
	if !f.File {
		return list
	}
	for _, name := range f.variables() {
		list = append(list, name+fileSuffix)
	}
	return list
}

// fileSuffix makes the name of the variable that names a file from that of the
// variable whose value the file holds.
const fileSuffix = "_FILE"

// names tells which setting a variable or flag belongs to, so that no two share one.
type names map[string]int

// claim enters the names of a setting that stands at a place.
func (n names) claim(f Field, at int) {
	taken := f.known()
	for _, flag := range f.flags() {
		taken = append(taken, "--"+flag)
	}
	if f.Short != "" {
		taken = append(taken, "-"+f.Short)
	}
	for _, name := range taken {
		if _, used := n[name]; used {
			panic(fmt.Sprintf("config: %s, which %s declares, is taken", name, f.Name))
		}
		n[name] = at
	}
}

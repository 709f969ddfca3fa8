package config

import (
	"fmt"
	"reflect"
	"slices"
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

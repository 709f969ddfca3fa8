package config

import (
	"errors"
	"fmt"
	"reflect"
)

// Decode fills the settings of the given pointers to structs, reading files
// anew. What nothing gives is left as it is. The error joins one [Error] for
// every setting that is missing, malformed or contradictory; a setting that
// several targets declare is told once, and is required if one of them says so.
// An env file that cannot be read is told by each call, since any of the settings
// may have been in it.
func (s *Source) Decode(targets ...any) error {
	var errs []error
	results := map[string]*result{}
	layers, err := s.layers()
	if err != nil {
		errs = append(errs, err)
		results[err.Name] = &result{err: err, told: true}
	}
	for _, target := range targets {
		into := reflect.ValueOf(target)
		if into.Kind() != reflect.Pointer || into.IsNil() {
			panic(fmt.Sprintf("config: cannot decode into %T", target))
		}
		for _, d := range declarations(structType(target)) {
			f, declared := s.field(d.name)
			if !declared {
				f = d.field() // not one of the source's fields: a target may be decoded on its own
			}
			r, again := results[f.Name]
			if !again {
				r = resolve(f, best(f, layers))
				results[f.Name] = r
			}
			if d.required {
				r.require(f)
			}
			if err := r.fill(into.Elem().FieldByIndex(d.index)); err != nil {
				errs = append(errs, err)
			}
		}
	}
	return errors.Join(errs...)
}

// EmptyFlags returns the errors of all flags that were given without a value, as
// Decode does for those of its targets. Somebody's variable was empty who wrote
// --client-id="$ID", whether the setting is of use in this run or not.
func (s *Source) EmptyFlags() error {
	var errs []error
	for _, f := range s.fields {
		for _, c := range s.flagLayer(f) {
			if c.err != nil {
				errs = append(errs, c.err)
			}
		}
	}
	return errors.Join(errs...)
}

// result is what became of one setting.
type result struct {
	value reflect.Value // not valid if there is none
	err   *Error
	told  bool // the error, to the caller
}

// require makes it an error that there is no value.
func (r *result) require(f Field) {
	if r.err == nil && !r.value.IsValid() {
		r.err = f.missing()
	}
}

// fill puts the value into a field. It returns the setting's error, once.
func (r *result) fill(into reflect.Value) error {
	if r.value.IsValid() {
		into.Set(r.value)
		return nil
	}
	if r.err == nil || r.told {
		return nil
	}
	r.told = true
	return r.err
}

// resolve makes one value of all that the best layer has for a setting: its
// spellings have to agree.
func resolve(f Field, found []candidate) *result {
	if len(found) == 0 {
		return &result{}
	}
	first, err := f.parse(found[0])
	if err != nil {
		return &result{err: err}
	}
	if f.External {
		return &result{value: first} // others have rules of their own, as curl's for https_proxy
	}
	for _, c := range found[1:] {
		value, err := f.parse(c)
		if err != nil {
			return &result{err: err}
		}
		// Compared are values, not texts: https://h and https://h/api are one domain.
		if !reflect.DeepEqual(first.Interface(), value.Interface()) {
			return &result{err: f.differ(found[0], c)}
		}
	}
	return &result{value: first}
}

// differ returns the error of two spellings with different values.
func (f Field) differ(a, b candidate) *Error {
	if a.isFlag() {
		return f.errorf("%s and %s differ; give only %s (or set %s)", a.label, b.label, a.label, f.Name)
	}
	return f.errorf("%s and %s differ; unset one of them%s", a.label, b.label, f.orFlag())
}

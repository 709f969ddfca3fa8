package config

import (
	"reflect"
	"strconv"
)

// Setting is one row of the settings command.
type Setting struct {
	Name    string   `json:"name"`
	Flag    string   `json:"flag"`    // without dashes, empty if there is none
	Value   string   `json:"value"`   // empty if nothing gives one, [redacted] if secret, [unusable] if malformed
	Source  string   `json:"source"`  // such as "flag --domain" or "default"; empty if nothing gives a value
	Secret  bool     `json:"secret"`  // whether the value is withheld
	Shadows []Shadow `json:"shadows"` // best first, never nil, without the default

	External bool   `json:"-"` // somebody else's variable
	Problem  string `json:"-"` // what [Source.Decode] would say of it, being missing aside; empty if all is well
}

// Shadow is a value that a better source outranked, or that another spelling
// of the same source repeats.
type Shadow struct {
	Source string `json:"source"`
	Value  string `json:"value"`
}

// unusable stands for a text that its type refuses. It is not shown, since it
// may be a secret in the wrong place.
const unusable = "[unusable]"

// Settings returns every setting with its value, redacted if secret, where it
// came from and what it shadows. Of somebody else's variables it returns only
// those that are set.
func (s *Source) Settings() []Setting {
	list := []Setting{}
	layers, broken := s.layers()
	for _, f := range s.fields {
		row := f.setting(layers)
		if broken != nil && broken.Name == f.Name {
			row.Problem = broken.Message
		}
		if f.External && (row.Source == "" || row.Source == sourceDefault) {
			continue
		}
		list = append(list, row)
	}
	return list
}

// setting asks all layers for a setting, also those that do not count.
func (f Field) setting(layers []layer) Setting {
	row := Setting{Name: f.Name, Flag: f.Flag, Secret: f.Secret, External: f.External, Shadows: []Shadow{}}
	for _, layer := range layers {
		found := layer(f)
		if len(found) > 0 && row.Source == "" {
			row.Source, row.Value = found[0].source, f.show(found[0])
			if err := resolve(f, found).err; err != nil {
				row.Problem = err.Message
			}
			found = found[1:]
		}
		for _, c := range found {
			if c.source != sourceDefault {
				row.Shadows = append(row.Shadows, Shadow{Source: c.source, Value: f.show(c)})
			}
		}
	}
	return row
}

// show returns a candidate's value as it may be shown.
func (f Field) show(c candidate) string {
	value, err := f.parse(c)
	switch {
	case err != nil:
		return unusable
	case f.Secret:
		return redacted
	case value.Kind() == reflect.String:
		return value.String() // as its type has normalised it
	case value.Kind() == reflect.Bool:
		return strconv.FormatBool(value.Bool())
	}
	return c.text
}

package config

import (
	"context"
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sethvargo/go-envconfig"
)

// parse turns a candidate's text into a value of the setting's type. It decodes
// one setting at a time, so that one that is wrong does not hide the others.
func (f Field) parse(c candidate) (reflect.Value, *Error) {
	if c.err != nil {
		return reflect.Value{}, c.err
	}
	if !f.Secret && !f.External && strings.ContainsFunc(c.text, unicode.IsControl) {
		return reflect.Value{}, f.malformed(c, errors.New("the value holds a control character"))
	}
	if f.sent() && !utf8.ValidString(c.text) {
		return reflect.Value{}, f.malformed(c, errors.New("the value is not UTF-8, and could not be sent as it is"))
	}
	one := reflect.New(reflect.StructOf([]reflect.StructField{{Name: "Value", Type: f.Type, Tag: `env:"VALUE"`}}))
	err := envconfig.ProcessWith(context.Background(), &envconfig.Config{Target: one.Interface(), Lookuper: c})
	if err != nil {
		return reflect.Value{}, f.malformed(c, f.reason(c.text, err))
	}
	return one.Elem().Field(0), nil
}

// sent tells whether the text may become part of JSON, which turns what is not
// UTF-8 into something else: a good password would be refused as a wrong one.
func (f Field) sent() bool {
	return f.Type.Kind() == reflect.String && !f.External && !strings.HasSuffix(f.Name, "_PATH")
}

// reason says in our words what is wrong with a text. Only our own types may
// speak for themselves, and of those with a secret only the ones that know it.
func (f Field) reason(text string, err error) error {
	decodesItself := reflect.PointerTo(f.Type).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
	switch {
	case decodesItself && (!f.Secret || hidesItself(f.Type)):
		return errors.Unwrap(err) // go-envconfig puts the Go field's name before it
	case decodesItself:
		return errors.New("the value is malformed")
	case f.Secret:
		return errors.New("the value is not " + expected(f.Type))
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%s is out of range", quote(text))
	}
	return fmt.Errorf("%s is not %s", quote(text), expected(f.Type))
}

// expected describes what a type takes that does not decode itself.
func expected(t reflect.Type) string {
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a duration such as 90s, 5m or 1h30m"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Slice:
		return "a list of such values"
	}
	return "a whole number"
}

// maxQuoted bounds how much of a text an error repeats, in bytes.
const maxQuoted = 100

// quote returns a text that came from outside, to stand in an error.
func quote(text string) string {
	if len(text) > maxQuoted {
		return strconv.Quote(text[:maxQuoted]) + "..."
	}
	return strconv.Quote(text)
}

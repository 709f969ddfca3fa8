package config

import (
	"reflect"
	"strings"
	"testing"
)

// Tags say everything about a setting.
func TestFields(t *testing.T) {
	t.Parallel()
	type One struct {
		Token Secret `env:"A_TOKEN" flag:"token" short:"t" usage:"A token." shown:"none" older:"A_OLD,A_OLDEST" olderflag:"old" file:"true" trim:"space" scrub:"true" required:"true"`
	}
	got := Fields(&One{})
	want := []Field{{
		Name: "A_TOKEN", Flag: "token", Short: "t", Usage: "A token.", Shown: "none",
		Older: []string{"A_OLD", "A_OLDEST"}, OlderFlag: []string{"old"},
		Required: true, File: true, TrimSpace: true, Secret: true, Scrub: true, Type: reflect.TypeFor[Secret](),
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

// A setting that two structs share appears once, where it was first; embedded
// and named structs are descended into, and hand down what they are tagged.
func TestFieldsOfNestedStructs(t *testing.T) {
	t.Parallel()
	type Deep struct {
		Region string `env:"AWS_REGION" external:"true"`
	}
	type Strict struct {
		Plain string `env:"A_PLAIN"`
		Inner struct {
			Instance
			Deep Deep
		} `required:"true"`
		Client struct{ private int } // nothing to do with settings
	}
	type Loose struct {
		Instance
		Last string `env:"A_LAST"`
	}
	type Scrubbed struct {
		Inner struct {
			Value string `env:"A_VALUE"`
		} `scrub:"true"`
	}
	var got []string
	for _, f := range Fields(Strict{}, &Loose{}, Scrubbed{}) {
		name := f.Name
		if f.Required {
			name += " required"
		}
		if f.Scrub {
			name += " scrubbed"
		}
		got = append(got, name)
	}
	want := "A_PLAIN, INFISICAL_DOMAIN, AWS_REGION required, A_LAST, A_VALUE scrubbed"
	if strings.Join(got, ", ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A declaration that could not work is found by whoever runs the program first.
func TestFieldsPanics(t *testing.T) {
	t.Parallel()
	type hidden struct {
		Value string `env:"A"`
	}
	type Shown struct {
		Value string `env:"A"`
	}
	tests := []struct {
		name    string
		structs []any
		want    string
	}{
		{"not a struct", []any{7}, "is not a struct"},
		{"nothing", []any{nil}, "is not a struct"},
		{"an unexported field", []any{struct {
			value string `env:"A"`
		}{}}, "value holds settings and is not exported"},
		{"an unexported embedded struct", []any{struct{ hidden }{}}, "hidden holds settings and is not exported"},
		{"an unexported named struct", []any{struct{ inner Shown }{}}, "inner holds settings and is not exported"},
		{"an embedded pointer", []any{struct{ *Shown }{}}, "embeds settings by pointer"},
		{"a name declared differently", []any{Shown{}, struct {
			Value int `env:"A"`
		}{}}, "A is declared twice, and differently"},
		{"a name that only one of two structs scrubs", []any{struct{ A Shown }{}, struct {
			A Shown `scrub:"true"`
		}{}}, "A is declared twice, and differently"},
		{"a flag that is taken", []any{struct {
			A string `env:"A" flag:"x"`
			B string `env:"B" flag:"y" olderflag:"x"`
		}{}}, "--x, which B declares, is taken"},
		{"an older name that is taken", []any{Shown{}, struct {
			B string `env:"B" older:"A"`
		}{}}, "A, which B declares, is taken"},
		{"a name that a file's has taken", []any{struct {
			A string `env:"A" file:"true"`
			B string `env:"B" older:"A_FILE" external:"true"`
		}{}}, "A_FILE, which B declares, is taken"},
		{"a name that looks like a file's", []any{struct {
			A string `env:"A_FILE"`
		}{}}, "must not end in _FILE"},
		{"an option of go-envconfig's", []any{struct {
			A string `env:"A,required"`
		}{}}, "is not a variable's name"},
		{"a word that is not true", []any{struct {
			A string `env:"A" secret:"yes"`
		}{}}, "there is no tag secret:\"yes\""},
		{"a word that is not true on a struct", []any{struct {
			A Shown `required:"1"`
		}{}}, "either \"true\" or absent"},
		{"a tag that is mistyped", []any{struct {
			A string `env:"A" olderflags:"b"`
		}{}}, "there is no tag olderflags:\"b\""},
		{"a flag for somebody else's variable", []any{struct {
			A string `env:"A" flag:"a" external:"true"`
		}{}}, "neither flag nor file"},
		{"a struct as value", []any{struct {
			A Shown `env:"B"`
		}{}}, "a string, a boolean, an integer or a slice"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if got, _ := recover().(string); !strings.Contains(got, test.want) {
					t.Errorf("got %q, want %q", got, test.want)
				}
			}()
			Fields(test.structs...)
		})
	}
}

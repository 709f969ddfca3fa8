package config

import (
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	kelsey "github.com/kelseyhightower/envconfig"
)

// Ours is what two independent decoders are both able to decode.
type Ours struct {
	Text     string        `env:"INFISICAL_FUZZ_TEXT" default:"some text"`
	Flag     bool          `env:"INFISICAL_FUZZ_FLAG"`
	Whole    int           `env:"INFISICAL_FUZZ_WHOLE" default:"5"`
	Small    int8          `env:"INFISICAL_FUZZ_SMALL"`
	Large    int64         `env:"INFISICAL_FUZZ_LARGE"`
	Unsigned uint16        `env:"INFISICAL_FUZZ_UNSIGNED"`
	Wait     time.Duration `env:"INFISICAL_FUZZ_WAIT" default:"1m"`
}

// Theirs is the same, declared as the other decoder has it.
type Theirs struct {
	Text     string        `envconfig:"INFISICAL_FUZZ_TEXT" default:"some text"`
	Flag     bool          `envconfig:"INFISICAL_FUZZ_FLAG"`
	Whole    int           `envconfig:"INFISICAL_FUZZ_WHOLE" default:"5"`
	Small    int8          `envconfig:"INFISICAL_FUZZ_SMALL"`
	Large    int64         `envconfig:"INFISICAL_FUZZ_LARGE"`
	Unsigned uint16        `envconfig:"INFISICAL_FUZZ_UNSIGNED"`
	Wait     time.Duration `envconfig:"INFISICAL_FUZZ_WAIT" default:"1m"`
}

// Another decoder, which reads the process's environment, comes to the same
// values and refuses the same texts. It knows no empty variable that is unset,
// and none of our types.
func FuzzDecodeAgainstOracle(f *testing.F) {
	f.Add("x", "true", "1", "-1", "0x10", "65535", "90s")
	f.Add("a,b", "yes", "1e3", "128", "", "-1", "5")
	f.Add("", "", "", "", "", "", "")
	f.Fuzz(func(t *testing.T, text, flag, whole, small, large, unsigned, wait string) {
		given := map[string]string{
			"INFISICAL_FUZZ_TEXT": text, "INFISICAL_FUZZ_FLAG": flag, "INFISICAL_FUZZ_WHOLE": whole, "INFISICAL_FUZZ_SMALL": small,
			"INFISICAL_FUZZ_LARGE": large, "INFISICAL_FUZZ_UNSIGNED": unsigned, "INFISICAL_FUZZ_WAIT": wait,
		}
		var environ []string
		for name, value := range given {
			if strings.ContainsFunc(value, unicode.IsControl) || !utf8.ValidString(value) {
				t.Skip("we refuse it, whatever it is")
			}
			if value != "" {
				environ = append(environ, name+"="+value)
				t.Setenv(name, value)
			}
		}
		var ours Ours
		var theirs Theirs
		err := NewSource(Fields(ours), nil, environ).Decode(&ours)
		wrong := kelsey.Process("", &theirs)
		if (err == nil) != (wrong == nil) {
			t.Fatalf("we say %v, the other says %v", err, wrong)
		}
		if err == nil && ours != Ours(theirs) {
			t.Errorf("we have %+v, the other has %+v", ours, theirs)
		}
	})
}

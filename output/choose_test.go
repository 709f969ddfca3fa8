package output

import (
	"errors"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
)

func TestChoose(t *testing.T) {
	// Where a token goes follows from what was asked for, and what is named counts alone.
	t.Parallel()
	for _, test := range []struct {
		names    string
		occasion Occasion
		path     bool
		want     string
		says     string
	}{
		{"", Occasion{}, false, "stdout", ""},
		{"", Occasion{}, true, "file", ""},
		{"", Occasion{Command: true}, false, "child", ""},
		{"", Occasion{Command: true}, true, "file child", ""},
		{"", Occasion{Person: true}, false, "keyring", ""},
		{"", Occasion{Person: true, Plain: true}, false, "keyring stdout", ""},
		{"", Occasion{Person: true, Command: true, Plain: true}, false, "child", ""},
		{"", Occasion{Person: true}, true, "file", ""},
		{"", Occasion{Plain: true}, false, "stdout", ""},
		{"keyring file", Occasion{Person: true, Plain: true}, false, "file keyring", ""},
		{"stdout", Occasion{Command: true}, true, "stdout", ""},
		{"child stdout file", Occasion{Command: true}, false, "file child stdout", ""},
		{"sdtout", Occasion{}, false, "", `unknown sink "sdtout"; did you mean "stdout"?`},
		{"FILE", Occasion{}, false, "", `did you mean "file"?`},
		{"elsewhere", Occasion{}, false, "", `unknown sink "elsewhere"; use one of file, github, keyring, memfd, child, stdout`},
		{"child memfd", Occasion{Command: true}, false, "", "exclude each other"},
		{"file stdout file", Occasion{}, false, "", `sink "file" is named twice`},
	} {
		lookup := func(name string) (string, bool) {
			return "/token", test.path && name == "INFISICAL_LOGIN_TOKEN_PATH"
		}
		rows, err := Choose(strings.Fields(test.names), test.occasion, lookup)
		if test.says != "" {
			var setting *config.Error
			if !errors.As(err, &setting) || !strings.Contains(err.Error(), test.says) || setting.Flag != "output" {
				t.Errorf("%q: got %v, want %q", test.names, err, test.says)
			}
			continue
		}
		var got []string
		for _, row := range rows {
			got = append(got, row.Name)
		}
		if err != nil || strings.Join(got, " ") != test.want {
			t.Errorf("%q, %+v, path %v: got %q, %v; want %q", test.names, test.occasion, test.path, got, err, test.want)
		}
	}
}

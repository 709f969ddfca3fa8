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
		names   string
		command bool
		path    bool
		want    string
		says    string
	}{
		{"", false, false, "stdout", ""},
		{"", false, true, "file", ""},
		{"", true, false, "child", ""},
		{"", true, true, "file child", ""},
		{"stdout", true, true, "stdout", ""},
		{"child stdout file", true, false, "stdout file child", ""},
		{"sdtout", false, false, "", `unknown sink "sdtout"; did you mean "stdout"?`},
		{"FILE", false, false, "", `did you mean "file"?`},
		{"elsewhere", false, false, "", `unknown sink "elsewhere"; use one of stdout, file, github, memfd, child`},
		{"child memfd", true, false, "", "exclude each other"},
		{"file stdout file", false, false, "", `sink "file" is named twice`},
	} {
		lookup := func(name string) (string, bool) {
			return "/token", test.path && name == "INFISICAL_LOGIN_TOKEN_PATH"
		}
		rows, err := Choose(strings.Fields(test.names), test.command, lookup)
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
			t.Errorf("%q, command %v, path %v: got %q, %v; want %q", test.names, test.command, test.path, got, err, test.want)
		}
	}
}

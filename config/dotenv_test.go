package config

import (
	"maps"
	"strings"
	"testing"
)

// An env file is read as dotenv files are, without any expansion.
func TestParseDotenv(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, text string
		want       map[string]string
	}{
		{"nothing", "", nil},
		{"comments and empty lines", "# A=1\n\n  \t\n\t# B=2", nil},
		{"bare values", "A=1\nB = two words \nC=\nD=a=b\n", map[string]string{"A": "1", "B": "two words", "C": "", "D": "a=b"}},
		{"a byte order mark and CRLF", "\ufeffA=1\r\nB='2'\r\nC=\"3\"\r\n", map[string]string{"A": "1", "B": "2", "C": "3"}},
		{"export", "export A=1\n\texport  B=2\nexportC=3\n", map[string]string{"A": "1", "B": "2", "exportC": "3"}},
		{"comments after values", "A=1 # x\nB='2' # x\nC=\"3\"\t# x\nD= # x\n", map[string]string{"A": "1", "B": "2", "C": "3", "D": ""}},
		{"a # that begins no comment", "A=#1\nB=a#b\nC='# c'\n", map[string]string{"A": "#1", "B": "a#b", "C": "# c"}},
		{"single quotes are literal", `A='\n $HOME "x"'`, map[string]string{"A": `\n $HOME "x"`}},
		{"escapes in double quotes", `A="\\ \" \$ \n\r\t 'x' $HOME` + " \\`\"", map[string]string{"A": "\\ \" $ \n\r\t 'x' $HOME `"}},
		{"no escapes and no quotes within bare values", `A=C:\new"x"`, map[string]string{"A": `C:\new"x"`}},
		{"quoted values over several lines", "A='1\n2'\nB=\"3\n4\"\nC=5", map[string]string{"A": "1\n2", "B": "3\n4", "C": "5"}},
		{"the same again", "A=1\nA='1'", map[string]string{"A": "1"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got, _, err := parseDotenv(test.text)
			if err != nil || !maps.Equal(got, test.want) {
				t.Errorf("got %q, %v, want %q", got, err, test.want)
			}
		})
	}
}

// An error names the line and never the text.
func TestParseDotenvErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no assignment", "A=1\n\ncanary", "line 3: not NAME=value"},
		{"no name", "=canary", "line 1: not NAME=value"},
		{"a bad name", "can-ary=1", "line 1: not NAME=value"},
		{"export of nothing", "export canary", "line 1: not NAME=value"},
		{"an open single quote", "A='1\n2'\nB='canary\n", "line 3: a single quote is not closed"},
		{"an open double quote", "A=\"canary\\\"", "line 1: a double quote is not closed"},
		{"text after a quote", "A='1'canary", "line 1: text follows a closing quote"},
		{"an unknown escape", `A="C:\canary"`, `line 1: an unknown escape in double quotes; write \\ for a backslash, or use single quotes`},
		{"a backslash at the end", `A="\`, `line 1: an unknown escape in double quotes; write \\ for a backslash, or use single quotes`},
		{"NUL", "A=1\nB='canary\x00'", "line 2: a value cannot hold NUL"},
		{"another value", "A=1\nB='x\ny'\nA=canary", "line 4: A has another value on line 1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			values, _, err := parseDotenv(test.text)
			if err == nil || err.Error() != test.want || values != nil {
				t.Errorf("got %q, %v, want %q", values, err, test.want)
			}
		})
	}
}

// Whatever a file holds, it is refused by line or read, and what was read can be
// written down and read again.
func FuzzParseDotenv(f *testing.F) {
	for _, seed := range []string{"A=1\nexport B='x y' # c\n", "A=\"\\n\\\"\"\n", "\ufeffA=#\r\n", "A='\n'", "A", "A=\"\\x\""} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		values, lines, err := parseDotenv(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "line ") {
				t.Errorf("an error without a line: %v", err)
			}
			return
		}
		var written strings.Builder
		for name, value := range values {
			if line := lines[name]; line < 1 || line > strings.Count(text, "\n")+1 {
				t.Errorf("%s stands on line %d", name, line)
			}
			written.WriteString(name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(value) + "\"\n")
		}
		again, _, err := parseDotenv(written.String())
		if err != nil || !maps.Equal(again, values) {
			t.Errorf("%q became %q, %v", values, again, err)
		}
	})
}

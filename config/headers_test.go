package config

import (
	"net/http"
	"reflect"
	"strings"
	"testing"
)

// Headers are written as the official CLI has them written.
func TestHeaders(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want Headers
	}{
		{"A=1", Headers{{"A", "1"}}},
		{` X-Key=abc==  Other="a b" ` + "\n", Headers{{"X-Key", "abc=="}, {"Other", "a b"}}},
		{`A='a "b" \' B="a \"b\" \\ \c" C= D=it's`, Headers{{"A", `a "b" \`}, {"B", `a "b" \ \c`}, {"C", ""}, {"D", "it's"}}},
		{`A="a` + "\t" + `b"`, Headers{{"A", "a\tb"}}},
	}
	for _, test := range tests {
		var got Headers
		if err := got.UnmarshalText([]byte(test.text)); err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %d headers, %v", test.text, len(got), err)
		}
	}
}

// What would break a request is refused, by its place and not by its text.
func TestHeadersErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, want string }{
		{" ", "there is no header; write Key=value"},
		{"A=1 canary", "header 2 is not Key=value"},
		{"X-Key: canary=", "header 1 is not Key=value"},
		{"=canary", "header 1 is not Key=value: its name holds something that no header's name can"},
		{"can(ary)=1", "header 1 is not Key=value: its name holds something that no header's name can"},
		{"ä=canary", "header 1 is not Key=value: its name holds something that no header's name can"},
		{`A="canary`, "header 1 has a quote that is not closed"},
		{`A="1"canary`, "header 1 goes on after a closing quote"},
		{"A='1\r\nB: canary'", "header 1 has a control character in its value"},
		{"A=\x00", "header 1 has a control character in its value"},
		{"A=1 B=2 a=canary", "header 3 has the name of header 1"},
		{"host=canary", "header 1 is Host, which every request sets by itself"},
		{"Content-length=1", "header 1 is Content-Length, which every request sets by itself"},
		{"Transfer-Encoding=chunked", "header 1 is Transfer-Encoding, which every request sets by itself"},
		{"connection=close", "header 1 is Connection, which every request sets by itself"},
		{"user-agent=x", "header 1 is User-Agent, which every request sets by itself"},
	}
	for _, test := range tests {
		var got Headers
		if err := got.UnmarshalText([]byte(test.text)); err == nil || err.Error() != test.want || got != nil {
			t.Errorf("%q: got %v, want %s", test.text, err, test.want)
		}
	}
}

// Whatever is taken, net/http can send.
func FuzzHeaders(f *testing.F) {
	for _, seed := range []string{`Key=value Other="a b"`, `A='x' B=`, "A=\"\\\"\"", "A", "A=\x7f", "Host=x", "A=1 a=2"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var headers Headers
		if headers.UnmarshalText([]byte(text)) != nil {
			return
		}
		request, err := http.NewRequest(http.MethodGet, "http://h/", nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range headers {
			if len(request.Header.Values(h.Name)) > 0 {
				t.Errorf("%q is there twice", h.Name)
			}
			request.Header.Set(h.Name, h.Value.Reveal())
		}
		var sent strings.Builder
		if err := request.Write(&sent); err != nil {
			t.Fatal(err)
		}
		// Request line, Host, User-Agent and an empty line are there anyway.
		if lines := strings.Count(sent.String(), "\n"); lines != len(request.Header)+4 {
			t.Errorf("%d headers became %q", len(headers), sent.String())
		}
	})
}

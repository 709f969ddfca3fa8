package config

import (
	"encoding"
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A type takes what makes sense, in one form, and says what is wrong with the rest.
func TestTypes(t *testing.T) {
	t.Parallel()
	const id = "6f2f3a0e-0000-4000-8000-00000000abcd"
	const notUUID = "error: the value is not a UUID, which is 32 hexadecimal digits as 8-4-4-4-12"
	tests := map[string][]struct{ text, want string }{
		"UUID": {
			{id, id}, {strings.ToUpper(id), id},
			{"canary", notUUID}, {"{" + id + "}", notUUID}, {" " + id, notUUID}, {strings.ReplaceAll(id, "-", ""), notUUID},
			{strings.Replace(id, "-", "0", 1), notUUID}, {strings.Replace(id, "6", "g", 1), notUUID}, {strings.Replace(id, "6", "-", 1), notUUID},
		},
		"Mode": {
			{"0600", "0600"}, {"600", "0600"}, {"0o640", "0640"}, {"0", "0000"}, {"777", "0777"},
			{"1777", `error: "1777" is not an octal mode from 0000 to 0777, such as 0600`},
			{"0x1ff", `error: "0x1ff" is not an octal mode from 0000 to 0777, such as 0600`},
			{"800", `error: "800" is not an octal mode from 0000 to 0777, such as 0600`},
			{"rw-------", `error: "rw-------" is not an octal mode from 0000 to 0777, such as 0600`},
			{"0o", `error: "0o" is not an octal mode from 0000 to 0777, such as 0600`},
			{"-1", `error: "-1" is not an octal mode from 0000 to 0777, such as 0600`},
		},
		"Duration": {
			{"90s", "1m30s"}, {"1h30m", "1h30m0s"}, {"200ms", "200ms"}, {"0", "0s"}, {"1.5s", "1.5s"},
			{"60", `error: "60" has no unit; write 60s for seconds`},
			{"-1s", `error: "-1s" is negative`},
			{"1d", `error: "1d" is not a duration such as 90s, 5m or 1h30m`},
			{"9999999h", `error: "9999999h" is not a duration such as 90s, 5m or 1h30m`},
			{"", `error: "" is not a duration such as 90s, 5m or 1h30m`},
		},
		"Count": {
			{"0", "0"}, {"5", "5"}, {"010", "10"}, {"2147483647", "2147483647"},
			{"2147483648", `error: "2147483648" is not a whole number from 0 to 2147483647`},
			{"-1", `error: "-1" is not a whole number from 0 to 2147483647`},
			{"1.5", `error: "1.5" is not a whole number from 0 to 2147483647`},
			{"0x10", `error: "0x10" is not a whole number from 0 to 2147483647`},
		},
		"Port": {
			{"1", "1"}, {"08080", "8080"}, {"65535", "65535"},
			{"0", `error: "0" is not a port from 1 to 65535`},
			{"65536", `error: "65536" is not a port from 1 to 65535`},
			{"http", `error: "http" is not a port from 1 to 65535`},
		},
		"List": {
			{"a", "a"}, {" a , b\t,c", "a,b,c"}, {"a,a", "a,a"},
			{"", `error: item 1 of the list "" is empty`},
			{"a,", `error: item 2 of the list "a," is empty`},
			{"a, ,b", `error: item 2 of the list "a, ,b" is empty`},
		},
		"URL": {
			{"https://vault.example.com", "https://vault.example.com"},
			{"http://localhost:8080/", "http://localhost:8080"},
			{"https://vault.example.com/api", "https://vault.example.com"},
			{"https://vault.example.com/api/", "https://vault.example.com"},
			{"https://vault.example.com//api//", "https://vault.example.com"},
			{"https://vault.example.com/api/api", "https://vault.example.com"},
			{"HTTPS://Vault.Example.COM:443/Sub/api", "https://vault.example.com/Sub"},
			{"http://h:80", "http://h"}, {"https://h:80", "https://h:80"},
			{"https://h/a%2Fb/apiary", "https://h/a%2Fb/apiary"},
			{"https://[::1]:8443/", "https://[::1]:8443"}, {"http://10.0.0.1", "http://10.0.0.1"}, {"http://my_service.ns", "http://my_service.ns"},
			{"us", "https://us.infisical.com"}, {"EU", "https://eu.infisical.com"},
			{"vault.example.com", `error: "vault.example.com" has no scheme; write https://vault.example.com`},
			{"Vault.example.com:8443/sub/api/", `error: "Vault.example.com:8443/sub/api/" has no scheme; write https://vault.example.com:8443/sub`},
			{"localhost:8080", `error: "localhost:8080" has no scheme; write http://localhost:8080`},
			{"//h", `error: "//h" has no scheme; write https://h`},
			{"http:/h", `error: "http:/h" has no scheme; write http://h`},
			{"https:h", `error: "https:h" has no scheme; write https://h`},
			{"https:", `error: the URL has no scheme; write it like https://vault.example.com, or us or eu`},
			{"", `error: the URL has no scheme; write it like https://vault.example.com, or us or eu`},
			{"h?canary", `error: the URL has no scheme; write it like https://vault.example.com, or us or eu`},
			{"ftp://h", `error: the URL is neither http nor https; write it like https://vault.example.com`},
			{"u:canary://h", `error: the URL is neither http nor https; write it like https://vault.example.com`},
			{"https://u:canary@h", `error: the URL must not hold a user name or password`},
			{"u:canary@h", `error: the URL must not hold a user name or password`},
			{"https://u:12345678/canary@h", `error: the URL must not hold a user name or password`},
			{"https://h/?canary", `error: the URL must not hold a query or a fragment`},
			{"https://h?", `error: the URL must not hold a query or a fragment`},
			{"https://h/#canary", `error: the URL must not hold a query or a fragment`},
			{"https://a b", `error: the URL holds white space or a control character`},
			{"https://h\x00", `error: the URL holds white space or a control character`},
			{"https://", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https:///path", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https://:80", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https://a,b", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https://a..b", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https://<domain>", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https://$DOMAIN", `error: the URL has no proper host; write it like https://vault.example.com`},
			{"https://h:", `error: the URL has a colon and no port after its host`},
			{"https://h:0", `error: the URL's port "0" is not a number from 1 to 65535`},
			{"https://h:65536", `error: the URL's port "65536" is not a number from 1 to 65535`},
			{"https://h:x", `error: the URL is malformed; write it like https://vault.example.com`},
			{"https://[10.0.0.1]", `error: the URL is malformed; write it like https://vault.example.com`},
			{"https://h/%zz", `error: the URL is malformed; write it like https://vault.example.com`},
		},
	}
	empty := map[string]func() encoding.TextUnmarshaler{
		"UUID":     func() encoding.TextUnmarshaler { return new(UUID) },
		"Mode":     func() encoding.TextUnmarshaler { return new(Mode) },
		"Duration": func() encoding.TextUnmarshaler { return new(Duration) },
		"Count":    func() encoding.TextUnmarshaler { return new(Count) },
		"Port":     func() encoding.TextUnmarshaler { return new(Port) },
		"List":     func() encoding.TextUnmarshaler { return new(List) },
		"URL":      func() encoding.TextUnmarshaler { return new(URL) },
	}
	for name, rows := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, row := range rows {
				value := empty[name]()
				var got string
				if err := value.UnmarshalText([]byte(row.text)); err != nil {
					got = "error: " + err.Error()
				} else {
					got = fmt.Sprint(reflect.ValueOf(value).Elem())
				}
				if got != row.want {
					t.Errorf("%q: got %s, want %s", row.text, got, row.want)
				}
			}
		})
	}
}

// An error never repeats more of a text than fits on a line.
func TestQuote(t *testing.T) {
	t.Parallel()
	err := new(Duration).UnmarshalText([]byte(strings.Repeat("x", 100_000)))
	if err == nil || len(err.Error()) > 2*maxQuoted {
		t.Errorf("%d bytes", len(err.Error()))
	}
}

// What the domain takes is an address that can be used, and taking it again
// changes nothing: the launched command may be another of us.
func FuzzURL(f *testing.F) {
	for _, seed := range []string{"https://vault.example.com/api/", "us", "h:80", "http://[::1]:80/a/../api", "https://u:p@h", "https://ä.example/%2f", "http:h", "https://api/"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var first, second URL
		if err := first.UnmarshalText([]byte(text)); err != nil {
			if first != "" {
				t.Errorf("%q is refused and taken", first)
			}
			return
		}
		parsed, err := url.Parse(string(first))
		if err != nil || parsed.Host == "" || parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
			t.Errorf("%q: %v", first, err)
		}
		if path := parsed.EscapedPath(); strings.HasSuffix(path, "/") || strings.HasSuffix(path, "/api") {
			t.Errorf("%q is not bare", first)
		}
		if err := second.UnmarshalText([]byte(first)); err != nil || second != first {
			t.Errorf("%q became %q, %v", first, second, err)
		}
	})
}

// A duration is what Go says it is, and never negative.
func FuzzDuration(f *testing.F) {
	for _, seed := range []string{"90s", "1h30m", "0", "60", "-1s", "1d", "+5m", ".5s", "9223372036854775807ns"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		var d Duration
		err := d.UnmarshalText([]byte(text))
		want, wrong := time.ParseDuration(text)
		if (err == nil) != (wrong == nil && want >= 0) || err == nil && d.Std() != want {
			t.Errorf("%q: got %v, %v, Go says %v, %v", text, d, err, want, wrong)
		}
	})
}

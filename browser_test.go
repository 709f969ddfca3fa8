package main

import (
	"slices"
	"strings"
	"testing"
)

// Each system has its own command for an address; BROWSER comes first, a Windows
// beneath us before a desktop of Linux, and without a desktop there is nothing.
func TestBrowsers(t *testing.T) {
	t.Parallel()
	const address = "https://infisical.example.com/login?callback_port=1"
	const windows = "url.dll,FileProtocolHandler " + address
	for _, test := range []struct {
		system, environ string
		want            []string
	}{
		{"linux", "", nil},
		{"linux", "DISPLAY=:0", []string{"xdg-open " + address}},
		{"freebsd", "WAYLAND_DISPLAY=wayland-0", []string{"xdg-open " + address}},
		{"linux", "WSL_DISTRO_NAME=Debian", []string{"wslview " + address, "rundll32.exe " + windows}},
		{"linux", "WSL_DISTRO_NAME=Debian DISPLAY=:0", []string{"wslview " + address, "rundll32.exe " + windows, "xdg-open " + address}},
		{"linux", "BROWSER=firefox:w3m", []string{"firefox " + address, "w3m " + address}},
		{"linux", "BROWSER=:: DISPLAY=:0", []string{"xdg-open " + address}},
		{"darwin", "", []string{"open " + address}},
		{"darwin", "DISPLAY=:0 BROWSER=lynx", []string{"lynx " + address, "open " + address}},
		{"windows", "WSL_DISTRO_NAME=Debian", []string{"rundll32 " + windows}},
	} {
		lookup := func(name string) (string, bool) {
			for entry := range strings.FieldsSeq(test.environ) {
				if value, is := strings.CutPrefix(entry, name+"="); is {
					return value, true
				}
			}
			return "", false
		}
		var got []string
		for _, words := range browsers(test.system, lookup, address) {
			got = append(got, strings.Join(words, " "))
		}
		if !slices.Equal(got, test.want) {
			t.Errorf("%s with %q:\n%q\nnot\n%q", test.system, test.environ, got, test.want)
		}
	}
}

// A command of BROWSER says where the address belongs; it is one word, whatever
// it holds, and no shell sees it.
func TestAddressInBrowser(t *testing.T) {
	t.Parallel()
	const address = "https://h/login?a=1&b=$(id)"
	for given, want := range map[string][]string{
		"firefox":                      {"firefox", address},
		"firefox -P work":              {"firefox", "-P", "work", address},
		"chromium --app=%s --new":      {"chromium", "--app=" + address, "--new"},
		"remote %s --and-again %s end": {"remote", address, "--and-again", address, "end"},
	} {
		if got := withAddress(strings.Fields(given), address); !slices.Equal(got, want) {
			t.Errorf("%q: %q, not %q", given, got, want)
		}
	}
}

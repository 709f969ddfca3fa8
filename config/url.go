package config

import (
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// URL is the address of an Infisical instance: http or https, the host in lower
// case, a path if there is one, without /api, a trailing slash, the scheme's own
// port, user, query or fragment.
type URL string

// shortURLs returns the names of Infisical's own clouds.
func shortURLs() map[string]URL {
	return map[string]URL{"us": "https://us.infisical.com", "eu": "https://eu.infisical.com"}
}

// UnmarshalText implements encoding.TextUnmarshaler. The error gives the text
// that was probably meant, and repeats none that may hold a password.
func (u *URL) UnmarshalText(text []byte) error {
	value := string(text)
	if known, short := shortURLs()[strings.ToLower(value)]; short {
		*u = known
		return nil
	}
	switch {
	case strings.ContainsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }):
		return errors.New("the URL holds white space or a control character")
	case strings.Contains(value, "@"): // wherever it stands: a password may hold a slash
		return errors.New("the URL must not hold a user name or password")
	}
	scheme, _, found := strings.Cut(value, "://")
	if !found {
		return withoutScheme(value)
	}
	if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" {
		return errors.New("the URL is neither http nor https; write it like https://vault.example.com")
	}
	normal, err := normalURL(value)
	*u = normal
	return err
}

// withoutScheme returns the error of a text that is no URL for want of a scheme.
func withoutScheme(text string) error {
	scheme := "https://"
	rest := strings.TrimLeft(text, ":/")
	for _, wrong := range []string{"https:", "http:"} {
		if len(text) > len(wrong) && strings.EqualFold(text[:len(wrong)], wrong) {
			scheme, rest = wrong+"//", strings.TrimLeft(text[len(wrong):], ":/")
		}
	}
	if host, _, _ := strings.Cut(rest, ":"); host == "localhost" || host == "127.0.0.1" {
		scheme = "http://"
	}
	meant, err := normalURL(scheme + rest)
	if err != nil {
		return errors.New("the URL has no scheme; write it like https://vault.example.com, or us or eu")
	}
	return fmt.Errorf("%s has no scheme; write %s", quote(text), meant)
}

// normalURL brings a text that has a scheme into the form of [URL].
func normalURL(text string) (URL, error) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil: // url's own error quotes any password
		return "", errors.New("the URL is malformed; write it like https://vault.example.com")
	case strings.ContainsAny(text, "?#"):
		return "", errors.New("the URL must not hold a query or a fragment")
	}
	host, err := normalHost(parsed)
	if err != nil {
		return "", err
	}
	return URL(strings.ToLower(parsed.Scheme) + "://" + host + normalPath(parsed.EscapedPath())), nil
}

// normalHost returns host and port, the port only if it is not the scheme's own.
func normalHost(parsed *url.URL) (string, error) {
	name, port := strings.ToLower(parsed.Hostname()), parsed.Port()
	if !isHost(name) {
		return "", errors.New("the URL has no proper host; write it like https://vault.example.com")
	}
	if strings.HasPrefix(parsed.Host, "[") {
		if address, err := netip.ParseAddr(name); err != nil || !address.Is6() {
			return "", errors.New("what the URL has in brackets is not an IPv6 address")
		}
		name = "[" + name + "]"
	}
	if port == "" && strings.HasSuffix(parsed.Host, ":") {
		return "", errors.New("the URL has a colon and no port after its host")
	}
	if port == "" {
		return name, nil
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil || number == 0 {
		return "", fmt.Errorf("the URL's port %s is not a number from 1 to 65535", quote(port))
	}
	own := map[string]uint64{"http": 80, "https": 443}
	if number == own[strings.ToLower(parsed.Scheme)] {
		return name, nil
	}
	return name + ":" + strconv.FormatUint(number, 10), nil
}

// isHost reports whether a text can be the name or address of a host. Letters
// beyond ASCII are left to net/http, which knows how to encode them.
func isHost(name string) bool {
	for _, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
		if !letter && !strings.ContainsRune("-._:", r) {
			return false
		}
	}
	return name != "" && !strings.HasPrefix(name, ".") && !strings.Contains(name, "..")
}

// normalPath drops what every client adds by itself: /api, and slashes at the end.
func normalPath(path string) string {
	for {
		shorter := strings.TrimSuffix(strings.TrimRight(path, "/"), "/api")
		if shorter == path {
			return path
		}
		path = shorter
	}
}

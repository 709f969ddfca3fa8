package methods

import (
	"encoding/base64"
	"strings"
	"testing"
	"unicode"

	"github.com/infisical-login/infisical-login/config"
)

// presentableText fails unless a stranger's text, as it is to be shown, is one short line.
func presentableText(t *testing.T, text string) {
	t.Helper()
	if len(text) > 5000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("unfit to be shown: %q", text)
	}
}

// Whatever a service says of a failure can be shown, and does not hold the secret
// that it was sent, echoed as it was.
func FuzzExcerpt(f *testing.F) {
	for _, text := range []string{
		`{"error":"access_denied","error_description":"not you"}`, `{"message":"no role"}`, `{"error":{"message":"no account"}}`, "<html>", "\x1b[2J\u202e", "hush-5417", `{"message":"hush-\u00355417"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		secret := config.Secret("hush-5417")
		said := query{Secrets: []config.Secret{secret}}.excerpt(answer)
		presentableText(t, said)
		if strings.Contains(said, secret.Reveal()) {
			t.Errorf("%q of %q", said, answer)
		}
	})
}

// What an error of Infisical's says can be shown, and does not hold what was sent.
func FuzzExplain(f *testing.F) {
	for _, text := range []string{
		`{"reqId":"req-1","statusCode":401,"message":"Invalid credentials","error":"UnauthorizedError"}`, `{"message":[{"path":["a",0],"message":"Required"}]}`,
		`{"message":null,"error":5}`, `{"message":{"a":"b"}}`, `{"message":"hush-5417 ` + "\u2028" + `"}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		fields, err := object(text)
		if err != nil {
			presentableText(t, err.Error())
			return
		}
		secret := config.Secret("hush-5417")
		p, _ := explain(fields)
		said := p.said([]config.Secret{secret})
		presentableText(t, said)
		if strings.Contains(said, secret.Reveal()) {
			t.Errorf("%q of %q", said, text)
		}
	})
}

// The audiences of any text can be asked for, and those of a JWT are found.
func FuzzAudiences(f *testing.F) {
	for _, text := range []string{`{"aud":"a"}`, `{"aud":["a","b"]}`, `{"aud":5}`, `{"aud":null}`, `{}`, `[]`, ""} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, claims []byte) {
		_ = audiences(config.Secret(claims))
		_ = audiences(config.Secret("e30." + base64.RawURLEncoding.EncodeToString(claims) + ".c2ln"))
	})
}

// A configuration file of Oracle Cloud's, whatever it holds, gives whole lines.
func FuzzOCIProfile(f *testing.F) {
	for _, text := range []string{"[DEFAULT]\nuser=a\n", "[DEFAULT]\nuser: a\n[other]\nkey_file = ~/b # c\n", "[", "=", "[]\n=\n", "[DEFAULT\r\nuser=a\r\n"} {
		f.Add(text, "DEFAULT")
	}
	f.Fuzz(func(t *testing.T, text, profile string) {
		values, err := ociProfile(text, profile)
		for key, value := range values {
			if err != nil || strings.Contains(key+value, "\n") {
				t.Errorf("%q: %q, %v", key, value, err)
			}
		}
	})
}

// What somebody pastes in place of a session is a session or an error that holds
// nothing of it.
func FuzzPasted(f *testing.F) {
	for _, text := range []string{`{"JTWToken":"a","email":"b"}`, `{"JTWToken":5}`, `{}`, `[]`, ""} {
		f.Add(text)
		f.Add(base64.StdEncoding.EncodeToString([]byte(text)))
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func() (session, error){func() (session, error) { return pasted(text) }, func() (session, error) { return decodeSession([]byte(text)) }} {
			if s, err := read(); (err == nil) == (s.Token == "") {
				t.Errorf("%q: %v, %v", text, s, err)
			}
		}
	})
}

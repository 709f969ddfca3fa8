package methods

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"unicode"

	"github.com/infisical-login/infisical-login/config"
)

func FuzzAnswer(f *testing.F) {
	// Whatever is answered, there is either one good token, or an error that can
	// be printed and holds no secret.
	f.Add(200, `{"accessToken":"a.b.c","expiresIn":3600,"accessTokenMaxTTL":1e300}`)
	f.Add(200, `{"accessToken":"a","accessToken":"b"}`)
	f.Add(200, `<html>`)
	f.Add(422, `{"reqId":"req-1","message":[{"path":["a",0,null],"message":"hunter2"}],"error":"ValidationFailure"}`)
	f.Add(404, `{"message":"Route POST:/x not found","error":"Not Found"}`)
	f.Add(429, `{"message":"in 999999 hours"}`)
	f.Add(302, ``)
	settings := Server{Domain: "http://infisical.test", Timeout: 1}
	c, err := settings.Client()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, status int, text string) {
		response := &http.Response{StatusCode: status, Header: http.Header{"Location": {text}, "Retry-After": {text}}}
		a, err := c.read(request{what: "the login", method: "x"}, response, []byte(text), []config.Secret{"hunter2"})
		if err == nil {
			if !json.Valid([]byte(text)) {
				t.Errorf("not JSON: %q", text)
			}
			got, err := c.token(a)
			if err == nil && (got.Secret == "" || strings.ContainsFunc(got.Secret.Reveal(), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })) {
				t.Errorf("token %q", got.Secret.Reveal())
			}
			if got.ExpiresIn < 0 || got.MaxTTL < 0 {
				t.Errorf("lives %v, %v", got.ExpiresIn, got.MaxTTL)
			}
			return
		}
		said := err.Error()
		if strings.ContainsFunc(said, unicode.IsControl) || len(said) > 2000 || strings.Contains(said, "hunter2") {
			t.Errorf("error %q", said)
		}
	})
}

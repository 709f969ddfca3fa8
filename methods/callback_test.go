package methods

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// Of all that the login page posts one session counts, the first: what was no
// session does not use the chance up, a second one is refused and looked at by
// nobody. The page may know us as localhost.
func TestCallbackIsGoodForOneSession(t *testing.T) {
	t.Parallel()
	var accepted []string
	c := &callback{origin: "https://infisical.test", host: "127.0.0.1:4711", accept: func(s session) error {
		accepted = append(accepted, s.Email)
		return nil
	}}
	for i, test := range []struct {
		host, body string
		want       int
	}{
		{c.host, "nonsense", 400},
		{c.host, `{"JTWToken":"` + strings.Repeat("a", maxCallback) + `"}`, 413},
		{"localhost:4711", strings.Replace(goodSession, "ada", "eve", 1), 200},
		{c.host, goodSession, 409},
		{c.host, goodSession, 409},
	} {
		request := httptest.NewRequest(http.MethodPost, "http://"+test.host+"/", strings.NewReader(test.body))
		request.Header.Set("Origin", c.origin)
		request.Header.Set("Content-Type", "application/json; charset=utf-8")
		answer := httptest.NewRecorder()
		c.ServeHTTP(answer, request)
		if answer.Code != test.want {
			t.Errorf("post %d: status %d, not %d: %s", i, answer.Code, test.want, answer.Body)
		}
	}
	if len(accepted) != 1 || accepted[0] != "eve@example.com" {
		t.Errorf("accepted: %q", accepted)
	}
}

// Who does not log in within ten minutes has run out of time, which is no refusal.
func TestBrowserLimit(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		b := &browsing{User: &User{Browser: true}, client: &Client{Person: newAtBrowser()}, ended: make(chan outcome, 1)}
		_, err := b.wait(t.Context())
		failed, ok := err.(*Error)
		if !ok || failed.Kind != Unavailable || !strings.Contains(failed.Message, "within 10 minutes") {
			t.Errorf("%v", err)
		}
		if took := time.Since(begun); took != 10*time.Minute {
			t.Errorf("after %v", took)
		}
	})
}

package infisicaltest_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestFaultsThatAnswer(t *testing.T) {
	// Each fault answers with the status and the body that its name says.
	t.Parallel()
	tests := []struct {
		name   string
		fault  infisicaltest.Fault
		status int
		body   string
	}{
		{"page", infisicaltest.HTML, 200, "<!doctype html>"},
		{"empty object", infisicaltest.EmptyObject, 200, "{}"},
		{"null token", infisicaltest.NullToken, 200, `"accessToken":null`},
		{"empty token", infisicaltest.EmptyToken, 200, `"accessToken":""`},
		{"token with newline", infisicaltest.Token("a\nb"), 200, `"accessToken":"a\nb"`},
		{"token with NUL", infisicaltest.Token("a\x00b"), 200, `"accessToken":"a\u0000b"`},
		{"token that is a number", infisicaltest.Token(7), 200, `"accessToken":7`},
		{"deep", infisicaltest.Deep(5), 200, `{"accessToken":[[[[[]]]]]}`},
		{"too many requests", infisicaltest.Status(429, "Retry-After", "3"), 429, `"error":"RateLimitExceeded"`},
		{"down", infisicaltest.Status(503), 503, "503 Service Unavailable"},
		{"broken", infisicaltest.Status(500), 500, `"message":"Something went wrong"`},
		{"message that is a list", infisicaltest.Message(422, []string{"one"}), 422, `"message":["one"]`},
		{"message with escape", infisicaltest.Message(400, "\x1b[31m"), 400, `"message":"\u001b[31m"`},
		{"echo", infisicaltest.Echo(400), 400, "sesame"},
		{"redirect", infisicaltest.Redirect(307, "http://elsewhere.test/"), 307, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := infisicaltest.New(infisicaltest.G3)
			srv.Fault(test.fault)
			status, header, body := post(t, srv.Start(t)+universalPath, `{"clientId":"me","clientSecret":"sesame"}`)
			if status != test.status || !strings.Contains(body, test.body) {
				t.Errorf("got %d %s", status, body)
			}
			if got := header.Get("Retry-After"); (got == "3") != (status == 429) {
				t.Errorf("Retry-After is %q", got)
			}
			if got := srv.Requests(); len(got) != 1 || got[0].Status != test.status || got[0].Field("clientSecret") != "sesame" {
				t.Errorf("recorded %+v", got)
			}
		})
	}
}

func TestMessageLeftOut(t *testing.T) {
	// A message of nil is not there at all.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	srv.Fault(infisicaltest.Message(400, nil))
	if _, _, body := post(t, srv.Start(t), "{}"); strings.Contains(body, "message") {
		t.Errorf("got %s", body)
	}
}

func TestFaultsThatBreakTheConnection(t *testing.T) {
	// A reset, a cut and an endless answer are errors of the client's transport, over TCP and TLS.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	url := srv.Start(t)
	srv.Fault(infisicaltest.Reset, "/reset")
	srv.Fault(infisicaltest.Cut, "/cut")
	_, err := http.Get(url + "/reset")
	if !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("reset: got %v", err)
	}
	response, err := http.Get(url + "/cut")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if _, err := io.ReadAll(response.Body); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut: got %v", err)
	}
	if _, err := http.Get("http://" + infisicaltest.Refused(t)); !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("refused: got %v", err)
	}
}

func TestFaultsThatTakeTime(t *testing.T) {
	// Silence, trickling and slowness last as long as they say, by the bubble's clock.
	t.Parallel()
	tests := []struct {
		name  string
		fault infisicaltest.Fault
		good  bool // within a minute
	}{
		{"silent", infisicaltest.Silent, false},
		{"trickle", infisicaltest.Trickle(time.Second), false},
		{"slow", infisicaltest.Slow(30 * time.Second), true},
		{"slower", infisicaltest.Slow(90 * time.Second), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				srv := infisicaltest.New(infisicaltest.G3)
				srv.Fault(test.fault)
				client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{DialContext: srv.Dial}}
				request, err := http.NewRequestWithContext(t.Context(), "GET", srv.StartMemory(t)+"/api/status", nil)
				if err != nil {
					t.Fatal(err)
				}
				request.Header.Set("User-Agent", "cli")
				start := time.Now()
				response, err := client.Do(request)
				if err == nil {
					_, err = io.ReadAll(response.Body)
				}
				if (err == nil) != test.good {
					t.Errorf("got error %v", err)
				}
				if took := time.Since(start); !test.good && took != time.Minute || test.good && took != 30*time.Second {
					t.Errorf("took %v", took)
				}
			})
		})
	}
}

func TestBigAnswers(t *testing.T) {
	// A huge token is as long as asked for, a compressed one too, in few bytes on the wire.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	url := srv.Start(t)
	const size = 8 << 20
	srv.Fault(infisicaltest.Huge(size), "/huge")
	srv.Fault(infisicaltest.GzipBomb(size), "/bomb")
	for _, path := range []string{"/huge", "/bomb"} {
		_, _, body := post(t, url+path, "{}")
		if len(body) != size+len(`{"accessToken":""}`) {
			t.Errorf("%s: got %d bytes", path, len(body))
		}
	}
	plain := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	response, err := plain.Get(url + "/bomb")
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if packed, err := io.ReadAll(response.Body); err != nil || len(packed) > size/100 {
		t.Errorf("got %d bytes, %v", len(packed), err)
	}
}

func TestFaultsCompose(t *testing.T) {
	// A fault applies to its paths and as often as it was told, and then the server is itself again.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	url := srv.Start(t)
	srv.FaultNext(2, infisicaltest.Status(502), "/api/*")
	srv.FaultNext(1, infisicaltest.Status(503))
	var got []int
	for _, path := range []string{"/elsewhere", "/api/status", "/api/status", "/api/status"} {
		got = append(got, ask(t, http.DefaultClient, "GET", url+path, nil).status)
	}
	if got[0] != 503 || got[1] != 502 || got[2] != 502 || got[3] != 200 {
		t.Errorf("got %v", got)
	}
	srv.Fault(infisicaltest.HTML)
	srv.Heal()
	if healed := ask(t, http.DefaultClient, "GET", url+"/api/status", nil); healed.text("message") != "Ok" {
		t.Errorf("after healing: %d %v", healed.status, healed.body)
	}
}

func TestFaultsThatChangeTheAnswer(t *testing.T) {
	// The answer is the server's own but for the one thing that is wrong.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	url := srv.Start(t)
	srv.FaultNext(1, infisicaltest.ContentType("text/plain"))
	if got := ask(t, http.DefaultClient, "GET", url+"/api/status", nil); got.header.Get("Content-Type") != "text/plain" || got.text("message") != "Ok" {
		t.Errorf("got %v %v", got.header, got.body)
	}
	srv.FaultNext(1, infisicaltest.SkewDate(-time.Hour))
	got := ask(t, http.DefaultClient, "GET", url+"/api/status", nil)
	if date, err := http.ParseTime(got.header.Get("Date")); err != nil || time.Since(date) < 59*time.Minute || got.text("message") != "Ok" {
		t.Errorf("got %v %v", got.header, got.body)
	}
}

// post sends a body with a client that follows no redirect.
func post(t *testing.T, url, body string) (int, http.Header, string) {
	t.Helper()
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	request, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User-Agent", "cli")
	request.Header.Set("Content-Type", "application/json")
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, response.Header, string(raw)
}

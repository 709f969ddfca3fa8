package methods

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/infisicaltest"
	"github.com/infisical-login/infisical-login/methods/token"
)

const loginPath = "/api/v1/auth/universal-auth/login"

// standin starts a server of a generation that knows one identity, and returns
// it with a method that logs in.
func standin(t *testing.T, generation infisicaltest.Generation) (*infisicaltest.Server, func() (Method, error)) {
	t.Helper()
	server := infisicaltest.New(generation)
	auth := new(infisicaltest.Universal)
	server.Add(infisicaltest.Identity{Auth: auth})
	return server, func() (Method, error) {
		return &universal{ClientID: config.UUID(auth.ClientID), ClientSecret: config.Secret(auth.ClientSecret)}, nil
	}
}

// login logs in by universal-auth and returns the error as ours.
func login(t *testing.T, c *Client, fresh func() (Method, error)) (token.Token, *Error) {
	t.Helper()
	got, err := c.Login(t.Context(), row(t, "universal-auth"), fresh)
	if err == nil {
		return got, nil
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("an error that main cannot judge: %v", err)
	}
	return got, failed
}

func TestLoginAgainstEveryGeneration(t *testing.T) {
	// Every generation of the server gives a token whose deadline is known, and
	// has nothing to complain of.
	t.Parallel()
	for _, generation := range []infisicaltest.Generation{infisicaltest.G1, infisicaltest.G2, infisicaltest.G3} {
		server, fresh := standin(t, generation)
		got, err := login(t, client(t, server.Start(t), nil), fresh)
		if err != nil {
			t.Fatal(err)
		}
		if _, known := got.Deadline(); !known || got.Domain != server.URL || got.Skew != 0 {
			t.Errorf("token %+v", got)
		}
		if n := len(server.Requests()); n != 1 {
			t.Errorf("%d requests", n)
		}
	}
}

func TestAnswers(t *testing.T) {
	// Whatever a server answers, the error has the right kind, says what is the
	// matter and what to do, and costs the right number of requests.
	t.Parallel()
	const all = 6 // attempts
	for _, test := range []struct {
		name     string
		fault    infisicaltest.Fault
		kind     Kind
		requests int
		want     []string
	}{
		{"a page", infisicaltest.HTML, Protocol, 1, []string{"not Infisical", "not a JSON object", "INFISICAL_DOMAIN", "--domain"}},
		{"an empty object", infisicaltest.EmptyObject, Protocol, 1, []string{"no good accessToken", "empty"}},
		{"a null token", infisicaltest.NullToken, Protocol, 1, []string{"no good accessToken"}},
		{"an empty token", infisicaltest.EmptyToken, Protocol, 1, []string{"no good accessToken"}},
		{"a number as token", infisicaltest.Token(5), Protocol, 1, []string{"no good accessToken"}},
		{"a newline in the token", infisicaltest.Token("a\nb"), Protocol, 1, []string{"white space"}},
		{"NUL in the token", infisicaltest.Token("a\x00b"), Protocol, 1, []string{"control character"}},
		{"ESC in the token", infisicaltest.Token("a\x1bb"), Protocol, 1, []string{"control character"}},
		{"a huge token", infisicaltest.Huge(512 << 20), Protocol, 1, []string{"longer than 1048576 bytes"}},
		{"a gzip bomb", infisicaltest.GzipBomb(512 << 20), Protocol, 1, []string{"not a JSON object"}},
		{"deep nesting", infisicaltest.Deep(400_000), Protocol, 1, []string{"not a JSON object"}},
		{"a bit of nesting", infisicaltest.Deep(10), Protocol, 1, []string{"no good accessToken"}},
		{"a key twice", infisicaltest.Body(200, "application/json", `{"accessToken":"a","accessToken":"b"}`), Protocol, 1, []string{"twice"}},
		{"another object behind", infisicaltest.Body(200, "application/json", `{"accessToken":"a"}{}`), Protocol, 1, []string{"goes on"}},
		{"garbage behind", infisicaltest.Body(200, "application/json", `{"accessToken":"a"}]`), Protocol, 1, []string{"goes on"}},
		{"cut JSON", infisicaltest.Body(200, "application/json", `{"accessToken":"a"`), Protocol, 1, []string{"not a JSON object"}},
		{"an array", infisicaltest.Body(200, "application/json", `[{"accessToken":"a"}]`), Protocol, 1, []string{"not a JSON object"}},
		{"nothing", infisicaltest.Body(204, "application/json", ``), Protocol, 1, []string{"not a JSON object"}},
		{"wrong case of the key", infisicaltest.Body(200, "application/json", `{"ACCESSTOKEN":"a"}`), Protocol, 1, []string{"no good accessToken"}},
		{"a redirect", infisicaltest.Redirect(307, "https://evil.example/steal?x=1"), Protocol, 1, []string{"redirects", "https://evil.example,", "not followed"}},
		{"a redirect to nowhere", infisicaltest.Redirect(302, ""), Protocol, 1, []string{"redirects"}},
		{"400", infisicaltest.Status(400), Refused, 1, []string{"status 400", "Something is not as it should be", "reqId req-"}},
		{"401", infisicaltest.Status(401), Refused, 1, []string{"refused the login by universal-auth with status 401: Invalid credentials"}},
		{"403", infisicaltest.Status(403), Refused, 1, []string{"status 403"}},
		{"404 of something", infisicaltest.Status(404), Refused, 1, []string{"status 404", "requested entity"}},
		{"404 of the route", infisicaltest.Body(404, "application/json", `{"message":"Route POST:/api/v1/auth/x/login not found","error":"Not Found","statusCode":404}`), Protocol, 1, []string{"this server does not know universal-auth", "too old"}},
		{"404 with a page", infisicaltest.Body(404, "text/html", "<h1>gone</h1>"), Protocol, 1, []string{"status 404 and not with Infisical's JSON"}},
		{"403 of a firewall", infisicaltest.Body(403, "application/json", `{"blocked":true}`), Protocol, 1, []string{"status 403 and not with"}},
		{"issues as of today", infisicaltest.Message(422, []any{map[string]any{"path": []any{"list", 0, "clientId"}, "message": "Required"}, map[string]any{"message": "Bad"}}), Refused, 1, []string{"status 422: list.0.clientId: Required, Bad (reqId"}},
		{"no message", infisicaltest.Message(400, nil), Refused, 1, []string{"status 400: BadRequest"}},
		{"a message of a wrong type", infisicaltest.Message(400, 7), Refused, 1, []string{"status 400: BadRequest"}},
		{"control characters", infisicaltest.Message(400, "a\x1b[2Jb\u202ec"), Refused, 1, []string{`a\x1b[2Jb\u202ec`}},
		{"a long message", infisicaltest.Message(400, strings.Repeat("x", 9000)), Refused, 1, []string{"xxx..."}},
		{"408", infisicaltest.Status(408), Unavailable, all, []string{"status 408"}},
		{"425", infisicaltest.Status(425), Unavailable, all, []string{"status 425"}},
		{"429 without a time", infisicaltest.Body(429, "application/json", `{"message":"Failed to acquire lock: rate limit exceeded","error":"RateLimitExceeded"}`), Unavailable, all, []string{"status 429: Failed to acquire lock"}},
		{"429 for too long", infisicaltest.Status(429), Unavailable, 1, []string{"status 429", "the server asks to wait 1m0s", "INFISICAL_LOGIN_TIMEOUT", "--timeout"}},
		{"500", infisicaltest.Status(500), Unavailable, all, []string{"status 500: Something went wrong (reqId"}},
		{"502", infisicaltest.Status(502), Unavailable, all, []string{"failed the login by universal-auth with status 502"}},
		{"503", infisicaltest.Status(503), Unavailable, all, nil},
		{"504", infisicaltest.Status(504), Unavailable, all, nil},
		{"503 for too long", infisicaltest.Status(503, "Retry-After", "3600"), Unavailable, 1, []string{"wait 1h0m0s"}},
		{"reset", infisicaltest.Reset, Unavailable, all, []string{"no answer from 127.0.0.1", "connection reset"}},
		{"cut short", infisicaltest.Cut, Unavailable, all, []string{"the connection was cut"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			server, fresh := standin(t, infisicaltest.G3)
			server.Fault(test.fault)
			events := 0
			c := client(t, server.Start(t), nil)
			c.Report = func(e Event) {
				if events++; e.Attempt != events || e.Err == nil {
					t.Errorf("event %+v, number %d", e, events)
				}
			}
			got, err := login(t, c, fresh)
			if err == nil {
				t.Fatalf("logged in: %v", got)
			}
			if err.Kind != test.kind || got.Secret != "" {
				t.Errorf("kind %d, want %d: %v", err.Kind, test.kind, err)
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
			if strings.ContainsAny(err.Error(), "\n\r\x1b\x00") || len(err.Error()) > 700 {
				t.Errorf("unfit to print: %q", err)
			}
			if n := len(server.Requests()); n != test.requests || events != test.requests-1 {
				t.Errorf("%d requests and %d events, want %d requests", n, events, test.requests)
			}
		})
	}
}

func TestTheBodyDecides(t *testing.T) {
	// A good token counts under any content type and under none.
	t.Parallel()
	for _, kind := range []string{"", "text/html", "application/octet-stream"} {
		server, fresh := standin(t, infisicaltest.G3)
		server.Fault(infisicaltest.ContentType(kind))
		if _, err := login(t, client(t, server.Start(t), nil), fresh); err != nil {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

func TestRedirectTargetGetsNothing(t *testing.T) {
	// No redirect is followed, so that nobody else is sent the credentials.
	t.Parallel()
	thief, _ := standin(t, infisicaltest.G3)
	there := thief.Start(t)
	for _, status := range []int{301, 302, 303, 307, 308} {
		server, fresh := standin(t, infisicaltest.G3)
		server.Fault(infisicaltest.Redirect(status, there+loginPath))
		if _, err := login(t, client(t, server.Start(t), nil), fresh); err == nil || err.Kind != Protocol || !strings.Contains(err.Error(), there) {
			t.Errorf("%d: %v", status, err)
		}
	}
	if n := len(thief.Requests()); n != 0 {
		t.Errorf("%d requests to the target", n)
	}
}

func TestProofIsFreshForEachAttempt(t *testing.T) {
	// Settings are decoded and proofs made anew for each attempt.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	server.FaultNext(2, infisicaltest.Status(502))
	decoded := 0
	_, err := login(t, client(t, server.Start(t), nil), func() (Method, error) {
		decoded++
		return fresh()
	})
	if err != nil || decoded != 3 {
		t.Errorf("decoded %d times: %v", decoded, err)
	}
}

func TestFreshErrorIsFinal(t *testing.T) {
	// Settings that become wrong between attempts end the login, as they are.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	server.Fault(infisicaltest.Status(502))
	broken := &config.Error{Name: "INFISICAL_X", Message: "broken"}
	decoded := 0
	_, err := client(t, server.Start(t), nil).Login(t.Context(), row(t, "universal-auth"), func() (Method, error) {
		if decoded++; decoded > 1 {
			return nil, broken
		}
		return fresh()
	})
	if !errors.Is(err, broken) || len(server.Requests()) != 1 {
		t.Errorf("%v after %d requests", err, len(server.Requests()))
	}
}

func TestEchoedSecretsAreRedacted(t *testing.T) {
	// A server that repeats what it was sent does not get a secret into a
	// message, wherever the secret was.
	t.Parallel()
	for _, status := range []int{400, 401, 500} {
		server, _ := standin(t, infisicaltest.G3)
		server.Lenient = true // it dislikes the white space
		server.Fault(infisicaltest.Echo(status))
		c := client(t, server.Start(t), func(s *Server) { s.Retry.Max = 0 })
		_, err := login(t, c, func() (Method, error) {
			return &universal{ClientID: testID, ClientSecret: " hunter2 of\tall "}, nil
		})
		if err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "[redacted]") {
			t.Errorf("%d: %v", status, err)
		}
	}
}

func TestRedactLongestFirst(t *testing.T) {
	// A secret that is a part of another does not leave the rest of that.
	t.Parallel()
	secrets := []config.Secret{"pass", "password-of-all\n", ""}
	if got := redact("no password-of-all and no pass here", secrets); got != "no [redacted] and no [redacted] here" {
		t.Errorf("%q", got)
	}
}

func TestRedactOnce(t *testing.T) {
	// What stands for a secret is not searched for secrets again.
	t.Parallel()
	if got := redact("a jwt", []config.Secret{"jwt", "a", "red"}); got != "[redacted] [redacted]" {
		t.Errorf("%q", got)
	}
}

func TestOtherRegion(t *testing.T) {
	// A cloud's refusal of unknown credentials hints at its other region.
	t.Parallel()
	for domain, want := range map[string]string{
		"https://app.infisical.com": "INFISICAL_DOMAIN=eu",
		"https://us.infisical.com":  "INFISICAL_DOMAIN=eu",
		"https://eu.infisical.com":  "INFISICAL_DOMAIN=us",
		"https://infisical.example": "",
	} {
		c := client(t, domain, nil)
		response := &http.Response{StatusCode: 401, Header: http.Header{}}
		_, err := c.read(request{what: "the login", method: "universal-auth"}, response, []byte(`{"message":"Invalid credentials","error":"UnauthorizedError"}`), nil)
		if got := strings.Contains(err.Error(), "other region"); got != (want != "") || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", domain, err)
		}
	}
}

func TestCancellationKeepsItsCause(t *testing.T) {
	// A login that is interrupted says by what, so that main can end likewise.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	ctx, cancel := context.WithCancelCause(t.Context())
	stop := errors.New("signal")
	server.Fault(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		cancel(stop)
		infisicaltest.Silent(w, r, next)
	})
	_, err := client(t, server.Start(t), nil).Login(ctx, row(t, "universal-auth"), fresh)
	if !errors.Is(err, stop) {
		t.Errorf("error %v", err)
	}
}

func TestUnreachable(t *testing.T) {
	// A server that is not there is unavailable, after all attempts.
	t.Parallel()
	for domain, want := range map[string]string{
		"http://" + infisicaltest.Refused(t): "connection refused",
		"http://no-such-host.invalid":        "no answer from no-such-host.invalid",
	} {
		events := 0
		c := client(t, domain, nil)
		c.Report = func(Event) { events++ }
		_, err := login(t, c, withUniversal)
		if err == nil || err.Kind != Unavailable || !strings.Contains(err.Error(), want) || events != 5 {
			t.Errorf("%s: %v after %d events", domain, err, events)
		}
	}
}

func TestCustomHeaders(t *testing.T) {
	// Custom headers reach Infisical with each request, and what is in them
	// reaches no message.
	t.Parallel()
	server, fresh := standin(t, infisicaltest.G3)
	headers := config.Headers{{Name: "cf-access-client-id", Value: "abc"}, {Name: "X-Key", Value: "hunter2"}}
	c := client(t, server.Start(t), func(s *Server) { s.Headers = headers })
	if _, err := login(t, c, fresh); err != nil {
		t.Fatal(err)
	}
	sent := server.Requests()[0].Header
	if sent.Get("Cf-Access-Client-Id") != "abc" || sent.Get("X-Key") != "hunter2" || sent.Get("User-Agent") != userAgent {
		t.Errorf("headers %v", sent)
	}
	server.Fault(infisicaltest.Message(403, "key hunter2 is wrong"))
	if _, err := login(t, c, fresh); err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("error %v", err)
	}
}

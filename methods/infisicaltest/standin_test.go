package infisicaltest_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// answer is what a test got.
type answer struct {
	status int
	header http.Header
	body   map[string]any
}

func (a answer) text(name string) string {
	text, _ := a.body[name].(string)
	return text
}

// ask sends a JSON body, or none if it is nil.
func ask(t *testing.T, client *http.Client, method, url string, body any, header ...string) answer {
	t.Helper()
	var reader io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		reader = bytes.NewReader(text)
	}
	request, err := http.NewRequestWithContext(t.Context(), method, url, reader)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("User-Agent", "cli")
	if body != nil {
		request.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	response, err := client.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	got := answer{status: response.StatusCode, header: response.Header}
	raw, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = json.Unmarshal(raw, &got.body) // some answers are no JSON
	return got
}

type object = map[string]any

const universalPath = "/api/v1/auth/universal-auth/login"

func TestServedOnAPort(t *testing.T) {
	// A login over plain HTTP is answered with the four fields.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	universal := &infisicaltest.Universal{}
	srv.Add(infisicaltest.Identity{Auth: universal, TTL: time.Minute, MaxTTL: time.Hour})
	got := ask(t, http.DefaultClient, "POST", srv.Start(t)+universalPath, object{"clientId": universal.ClientID, "clientSecret": universal.ClientSecret})
	if got.status != 200 || got.body["expiresIn"] != 60.0 || got.body["accessTokenMaxTTL"] != 3600.0 || got.text("tokenType") != "Bearer" || got.text("accessToken") == "" {
		t.Errorf("got %d %v", got.status, got.body)
	}
}

func TestServedWithTLS(t *testing.T) {
	// A client that trusts the server's authority gets through, on a port and in memory.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(srv.CA())
	trusting := &tls.Config{RootCAs: roots}
	url := srv.StartTLS(t)
	if got := ask(t, &http.Client{Transport: &http.Transport{TLSClientConfig: trusting}}, "GET", url+"/api/status", nil); got.status != 200 {
		t.Errorf("on a port: got %d", got.status)
	}
	srv.StartMemory(t)
	inMemory := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting, DialContext: srv.Dial}}
	if got := ask(t, inMemory, "GET", "https://infisical.test/api/status/", nil); got.status != 200 {
		t.Errorf("in memory: got %d", got.status)
	}
}

func TestClockInBubble(t *testing.T) {
	// In a bubble the clock moves while a client sleeps, and a token runs out.
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		srv := infisicaltest.New(infisicaltest.G3)
		universal := &infisicaltest.Universal{}
		srv.Add(infisicaltest.Identity{Auth: universal, TTL: time.Minute})
		url := srv.StartMemory(t)
		client := &http.Client{Transport: &http.Transport{DialContext: srv.Dial}}
		login := ask(t, client, "POST", url+universalPath, object{"clientId": universal.ClientID, "clientSecret": universal.ClientSecret})
		bearer := "Bearer " + login.text("accessToken")
		if got := ask(t, client, "GET", url+"/api/v1/identities/details", nil, "Authorization", bearer); got.status != 200 {
			t.Fatalf("got %d %v", got.status, got.body)
		}
		time.Sleep(time.Hour)
		if got := ask(t, client, "GET", url+"/api/v1/identities/details", nil, "Authorization", bearer); got.status != 403 || got.text("error") != "TokenError" {
			t.Errorf("got %d %v", got.status, got.body)
		}
	})
}

package infisicaltest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

func TestComplaints(t *testing.T) {
	// What the real server forgives is noted, one sentence each, and a good request has none.
	t.Parallel()
	good := http.Header{"User-Agent": {"cli"}, "Content-Type": {"application/json"}}
	tests := []struct {
		name      string
		change    func(h http.Header)
		query     string
		body      string
		status    int
		complaint string // a part of the only one
	}{
		{name: "good", body: `{"clientId":"a","clientSecret":"b"}`, status: 401},
		{name: "no agent", change: func(h http.Header) { h["User-Agent"] = []string{""} }, body: `{"clientId":"a","clientSecret":"b"}`, status: 401, complaint: "no User-Agent"},
		{name: "default agent", change: func(h http.Header) { h.Del("User-Agent") }, body: `{"clientId":"a","clientSecret":"b"}`, status: 401, complaint: "default of a library"},
		{name: "authorization", change: func(h http.Header) { h.Set("Authorization", "Bearer x") }, body: `{"clientId":"a","clientSecret":"b"}`, status: 403, complaint: "Authorization header"},
		{name: "cookie", change: func(h http.Header) { h.Set("Cookie", "jid=x") }, body: `{"clientId":"a","clientSecret":"b"}`, status: 401, complaint: "Cookie"},
		{name: "query", query: "?x=y", body: `{"clientId":"a","clientSecret":"b"}`, status: 401, complaint: "query string"},
		{name: "unknown field", body: `{"clientId":"a","clientSecret":"b","x":1}`, status: 401, complaint: `"x" is unknown`},
		{name: "repeated field", body: `{"clientId":"a","clientSecret":"b","clientId":"c"}`, status: 401, complaint: `"clientId" is there more than once`},
		{name: "white space", body: `{"clientId":"a","clientSecret":"b\n"}`, status: 401, complaint: `"clientSecret" has white space`},
		{name: "empty body", body: ``, status: 500, complaint: "Content-Type without a body"},
		{name: "no content type", change: func(h http.Header) { h.Del("Content-Type") }, body: `{"clientId":"a","clientSecret":"b"}`, status: 422, complaint: "body without Content-Type"},
		{name: "no JSON", body: `{"clientId": `, status: 500},
		{name: "form", change: func(h http.Header) { h.Set("Content-Type", "application/x-www-form-urlencoded") }, body: `clientId=a&clientSecret=b`, status: 401},
		{name: "too big", body: `{"clientId":"` + strings.Repeat("a", 1<<20) + `"}`, status: 500},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			srv := infisicaltest.New(infisicaltest.G3)
			srv.Lenient = true
			request, err := http.NewRequestWithContext(t.Context(), "POST", srv.Start(t)+universalPath+test.query, strings.NewReader(test.body))
			if err != nil {
				t.Fatal(err)
			}
			request.Header = good.Clone()
			if test.change != nil {
				test.change(request.Header)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
			complaints := srv.Complaints()
			if response.StatusCode != test.status {
				t.Errorf("got %d, %s", response.StatusCode, srv.Requests()[0].Why)
			}
			if test.complaint == "" && len(complaints) > 0 || test.complaint != "" && (len(complaints) != 1 || !strings.Contains(complaints[0], test.complaint)) {
				t.Errorf("got %q", complaints)
			}
		})
	}
}

func TestComplaintsFailTheTest(t *testing.T) {
	// A test that is not lenient fails at its end if a client misbehaved.
	t.Parallel()
	judge := &judge{TB: t}
	srv := infisicaltest.New(infisicaltest.G3)
	url := srv.Start(judge)
	response, err := http.Post(url+universalPath, "application/json", strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	judge.end()
	if len(judge.errors) != 1 || !strings.Contains(judge.errors[0], "User-Agent") {
		t.Errorf("got %q", judge.errors)
	}
}

// judge is a test that notes its errors.
type judge struct {
	infisicaltest.TB
	cleanups []func()
	errors   []string
}

func (j *judge) Cleanup(f func()) { j.cleanups = append(j.cleanups, f) }

func (j *judge) Errorf(format string, args ...any) {
	j.errors = append(j.errors, fmt.Sprintf(format, args...))
}

func (j *judge) end() {
	for _, f := range j.cleanups {
		f()
	}
}

func TestValuesAreTrimmed(t *testing.T) {
	// The server forgives white space around a secret; the stand-in does too, but says so.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	srv.Lenient = true
	universal := &infisicaltest.Universal{}
	srv.Add(infisicaltest.Identity{Auth: universal})
	got := ask(t, http.DefaultClient, "POST", srv.Start(t)+universalPath, object{"clientId": universal.ClientID, "clientSecret": universal.ClientSecret + "\n"})
	if got.status != 200 || len(srv.Complaints()) != 1 {
		t.Errorf("got %d %v, %q", got.status, got.body, srv.Complaints())
	}
}

func TestFaultsAreInspectedToo(t *testing.T) {
	// A request that a fault answers is inspected like any other.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	srv.Lenient = true
	srv.Fault(infisicaltest.HTML)
	ask(t, http.DefaultClient, "POST", srv.Start(t)+universalPath, object{}, "Authorization", "Bearer x")
	if got := srv.Complaints(); len(got) != 1 {
		t.Errorf("got %q", got)
	}
}

func TestAddressNotTrusted(t *testing.T) {
	// An identity that is not trusted from here is refused at the login, and its token at each use.
	t.Parallel()
	srv := infisicaltest.New(infisicaltest.G3)
	universal := &infisicaltest.Universal{}
	id := srv.Add(infisicaltest.Identity{Auth: universal, Elsewhere: true})
	url := srv.Start(t)
	const message = "You are not allowed to access this resource from the current IP address"
	wants(t, ask(t, http.DefaultClient, "POST", url+universalPath, object{"clientId": universal.ClientID, "clientSecret": universal.ClientSecret}), 403, message)
	wants(t, ask(t, http.DefaultClient, "GET", url+"/api/v1/identities/details", nil, "Authorization", "Bearer "+srv.Mint(id.ID)), 403, message)
}

func TestStatus(t *testing.T) {
	// Only G3 tells the longest life of a token.
	t.Parallel()
	for generation := infisicaltest.G1; generation <= infisicaltest.G3; generation++ {
		srv := infisicaltest.New(generation)
		got := ask(t, http.DefaultClient, "GET", srv.Start(t)+"/api/status", nil)
		_, there := got.body["maxIdentityAccessTokenTTL"]
		if got.status != 200 || got.text("message") != "Ok" || there != (generation == infisicaltest.G3) {
			t.Errorf("got %d %v", got.status, got.body)
		}
	}
}

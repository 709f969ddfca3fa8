package infisicaltest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// A server that knows one identity, and a login that it takes.
func Example() {
	srv := infisicaltest.New(infisicaltest.G3)
	universal := &infisicaltest.Universal{}
	srv.Add(infisicaltest.Identity{Auth: universal, TTL: time.Hour})
	server := httptest.NewServer(srv) // in a test: srv.Start(t)
	defer server.Close()

	body, _ := json.Marshal(map[string]string{"clientId": universal.ClientID, "clientSecret": universal.ClientSecret})
	response, err := http.Post(server.URL+"/api/v1/auth/universal-auth/login", "application/json", bytes.NewReader(body))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer response.Body.Close()
	var answer struct {
		AccessToken string `json:"accessToken"`
		ExpiresIn   int    `json:"expiresIn"`
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(response.StatusCode, answer.AccessToken != "", answer.ExpiresIn)
	fmt.Println(srv.Requests()[0].Field("clientId") == universal.ClientID)
	for _, complaint := range srv.Complaints() {
		fmt.Println(complaint)
	}
	// Output:
	// 200 true 3600
	// true
	// POST /api/v1/auth/universal-auth/login: User-Agent is the default of a library, "Go-http-client/1.1"
}

// A server that is down twice and then well.
func ExampleServer_FaultNext() {
	srv := infisicaltest.New(infisicaltest.G3)
	server := httptest.NewServer(srv)
	defer server.Close()
	srv.FaultNext(2, infisicaltest.Status(503), "/api/status")
	for range 3 {
		response, err := http.Get(server.URL + "/api/status")
		if err != nil {
			fmt.Println(err)
			return
		}
		response.Body.Close()
		fmt.Println(response.StatusCode)
	}
	// Output:
	// 503
	// 503
	// 200
}

// A server in a bubble, where an hour passes at once.
func ExampleServer_StartMemory() {
	_ = func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			srv := infisicaltest.New(infisicaltest.G3)
			srv.Lenient = true // http.Client has no User-Agent of its own
			srv.Fault(infisicaltest.Slow(time.Hour))
			client := &http.Client{Transport: &http.Transport{DialContext: srv.Dial}}
			response, err := client.Get(srv.StartMemory(t) + "/api/status")
			if err != nil {
				t.Fatal(err)
			}
			defer response.Body.Close()
		})
	}
}

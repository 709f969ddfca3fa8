// Command smallest is the smallest program that logs in by universal-auth with
// net/http. It checks nothing and is here to be measured against.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	body, _ := json.Marshal(map[string]string{
		"clientId":     os.Getenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_ID"),
		"clientSecret": os.Getenv("INFISICAL_UNIVERSAL_AUTH_CLIENT_SECRET"),
	})
	request, _ := http.NewRequest("POST", os.Getenv("INFISICAL_DOMAIN")+"/api/v1/auth/universal-auth/login", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		os.Exit(1)
	}
	var answer struct{ AccessToken string }
	if json.NewDecoder(response.Body).Decode(&answer) != nil || answer.AccessToken == "" {
		os.Exit(1)
	}
	fmt.Println(answer.AccessToken)
}

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/infisical-login/infisical-login/methods/infisicaltest"
)

// echo answers as the server would, or with all that it was sent in every place
// from which a client may take something to tell.
func echo(status int) infisicaltest.Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		body, _ := io.ReadAll(r.Body) // from memory
		var sent map[string]any
		_ = json.Unmarshal(body, &sent)
		said := []string{string(body)}
		for _, value := range sent {
			said = append(said, fmt.Sprint(value))
		}
		for name, values := range r.Header {
			said = append(said, values...)
			w.Header().Set("X-Echo-"+name, values[0])
		}
		all := strings.Join(said, " ")
		w.Header().Set("Location", "https://"+strings.TrimPrefix(r.Header.Get("X-Mark"), "Bearer ")+".example/")
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]any{"reqId": all, "statusCode": status, "message": all, "error": all, "accessToken": "opaque", "tokenType": all})
	}
}

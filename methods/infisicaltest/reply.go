package infisicaltest

import (
	"encoding/json"
	"errors"
	"net/http"
)

// reply is the result of a route that is more than a JSON body with status 200.
type reply struct {
	status int // 200 if 0
	header http.Header
	// body is sent as JSON, or as it is if it is bytes.
	body any
}

// errorBody is the body of every error but that of a missing route.
type errorBody struct {
	ReqID      string `json:"reqId,omitempty"`
	StatusCode int    `json:"statusCode"`
	Message    any    `json:"message,omitempty"`
	Error      string `json:"error"`
}

// missingRoute is the framework's own body, which the server leaves as it is.
type missingRoute struct {
	Message    string `json:"message"`
	Error      string `json:"error"`
	StatusCode int    `json:"statusCode"`
}

func (s *Server) writeError(w http.ResponseWriter, err error) {
	f, ok := errors.AsType[*failure](err)
	if !ok {
		f, _ = errors.AsType[*failure](internal())
	}
	body := errorBody{StatusCode: f.status, Message: f.message, Error: f.name}
	if s.generation >= G2 {
		body.ReqID = "req-" + randomText(14)
	}
	writeJSON(w, f.status, body)
}

func writeResult(w http.ResponseWriter, result any) {
	r, ok := result.(reply)
	if !ok {
		writeJSON(w, http.StatusOK, result)
		return
	}
	for name, values := range r.header {
		w.Header()[name] = values
	}
	if r.status == 0 {
		r.status = http.StatusOK
	}
	if raw, ok := r.body.([]byte); ok {
		w.WriteHeader(r.status)
		_, _ = w.Write(raw) // the client may have gone
		return
	}
	writeJSON(w, r.status, r.body)
}

func writeJSON(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil {
		panic("infisicaltest: answer cannot be encoded: " + err.Error())
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write(text) // the client may have gone
}

package infisicaltest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"time"
)

// Request is one request that the server received.
type Request struct {
	Time   time.Time // by the server's clock
	Method string
	Path   string
	Query  string // raw, without the question mark
	Header http.Header
	Body   []byte
	Status int    // of the answer, 0 if there was none
	Why    string // why it was refused, in more words than the client is told
}

// Field returns a text of a JSON body, or nothing if there is none by that name.
func (r Request) Field(name string) string {
	var fields map[string]any
	_ = json.Unmarshal(r.Body, &fields) // a body that is no object has no fields
	text, _ := fields[name].(string)
	return text
}

// Requests returns what the server has received so far, the oldest first.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]Request, len(s.requests))
	for i, r := range s.requests {
		all[i] = *r
	}
	return all
}

// Complaints returns what clients did that the real server would forgive, one
// sentence each, the oldest first.
func (s *Server) Complaints() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.complaints)
}

func (s *Server) record(r *http.Request, body []byte) *Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	header := r.Header.Clone()
	header.Set("Host", r.Host)
	record := &Request{Time: s.Now(), Method: r.Method, Path: r.URL.Path, Query: r.URL.RawQuery, Header: header, Body: body}
	s.requests = append(s.requests, record)
	return record
}

func (s *Server) setStatus(record *Request, status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	record.Status = status
}

// withBody returns the request with its body unread again.
func withBody(r *http.Request, body []byte) *http.Request {
	again := r.WithContext(r.Context())
	again.Body = io.NopCloser(bytes.NewReader(body))
	return again
}

// statusWriter tells the status of an answer.
type statusWriter struct {
	http.ResponseWriter
	report func(int)
	wrote  bool
}

func (w *statusWriter) WriteHeader(status int) {
	if !w.wrote {
		w.wrote = true
		w.report(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *statusWriter) Write(p []byte) (int, error) {
	if !w.wrote {
		w.wrote = true
		w.report(http.StatusOK)
	}
	return w.ResponseWriter.Write(p)
}

// Unwrap serves [http.ResponseController].
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

package infisicaltest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strings"
)

// inspect notes what the real server would forgive in a request, if it is one
// that the server knows.
func (s *Server) inspect(r *http.Request, body []byte) {
	rt, known := s.route(r)
	if !known {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := &call{server: s, request: r, raw: body, route: rt}
	c.inspectHeaders()
	if media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "application/json" {
		for _, name := range repeatedKeys(body) {
			c.complain("field %q is there more than once", name)
		}
	}
}

func (c *call) inspectHeaders() {
	h := c.request.Header
	agent := h.Get("User-Agent")
	if agent == "" {
		c.complain("no User-Agent; several routes fail without one")
	}
	if strings.HasPrefix(agent, "Go-http-client/") {
		c.complain("User-Agent is the default of a library, %q", agent)
	}
	if c.route.noBearer && h.Get("Authorization") != "" {
		c.complain("Authorization header on a route that needs none; the server checks it first")
	}
	if c.route.noBearer && h.Get("Cookie") != "" {
		c.complain("Cookie header on a route that needs none")
	}
	if auth := h.Get("Authorization"); auth != "" && !strings.HasPrefix(auth, "Bearer ") {
		c.complain("Authorization does not start with %q", "Bearer ")
	}
	if c.route.noBearer && c.request.URL.RawQuery != "" {
		c.complain("query string on a route that has none")
	}
	if len(c.raw) == 0 && h.Get("Content-Type") != "" {
		c.complain("Content-Type without a body; the server fails with 500")
	}
	if len(c.raw) > 0 && h.Get("Content-Type") == "" {
		c.complain("body without Content-Type")
	}
}

// complain notes a mistake of the client's. The server's lock is held.
func (c *call) complain(format string, args ...any) {
	c.server.complaints = append(c.server.complaints,
		fmt.Sprintf("%s %s: ", c.request.Method, c.request.URL.Path)+fmt.Sprintf(format, args...))
}

// repeatedKeys returns the keys that a JSON object has more than once.
func repeatedKeys(raw []byte) []string {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	if start, err := decoder.Token(); err != nil || start != json.Delim('{') {
		return nil
	}
	seen := map[string]bool{}
	var repeated []string
	for decoder.More() {
		key, err := decoder.Token()
		if err != nil {
			return repeated
		}
		name, _ := key.(string)
		if seen[name] {
			repeated = append(repeated, name)
		}
		seen[name] = true
		var value json.RawMessage
		if decoder.Decode(&value) != nil {
			return repeated
		}
	}
	return repeated
}

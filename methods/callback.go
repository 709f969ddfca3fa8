package methods

import (
	"encoding/json"
	"io"
	"mime"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
)

// maxCallback bounds what is read of a posted session, in bytes. A session is
// below 4 KiB.
const maxCallback = 64 << 10

// callback takes the session that the instance's web application posts from a
// browser. Every page in that browser can reach it, so it believes none but those
// of the instance itself, and only once.
type callback struct {
	origin string // of the web application, as a browser sends it
	host   string // that we listen on
	accept func(session) error
	used   atomic.Bool
}

// ServeHTTP implements [http.Handler].
func (c *callback) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	_, port, _ := net.SplitHostPort(c.host)
	if r.Host != c.host && r.Host != net.JoinHostPort("localhost", port) {
		reply(w, http.StatusForbidden, "this is not the host that you asked for")
		return
	}
	if r.URL.Path != "/" {
		reply(w, http.StatusNotFound, "there is nothing here")
		return
	}
	w.Header().Set("Vary", "Origin")
	if r.Method != http.MethodOptions && r.Method != http.MethodPost {
		w.Header().Set("Allow", "OPTIONS, POST")
		reply(w, http.StatusMethodNotAllowed, "infisical-login waits here for the login page of "+c.origin)
		return
	}
	if r.Header.Get("Origin") != c.origin {
		reply(w, http.StatusForbidden, "only the login page of "+c.origin+" may log in here")
		return
	}
	c.share(w, r)
	if r.Method == http.MethodOptions {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	c.post(w, r)
}

// share allows the web application to post and to read the answer (Fetch, CORS
// protocol), also from a public site to the loopback interface (Private Network
// Access).
func (c *callback) share(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", c.origin)
	h.Set("Access-Control-Allow-Credentials", "true")
	h.Set("Access-Control-Allow-Methods", "POST, OPTIONS")
	h.Set("Access-Control-Allow-Headers", "Content-Type")
	if r.Header.Get("Access-Control-Request-Private-Network") == "true" {
		h.Set("Access-Control-Allow-Private-Network", "true")
	}
}

// post takes the one session.
func (c *callback) post(w http.ResponseWriter, r *http.Request) {
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		reply(w, http.StatusUnsupportedMediaType, "a session is posted as application/json")
		return
	}
	text, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxCallback))
	if err != nil {
		reply(w, http.StatusRequestEntityTooLarge, "that is too much for a session")
		return
	}
	s, err := decodeSession(text)
	if err != nil {
		reply(w, http.StatusBadRequest, err.Error())
		return
	}
	if c.used.Swap(true) {
		reply(w, http.StatusConflict, "a session has been handed over already")
		return
	}
	if err := c.accept(s); err != nil {
		reply(w, http.StatusUnauthorized, err.Error())
		return
	}
	reply(w, http.StatusOK, "you are logged in; go back to the terminal")
}

// reply answers with a message, as JSON, which no browser takes for a page.
func reply(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"message": message})
}

// origin returns the origin of an address as a browser sends it (RFC 6454): the
// scheme's own port is left out, which [config.URL] has done already.
func origin(address *url.URL) string { return address.Scheme + "://" + address.Host }

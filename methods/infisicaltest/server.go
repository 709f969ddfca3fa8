package infisicaltest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxBody is the largest body of a request that the Infisical server reads, in bytes.
const maxBody = 1 << 20

// Server is a stand-in Infisical server. Make it with [New]. It is an
// [http.Handler] and may be served by anything; Start, StartTLS and StartMemory
// are the short ways.
type Server struct {
	// URL is the address under which the server was started, without a slash at
	// the end and without /api. Empty before.
	URL string
	// Now is the server's clock, time.Now unless it is replaced before use.
	Now func() time.Time
	// Lenient keeps the Start functions from failing the test on complaints.
	Lenient bool

	generation Generation
	key        []byte // signs access tokens
	org        organization

	mu         sync.Mutex // guards everything below
	identities []*Identity
	tokens     map[string]*accessToken // by id
	suborgs    map[string]organization // by slug
	users      []*person
	sessions   map[string]*session // by id
	signedIn   string              // the e-mail of who is logged in to the web application
	shown      []string            // by its login pages
	requests   []*Request
	complaints []string
	faults     []*fault
	limits     limits
	lockouts   map[string]*lockout
	issuer     *Issuer
	authority  *authority
	memory     *memory
}

// New returns a server of a generation that knows no identity yet.
func New(generation Generation) *Server {
	return &Server{
		Now:        time.Now,
		generation: generation,
		key:        randomBytes(32),
		org:        organization{id: newUUID(), name: "Acme", slug: "acme"},
		tokens:     map[string]*accessToken{},
		suborgs:    map[string]organization{},
		sessions:   map[string]*session{},
		lockouts:   map[string]*lockout{},
	}
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	if err != nil {
		return // the client went away
	}
	record := s.record(r, body)
	s.inspect(r, body)
	honest := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.answer(w, r, body, record) })
	watched := &statusWriter{ResponseWriter: w, report: func(status int) { s.setStatus(record, status) }}
	if f := s.nextFault(r); f != nil {
		f(watched, withBody(r, body), honest)
		return
	}
	honest(watched, r)
}

// answer does what the real server would do.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, body []byte, record *Request) {
	if strings.HasPrefix(r.URL.Path, "/issuer/") {
		s.Issuer().ServeHTTP(w, r)
		return
	}
	if s.servePage(w, r, body) {
		return
	}
	rt, known := s.route(r)
	if !known {
		writeJSON(w, http.StatusNotFound, missingRoute{
			Message: fmt.Sprintf("Route %s:%s not found", r.Method, r.URL.RequestURI()), Error: "Not Found", StatusCode: http.StatusNotFound,
		})
		return
	}
	c := &call{server: s, request: r, raw: body, now: s.Now(), route: rt, header: http.Header{}}
	result, err := s.handle(c, record)
	for name, values := range c.header {
		w.Header()[name] = values
	}
	if err != nil {
		s.writeError(w, err)
		return
	}
	writeResult(w, result)
}

// handle runs the route while nobody else changes the server.
func (s *Server) handle(c *call, record *Request) (any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	result, err := s.run(c)
	if err != nil {
		record.Why = err.Error()
	}
	return result, err
}

// run runs the steps that all routes have in common, and the route.
func (s *Server) run(c *call) (any, error) {
	if c.route.noBearer && c.request.Header.Get("Authorization") != "" {
		// The server authenticates whatever it is sent, before the route runs.
		if _, err := s.bearer(c); err != nil {
			return nil, err
		}
	}
	if err := c.parse(); err != nil {
		return nil, err // the body is parsed before the limiter is asked
	}
	if err := s.limit(c); err != nil {
		return nil, err
	}
	return c.route.handle(s, c)
}

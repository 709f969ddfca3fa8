package infisicaltest

import (
	"net/http"
	"path"
	"strings"
)

// Requests a minute and client that the server allows by default, where it
// limits at all.
const (
	writeBucket = 200 // logins of machine identities, renewing, revoking
	readBucket  = 60
	authBucket  = 60 // logins of persons
	mfaBucket   = 20
)

// route is one thing the server does.
type route struct {
	method string
	path   string     // a star stands for one segment
	since  Generation // the first generation that has it
	until  Generation // the last one, 0 if it is still there
	bucket int        // requests a minute, 0 if not limited
	// noBearer marks a route that needs no authentication, so that sending an
	// Authorization header is a mistake: the server would check it first.
	noBearer bool
	handle   func(*Server, *call) (any, error)
}

// routes is all that the server does.
func routes() []route {
	var all []route
	all = append(all, loginRoutes()...)
	all = append(all, tokenRoutes()...)
	all = append(all, userRoutes()...)
	return all
}

// route finds what a request asks for. A slash at the end is ignored.
func (s *Server) route(r *http.Request) (route, bool) {
	asked := r.URL.Path
	if asked != "/" {
		asked = strings.TrimSuffix(asked, "/")
	}
	for _, rt := range routes() {
		if rt.method != r.Method || s.generation < rt.since || rt.until != 0 && s.generation > rt.until {
			continue
		}
		if ok, _ := path.Match(rt.path, asked); ok {
			return rt, true
		}
	}
	return route{}, false
}

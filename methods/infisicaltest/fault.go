package infisicaltest

import (
	"net/http"
	"path"
	"slices"
)

// Fault answers in place of the server. Next is what the server would have done;
// a fault may call it once.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// fault is a fault and where it applies.
type fault struct {
	answer Fault
	paths  []string // all if empty
	left   int      // requests that it still applies to, -1 for all
}

// Fault makes the server answer wrongly from now on, on the given paths or on
// all. In a path a star stands for one segment. Of several faults the one that
// was set first answers, until it is used up.
func (s *Server) Fault(f Fault, paths ...string) {
	s.addFault(&fault{answer: f, paths: paths, left: -1})
}

// FaultNext makes the server answer the next n requests wrongly.
func (s *Server) FaultNext(n int, f Fault, paths ...string) {
	s.addFault(&fault{answer: f, paths: paths, left: n})
}

// Heal removes all faults.
func (s *Server) Heal() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) addFault(f *fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, f)
}

// nextFault returns what is to answer a request instead, or nil.
func (s *Server) nextFault(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		applies := len(f.paths) == 0 || slices.ContainsFunc(f.paths, func(p string) bool {
			ok, _ := path.Match(p, r.URL.Path)
			return ok
		})
		if f.left == 0 || !applies {
			continue
		}
		if f.left > 0 {
			f.left--
		}
		return f.answer
	}
	return nil
}

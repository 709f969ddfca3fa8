package infisicaltest

import (
	"cmp"
	_ "embed"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// loginPage is the login page of the web application, as far as a program that
// opens it in a browser can tell.
//
//go:embed page.html
var loginPage []byte

// SignIn makes every browser that opens the login page one where a person is
// logged in already: the page goes on at once, as the real one does for somebody
// with one organization. An empty address is nobody, who is shown a form.
//
// With callback_port in its address the page posts the session to
// http://127.0.0.1:PORT/. If that fails it shows the session for somebody to copy.
func (s *Server) SignIn(email string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.signedIn = email
}

// Shown returns what the login pages have shown at their end, the oldest first: a
// title, and where something is to be copied a line with that.
func (s *Server) Shown() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.shown)
}

// servePage answers what is not of the API but of the web application. It reports
// whether it has answered.
func (s *Server) servePage(w http.ResponseWriter, r *http.Request, body []byte) bool {
	switch r.Method + " " + r.URL.Path {
	case "GET /login":
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(loginPage) // the browser may have gone
	case "POST /login/session":
		s.pageSession(w, r, body)
	case "POST /login/shown":
		s.mu.Lock()
		s.shown = append(s.shown, string(body))
		s.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	default:
		return false
	}
	return true
}

// pageSession is how the page obtains the session, in place of the several calls
// of the real one: it hands over the text of the session and where to post it.
func (s *Server) pageSession(w http.ResponseWriter, r *http.Request, body []byte) {
	if r.Header.Get("Origin") != "http://"+r.Host && r.Header.Get("Origin") != "https://"+r.Host {
		http.Error(w, "not from the page", http.StatusForbidden)
		return
	}
	var form struct{ Email, Password, Query string }
	_ = json.Unmarshal(body, &form) // an empty form fails below
	query, _ := url.ParseQuery(strings.TrimPrefix(form.Query, "?"))
	port, err := strconv.ParseUint(query.Get("callback_port"), 10, 16)
	if err != nil {
		http.Error(w, "callback_port is not a number", http.StatusBadRequest)
		return
	}
	text, ok := s.pageLogin(form.Email, form.Password, query.Get("org_id"))
	if !ok {
		http.Error(w, "nobody by that name and password", http.StatusUnauthorized)
		return
	}
	writeJSON(w, http.StatusOK, map[string]string{"session": text, "callback": "http://127.0.0.1:" + strconv.FormatUint(port, 10) + "/"})
}

// pageLogin returns what the page hands over for a person, scoped to the
// organization that was asked for, else to the person's first.
func (s *Server) pageLogin(email, password, organization string) (text string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, known := s.byEmail(cmp.Or(s.signedIn, email))
	if !known || s.signedIn == "" && password != p.Password {
		return "", false
	}
	found, root, member := s.member(p, organization)
	if !member {
		found, root = p.Organizations[0], p.Organizations[0]
	}
	to := scope{mfa: s.factor(p, root)}.to(found, root)
	handed := map[string]string{"JTWToken": s.signSession(s.begin(p), to, kindUser, s.Now()), "email": p.Email, "privateKey": ""}
	if s.generation == G1 {
		handed["privateKey"] = randomText(20)
	}
	session, _ := json.Marshal(handed) // strings always have a JSON form
	return string(session), true
}

package infisicaltest

import (
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"path/filepath"
)

// TB is what the Start functions need of a *testing.T, *testing.B or *testing.F.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
	TempDir() string
}

// Start serves HTTP on a port of the loopback interface until the test ends, and
// returns the URL. The test fails at its end if there are complaints. Asked with
// https in place of http, it is a port that does not speak TLS.
func (s *Server) Start(t TB) string {
	t.Helper()
	listener := listen(t)
	s.serve(t, "http://"+listener.Addr().String(), listener)
	return s.URL
}

// StartTLS is [Server.Start] with HTTPS. The certificate is signed by the
// server's own authority; see [Server.CA] and [Server.CAPath]. Client
// certificates are asked for, not demanded.
func (s *Server) StartTLS(t TB) string {
	t.Helper()
	listener := listen(t)
	s.serve(t, "https://"+listener.Addr().String(), tls.NewListener(listener, s.tlsConfig()))
	return s.URL
}

// CAPath writes the authority's certificate to a file that lives as long as the
// test, and returns its path.
func (s *Server) CAPath(t TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, s.CA(), 0o600); err != nil {
		t.Fatalf("infisicaltest: %v", err)
	}
	return path
}

func listen(t TB) net.Listener {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("infisicaltest: %v", err)
	}
	return listener
}

// serve serves some listeners until the test ends.
func (s *Server) serve(t TB, url string, listeners ...net.Listener) {
	s.setURL(url)
	server := &http.Server{Handler: s}
	for _, listener := range listeners {
		go func() { _ = server.Serve(listener) }() // ends with ErrServerClosed
	}
	t.Cleanup(func() {
		_ = server.Close() // nothing to be done about it
		if s.Lenient {
			return
		}
		for _, complaint := range s.Complaints() {
			t.Errorf("infisicaltest: %s", complaint)
		}
	})
}

func (s *Server) setURL(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.URL = url
	if s.issuer != nil && s.issuer.URL == "/issuer" {
		s.issuer.URL = url + "/issuer"
	}
}

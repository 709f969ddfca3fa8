package infisicaltest

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"strings"
	"sync"
)

// memoryHost is the name of the server in memory.
const memoryHost = "infisical.test"

// StartMemory serves without any socket until the test ends, and returns the URL
// http://infisical.test. Connect with [Server.Dial]; over https the same name is
// served with TLS. Inside a bubble of testing/synctest the clock moves while a
// client waits for such a server.
func (s *Server) StartMemory(t TB) string {
	t.Helper()
	m := newMemory()
	s.mu.Lock()
	s.memory = m
	s.mu.Unlock()
	s.serve(t, "http://"+memoryHost, m.plain, tls.NewListener(m.secure, s.tlsConfig()))
	return s.URL
}

// Dial connects to a server that was started with [Server.StartMemory], whatever
// the address is. Port 443 speaks TLS, any other does not.
func (s *Server) Dial(ctx context.Context, _, address string) (net.Conn, error) {
	s.mu.Lock()
	m := s.memory
	s.mu.Unlock()
	if m == nil {
		return nil, errors.New("infisicaltest: StartMemory was not called")
	}
	if strings.HasSuffix(address, ":443") {
		return m.secure.dial(ctx)
	}
	return m.plain.dial(ctx)
}

type memory struct{ plain, secure *pipeListener }

func newMemory() *memory { return &memory{plain: newPipeListener(), secure: newPipeListener()} }

// pipeListener is a [net.Listener] of connections made with [net.Pipe].
type pipeListener struct {
	connections chan net.Conn
	closed      chan struct{}
	close       func()
}

func newPipeListener() *pipeListener {
	l := &pipeListener{connections: make(chan net.Conn), closed: make(chan struct{})}
	l.close = sync.OnceFunc(func() { close(l.closed) })
	return l
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case l.connections <- server:
		return client, nil
	case <-l.closed:
		return nil, errors.New("infisicaltest: connection refused")
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Accept implements [net.Listener].
func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case connection := <-l.connections:
		return connection, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (l *pipeListener) Close() error {
	l.close()
	return nil
}

// Addr implements [net.Listener].
func (l *pipeListener) Addr() net.Addr { return memoryAddr{} }

type memoryAddr struct{}

func (memoryAddr) Network() string { return "memory" }
func (memoryAddr) String() string  { return memoryHost }

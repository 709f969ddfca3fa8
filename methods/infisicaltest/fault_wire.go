package infisicaltest

import (
	"crypto/tls"
	"io"
	"net"
	"net/http"
	"time"
)

// Silent takes the request and never answers. It ends when the client goes away
// or the server is closed.
func Silent(_ http.ResponseWriter, r *http.Request, _ http.Handler) {
	<-r.Context().Done()
	panic(http.ErrAbortHandler)
}

// Slow answers as the server would, but later.
func Slow(delay time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if !sleep(r, delay) {
			panic(http.ErrAbortHandler)
		}
		next.ServeHTTP(w, r)
	}
}

// Trickle sends a good beginning of an answer and then one byte each interval
// without end.
func Trickle(interval time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", jsonType)
		flush := http.NewResponseController(w).Flush
		_, err := io.WriteString(w, `{"accessToken":"`)
		for err == nil {
			if err = flush(); err != nil || !sleep(r, interval) {
				break
			}
			_, err = io.WriteString(w, "a")
		}
		panic(http.ErrAbortHandler)
	}
}

// Reset takes the request and resets the connection.
func Reset(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	raw := connection
	if secure, ok := connection.(*tls.Conn); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0) // makes Close send a reset
	}
	_ = raw.Close()
}

// Cut announces an answer and closes the connection in the middle of it.
func Cut(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
	w.Header().Set("Content-Type", jsonType)
	w.Header().Set("Content-Length", "900")
	_, _ = io.WriteString(w, `{"accessToken":"eyJhbGciOiJIUzI1NiIsInR5cCI6Ikp`)
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

// SkewDate answers as the server would, with its Date header off by so much.
func SkewDate(by time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		w.Header().Set("Date", time.Now().Add(by).UTC().Format(http.TimeFormat))
		next.ServeHTTP(w, r)
	}
}

// Refused returns the host and port of nobody: connections are refused until the
// test ends. It is the near end of a connection, where nobody can listen. A port
// that is merely free would soon be another test's.
func Refused(t TB) string {
	t.Helper()
	conn, err := net.Dial("tcp", Mute(t))
	if err != nil {
		t.Fatalf("infisicaltest: %v", err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn.LocalAddr().String()
}

// Mute returns the host and port of somebody who accepts connections and never
// says a word, not even in TLS, until the test ends.
func Mute(t TB) string {
	t.Helper()
	listener := listen(t) // the system accepts; nobody takes them from its queue
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// sleep waits and reports whether the client is still there.
func sleep(r *http.Request, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-r.Context().Done():
		return false
	}
}

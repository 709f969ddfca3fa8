package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// internet is all that a script's machine finds behind its proxy: services of
// the clouds under their real names, with certificates of an authority that the
// machine trusts. What the program says to them goes the way that it goes in
// production, from the proxy's CONNECT to the SDK's own requests.
type internet struct {
	handler http.Handler // of all hosts; the patterns name them
	key     *ecdsa.PrivateKey
	root    *x509.Certificate

	mu      sync.Mutex
	visited []string // hosts that were asked for
}

// connect puts a proxy between the script's machine and these services.
func connect(ts *testscript.TestScript, handler http.Handler) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	i := &internet{handler: handler, key: key}
	template := certificateOf("the authority")
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage = true, true, x509.KeyUsageCertSign
	raw, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	ts.Check(err)
	i.root, err = x509.ParseCertificate(raw)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs("internet.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600))
	ts.Setenv("HTTPS_PROXY", "http://"+i.listen(ts))
	ts.Setenv("SSL_CERT_FILE", ts.MkAbs("internet.pem"))
	ts.Value(scriptedKey{}).(*scripted).internet = i
}

func certificateOf(name string) *x509.Certificate {
	return &x509.Certificate{SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature}
}

// certificate is what net/http asks for, the certificate of a host.
func (i *internet) certificate(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	raw, err := x509.CreateCertificate(rand.Reader, certificateOf(hello.ServerName), i.root, &i.key.PublicKey, i.key)
	return &tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: i.key}, err
}

// listen starts the proxy and returns its address.
func (i *internet) listen(ts *testscript.TestScript) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	ts.Check(err)
	tunnels := &tunnels{address: listener.Addr(), conns: make(chan net.Conn), closed: make(chan struct{})}
	services := &http.Server{Handler: i.handler, TLSConfig: &tls.Config{GetCertificate: i.certificate}, ErrorLog: log.New(io.Discard, "", 0)}
	proxy := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect {
			http.Error(w, "this proxy is for https", http.StatusTeapot)
			return
		}
		i.mu.Lock()
		i.visited = append(i.visited, r.Host)
		i.mu.Unlock()
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		tunnels.give(&tunnel{conn, buffered.Reader})
	})}
	go func() { _ = services.ServeTLS(tunnels, "", "") }() // both end when they are closed
	go func() { _ = proxy.Serve(listener) }()
	ts.Defer(func() {
		_ = proxy.Close() // nothing to be done about either
		_ = services.Close()
	})
	return listener.Addr().String()
}

// tunnels is a listener for the connections that the proxy has been asked for.
type tunnels struct {
	address net.Addr
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once
}

// Accept implements [net.Listener].
func (t *tunnels) Accept() (net.Conn, error) {
	select {
	case conn := <-t.conns:
		return conn, nil
	case <-t.closed:
		return nil, net.ErrClosed
	}
}

// Close implements [net.Listener].
func (t *tunnels) Close() error {
	t.once.Do(func() { close(t.closed) })
	return nil
}

// Addr implements [net.Listener].
func (t *tunnels) Addr() net.Addr { return t.address }

// give hands a connection to whoever accepts.
func (t *tunnels) give(conn net.Conn) {
	select {
	case t.conns <- conn:
	case <-t.closed:
		_ = conn.Close() // nobody is there
	}
}

// tunnel is a connection of which a part has been read already.
type tunnel struct {
	net.Conn
	ahead *bufio.Reader
}

func (t *tunnel) Read(p []byte) (int, error) { return t.ahead.Read(p) }

// visited checks which hosts the program asked the proxy for: visited HOST...
func visited(ts *testscript.TestScript, _ bool, args []string) {
	i := ts.Value(scriptedKey{}).(*scripted).internet
	i.mu.Lock()
	defer i.mu.Unlock()
	if got := fmt.Sprint(i.visited); got != fmt.Sprint(args) {
		ts.Fatalf("the proxy was asked for %s", got)
	}
	i.visited = nil
}

// answerJSON answers with an object.
func answerJSON(w http.ResponseWriter, object map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(object) // the client may have gone
}

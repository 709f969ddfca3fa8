package methods

import (
	"bufio"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/infisical-login/infisical-login/config"
)

// Whatever is wrong with TLS or with a proxy in between: an end, the right kind, one
// sentence, and one attempt where another one would be the same.
func TestHostileTLSAndProxies(t *testing.T) {
	t.Parallel()
	authority := newHostileAuthority(t)
	var tried atomic.Int64
	t.Cleanup(func() { t.Logf("%d faults tried", tried.Load()) })
	for _, a := range askings(t) {
		if a.toCloud || a.seldom { // what the client's requests have in common is tried with three
			continue
		}
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			var waiting sync.WaitGroup
			for _, f := range slices.Concat(tlsFaults(authority), proxyFaults()) {
				waiting.Go(func() {
					t.Run(f.name, func(t *testing.T) {
						tried.Add(1)
						f.try(t, a, authority)
					})
				})
			}
			waiting.Wait()
		})
	}
}

// between is a fault of TLS, or of a proxy.
type between struct {
	name  string
	url   string // of the server, with ADDR for the address of whoever is hostile
	proxy string
	do    func(conn net.Conn)
	kinds []Kind
	fine  bool
	once  bool // whether it may be tried but once
	// whether the authority is among the system's, not set
	system bool
	hangs  bool
}

func (f between) try(t *testing.T, a asking, authority *hostileAuthority) {
	var connections atomic.Int64
	address := talkers(t, func(conn net.Conn) {
		connections.Add(1)
		f.do(conn)
	})
	limit := enough
	if f.hangs {
		limit = patience
	}
	in := func(text string) string { return strings.ReplaceAll(text, "ADDR", address) }
	c := hostileClient(t, in(f.url), limit, func(s *Server) {
		if f.system {
			s.Roots.File = authority.path
		} else {
			s.CAPath = authority.path
		}
		s.HTTP, s.HTTPS = config.Secret(in(f.proxy)), config.Secret(in(f.proxy))
	})
	c.Dial = func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, address)
	}
	_, err := a.ask(t.Context(), c, in(f.url))
	if err == nil {
		if !f.fine {
			t.Error("success")
		}
		return
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok || !slices.Contains(f.kinds, failed.Kind) {
		t.Errorf("not of %v: %#v: %v", f.kinds, failed, err)
	}
	if f.once && connections.Load() > 1 {
		t.Errorf("%d connections: %v", connections.Load(), err)
	}
	presentable(t, f.name, err, false)
}

// tlsFaults are those of a server that is meant to speak TLS.
func tlsFaults(authority *hostileAuthority) []between {
	strange := []Kind{Protocol}
	good := authority.certificate(nil)
	with := func(certificate tls.Certificate, change func(*tls.Config)) func(net.Conn) {
		settings := &tls.Config{Certificates: []tls.Certificate{certificate}}
		if change != nil {
			change(settings)
		}
		return func(conn net.Conn) {
			secure := tls.Server(conn, settings)
			request, err := http.ReadRequest(bufio.NewReader(secure))
			if err != nil {
				return
			}
			_, _ = io.Copy(io.Discard, request.Body)
			_, _ = fmt.Fprintf(secure, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(goodAnswer), goodAnswer)
			_ = secure.Close()
		}
	}
	cut := func(n int64) func(net.Conn) { // hangs up after so many bytes of the greeting
		return func(conn net.Conn) { _, _ = io.CopyN(io.Discard, conn, n) }
	}
	say := func(text string) func(net.Conn) {
		return func(conn net.Conn) {
			_, _ = io.CopyN(io.Discard, conn, 5)
			_, _ = io.WriteString(conn, text)
		}
	}
	other := func(change func(*x509.Certificate)) func(net.Conn) { return with(authority.certificate(change), nil) }
	all := []between{
		{name: "a good certificate", do: with(good, nil), fine: true, kinds: []Kind{Protocol}}, // whose answer is for others
		{name: "expired", once: true, do: other(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })},
		{name: "not valid yet", once: true, do: other(func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Hour) })},
		{name: "for another host", once: true, do: other(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"other.example"}, nil })},
		{name: "for nobody", once: true, do: other(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = nil, nil })},
		{name: "for clients", once: true, do: other(func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} })},
		{name: "with an unknown critical extension", once: true, do: other(func(c *x509.Certificate) {
			c.ExtraExtensions = []pkix.Extension{{Id: []int{1, 2, 3, 4}, Critical: true, Value: []byte{5, 0}}}
		})},
		{name: "with a name that harms terminals", once: true, do: other(func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = []string{"\x1b[31m.example"}, nil })},
		{name: "of another authority", once: true, do: with(newSelfSigned(), nil)},
		{name: "an authority that expired", once: true, do: with(authority.through(time.Now().Add(-time.Minute)), nil)},
		{name: "TLS 1.1", once: true, do: with(good, func(s *tls.Config) { s.MinVersion, s.MaxVersion = tls.VersionTLS11, tls.VersionTLS11 })},
		{name: "HTTP/2 alone", once: true, do: with(good, func(s *tls.Config) { s.NextProtos = []string{"h2"} })},
		{name: "a client certificate demanded", once: true, do: with(good, func(s *tls.Config) { s.ClientAuth = tls.RequireAnyClientCert })},
		{name: "HTTP on the port", once: true, do: say("HTTP/1.1 400 Bad Request\r\n\r\n")},
		{name: "a mail server", once: true, do: say("220 mail.example ESMTP\r\n")},
		{name: "an alert", once: true, do: say("\x15\x03\x03\x00\x02\x02\x28")},
		{name: "zeros", do: say(strings.Repeat("\x00", 1000)), kinds: []Kind{Protocol, Unavailable}},
		{name: "a record too long", do: say("\x16\x03\x03\xff\xff" + strings.Repeat("x", 70_000)), kinds: []Kind{Protocol, Unavailable}},
		{name: "cut at once", do: cut(0), kinds: []Kind{Unavailable}},
		{name: "cut within the greeting", do: cut(20), kinds: []Kind{Unavailable}},
		{name: "reset after the greeting", do: func(conn net.Conn) { _, _ = io.CopyN(io.Discard, conn, 5); reset(conn) }, kinds: []Kind{Unavailable}},
		{name: "silence", do: until, kinds: []Kind{Unavailable}, hangs: true},
		{name: "half a record", do: func(conn net.Conn) { _, _ = io.WriteString(conn, "\x16\x03\x03\x00\x50"); until(conn) }, kinds: []Kind{Unavailable}, hangs: true},
	}
	for i := range all {
		all[i].url = "https://ADDR"
		if all[i].kinds == nil {
			all[i].kinds = strange
		}
	}
	system := slices.Clone(all)
	for i := range all {
		all[i].name = "TLS: " + all[i].name
		system[i].name, system[i].system = "TLS, the system's authorities: "+system[i].name, true
	}
	return append(all, system...)
}

// proxyFaults are those of a proxy in between, for servers with TLS and without.
func proxyFaults() []between {
	var all []between
	add := func(name, answer string, kinds ...Kind) {
		for _, scheme := range []string{"http", "https"} {
			all = append(all, between{name: scheme + " by a proxy: " + name, url: scheme + "://infisical.example", proxy: "http://user:" + hush + "@ADDR", kinds: kinds, do: func(conn net.Conn) {
				if _, err := http.ReadRequest(bufio.NewReader(conn)); err == nil {
					_, _ = io.WriteString(conn, answer)
				}
			}, once: !slices.Contains(kinds, Unavailable)})
		}
	}
	for _, status := range []int{400, 401, 403, 404, 405, 407} {
		add(fmt.Sprintf("status %d", status), fmt.Sprintf("HTTP/1.1 %d No\r\nContent-Length: 4\r\nProxy-Authenticate: Basic\r\n\r\n<p>\n", status), Protocol)
	}
	for _, status := range []int{429, 500, 502, 503, 504} {
		add(fmt.Sprintf("status %d", status), fmt.Sprintf("HTTP/1.1 %d No\r\nContent-Length: 4\r\n\r\n<p>\n", status), Unavailable)
	}
	add("a redirect to a login page", "HTTP/1.1 302 Found\r\nLocation: http://portal.example/?user="+hush+"\r\nContent-Length: 0\r\n\r\n", Protocol)
	add("nothing", "", Unavailable)
	add("half a head", "HTTP/1.1 200 O", Unavailable)
	add("a mail server", "220 mail.example ESMTP\r\n", Protocol)
	add("its user echoed", "HTTP/1.1 407 "+hush+"\r\nContent-Length: 0\r\n\r\n", Protocol)
	for _, scheme := range []string{"http", "https"} {
		silent := between{name: scheme + " by a proxy: silence", url: scheme + "://infisical.example", proxy: "http://ADDR", kinds: []Kind{Unavailable}, do: until, hangs: true}
		socks := between{name: scheme + " by a proxy: SOCKS that is none", url: scheme + "://infisical.example", proxy: "socks5://user:" + hush + "@ADDR", kinds: []Kind{Protocol, Unavailable}, do: func(conn net.Conn) {
			_, _ = io.CopyN(io.Discard, conn, 3)
			_, _ = io.WriteString(conn, "HTTP/1.1 400 No\r\n\r\n")
		}}
		all = append(all, silent, socks)
	}
	return append(all, between{name: "https by a proxy: silence behind it", url: "https://infisical.example", proxy: "http://ADDR", kinds: []Kind{Unavailable}, hangs: true, do: func(conn net.Conn) {
		_, _ = http.ReadRequest(bufio.NewReader(conn))
		_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established\r\n\r\n")
		until(conn)
	}})
}

// hostileAuthority signs certificates, good ones and others.
type hostileAuthority struct {
	t    *testing.T
	key  *ecdsa.PrivateKey
	root *x509.Certificate
	path string
}

func newHostileAuthority(t *testing.T) *hostileAuthority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := hostileTemplate()
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage, template.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	root, err := x509.ParseCertificate(raw)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "ca.pem")
	write(t, path, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw})))
	return &hostileAuthority{t, key, root, path}
}

// certificate signs a certificate for 127.0.0.1, changed as told.
func (a *hostileAuthority) certificate(change func(*x509.Certificate)) tls.Certificate {
	template := hostileTemplate()
	if change != nil {
		change(template)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.root, a.key.Public(), a.key)
	if err != nil {
		a.t.Error(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: a.key}
}

// through signs a certificate by an authority in between that is good until then.
func (a *hostileAuthority) through(until time.Time) tls.Certificate {
	template := hostileTemplate()
	template.Subject.CommonName, template.NotAfter = "in between", until
	template.IsCA, template.BasicConstraintsValid, template.KeyUsage, template.ExtKeyUsage = true, true, x509.KeyUsageCertSign, nil
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Error(err)
	}
	raw, err := x509.CreateCertificate(rand.Reader, template, a.root, key.Public(), a.key)
	if err != nil {
		a.t.Error(err)
	}
	parent, err := x509.ParseCertificate(raw)
	if err != nil {
		a.t.Error(err)
	}
	signed := (&hostileAuthority{a.t, key, parent, ""}).certificate(nil)
	signed.Certificate = append(signed.Certificate, raw)
	return signed
}

// newSelfSigned is a certificate that no authority signed.
func newSelfSigned() tls.Certificate {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err)
	}
	template := hostileTemplate()
	template.Subject.CommonName = "somebody"
	raw, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		panic(err)
	}
	return tls.Certificate{Certificate: [][]byte{raw}, PrivateKey: key}
}

func hostileTemplate() *x509.Certificate {
	return &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: "hostile"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), KeyUsage: x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, DNSNames: []string{"infisical.example"},
	}
}

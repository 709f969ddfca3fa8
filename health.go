package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/infisical-login/infisical-login/config"
	"github.com/infisical-login/infisical-login/methods/token"
)

// healthSettings say where a process that stays can be asked how it fares.
type healthSettings struct {
	Address healthAddress `env:"INFISICAL_LOGIN_HEALTH_ADDRESS" flag:"health-address" shown:"off" usage:"Address of /livez, /readyz and /metrics: host:port, or unix:/path."`
}

// healthAddress is host:port or unix:/path.
type healthAddress string

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *healthAddress) UnmarshalText(text []byte) error {
	path, unix := strings.CutPrefix(string(text), "unix:")
	if unix && !strings.HasPrefix(path, "/") {
		return errors.New("a unix socket needs an absolute path, as unix:/run/health.sock")
	}
	if _, _, err := net.SplitHostPort(string(text)); !unix && err != nil {
		return errors.New("neither host:port nor unix:/path")
	}
	*a = healthAddress(text)
	return nil
}

// health answers probes and counts what happens. The zero address makes one
// that counts and listens nowhere.
type health struct {
	server *http.Server

	mutex    sync.Mutex
	counts   map[string]int
	has      bool      // a token was delivered
	ends     bool      // it says when it expires
	deadline time.Time // which is then
}

// The counters. Failures are counted by cause, that is by what has to be mended.
const (
	loginsTotal   = "infisical_login_logins_total"
	renewalsTotal = "infisical_login_renewals_total"
	failuresTotal = "infisical_login_failures_total"
)

// causes of failures.
func causes() []string {
	return []string{"unavailable", "protocol", "refused", "setting", "undelivered", "other"}
}

// listenHealth starts to answer on address. An address in use is a mistake in
// the settings, found before any login.
func listenHealth(address healthAddress) (*health, error) {
	h := &health{counts: map[string]int{loginsTotal: 0, renewalsTotal: 0}}
	for _, cause := range causes() { // a counter that is missing is not 0 to Prometheus
		h.counts[failureOf(cause)] = 0
	}
	if address == "" {
		return h, nil
	}
	listener, err := listen(string(address))
	if err != nil {
		return nil, &config.Error{
			Name: "INFISICAL_LOGIN_HEALTH_ADDRESS", Flag: "health-address",
			Message: fmt.Sprintf("INFISICAL_LOGIN_HEALTH_ADDRESS (--health-address): cannot listen on %q: %v", address, reason(err)),
		}
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok\n") })
	mux.HandleFunc("GET /readyz", h.ready)
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/plain; version=0.0.4")
		h.writeMetrics(w)
	})
	h.server = &http.Server{Handler: mux, ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: 30 * time.Second, MaxHeaderBytes: 8 << 10}
	go func() { _ = h.server.Serve(listener) }()
	return h, nil
}

// listen opens a TCP or unix socket. The socket file that a dead process left
// behind is taken over; one that answers is in use.
func listen(address string) (net.Listener, error) {
	path, unix := strings.CutPrefix(address, "unix:")
	if !unix {
		return net.Listen("tcp", address)
	}
	if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
		if conn, err := net.DialTimeout("unix", path, time.Second); err == nil {
			_ = conn.Close()
			return nil, errors.New("address already in use")
		}
		_ = os.Remove(path)
	}
	return net.Listen("unix", path)
}

// reason is the innermost error, without the address that net repeats.
func reason(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

func (h *health) ready(w http.ResponseWriter, _ *http.Request) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	switch {
	case !h.has:
		http.Error(w, "no token delivered yet", http.StatusServiceUnavailable)
	case h.ends && !time.Now().Before(h.deadline):
		http.Error(w, "the token has expired", http.StatusServiceUnavailable)
	default:
		_, _ = io.WriteString(w, "ok\n")
	}
}

// remaining is the token's life in seconds, 0 before the first delivery and
// after expiry, -1 if the token tells no end.
func (h *health) remaining() float64 {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	if !h.has {
		return 0
	}
	if !h.ends {
		return -1
	}
	return max(0, time.Until(h.deadline).Seconds())
}

// delivered records when the token that is in use now expires.
func (h *health) delivered(t token.Token) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.has = true
	h.deadline, h.ends = t.Deadline()
}

// count adds one to a counter.
func (h *health) count(name string) {
	h.mutex.Lock()
	defer h.mutex.Unlock()
	h.counts[name]++
}

// writeMetrics writes the counters and the token's life in Prometheus's text
// format. A library for it was left out: it wrote to standard error before main
// wherever the kernel does not tell what it looked for.
func (h *health) writeMetrics(w io.Writer) {
	remaining := h.remaining()
	h.mutex.Lock()
	defer h.mutex.Unlock()
	for _, name := range slices.Sorted(maps.Keys(h.counts)) {
		_, _ = fmt.Fprintf(w, "%s %d\n", name, h.counts[name])
	}
	_, _ = fmt.Fprintf(w, "infisical_login_token_remaining_seconds %g\n", remaining)
}

// failed counts a failure by its cause.
func (h *health) failed(err error) { h.count(failureOf(cause(err))) }

func failureOf(cause string) string { return fmt.Sprintf("%s{cause=%q}", failuresTotal, cause) }

// cause names what has to be mended, in the words of the exit statuses.
func cause(err error) string {
	switch code := statusOf(err); code {
	case exitUnavailable:
		return "unavailable"
	case exitProtocol:
		return "protocol"
	case exitRefused:
		return "refused"
	case exitConfig:
		return "setting"
	case exitUndelivered:
		return "undelivered"
	}
	return "other"
}

// close stops to answer. A probe that asks just then is cut off: it has nothing to
// wait for.
func (h *health) close() {
	if h.server != nil {
		_ = h.server.Close()
	}
}

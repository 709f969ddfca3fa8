package methods

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unicode"

	"github.com/infisical-login/infisical-login/config"
)

// patience is the timeout of a request that no answer ever ends; enough of all
// others.
const (
	patience = 150 * time.Millisecond
	enough   = time.Minute
)

// Whatever answers a request, and however: it comes to an end, with the error of
// the right kind, in one sentence that holds no secret and cannot harm a terminal;
// what will not pass is tried once; and a token is only taken from an answer that
// is good. The run tells how many faults were tried.
func TestHostileAnswers(t *testing.T) {
	t.Parallel()
	var tried atomic.Int64
	t.Cleanup(func() { t.Logf("%d faults tried", tried.Load()) })
	all := wires()
	for _, a := range askings(t) {
		t.Run(a.name, func(t *testing.T) {
			t.Parallel()
			var waiting sync.WaitGroup
			for _, w := range all {
				try := func() {
					t.Run(w.name, func(t *testing.T) {
						tried.Add(1)
						a.suffer(t, w)
					})
				}
				if w.hangs { // which does nothing but wait
					waiting.Go(try)
					continue
				}
				try()
			}
			waiting.Wait()
			for name, end := range map[string]func(net.Conn){
				"reset": reset, "closed": func(conn net.Conn) { _ = conn.Close() },
			} {
				t.Run(name+" at each byte", func(t *testing.T) {
					t.Parallel()
					step := 1
					if a.seldom {
						step = 7 // one of its kind is cut at every byte, which is enough
					}
					for n := 0; n < len(goodReply(a)); n += step {
						tried.Add(1)
						a.suffer(t, wire{name: fmt.Sprint(n), kinds: []Kind{Unavailable}, do: func(conn net.Conn, good, _ string) {
							_, _ = io.WriteString(conn, good[:n])
							end(conn)
						}})
					}
				})
			}
		})
	}
}

// goodReply is a whole good answer.
func goodReply(a asking) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nMetadata-Flavor: Google\r\nContent-Length: %d\r\n\r\n%s", len(a.good), a.good)
}

// suffer makes the request to somebody who answers in a way.
func (a asking) suffer(t *testing.T, w wire) {
	t.Helper()
	var connections atomic.Int64
	address := talkers(t, func(conn net.Conn) {
		connections.Add(1)
		request, err := http.ReadRequest(bufio.NewReader(conn))
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, request.Body)
		w.do(conn, goodReply(a), a.good)
	})
	limit := enough
	if w.hangs {
		limit = patience
	}
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	got, err := a.ask(ctx, hostileClient(t, "http://"+address, limit, nil), "http://"+address)
	a.judge(t, w, got, err)
	if most := w.most(a, err); connections.Load() > most {
		t.Errorf("%s: %d connections, not %d at most: %v", w.name, connections.Load(), most, err)
	}
}

// most is how often a server may be asked.
func (w wire) most(a asking, err error) int64 {
	failed, ok := errors.AsType[*Error](err)
	switch {
	case a.name == "SPIFFE":
		return 100_000 // gRPC's own affair: an agent that greets and hangs up is called again for 5 s
	case a.name == "EC2":
		return 2 // the first answer is a session's, which old machines do not have
	case a.toCloud:
		return 1
	case strings.Contains(w.name, "Retry-After"):
		return 1000 // the timeout is the bound
	case a.name == "organizations":
		return 4 // there are two routes
	case a.name == "password":
		return 4 // by SRP, where that is asked for
	case ok && failed.Kind == Unavailable:
		return 2
	}
	return 1
}

// judge looks at the outcome of a request.
func (a asking) judge(t *testing.T, w wire, got config.Secret, err error) {
	t.Helper()
	if err == nil {
		if !w.fine && !(w.loose && a.loose) && !(a.plain && len(w.kinds) == 1 && w.kinds[0] == Protocol) {
			t.Errorf("%s: success with %q", w.name, got.Reveal())
		}
		if strings.ContainsFunc(got.Reveal(), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) {
			t.Errorf("%s: a token of %q", w.name, got.Reveal())
		}
		return
	}
	failed, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("%s: an error that main cannot judge: %v", w.name, err)
	}
	// A cloud's service that answers with nonsense, or does not know a machine yet,
	// may come to its senses.
	if !slices.Contains(w.kinds, failed.Kind) && !(a.toCloud && failed.Kind == Unavailable) {
		t.Errorf("%s: kind %d, not one of %v: %v", w.name, failed.Kind, w.kinds, err)
	}
	if got != "" {
		t.Errorf("%s: an error and %q", w.name, got.Reveal())
	}
	presentable(t, w.name, err, a.secretless)
}

// presentable checks that a message can be shown to anybody.
func presentable(t *testing.T, name string, err error, secretless bool) {
	t.Helper()
	text := err.Error()
	if strings.Contains(text, hush) && !secretless || len(text) > 1000 || strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) }) {
		t.Errorf("%s: unfit to be shown: %q", name, text)
	}
}

// talkers is [talk] with any number of connections at once.
func talkers(t *testing.T, answer func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				answer(conn)
			}()
		}
	}()
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

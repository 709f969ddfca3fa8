package methods

import (
	"context"
	"net"
	"sync/atomic"
)

// cutKey is the key of a context's value that tells whether the connection of the
// one request made with it came to an end.
type cutKey struct{}

// watchCut returns a context for one request, with which [wasCut] can tell.
func watchCut(ctx context.Context) context.Context {
	return context.WithValue(ctx, cutKey{}, new(atomic.Bool))
}

// wasCut tells whether whoever answered has ended the connection, in whichever
// way. Of an answer that is of no use this makes one that may have been of use
// as a whole.
func wasCut(ctx context.Context) bool {
	cut, watched := ctx.Value(cutKey{}).(*atomic.Bool)
	return watched && cut.Load()
}

// watched returns a connection that notes its end.
func watched(ctx context.Context, conn net.Conn) net.Conn {
	cut, ok := ctx.Value(cutKey{}).(*atomic.Bool)
	if !ok {
		return conn
	}
	return &cutConn{conn, cut}
}

type cutConn struct {
	net.Conn
	cut *atomic.Bool
}

// Read implements [net.Conn].
func (c *cutConn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if err != nil {
		c.cut.Store(true)
	}
	return n, err
}

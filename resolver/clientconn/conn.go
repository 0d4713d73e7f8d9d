// Package clientconn holds the connections of clients: how many there may be, how
// long each may last, what is said before the first question, and how they end. It
// knows nothing of questions.
package clientconn

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync/atomic"
	"time"

	"lachan/internal/places"
)

// A Conn is a connection of a client that was let in. It counts as open until it is
// about to be closed.
type Conn struct {
	net.Conn // the socket, or what a PROXY header leaves of it
	socket   net.Conn
	client   netip.Addr // if a trusted balancer speaks for a client, that client
	opened   time.Time
	stopped  atomic.Int64 // when it was told to end, nanoseconds since opened; 0: it was not
	limiter  *Limiter
	place    atomic.Pointer[places.Place] // nil until it has one
	closed   atomic.Bool
	ending   atomic.Bool // it gave way, and counts as ending
	overHTTP atomic.Bool // see HandOver
	greeting atomic.Bool // TLS is being agreed on
	maxBytes int64       // that the client may send; 0: no bound
	received atomic.Int64
}

// Client is the address of the client.
func (c *Conn) Client() netip.Addr { return c.client }

// Plain is the socket if nothing stands between it and what is read; nil if
// something does.
func (c *Conn) Plain() net.Conn {
	if c.Conn != c.socket {
		return nil
	}
	return c.socket
}

// Stopped reports whether the connection was told to end.
func (c *Conn) Stopped() bool { return c.stopped.Load() != 0 }

// maxBytesGrace is how many bytes beyond its bound a client may send before it is
// cut off, so that one that pauses can be let go as the protocol has it.
const maxBytesGrace = 256 << 10

var errSentTooMuch = errors.New("the client has sent as much as it may")

// Read reads what the client sends.
func (c *Conn) Read(p []byte) (int, error) {
	if c.maxBytes > 0 && c.received.Load() > c.maxBytes+maxBytesGrace {
		return 0, errSentTooMuch
	}
	n, err := c.Conn.Read(p)
	if place := c.place.Load(); place != nil { // a header of a balancer is read before
		place.Touch()
	}
	c.received.Add(int64(n))
	return n, err
}

// Close makes room for another connection and closes this one, in this order: a
// client that sees the end of one finds room for the next.
func (c *Conn) Close() error {
	c.closed.Store(true)
	c.ended()
	if place := c.place.Load(); place != nil {
		place.Leave()
	}
	return c.Conn.Close()
}

// ended counts the connection as ending no longer.
func (c *Conn) ended() {
	if c.ending.CompareAndSwap(true, false) {
		c.limiter.ending.Add(-1)
	}
}

// giveWay ends the connection, so that another has its place: as stop does, unless
// many are ending already, or HTTP reads, which sets deadlines of its own.
func (c *Conn) giveWay() {
	if c.overHTTP.Load() {
		_ = c.Close() // the reader sees it
		return
	}
	ending := c.limiter.ending.Add(1)
	c.ending.Store(true)
	if c.closed.Load() {
		c.ended()
		return
	}
	if int(ending) > c.limiter.limits().few() {
		_ = c.Close() // the same
		return
	}
	_ = c.stop() // an error means that it has just ended
}

// HandOver says that a server of HTTP reads the connection from now on.
func (c *Conn) HandOver() { c.overHTTP.Store(true) }

// MayRead sets how long the client may be silent from now on. It reports whether
// there may be something to read.
func (c *Conn) MayRead(silence time.Duration) bool {
	if c.SetReadDeadline(time.Now().Add(silence)) != nil {
		return false
	}
	stopped := c.stopped.Load()
	return stopped == 0 || time.Since(c.opened)-time.Duration(stopped) < stopLimit &&
		c.SetReadDeadline(time.Now().Add(c.lastSilence())) == nil
}

// lastSilence is how long the client may be silent once the connection was told to end. TLS
// takes it a while to agree on, and it cannot know that there is no need to any more.
func (c *Conn) lastSilence() time.Duration {
	if c.greeting.Load() {
		return stopLimit
	}
	return stopSilence
}

// A connection that is told to end is read until the client is silent for
// stopSilence, so that questions that are on their way are answered, but no
// longer than stopLimit.
const (
	stopSilence = 10 * time.Millisecond
	stopLimit   = 200 * time.Millisecond
)

// stop tells the reader to end.
func (c *Conn) stop() error {
	c.stopped.Store(max(1, int64(time.Since(c.opened)))) // first, so that the reader sets no later deadline unseen
	return c.socket.SetReadDeadline(time.Now().Add(c.lastSilence()))
}

// CloseWrite ends over, which is the connection or TLS over it, in such a way that
// the client has all answers: to close while something that it has sent is unread
// would take them back. The client sees the end, and what it still sends is read
// and forgotten.
func (c *Conn) CloseWrite(over net.Conn) {
	if t, ok := over.(*tls.Conn); ok {
		_ = t.CloseWrite() // an error: the client is gone
	}
	socket, ok := c.socket.(*net.TCPConn)
	if !ok || socket.CloseWrite() != nil || socket.SetReadDeadline(time.Now().Add(Linger)) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(socket, maxForgotten)) // the same
}

// maxForgotten is how many bytes of a client are read and forgotten when its
// connection ends.
const maxForgotten = 256 << 10

// Linger is how long an end waits for the client to notice.
const Linger = 100 * time.Millisecond

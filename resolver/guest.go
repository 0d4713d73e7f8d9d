package resolver

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// A guest is a connection that was let in. It counts as open until it is
// about to be closed.
type guest struct {
	net.Conn // the socket, or what a PROXY header leaves of it
	socket   net.Conn
	client   netip.Addr // behind a proxy that is trusted: whoever it speaks for
	arrived  time.Time
	stopped  atomic.Int64 // when it was told to end, Unix time in nanoseconds; 0: it was not
	leave    func()       // ends what counts the guest
	maxBytes int64        // octets that it may send; 0: no bound
	received atomic.Int64
}

// maxBytesGrace is how many octets beyond its bound a guest may send before it
// is cut off, so that one that pauses can be let go as the protocol has it.
const maxBytesGrace = 256 << 10

var errSentTooMuch = errors.New("the client has sent as much as it may")

// Read reads what the client sends.
func (g *guest) Read(p []byte) (int, error) {
	if g.maxBytes > 0 && g.received.Load() > g.maxBytes+maxBytesGrace {
		return 0, errSentTooMuch
	}
	n, err := g.Conn.Read(p)
	g.received.Add(int64(n))
	return n, err
}

// Close gives the place to another and closes the connection: a client that
// sees the end of one finds room for the next.
func (g *guest) Close() error {
	g.leave()
	return g.Conn.Close()
}

// listen sets how long the client may be silent from now on. False: no more is
// to be read.
func (g *guest) listen(silence time.Duration) bool {
	if g.SetReadDeadline(time.Now().Add(silence)) != nil {
		return false
	}
	stopped := g.stopped.Load()
	return stopped == 0 || time.Since(time.Unix(0, stopped)) < stopLimit && g.SetReadDeadline(time.Now().Add(stopSilence)) == nil
}

// A connection that is told to end is read until the client is silent for
// stopSilence, so that questions that are on their way are answered, but no
// longer than stopLimit.
const (
	stopSilence = 10 * time.Millisecond
	stopLimit   = 200 * time.Millisecond
)

// stop tells the reader to end.
func (g *guest) stop() error {
	g.stopped.Store(time.Now().UnixNano()) // first, so that the reader sets no later deadline unseen
	return g.socket.SetReadDeadline(time.Now().Add(stopSilence))
}

// partFrom ends c, a connection over the guest's that was told to end, in such a
// way that the client has all answers: to close while something that it has sent
// is unread would take them back. The client sees the end, and what it still
// sends is read and forgotten.
func (g *guest) partFrom(c net.Conn) {
	if t, ok := c.(*tls.Conn); ok {
		_ = t.CloseWrite() // an error: the client is gone
	}
	socket, ok := g.socket.(*net.TCPConn)
	if !ok || socket.CloseWrite() != nil || socket.SetReadDeadline(time.Now().Add(linger)) != nil {
		return
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(socket, tcpForgotten)) // the same
}

// tcpForgotten is how many bytes of a client are read and forgotten when its
// connection ends.
const tcpForgotten = 256 << 10

// guests counts the connections that are open, in all and by client. What is
// open keeps its place: whoever comes when there is none is turned away.
type guests struct {
	open atomic.Int64

	mu       sync.Mutex
	byClient map[netip.Prefix]int // mu; none is 0
}

// enter counts one more connection unless that would be too many. leave, which
// may be called more than once, ends it.
func (gs *guests) enter(s *Settings) (leave func(), ok bool) {
	if int(gs.open.Add(1)) > s.TCPConnections {
		gs.open.Add(-1)
		return nil, false
	}
	return sync.OnceFunc(func() { gs.open.Add(-1) }), true
}

// introduced counts a connection as a client's, as enter does.
func (gs *guests) introduced(client netip.Addr, s *Settings) (leave func(), ok bool) {
	prefix := clientPrefix(client)
	gs.mu.Lock()
	defer gs.mu.Unlock()
	if s.TCPPerClient > 0 && gs.byClient[prefix] >= s.TCPPerClient {
		return nil, false
	}
	gs.byClient[prefix]++
	return sync.OnceFunc(func() {
		gs.mu.Lock()
		defer gs.mu.Unlock()
		if gs.byClient[prefix]--; gs.byClient[prefix] == 0 {
			delete(gs.byClient, prefix)
		}
	}), true
}

// clientPrefix is what counts as one client: an address, of IPv6 a /64.
func clientPrefix(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // fits every valid address; the others are one client
	return p
}

// patience is how long a connection may be silent: less when few more fit.
func (r *Resolver) patience() time.Duration {
	s := r.world.Load().settings
	if int(r.guests.open.Load()) > s.TCPConnections*3/4 {
		return s.TCPIdle / 10
	}
	return s.TCPIdle
}

// overdue tells whether a guest has been here for as long as anybody may be, or
// has sent as much.
func (r *Resolver) overdue(g *guest) bool {
	lifetime := r.world.Load().settings.TCPLifetime
	return lifetime > 0 && time.Since(g.arrived) > lifetime || g.maxBytes > 0 && g.received.Load() > g.maxBytes
}

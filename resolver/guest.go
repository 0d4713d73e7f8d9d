package resolver

import (
	"errors"
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
	stopped  atomic.Bool // no more is to be read
	leave    func()      // ends what counts the guest
	maxBytes int64       // octets that it may send; 0: no bound
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
	return g.SetReadDeadline(time.Now().Add(silence)) == nil && !g.stopped.Load()
}

// stop lets the reader read no more.
func (g *guest) stop() error {
	g.stopped.Store(true) // first, so that the reader sets no later deadline unseen
	return g.socket.SetReadDeadline(time.Unix(1, 0))
}

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

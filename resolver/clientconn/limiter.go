package clientconn

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Limits are what the configuration says of connections.
type Limits struct {
	Connections int           // open at a time; further ones are turned away
	PerClient   int           // of these from one client; 0: no bound of its own
	Idle        time.Duration // a connection without queries is closed after it
	Lifetime    time.Duration // one that has been open for so long is closed when it pauses; 0: no bound
	MaxBytes    int64         // that a client may send over one; 0: no bound
	// AnswerBytes is how many bytes of answers may wait for clients to take them; 0:
	// no bound.
	AnswerBytes int64
	// ProxyProtocol are balancers. Each connection from one has to begin with a
	// header of the PROXY protocol.
	ProxyProtocol []netip.Prefix
}

// A Limiter counts the connections that are open, in all and by client. What is
// open stays: when the limit is reached, those that come are turned away.
type Limiter struct {
	limits func() *Limits
	open   atomic.Int64
	held   atomic.Int64 // bytes of answers, see Hold

	mu       sync.Mutex
	byClient map[netip.Prefix]int // mu; without entries that are 0
}

// NewLimiter returns a Limiter with the limits that are in force when it asks.
func NewLimiter(limits func() *Limits) *Limiter {
	return &Limiter{limits: limits, byClient: map[netip.Prefix]int{}}
}

// Limits are those in force.
func (l *Limiter) Limits() *Limits { return l.limits() }

// Admit counts a connection of a client, unless that would be too many. leave,
// which may be called more than once, ends it.
func (l *Limiter) Admit(addr netip.Addr) (leave func(), ok bool) {
	s := l.limits()
	out, ok := l.enter(s)
	if !ok {
		return nil, false
	}
	client, ok := l.countClient(addr, s)
	if !ok {
		out()
		return nil, false
	}
	return func() { client(); out() }, true
}

// enter counts one more connection unless that would be too many. leave, which
// may be called more than once, ends it.
func (l *Limiter) enter(s *Limits) (leave func(), ok bool) {
	if int(l.open.Add(1)) > s.Connections {
		l.open.Add(-1)
		return nil, false
	}
	return sync.OnceFunc(func() { l.open.Add(-1) }), true
}

// countClient counts a connection as a client's, as enter does.
func (l *Limiter) countClient(client netip.Addr, s *Limits) (leave func(), ok bool) {
	prefix := ClientPrefix(client)
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.PerClient > 0 && l.byClient[prefix] >= s.PerClient {
		return nil, false
	}
	l.byClient[prefix]++
	return sync.OnceFunc(func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.byClient[prefix]--; l.byClient[prefix] == 0 {
			delete(l.byClient, prefix)
		}
	}), true
}

// ClientPrefix is what counts as one client: an address, of IPv6 a /64.
func ClientPrefix(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // fits every valid address; the others are one client
	return p
}

// Idle is how long a connection may be silent: less when few more fit.
func (l *Limiter) Idle() time.Duration {
	s := l.limits()
	if int(l.open.Load()) > s.Connections*3/4 {
		return s.Idle / 10
	}
	return s.Idle
}

// Overdue reports whether a connection has been open for as long as one may be, or
// its client has sent as much as it may.
func (l *Limiter) Overdue(c *Conn) bool {
	lifetime := l.limits().Lifetime
	return lifetime > 0 && time.Since(c.opened) > lifetime || c.maxBytes > 0 && c.received.Load() > c.maxBytes
}

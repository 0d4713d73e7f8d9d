package clientconn

import (
	"net/netip"
	"sync/atomic"
	"time"

	"lachan/internal/places"
	"lachan/resolver/listen"
)

// Limits are what the configuration says of connections.
type Limits struct {
	Connections int           // open at a time
	PerClient   int           // of these from one client; 0: no bound of its own
	PerShared   int           // of these from one client that is Shared; 0: no bound of its own
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

// few is how many connections may be without a place for a moment: those that are
// ending, and those of balancers that have not said for whom they speak.
func (l *Limits) few() int { return max(1, l.Connections/8) }

// perDoor and unclaimed are the parts of all connections that may be open at one
// endpoint protocol, and of clients that no unit claims, in quarters.
const (
	perDoor   = 3
	unclaimed = 2
)

// A Standing is what the policy makes of a client's address.
type Standing uint8

// The standings.
const (
	Claimed   Standing = iota // some unit's, or there are no units
	Shared                    // the same, and many people are behind the one address
	Unclaimed                 // claimed by no unit
	Refused                   // claimed by no unit, and such clients are not served
)

func (s Standing) isClaimed() bool { return s <= Shared }

// A Limiter knows the connections that are open, and whose gives way to another.
type Limiter struct {
	limits   func() *Limits
	standing func(netip.Addr) Standing
	places   *places.Places
	ending   atomic.Int64 // connections that gave way and have not ended yet
	unread   atomic.Int64 // connections of balancers whose client is not known yet
	held     atomic.Int64 // bytes of answers, see Hold
}

// NewLimiter returns a Limiter with the limits that are in force when it asks, as
// standing is.
func NewLimiter(limits func() *Limits, standing func(netip.Addr) Standing) *Limiter {
	return &Limiter{limits: limits, standing: standing, places: places.New(func() places.Bounds {
		s := limits()
		return places.Bounds{
			All: s.Connections, PerClient: s.PerClient, PerShared: s.PerShared,
			PerDoor: max(1, s.Connections*perDoor/4), Unclaimed: max(1, s.Connections*unclaimed/4),
		}
	})}
}

// Limits are those in force.
func (l *Limiter) Limits() *Limits { return l.limits() }

// Admit gives a connection of a client a place at the endpoint of a protocol. end
// ends it when it gives way to another; it must not wait, and may be nil. A balancer
// is not admitted: it cannot say here for whom it speaks.
func (l *Limiter) Admit(client netip.Addr, door listen.Protocol, end func()) (place *places.Place, ok bool) {
	if Contains(l.limits().ProxyProtocol, client) {
		return nil, false
	}
	return l.take(client, door, l.standing(client), end)
}

func (l *Limiter) take(
	client netip.Addr, door listen.Protocol, as Standing, end func(),
) (place *places.Place, ok bool) {
	return l.places.Take(places.Visitor{
		Client: client, Door: door.String(), Claimed: as.isClaimed(), Shared: as == Shared, End: end,
	})
}

// Crowded reports whether few more connections fit.
func (l *Limiter) Crowded() bool { return l.places.Crowded() }

// Open is how many connections are open.
func (l *Limiter) Open() int { return l.places.Open() }

// Idle is how long a connection may be silent: less when few more fit.
func (l *Limiter) Idle() time.Duration {
	s := l.limits()
	if l.places.Crowded() {
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

// ClientPrefix is what counts as one client: an address, of IPv6 a /64.
func ClientPrefix(a netip.Addr) netip.Prefix { return places.Client(a) }

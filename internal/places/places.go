// Package places says who may have how many connections, and whose gives way when
// there are too many. A client that has few is never refused for one that has many,
// and no client keeps others out by staying.
package places

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"time"
)

// Bounds are how many connections may be open; 0 is no bound, but of All.
type Bounds struct {
	All       int
	PerClient int // of one client
	PerShared int // of one that is many, see Visitor.Shared
	PerDoor   int // at one door
	Unclaimed int // of clients that no unit claims
}

// Places are the connections that are open.
type Places struct {
	bounds func() Bounds
	made   time.Time

	mu        sync.Mutex
	all       *ranking            // mu
	unclaimed *ranking            // mu
	doors     map[string]*ranking // mu
}

// New returns Places without connections. bounds are those in force when it asks.
func New(bounds func() Bounds) *Places {
	return &Places{
		bounds: bounds, made: time.Now(),
		all: newRanking(), unclaimed: newRanking(), doors: map[string]*ranking{},
	}
}

// A Visitor is a connection that wants a place.
type Visitor struct {
	Client  netip.Addr
	Door    string // where it came in
	Claimed bool   // the client is somebody's
	Shared  bool   // many people are behind the one address of the client
	// End ends the connection when it gives way. It must not wait, nor ask Places for
	// anything. It may be nil for a connection that cannot give way.
	End func()
}

// A Place is that of one connection.
type Place struct {
	of   *Places
	used atomic.Int64 // when something last came, nanoseconds since of.made

	end  func() // of.mu
	in   []seat // of.mu; in each ranking that counts it
	left bool   // of.mu
}

// Take gives a visitor a place. Beyond a bound another connection gives way: the one
// that has been idle longest, of the same client at its own bound, or else of the
// client that has most. It is not ok if none can.
func (p *Places) Take(v Visitor) (place *Place, ok bool) {
	client, bounds := Client(v.Client), p.bounds()
	place = &Place{of: p, end: v.End}
	place.Touch()
	p.mu.Lock()
	leaving, ok := p.makeRoom(client, v, bounds)
	if ok {
		for _, r := range p.rankings(v) {
			r.add(client, place)
		}
	}
	p.mu.Unlock()
	for _, end := range leaving {
		end()
	}
	return place, ok
}

// rankings are those that count a visitor, the widest last. p.mu is held.
func (p *Places) rankings(v Visitor) []*ranking {
	door := p.doors[v.Door]
	if door == nil {
		door = newRanking()
		p.doors[v.Door] = door
	}
	if v.Claimed {
		return []*ranking{door, p.all}
	}
	return []*ranking{p.unclaimed, door, p.all}
}

// makeRoom lets connections go until there is room for a visitor. The caller ends
// them. p.mu is held.
func (p *Places) makeRoom(client netip.Prefix, v Visitor, b Bounds) (leaving []func(), ok bool) {
	letGo := func(h *holder) bool {
		idlest := h.idlest()
		if idlest == nil {
			return false
		}
		leaving = append(leaving, idlest.end)
		p.remove(idlest)
		return true
	}
	most := b.PerClient
	if v.Shared {
		most = b.PerShared
	}
	if own := p.all.holders[client]; most > 0 && own != nil && len(own.places) >= most && !letGo(own) {
		return leaving, false
	}
	for _, r := range p.rankings(v) {
		most := b.All
		switch r {
		case p.unclaimed:
			most = b.Unclaimed
		case p.doors[v.Door]:
			most = b.PerDoor
		}
		for (most > 0 || r == p.all) && r.open >= most {
			h := r.greediest(client)
			if h == nil || !letGo(h) {
				return leaving, false
			}
		}
	}
	return leaving, true
}

// remove takes a place back. p.mu is held.
func (p *Places) remove(place *Place) {
	if place.left {
		return
	}
	place.left = true
	for _, s := range place.in {
		s.of.remove(s.holder, place)
	}
}

// Open is how many places are taken.
func (p *Places) Open() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.open
}

// Crowded reports whether most places are taken.
func (p *Places) Crowded() bool {
	most := p.bounds().All
	return p.Open() > most-most/4
}

// Touch notes that something came over the connection.
func (place *Place) Touch() { place.used.Store(int64(time.Since(place.of.made))) }

// Leave gives the place back. It may be called more than once.
func (place *Place) Leave() {
	place.of.mu.Lock()
	defer place.of.mu.Unlock()
	place.of.remove(place)
}

// EndBy says how the connection gives way from now on. It reports whether the
// connection still has its place.
func (place *Place) EndBy(end func()) bool {
	place.of.mu.Lock()
	defer place.of.mu.Unlock()
	place.end = end
	return !place.left
}

// Client is what counts as one client: an address, of IPv6 a /64.
func Client(a netip.Addr) netip.Prefix {
	bits := 32
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits) // fits every valid address; the others are one client
	return p
}

package metrics

import (
	"encoding/binary"
	"net/netip"
	"sync"
	"sync/atomic"
)

const (
	boardNotices = 4096      // of one lane between two drains; more are lost, and counted
	boardNames   = 128 << 10 // octets of their names
	boardRecent  = 256       // clients of one lane that are not noticed again before the next drain
)

// A Sample is that a client has asked, for those who count distinct clients and
// the names that are blocked most. It stays in memory until it is drained, a
// moment later, and goes nowhere else.
type Sample struct {
	School   string // the id of the school of the client
	Client   netip.Addr
	Category Category // what Name was blocked for
	Name     []byte   // in wire form, valid during the drain; empty: only the client is noticed

	end uint32 // of Name in the names of the board
}

// A board is what a lane has noticed since the last drain.
type board struct {
	recent [boardRecent]atomic.Uint64 // hashes of clients

	mu   sync.Mutex // guards now and lost
	now  side
	lost uint64

	drained side // belongs to Drain, which changes it for now
}

// A side of a board is written while the other is read.
type side struct {
	notices []Sample
	names   []byte
}

// Noticed says of which categories names are noticed: never of those whose
// names must not be kept anywhere. Until it is called nothing is noticed.
func (c *Counters) Noticed(named func(Category) bool) {
	set := new([256]bool)
	for i := range set {
		set[i] = named(Category(i))
	}
	c.named.Store(set)
}

// Notice takes note of a client that has asked, and of the name, in wire form,
// when it was blocked in a category whose names are noticed. The cost is that
// of a hash for a client that has asked a moment ago.
func (l *Lane) Notice(e *Event, client netip.Addr, name []byte) {
	named := l.counters.named.Load()
	if named == nil || e.Cell == nil {
		return
	}
	if e.Decision != DecisionBlocked || !named[e.Category] {
		name = nil
		hash := askerHash(e.Cell, client)
		slot := &l.board.recent[hash%boardRecent]
		if slot.Load() == hash {
			return
		}
		slot.Store(hash)
	}
	b := &l.board
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &b.now
	if len(s.notices) == boardNotices || len(s.names)+len(name) > boardNames {
		b.lost++
		return
	}
	s.names = append(s.names, name...)
	s.notices = append(s.notices, Sample{School: e.Cell.school, Client: client, Category: e.Category, end: uint32(len(s.names))})
}

// askerHash is a number for a client of a group. Two that share one may hide
// each other until the next drain, no longer.
func askerHash(cell *Cell, client netip.Addr) uint64 {
	a := client.As16()
	return mix(
		binary.LittleEndian.Uint64(a[:8])^cell.number^0x9e3779b97f4a7c15,
		binary.LittleEndian.Uint64(a[8:])^0xd6e8feb86659fd93)
}

// Drain hands out what was noticed since it was called last, and says how much
// was lost for want of room. It is called by one goroutine.
func (c *Counters) Drain(yield func(*Sample)) (lost uint64) {
	c.mu.Lock()
	lanes := c.lanes[:len(c.lanes):len(c.lanes)]
	c.mu.Unlock()
	for _, l := range lanes {
		b := &l.board
		for i := range b.recent {
			if b.recent[i].Load() != 0 {
				b.recent[i].Store(0)
			}
		}
		b.mu.Lock()
		b.now, b.drained = b.drained, b.now
		lost += b.lost
		b.lost = 0
		b.mu.Unlock()
		s, from := &b.drained, uint32(0)
		for i := range s.notices {
			n := &s.notices[i]
			n.Name, from = s.names[from:n.end], n.end
			yield(n)
		}
		clear(s.notices)
		clear(s.names)
		s.notices, s.names = s.notices[:0], s.names[:0]
	}
	return lost
}

// InForce are the schools that the newest SetSchools said.
func (c *Counters) InForce() []School {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inForce
}

// Code is the code of a category, as Category was given it.
func (c *Counters) Code(category Category) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if int(category) < len(c.codes) {
		return c.codes[category]
	}
	return "other"
}

// Package sessions keeps which unit an address belongs to from the start of a customer's
// session to its end, as access servers tell by RADIUS accounting.
package sessions

import (
	"net/netip"
	"sync"
	"sync/atomic"
)

// A Change says whose a prefix is from now on.
type Change struct {
	Prefix netip.Prefix `json:"p"`
	Unit   string       `json:"u,omitempty"` // "school" or "school/group"; "": no unit's
}

// shards is in how many parts a Table is, each with a lock of its own: a power of two.
const shards = 64

// A Table has the prefixes of units. Its methods may be called by any number of goroutines.
type Table struct {
	some  atomic.Bool // false while there is none
	parts [shards]part
	// sizes has a bit for each length that a prefix of IPv6 has or had, from /0 to /63 and
	// from /64 on: those that an address is looked up by.
	sizes [3]atomic.Uint64
}

type part struct {
	mu    sync.RWMutex
	units map[netip.Prefix]string // mu
}

// Apply makes changes, in their order.
func (t *Table) Apply(changes []Change) {
	for _, c := range changes {
		c.Prefix = c.Prefix.Masked()
		p := t.partOf(c.Prefix)
		if c.Unit != "" {
			if size := c.Prefix.Bits(); c.Prefix.Addr().Is6() {
				t.sizes[size>>6].Or(1 << (size & 63))
			}
			t.some.Store(true)
		}
		p.mu.Lock()
		p.set(c)
		p.mu.Unlock()
	}
}

func (p *part) set(c Change) {
	if c.Unit == "" {
		delete(p.units, c.Prefix)
		return
	}
	if p.units == nil {
		p.units = map[netip.Prefix]string{}
	}
	p.units[c.Prefix] = c.Unit
}

// Replace makes the table what all says, prefix by prefix: no address is unknown for a
// moment that was and stays a unit's.
func (t *Table) Replace(all []Change) {
	stay := make(map[netip.Prefix]bool, len(all))
	for _, c := range all {
		stay[c.Prefix.Masked()] = true
	}
	for i := range t.parts {
		p := &t.parts[i]
		p.mu.Lock()
		for prefix := range p.units {
			if !stay[prefix] {
				delete(p.units, prefix)
			}
		}
		p.mu.Unlock()
	}
	t.Apply(all)
}

// UnitOf is the unit whose an address is.
func (t *Table) UnitOf(a netip.Addr) (unit string, ok bool) {
	if t == nil || !t.some.Load() {
		return "", false
	}
	a = a.Unmap().WithZone("")
	if a.Is4() {
		return t.find(netip.PrefixFrom(a, 32))
	}
	for size := 128; size >= 0; size-- { // the longest first
		if t.sizes[size>>6].Load()&(1<<(size&63)) == 0 {
			continue
		}
		if unit, ok = t.find(netip.PrefixFrom(a, size).Masked()); ok {
			return unit, true
		}
	}
	return "", false
}

func (t *Table) find(prefix netip.Prefix) (unit string, ok bool) {
	p := t.partOf(prefix)
	p.mu.RLock()
	unit, ok = p.units[prefix]
	p.mu.RUnlock()
	return unit, ok
}

// partOf is the part of a prefix: by the last bytes of what differs among customers.
func (t *Table) partOf(prefix netip.Prefix) *part {
	b := prefix.Addr().As16()
	return &t.parts[(b[15]^b[7]^b[6]^b[5])%shards]
}

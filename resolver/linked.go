package resolver

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lachan/policy"
	"lachan/resolver/clientconn"
)

// LinkLife is how long an address stays a unit's after its router last said so.
const LinkLife = 7 * 24 * time.Hour

// linkPause is how long after one address a unit can have another.
const linkPause = 10 * time.Second

// A Link says that an address, or a /64 of IPv6, is a unit's for the time being.
type Link struct {
	Prefix netip.Prefix `json:"prefix"`
	Unit   string       `json:"unit"` // "school" or "school/group"
	Since  time.Time    `json:"since"`
	Seen   time.Time    `json:"seen"` // when the router last said so
}

// Linked are the addresses that routers have linked. A unit has one at most, and
// so has an address of units. Its methods may be called by any number of
// goroutines.
type Linked struct {
	save  func([]Link) error
	mu    sync.Mutex // of those who change links
	links atomic.Pointer[map[netip.Prefix]Link]
}

// NewLinked starts with links that were saved. save is called with all of them
// when one is new, by one goroutine at a time.
func NewLinked(links []Link, save func([]Link) error) *Linked {
	l := &Linked{save: save}
	m := map[netip.Prefix]Link{}
	for _, k := range links {
		m[k.Prefix] = k
	}
	l.links.Store(&m)
	return l
}

// UnitOf is the unit that an address is linked to.
func (l *Linked) UnitOf(a netip.Addr, now time.Time) (unit string, ok bool) {
	k, ok := (*l.links.Load())[clientconn.ClientPrefix(a)]
	return k.Unit, ok && now.Sub(k.Seen) < LinkLife
}

// link makes an address a unit's and takes its last one away. The status is that
// of the reply; moved is true when the link is new.
func (l *Linked) link(a netip.Addr, unit string, now time.Time) (status int, moved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	prefix := clientconn.ClientPrefix(a)
	links := maps.Clone(*l.links.Load())
	old := links[prefix]
	moved = old.Unit != unit || now.Sub(old.Seen) >= LinkLife
	since := old.Since
	if moved {
		since = now
		for p, k := range links {
			if k.Unit == unit && now.Sub(k.Since) < linkPause {
				return http.StatusTooManyRequests, false
			}
			if k.Unit == unit || now.Sub(k.Seen) >= LinkLife {
				delete(links, p)
			}
		}
	}
	links[prefix] = Link{prefix, unit, since, now}
	if err := l.save(slices.Collect(maps.Values(links))); err != nil {
		return http.StatusInternalServerError, false
	}
	l.links.Store(&links)
	return http.StatusNoContent, moved
}

// GroupOf is the group of a client of which nothing is known but the address, by
// the rules in force: that in whose network it is, or that it is linked to.
func (r *Resolver) GroupOf(client netip.Addr) (g policy.GroupID, known bool) {
	w := r.snapshot.Load()
	if g, known = w.rules.Identify(client); known {
		return g, true
	}
	return w.linkedGroup(client)
}

// linkedGroup is the group of a client whose address is linked.
func (w *snapshot) linkedGroup(client netip.Addr) (g policy.GroupID, known bool) {
	if w.settings.Clients.Linked == nil {
		return 0, false
	}
	unit, ok := w.settings.Clients.Linked.UnitOf(client, time.Now())
	if !ok {
		return 0, false
	}
	return w.rules.Policy().GroupOf(unit)
}

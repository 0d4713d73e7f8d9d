// Package links keeps which unit an address belongs to for the time being, because
// the router there has said so with the token of the unit.
package links

import (
	"maps"
	"net/http"
	"net/netip"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"lachan/resolver/clientconn"
)

// Life is how long an address stays a unit's after its router last said so.
const Life = 7 * 24 * time.Hour

// Held is how long an address that a unit's router has claimed is no other unit's to
// take. A router that says so every hour keeps its address; one address may be that
// of several homes (CGNAT), and then it is the first one's.
const Held = 2 * time.Hour

// saveEvery is how long a router that says the same again costs no write.
const saveEvery = time.Hour

// pause is how long after one address a unit can have another.
const pause = 10 * time.Second

// A Link says that an address, or a /64 of IPv6, is a unit's for the time being.
type Link struct {
	Prefix netip.Prefix `json:"prefix"`
	Unit   string       `json:"unit"` // "school" or "school/group"
	Since  time.Time    `json:"since"`
	Seen   time.Time    `json:"seen"` // when the router last said so
}

// A Table has the addresses that routers have linked. A unit has one at most, and
// so has an address of units. Its methods may be called by any number of
// goroutines.
type Table struct {
	save  func([]Link) error
	mu    sync.Mutex                 // held while links are changed
	saved map[netip.Prefix]time.Time // mu; when each was seen, as save was told last
	links atomic.Pointer[map[netip.Prefix]Link]
}

// New returns a Table of links that were saved. save is called with all of them
// when one is new or was saved saveEvery ago, by one goroutine at a time.
func New(links []Link, save func([]Link) error) *Table {
	l := &Table{save: save, saved: map[netip.Prefix]time.Time{}}
	m := map[netip.Prefix]Link{}
	for _, k := range links {
		m[k.Prefix] = k
		l.saved[k.Prefix] = k.Seen
	}
	l.links.Store(&m)
	return l
}

// UnitOf is the unit that an address is linked to.
func (l *Table) UnitOf(a netip.Addr, now time.Time) (unit string, ok bool) {
	k, ok := (*l.links.Load())[clientconn.ClientPrefix(a)]
	return k.Unit, ok && now.Sub(k.Seen) < Life
}

// Link makes an address a unit's and takes its last one away, unless another unit
// has claimed it within Held. The status is that of the reply; moved reports
// whether the link is new.
func (l *Table) Link(a netip.Addr, unit string, now time.Time) (status int, moved bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	prefix := clientconn.ClientPrefix(a)
	links := maps.Clone(*l.links.Load())
	old, taken := links[prefix]
	if taken && old.Unit != unit && now.Sub(old.Seen) < Held {
		return http.StatusConflict, false
	}
	moved = old.Unit != unit || now.Sub(old.Seen) >= Life
	since := old.Since
	if moved {
		since = now
		for p, k := range links {
			if k.Unit == unit && now.Sub(k.Since) < pause {
				return http.StatusTooManyRequests, false
			}
			if k.Unit == unit || now.Sub(k.Seen) >= Life {
				delete(links, p)
			}
		}
	}
	links[prefix] = Link{prefix, unit, since, now}
	if moved || now.Sub(l.saved[prefix]) >= saveEvery {
		if err := l.save(slices.Collect(maps.Values(links))); err != nil {
			return http.StatusInternalServerError, false
		}
		clear(l.saved)
		for p, k := range links {
			l.saved[p] = k.Seen
		}
	}
	l.links.Store(&links)
	return http.StatusNoContent, moved
}

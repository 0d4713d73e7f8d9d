package rpzout

import (
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

const (
	// keptSteps is how many versions back a secondary may be to be sent changes
	// alone.
	keptSteps = 20
	// mostChanges bounds the memory of one step; larger ones are sent as a whole
	// zone.
	mostChanges = 100_000
)

// Timers of the zones in seconds. NOTIFY brings changes; the rest is for when
// that is lost.
const (
	ttl     = 60
	refresh = 300
	retry   = 60
	expire  = 30 * 24 * 3600
)

// A zone is one of the zones as it is now.
type zone struct {
	Zone
	node string // MNAME, absolute

	mu    sync.Mutex
	now   edition // mu
	steps []step  // mu; oldest first, each beginning where the one before ends
}

// An edition is a version of a zone; the zero edition has no content, and is
// not served.
type edition struct {
	content
	serial uint32
}

// A step leads from one serial to the next.
type step struct {
	from, to       uint32
	removed, added []record
}

// publish makes the content the zone's newest version. It tells whether that
// is another than before.
func (z *zone) publish(c content, at time.Time) (changed bool) {
	z.mu.Lock()
	old := z.now
	z.mu.Unlock()
	next := edition{c, uint32(at.Unix())}
	if old.list == nil {
		z.set(next, nil)
		return true
	}
	if next.serial-old.serial-1 >= 1<<31-1 {
		next.serial = old.serial + 1 // the clock stands still, or was set back (RFC 1982)
	}
	removed, all := difference(old.content, c)
	added, most := difference(c, old.content)
	if len(removed) == 0 && len(added) == 0 {
		next.serial = old.serial
		z.set(next, z.steps)
		return false
	}
	var steps []step
	if all && most {
		steps = append(slices.Clone(z.steps), step{old.serial, next.serial, removed, added})
		steps = steps[max(0, len(steps)-keptSteps):]
	}
	z.set(next, steps)
	return true
}

// set belongs to the one goroutine that publishes.
func (z *zone) set(e edition, steps []step) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.now, z.steps = e, steps
}

// difference is what a has and b has not; it is not whole when that is too much
// to keep.
func difference(a, b content) (only []record, whole bool) {
	var has []uint64
	b.each(func(r record) bool { has = append(has, r.fingerprint()); return true })
	slices.Sort(has)
	a.each(func(r record) bool {
		if _, found := slices.BinarySearch(has, r.fingerprint()); !found {
			only = append(only, r)
		}
		return len(only) <= mostChanges
	})
	return only, len(only) <= mostChanges
}

// since are the newest version and the steps that lead to it from a serial; ok
// is false when there are none that do.
func (z *zone) since(serial uint32) (e edition, steps []step, ok bool) {
	z.mu.Lock()
	defer z.mu.Unlock()
	i := slices.IndexFunc(z.steps, func(s step) bool { return s.from == serial })
	if i < 0 {
		return z.now, nil, false
	}
	return z.now, z.steps[i:], true
}

func (z *zone) newest() edition {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.now
}

func (z *zone) soa(serial uint32) dns.RR {
	return &dns.SOA{
		Hdr: z.header(dns.TypeSOA), Ns: z.node, Mbox: "hostmaster." + z.node,
		Serial: serial, Refresh: refresh, Retry: retry, Expire: expire, Minttl: ttl,
	}
}

func (z *zone) ns() dns.RR { return &dns.NS{Hdr: z.header(dns.TypeNS), Ns: z.node} }

func (z *zone) header(rrtype uint16) dns.RR_Header {
	return dns.RR_Header{Name: z.Name, Rrtype: rrtype, Class: dns.ClassINET, Ttl: ttl}
}

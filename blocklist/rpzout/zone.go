package rpzout

import (
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/miekg/dns"
)

// This file has the versions of a zone: the newest, and the changes that lead to it.

const (
	// keptSteps is how many versions old the copy of a secondary may be for it to
	// get changes alone.
	keptSteps = 20
	// mostChanges bounds the records of all steps together, and so their memory;
	// a secondary that needs more gets the whole zone.
	mostChanges = 200_000
)

// Timers of the zones in seconds. NOTIFY announces changes; the timers are for when
// it is lost.
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

// publish makes the content the zone's newest version, and reports whether it
// differs from the one before.
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
	removed, added, few := difference(old.content, c)
	switch {
	case !few:
		z.set(next, nil)
	case len(removed)+len(added) == 0:
		next.serial = old.serial
		z.set(next, z.steps)
		return false
	default:
		z.set(next, latest(append(slices.Clone(z.steps), step{old.serial, next.serial, removed, added})))
	}
	return true
}

// latest returns as many of the last steps as may be kept.
func latest(steps []step) []step {
	records := 0
	for i, s := range slices.Backward(steps) {
		records += len(s.removed) + len(s.added)
		if records > mostChanges || len(steps)-i > keptSteps {
			return steps[i+1:]
		}
	}
	return steps
}

// set is called by the one goroutine that publishes.
func (z *zone) set(e edition, steps []step) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.now, z.steps = e, steps
}

// difference returns which records one version has and the next does not, and the
// other way round. Both are in the same order, so one pass is enough; few is false
// if there are too many to keep.
func difference(before, after content) (removed, added []record, few bool) {
	next, stop := iter.Pull(before.entries)
	defer stop()
	was, more := next()
	var old, new []record // of one entry
	for is := range after.entries {
		for ; more && was.Compare(is) < 0 && len(removed) <= mostChanges; was, more = next() {
			removed = before.acts(was).records(removed, was)
		}
		old = old[:0]
		as := after.acts(is)
		if more && was.Compare(is) == 0 {
			a := before.acts(was)
			if a != as {
				old = a.records(old, was)
			}
			same := a == as
			was, more = next()
			if same {
				continue
			}
		}
		new = as.records(new[:0], is)
		removed, added = appendWithout(removed, old, new), appendWithout(added, new, old)
		if len(removed)+len(added) > mostChanges {
			return nil, nil, false
		}
	}
	for ; more && len(removed) <= mostChanges; was, more = next() {
		removed = before.acts(was).records(removed, was)
	}
	return removed, added, len(removed)+len(added) <= mostChanges
}

// appendWithout appends the records of a that are not in b.
func appendWithout(to, a, b []record) []record {
	for _, r := range a {
		if !slices.Contains(b, r) {
			to = append(to, r)
		}
	}
	return to
}

// since returns the newest version and the steps that lead to it from a serial; ok
// is false if none do.
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

package rpzout

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"github.com/miekg/dns"

	"lachan/blocklist"
)

// Targets that say what a trigger does.
const (
	block    = "."
	passthru = "rpz-passthru."
)

// A record is one CNAME: its trigger, relative to the zone and ending with a
// dot, and what it does.
type record struct {
	trigger string
	target  string
}

// A content is what a version of a zone has: the entries of a list with one of
// the tags, at a moment.
type content struct {
	list *blocklist.List
	tags blocklist.Set
	now  int64 // Unix seconds
}

// entries yields the entries of the list, in order.
func (c content) entries(yield func(*blocklist.Entry) bool) { c.list.Each(c.now, yield) }

// each yields the records.
func (c content) each(yield func(record) bool) {
	var few []record
	for e := range c.entries {
		few = c.acts(e).records(few[:0], e)
		for _, r := range few {
			if !yield(r) {
				return
			}
		}
	}
}

// acts says whether an entry is blocked itself, whether what is below it is, and
// whether both would be blocked without it.
type acts struct{ whole, below, above bool }

func (c content) acts(e *blocklist.Entry) acts {
	a := acts{e.Whole.Meets(c.tags), e.Below.Meets(c.tags), e.Above.Meets(c.tags)}
	if e.Name == nil {
		a.below = a.above
	}
	return a
}

// records appends the records of an entry. An entry that a shorter name covers has
// none; an exception below a blocked name is a passthru. If a name has a record, so
// has "*." below it, because a wildcard of a shorter name ends there (RFC 4592
// section 3.3.1).
func (a acts) records(to []record, e *blocklist.Entry) []record {
	if a.whole == a.above && a.below == a.above {
		return to
	}
	if e.Name == nil {
		return append(to, record{prefixTrigger(e.Prefix), target(a.whole)})
	}
	name := e.Name.String() + "."
	if a.whole || a.above {
		to = append(to, record{name, target(a.whole)})
	}
	if a.below || a.above {
		to = append(to, record{"*." + name, target(a.below)})
	}
	return to
}

func target(blocked bool) string {
	if blocked {
		return block
	}
	return passthru
}

// prefixTrigger returns the owner for addresses in answers: the length of the
// prefix, then its bytes or words backwards.
func prefixTrigger(p netip.Prefix) string {
	var parts []string
	if p.Addr().Is4() {
		parts = strings.Split(p.Addr().String(), ".")
	} else {
		text, _ := strings.CutPrefix(p.Addr().String(), "::")
		switch rest, short := strings.CutSuffix(text, "::"); {
		case text != p.Addr().String() && text == "":
			parts = []string{"zz"}
		case text != p.Addr().String():
			parts = append([]string{"zz"}, strings.Split(text, ":")...)
		case short:
			parts = append(strings.Split(rest, ":"), "zz")
		default:
			parts = strings.Split(strings.Replace(text, "::", ":zz:", 1), ":")
		}
	}
	slices.Reverse(parts)
	return fmt.Sprintf("%d.%s.rpz-ip.", p.Bits(), strings.Join(parts, "."))
}

// rr returns the record in a zone, nil if its name would be too long there.
func (r record) rr(zone string, ttl uint32) dns.RR {
	owner := r.trigger + zone
	if _, ok := dns.IsDomainName(owner); !ok {
		return nil
	}
	return &dns.CNAME{
		Hdr:    dns.RR_Header{Name: owner, Rrtype: dns.TypeCNAME, Class: dns.ClassINET, Ttl: ttl},
		Target: r.target,
	}
}

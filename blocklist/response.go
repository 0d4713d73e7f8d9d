package blocklist

import (
	"net/netip"
	"slices"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// A Response is what one response policy zone asks for, or one list that says what to
// answer.
type Response struct {
	Act   format.Act
	Data  []string // with ActData: types and rdata of all records
	Entry string   // the trigger: a name or a prefix
}

// HasClients reports whether some rule is triggered by the address of the client.
func (l *List) HasClients() bool {
	for _, family := range [2]int{familyClientIPv4, familyClientIPv6} {
		if l != nil && (len(l.base.prefixLengths(family)) > 0 || len(l.overlay.prefixLengths(family)) > 0) {
			return true
		}
	}
	return false
}

// ClassifyClient returns the tags of all rules that a client triggers.
func (l *List) ClassifyClient(a netip.Addr, now int64) (set Set) {
	l.visitAddr(a.Unmap(), true, now, func(b *boundSpec, _ int) { set = set.Or(b.tags) })
	return set
}

// Respond returns what the zone with that tag asks for if a name triggers it: of
// several rules that for the longest name, and a rule for the name itself before
// a wildcard, which ends at the closest name of its zone. What a list says besides
// blocking (adblock dnsrewrite) comes first, and all such rules of it for the name
// count together.
func (l *List) Respond(tag int, n *domain.Name, qtype uint16, now int64) (r Response, ok bool) {
	found := l.withoutEnded(l.matches(n, qtype, now), n)
	best := response(tag, found)
	if best == nil {
		return r, false
	}
	r = best.of(tag, found)
	if r.Entry = domain.Text(n.Suffix(best.labels)); best.labels == 0 && best.expr == "" {
		r.Entry = everyName
	}
	return r, true
}

// RespondAddr is Respond for an address in an answer or, with client, for the
// address of the client; the longest prefix counts.
func (l *List) RespondAddr(tag int, a netip.Addr, client bool, now int64) (r Response, ok bool) {
	a = a.Unmap()
	found := l.matchesAddr(a, client, now)
	best := response(tag, found)
	if best == nil {
		return r, false
	}
	r = best.of(tag, found)
	k := keyOf(a, best.labels)
	r.Entry = keyText(k.bytes())
	return r, true
}

// withoutEnded takes out the wildcards of zones that the zone itself ends above n.
func (l *List) withoutEnded(found []match, n *domain.Name) []match {
	return slices.DeleteFunc(found, func(x match) bool { return l.ends(&x, n) })
}

// ends reports whether a wildcard of a response policy zone ends above n, as it does
// where the zone has an entry for a name between (RFC 4592 section 2.2.1), or a
// wildcard below such a name. It still covers the name of that other wildcard itself,
// as with Unbound and Recursor; BIND alone does not. Names that only have entries
// below them are not known here, and end nothing.
func (l *List) ends(x *match, n *domain.Name) bool {
	if x.Scope != format.Below || !x.ofZone() {
		return false
	}
	between := func(s *boundSnapshot, over []uint32, ids []uint32) bool {
		return slices.ContainsFunc(ids, func(id uint32) bool {
			b := &s.specs[id]
			return b.feed == x.feed && b.ofZone() && !b.Removed && (s == l.overlay || !l.overlay.removes(over, b))
		})
	}
	for k := x.labels + 1; k < n.Labels(); k++ {
		over, base := l.overlay.rulesOf(n.Hash(k), n.Suffix(k)), l.base.rulesOf(n.Hash(k), n.Suffix(k))
		if between(l.base, over, base) || between(l.overlay, over, over) {
			return true
		}
	}
	return false
}

// response returns the most specific match with that tag, nil if there is none.
func response(tag int, found []match) (best *match) {
	for i := range found {
		x := &found[i]
		if x.tags.Has(tag) && !x.Allow && (best == nil || x.before(best)) && !lifted(x, found) {
			best = x
		}
	}
	return best
}

// before reports whether f is more specific than o.
func (f *match) before(o *match) bool {
	if f.Rewrite != o.Rewrite {
		return f.Rewrite
	}
	if f.labels != o.labels {
		return f.labels > o.labels
	}
	return f.Scope != format.Below && o.Scope == format.Below
}

// of returns the response of a match, with the data of all equally specific
// ones.
func (f *match) of(tag int, all []match) Response {
	if f.Rewrite {
		return rewritten(tag, all)
	}
	r := Response{Act: f.Act}
	for i := range all {
		x := &all[i]
		equal := x.tags.Has(tag) && x.labels == f.labels && x.Scope == f.Scope
		if equal && x.Act == format.ActData && f.Act == format.ActData {
			r.Data = append(r.Data, x.Data)
		}
	}
	return r
}

// rewritten joins all that a list says of what to answer, as AdGuard Home does: a
// code comes before data, among which an alias comes before the rest.
func rewritten(tag int, all []match) Response {
	r := Response{Act: format.ActNoData}
	for i := range all {
		x := &all[i]
		if !x.Rewrite || x.Allow || !x.tags.Has(tag) || lifted(x, all) {
			continue
		}
		if x.Act != format.ActData {
			return Response{Act: x.Act}
		}
		r.Act, r.Data = format.ActData, append(r.Data, x.Data)
	}
	return r
}

package blocklist

import (
	"net/netip"

	"lachan/blocklist/domain"
)

// A match is a rule that holds for a name or an address, before the exceptions
// of its feed are applied.
type match struct {
	*boundSpec
	labels int    // of the suffix it was found at; for an address the bits of the prefix
	expr   string // of a regular expression, else ""
}

// A matchList has a bounded size and lives on the stack. A name has few suffixes
// with rules, and these few rules. Blocking rules come first, so that a full
// list leaves exceptions out and opens nothing.
type matchList struct {
	list  [96]match
	count int
}

// add appends a rule unless the list is full.
func (f *matchList) add(b *boundSpec, labels int, expr string) {
	if f.count < len(f.list) {
		f.list[f.count] = match{b, labels, expr}
		f.count++
	}
}

// matchRules is Classify for names with rules that have conditions: exceptions,
// query types, times, regular expressions, or an overlay.
func (l *List) matchRules(n *domain.Name, qtype uint16, now int64) (set Set) {
	var found matchList
	l.find(n, qtype, now, &found)
	for i := range found.list[:found.count] {
		if f := &found.list[i]; !f.Allow && !found.lifted(f) {
			set = set.Or(f.tags)
		}
	}
	return set
}

// find collects the rules that hold for a name, blocking rules first.
func (l *List) find(n *domain.Name, qtype uint16, now int64, found *matchList) {
	for _, allow := range [2]bool{false, true} {
		for k := 1; k <= n.Labels(); k++ {
			over := l.overlay.rulesOf(n.Hash(k), n.Suffix(k))
			for _, id := range l.base.rulesOf(n.Hash(k), n.Suffix(k)) {
				b := &l.base.specs[id]
				if b.Allow == allow && b.holdsFor(n, k, qtype, now) && !l.overlay.removes(over, b) {
					found.add(b, k, "")
				}
			}
			for _, id := range over {
				b := &l.overlay.specs[id]
				if b.Allow == allow && !b.Removed && b.holdsFor(n, k, qtype, now) {
					found.add(b, k, "")
				}
			}
		}
		l.findRegexes(n, qtype, now, allow, found)
	}
}

// holdsFor reports whether a rule that was found at the k rightmost labels of a
// name applies to it.
func (b *boundSpec) holdsFor(n *domain.Name, k int, qtype uint16, now int64) bool {
	return covers(b.Scope, k == n.Labels()) && b.holds(qtype, now) && !b.excepts(n)
}

// findRegexes collects the rules whose regular expressions match a name: those
// with exceptions only, or those without.
func (l *List) findRegexes(n *domain.Name, qtype uint16, now int64, allow bool, found *matchList) {
	if len(l.base.regexes) == 0 && (l.overlay == nil || len(l.overlay.regexes) == 0) {
		return
	}
	buf := l.texts.Get().(*[domain.MaxWire]byte)
	defer l.texts.Put(buf)
	text := textOf(buf[:0], n)
	for _, snapshot := range [2]*boundSnapshot{l.base, l.overlay} {
		if snapshot == nil {
			continue
		}
		for _, p := range snapshot.regexes {
			b := &snapshot.specs[p.Spec]
			if b.Allow == allow && !b.Removed && b.holds(qtype, now) && !b.excepts(n) && p.match(text) {
				found.add(b, 0, p.Expr)
			}
		}
	}
}

// findAddr collects the rules of all prefixes that contain an address, longest
// first: of addresses in answers, or with client of clients.
func (l *List) findAddr(a netip.Addr, client bool, now int64, found *matchList) {
	family := familyIPv4
	if a.Is6() {
		family = familyIPv6
	}
	if client {
		family += familyClientIPv4
	}
	key := func(bits int) addressKey {
		k := keyOf(a, bits)
		if client {
			k.client()
		}
		return k
	}
	for _, bits := range l.base.prefixLengths(family) {
		k := key(bits)
		over := l.overlay.rulesOf(k.hash(), k.bytes())
		for _, id := range l.base.rulesOf(k.hash(), k.bytes()) {
			if b := &l.base.specs[id]; b.holds(0, now) && !b.Allow && !l.overlay.removes(over, b) {
				found.add(b, bits, "")
			}
		}
	}
	for _, bits := range l.overlay.prefixLengths(family) {
		k := key(bits)
		for _, id := range l.overlay.rulesOf(k.hash(), k.bytes()) {
			if b := &l.overlay.specs[id]; b.holds(0, now) && !b.Allow && !b.Removed {
				found.add(b, bits, "")
			}
		}
	}
}

// textOf appends the name with dots between its labels, unescaped: what
// regular expressions are matched against.
func textOf(dst []byte, n *domain.Name) []byte {
	for rest := n.Suffix(n.Labels()); len(rest) > 0; {
		size := 1 + int(rest[0])
		if len(dst) > 0 {
			dst = append(dst, '.')
		}
		dst = append(dst, rest[1:size]...)
		rest = rest[size:]
	}
	return dst
}

// lifted reports whether an exception of the same feed, of at least the level of
// block, holds for the same name.
func (f *matchList) lifted(block *match) bool {
	for i := range f.list[:f.count] {
		if y := &f.list[i]; y.Allow && y.feed == block.feed && y.level() >= block.level() {
			return true
		}
	}
	return false
}

// excepts reports whether a name is at or below one of the rule's DenyAllow.
func (b *boundSpec) excepts(n *domain.Name) bool {
	for i := range b.except {
		if n.Within(&b.except[i]) {
			return true
		}
	}
	return false
}

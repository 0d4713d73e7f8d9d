package blocklist

import (
	"net/netip"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// A match is a rule that holds for a name or an address, before the exceptions
// of its feed are applied.
type match struct {
	*boundSpec
	labels int    // of the suffix it was found at; for an address the bits of the prefix
	expr   string // of a regular expression, else ""
}

// matchRules is Classify for names with rules that have conditions: exceptions,
// query types, times, regular expressions, or an overlay.
func (l *List) matchRules(n *domain.Name, qtype uint16, now int64) Set {
	s := l.scratch.Get().(*scratch)
	defer l.scratch.Put(s)
	l.visit(s, n, qtype, now, func(b *boundSpec, _ int, _ string) { s.tally.add(b) })
	set, pairwise := s.tally.sum()
	if !pairwise {
		return set
	}
	set = Set{}
	found := l.matches(n, qtype, now)
	for i := range found {
		if x := &found[i]; !x.Allow && !lifted(x, found) {
			set = set.Or(x.tags)
		}
	}
	return set
}

// matches returns all rules that hold for a name, exceptions last.
func (l *List) matches(n *domain.Name, qtype uint16, now int64) []match {
	s := l.scratch.Get().(*scratch)
	defer l.scratch.Put(s)
	var blocking, lifting []match
	l.visit(s, n, qtype, now, func(b *boundSpec, labels int, expr string) {
		if m := (match{b, labels, expr}); b.Allow {
			lifting = append(lifting, m)
		} else {
			blocking = append(blocking, m)
		}
	})
	return append(blocking, lifting...)
}

// visit calls f with each rule that holds for a name, and with the number of
// labels of the suffix or the expression that it was found by.
func (l *List) visit(
	s *scratch, n *domain.Name, qtype uint16, now int64, f func(b *boundSpec, labels int, expr string),
) {
	for k := 0; k <= n.Labels(); k++ {
		over, base := l.overlay.rulesOfAll(), l.base.rulesOfAll()
		if k > 0 {
			over, base = l.overlay.rulesOf(n.Hash(k), n.Suffix(k)), l.base.rulesOf(n.Hash(k), n.Suffix(k))
		}
		for _, id := range base {
			if b := &l.base.specs[id]; b.holdsFor(n, k, qtype, now) && !l.overlay.removes(over, b) {
				f(b, k, "")
			}
		}
		for _, id := range over {
			if b := &l.overlay.specs[id]; !b.Removed && b.holdsFor(n, k, qtype, now) {
				f(b, k, "")
			}
		}
	}
	for _, snapshot := range [2]*boundSnapshot{l.base, l.overlay} {
		if snapshot == nil || snapshot.snapshot.expressions.Len() == 0 {
			continue
		}
		text := textOf(s.text[:0], n)
		s.tried = snapshot.snapshot.expressions.Candidates(s.tried[:0], s.seen, text)
		for _, i := range s.tried {
			r := &snapshot.snapshot.meta.Regexes[i]
			b := &snapshot.specs[r.Spec]
			if (snapshot.gone == nil || !snapshot.gone[i]) && !b.Removed && b.holds(qtype, now) && !b.excepts(n) &&
				snapshot.snapshot.expressions.Match(i, text) {
				f(b, 0, r.Expr)
			}
		}
	}
}

// holdsFor reports whether a rule that was found at the k rightmost labels of a
// name applies to it.
func (b *boundSpec) holdsFor(n *domain.Name, k int, qtype uint16, now int64) bool {
	return covers(b.Scope, k == n.Labels()) && b.holds(qtype, now) && !b.excepts(n)
}

// visitAddr calls f with each rule of a prefix that contains an address, and with
// the bits of the prefix, longest first: of addresses in answers, or with client
// of clients.
func (l *List) visitAddr(a netip.Addr, client bool, now int64, f func(b *boundSpec, bits int)) {
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
				f(b, bits)
			}
		}
	}
	for _, bits := range l.overlay.prefixLengths(family) {
		k := key(bits)
		for _, id := range l.overlay.rulesOf(k.hash(), k.bytes()) {
			if b := &l.overlay.specs[id]; b.holds(0, now) && !b.Allow && !b.Removed {
				f(b, bits)
			}
		}
	}
}

// matchesAddr returns all rules that visitAddr finds.
func (l *List) matchesAddr(a netip.Addr, client bool, now int64) (found []match) {
	l.visitAddr(a, client, now, func(b *boundSpec, bits int) { found = append(found, match{b, bits, ""}) })
	return found
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

// lifted reports whether an exception of the same feed that is for a rule such as
// block, of at least its level, is among the rules that hold.
func lifted(block *match, among []match) bool {
	for i := range among {
		if y := &among[i]; y.Allow && y.feed == block.feed && y.level() >= block.level() && y.liftsKind(block) {
			return true
		}
	}
	return false
}

// liftsKind reports whether an exception is for a rule such as block: one that says
// what to answer lifts such rules only, and with an action the same answer only;
// one of dnsmasq lifts what is said of a name above its own.
func (f *match) liftsKind(block *match) bool {
	switch {
	case f.Rewrite != block.Rewrite, f.Nearer && f.labels <= block.labels:
		return false
	case f.Rewrite && f.Act != format.ActBlock:
		return f.Act == block.Act && f.Data == block.Data
	}
	return true
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

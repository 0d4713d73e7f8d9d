package blocklist

import (
	"net/netip"
	"slices"
	"sync"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// A List is a snapshot whose rules have been given their tags. It is immutable
// and may be used by any number of goroutines; a nil List knows no name.
type List struct {
	snapshot *Snapshot
	rulesets []tagged
	specs    []bound
	texts    sync.Pool // of *[domain.MaxWire]byte, for regular expressions
}

// tagged is a ruleset as classification needs it: the sets to add when it is
// found at the whole name and when it is found at a suffix.
type tagged struct {
	whole, below Set
	conditional  bool // some rule needs more than the name: walk the specs
}

type bound struct {
	spec
	tags   Set
	except []domain.Name // DenyAllow
}

// Bind gives each rule its tags: of its feed and, where the entry names its
// own, that category. The empty set leaves a rule without effect, which is how
// the rules of a feed that is no longer configured end.
func (s *Snapshot) Bind(tags func(feed, category string) Set) *List {
	l := &List{snapshot: s}
	l.texts.New = func() any { return new([domain.MaxWire]byte) }
	for i := range s.meta.Specs {
		b := bound{spec: s.meta.Specs[i]}
		b.tags = tags(s.meta.Feeds[b.Feed].Name, b.Category)
		for _, text := range b.DenyAllow {
			var n domain.Name
			if n.SetText(text) == nil {
				b.except = append(b.except, n)
			}
		}
		l.specs = append(l.specs, b)
	}
	for _, set := range s.meta.Rulesets {
		var t tagged
		for _, id := range set {
			b := &l.specs[id]
			if b.conditional() {
				t.conditional = true
			}
			if covers(b.Scope, true) {
				t.whole = t.whole.Or(b.tags)
			}
			if covers(b.Scope, false) {
				t.below = t.below.Or(b.tags)
			}
		}
		l.rulesets = append(l.rulesets, t)
	}
	return l
}

// Snapshot is what the list was bound from; nil of a nil List.
func (l *List) Snapshot() *Snapshot {
	if l == nil {
		return nil
	}
	return l.snapshot
}

// Timed tells whether some rule begins or ends to hold with time.
func (l *List) Timed() bool {
	return slices.ContainsFunc(l.specs, func(b bound) bool { return b.From != 0 || b.Until != 0 })
}

// Classify returns the tags of all rules that hold for a name, a query type
// and a moment (Unix seconds). It looks every suffix up, shortest first, and
// does not allocate.
func (l *List) Classify(n *domain.Name, qtype uint16, now int64) (set Set) {
	if l == nil {
		return Set{}
	}
	conditional := len(l.snapshot.regexes) > 0
	labels := n.Labels()
	for k := 1; k <= labels; k++ {
		id, ok := l.snapshot.lookup(n.Hash(k), n.Suffix(k))
		if !ok {
			continue
		}
		t := &l.rulesets[id]
		conditional = conditional || t.conditional
		if k == labels {
			set = set.Or(t.whole)
		} else {
			set = set.Or(t.below)
		}
	}
	if conditional {
		return l.weigh(n, qtype, now)
	}
	return set
}

// ClassifyAddr returns the tags of all prefixes that hold an address.
func (l *List) ClassifyAddr(a netip.Addr, now int64) (set Set) {
	if l == nil {
		return Set{}
	}
	a = a.Unmap()
	for _, bits := range l.prefixLengths(a) {
		k := keyOf(a, bits)
		for _, id := range l.rulesOf(&k) {
			if b := &l.specs[id]; b.holds(0, now) && !b.Allow {
				set = set.Or(b.tags)
			}
		}
	}
	return set
}

// prefixLengths are the lengths of prefixes that the list has in the family of
// a, longest first.
func (l *List) prefixLengths(a netip.Addr) []int {
	if a.Is6() {
		return l.snapshot.meta.IPv6Bits
	}
	return l.snapshot.meta.IPv4Bits
}

func (l *List) rulesOf(k *addressKey) []uint32 {
	if id, ok := l.snapshot.lookup(k.hash(), k.bytes()); ok {
		return l.snapshot.meta.Rulesets[id]
	}
	return nil
}

// A Match is a rule that holds for a name or an address, as explanations name
// it.
type Match struct {
	Feed     string       `json:"feed"`
	Category string       `json:"category,omitempty"` // when the entry names its own
	Entry    string       `json:"entry"`              // the name, prefix or /expression/ of the rule
	Scope    format.Scope `json:"-"`
	Document string       `json:"document,omitempty"`
	Allow    bool         `json:"allow,omitempty"`  // an exception within its feed
	Lifted   bool         `json:"lifted,omitempty"` // by an exception of its feed
	Until    time.Time    `json:"until,omitzero"`
	Tags     Set          `json:"-"`
}

// Matches names every rule behind Classify, exceptions included.
func (l *List) Matches(n *domain.Name, qtype uint16, now int64) []Match {
	if l == nil {
		return nil
	}
	var found findings
	l.find(n, qtype, now, &found)
	matches := make([]Match, found.count)
	for i, f := range found.list[:found.count] {
		b := &l.specs[f.spec]
		m := l.match(b, f.expr)
		if f.expr == "" {
			m.Entry = domain.Text(n.Suffix(f.labels))
		}
		m.Lifted = !b.Allow && found.lifted(l, f)
		matches[i] = m
	}
	return matches
}

// MatchesAddr names every rule behind ClassifyAddr.
func (l *List) MatchesAddr(a netip.Addr, now int64) (matches []Match) {
	if l == nil {
		return nil
	}
	a = a.Unmap()
	for _, bits := range l.prefixLengths(a) {
		k := keyOf(a, bits)
		for _, id := range l.rulesOf(&k) {
			if b := &l.specs[id]; b.holds(0, now) {
				m := l.match(b, "")
				m.Entry = keyText(k.bytes())
				matches = append(matches, m)
			}
		}
	}
	return matches
}

func (l *List) match(b *bound, expr string) Match {
	m := Match{
		Feed: l.snapshot.meta.Feeds[b.Feed].Name, Category: b.Category, Scope: b.Scope,
		Document: b.Document, Allow: b.Allow, Tags: b.tags,
	}
	if expr != "" {
		m.Entry = "/" + expr + "/"
	}
	if b.Until != 0 {
		m.Until = time.Unix(b.Until, 0)
	}
	return m
}

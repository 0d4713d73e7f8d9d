package blocklist

import (
	"net/netip"
	"sync"

	"lachan/blocklist/domain"
)

// A List is a snapshot whose rules have been given their tags, and perhaps an
// overlay of what changed since it was compiled. It is immutable and may be
// used by any number of goroutines; a nil List knows no name.
type List struct {
	base    *boundSnapshot
	overlay *boundSnapshot // nil if there is none
	scratch *sync.Pool     // of *scratch
}

// A boundSnapshot is a snapshot whose rules have their tags.
type boundSnapshot struct {
	snapshot *Snapshot
	rulesets []ruleset
	specs    []boundSpec
	gone     []bool // by number of an expression: of the base, whether the overlay removes it; nil: none
	tags     Set    // of all rules

	every *ruleset // of the rules for every name; nil if there are none
	all   []uint32 // numbers of their specs
}

// A ruleset holds the tags that Classify adds when it finds it at the whole name,
// and when it finds it at a suffix.
type ruleset struct {
	whole, below Set
	conditional  bool // some rule needs more than the name: Classify walks the specs
}

// A boundSpec is a spec with its tags.
type boundSpec struct {
	spec
	feed    string
	number  int // of the feed; the same in both snapshots of a list
	tags    Set
	except  []domain.Name // DenyAllow
	cancels *boundSpec    // the spec of the base that a Removed spec of an overlay removes
}

// Bind gives each rule its tags: those of its feed and, if the entry names its
// own category, of that. The empty set leaves a rule without effect, which is
// how the rules of a feed that is no longer configured end. The overlay, if not
// nil, must have been made from s.
func (s *Snapshot) Bind(tags func(feed, category string) Set, overlay *Snapshot) *List {
	return s.bind(tags, nil, overlay)
}

// bind is Bind for feeds whose rules hold within a window at most. during may be
// nil.
func (s *Snapshot) bind(
	tags func(feed, category string) Set, during func(feed string) Window, overlay *Snapshot,
) *List {
	numbers := map[string]int{}
	l := &List{base: s.withTags(numbers, tags, during)}
	expressions := s.expressions.Len()
	if overlay != nil {
		l.overlay = overlay.withTags(numbers, tags, during)
		l.overlay.cancel(l.base)
		expressions = max(expressions, overlay.expressions.Len())
	}
	l.scratch = newScratches(len(numbers), expressions)
	return l
}

// withTags returns the snapshot with the tags and windows of its feeds, which it
// numbers by name.
func (s *Snapshot) withTags(
	numbers map[string]int, tags func(feed, category string) Set, during func(feed string) Window,
) *boundSnapshot {
	l := &boundSnapshot{snapshot: s, specs: make([]boundSpec, len(s.meta.Specs))}
	for _, f := range s.meta.Feeds {
		if _, known := numbers[f.Name]; !known {
			numbers[f.Name] = len(numbers)
		}
	}
	for i := range s.meta.Specs {
		b := &l.specs[i]
		b.spec = s.meta.Specs[i]
		b.feed = s.meta.Feeds[b.Feed].Name
		b.number = numbers[b.feed]
		b.tags = tags(b.feed, b.Category)
		if during != nil {
			b.narrow(during(b.feed))
		}
		l.tags = l.tags.Or(b.tags)
		for _, text := range b.DenyAllow {
			var n domain.Name
			if n.SetText(text) == nil {
				b.except = append(b.except, n)
			}
		}
	}
	for _, set := range s.meta.Rulesets {
		l.rulesets = append(l.rulesets, l.tag(set))
	}
	key, hash := keyOfAll()
	if id, ok := s.lookup(hash, key); ok {
		l.every, l.all = &l.rulesets[id], s.meta.Rulesets[id]
	}
	return l
}

// tag joins the tags of the rules of a ruleset.
func (l *boundSnapshot) tag(set []uint32) (t ruleset) {
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
	return t
}

// Tags returns the tags that some rule of the list has.
func (l *List) Tags() Set {
	if l == nil {
		return Set{}
	}
	tags := l.base.tags
	if l.overlay != nil {
		tags = tags.Or(l.overlay.tags)
	}
	return tags
}

// Classify returns the tags of all rules that hold for a name, a query type
// and a moment (Unix seconds). It looks every suffix up, shortest first, and
// does not allocate.
func (l *List) Classify(n *domain.Name, qtype uint16, now int64) (set Set) {
	if l == nil {
		return Set{}
	}
	conditional := l.base.snapshot.expressions.Len() > 0
	labels := n.Labels()
	if every := l.base.every; every != nil && labels > 0 {
		set, conditional = every.below, conditional || every.conditional
	}
	for k := 1; k <= labels; k++ {
		id, ok := l.base.snapshot.lookup(n.Hash(k), n.Suffix(k))
		if !ok {
			continue
		}
		t := &l.base.rulesets[id]
		conditional = conditional || t.conditional
		if k == labels {
			set = set.Or(t.whole)
		} else {
			set = set.Or(t.below)
		}
	}
	if conditional || l.overlay != nil && l.overlay.touches(n) {
		return l.matchRules(n, qtype, now)
	}
	return set
}

// Prefetch reads what Classify is going to read, so that it is in the core's
// cache by then. The number means nothing; it keeps the reads from being
// optimised away.
func (l *List) Prefetch(n *domain.Name) (seen uint64) {
	if l == nil {
		return 0
	}
	for k := 2; k <= n.Labels(); k++ { // there are few names of one label
		seen += l.base.snapshot.prefetch(n.Hash(k))
	}
	return seen
}

// ClassifyAddr returns the tags of all prefixes that contain an address.
func (l *List) ClassifyAddr(a netip.Addr, now int64) (set Set) {
	if l == nil {
		return Set{}
	}
	l.visitAddr(a.Unmap(), false, now, func(b *boundSpec, _ int) { set = set.Or(b.tags) })
	return set
}

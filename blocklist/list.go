package blocklist

import (
	"net/netip"
	"sync"
	"time"

	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// A List is a snapshot whose rules have been given their tags, and perhaps an
// overlay of what changed since it was compiled. It is immutable and may be
// used by any number of goroutines; a nil List knows no name.
type List struct {
	base    *layer
	overlay *layer    // nil when there is none
	texts   sync.Pool // of *[domain.MaxWire]byte, for regular expressions
}

// A layer is a snapshot with tags.
type layer struct {
	snapshot *Snapshot
	rulesets []tagged
	specs    []bound
	regexes  []*pattern // those that hold: of the base less what the overlay takes away
	tags     Set        // of all rules
}

// tagged is a ruleset as classification needs it: the sets to add when it is
// found at the whole name and when it is found at a suffix.
type tagged struct {
	whole, below Set
	conditional  bool // some rule needs more than the name: walk the specs
}

type bound struct {
	spec
	feed    string
	tags    Set
	except  []domain.Name // DenyAllow
	cancels *bound        // of an overlay's Removed spec: the spec of the base that it takes away
}

// Bind gives each rule its tags: of its feed and, where the entry names its
// own, that category. The empty set leaves a rule without effect, which is how
// the rules of a feed that is no longer configured end. The overlay, if not
// nil, must have been made from s.
func (s *Snapshot) Bind(tags func(feed, category string) Set, overlay *Snapshot) *List {
	return s.bind(tags, func(string) Window { return Window{} }, overlay)
}

// bind is Bind for feeds whose rules hold at most within a window.
func (s *Snapshot) bind(tags func(feed, category string) Set, during func(feed string) Window, overlay *Snapshot) *List {
	l := &List{base: s.layer(tags, during)}
	l.texts.New = func() any { return new([domain.MaxWire]byte) }
	if overlay != nil {
		l.overlay = overlay.layer(tags, during)
		l.overlay.cancel(l.base)
	}
	return l
}

func (s *Snapshot) layer(tags func(feed, category string) Set, during func(feed string) Window) *layer {
	l := &layer{snapshot: s, specs: make([]bound, len(s.meta.Specs)), regexes: s.regexes}
	for i := range s.meta.Specs {
		b := &l.specs[i]
		b.spec = s.meta.Specs[i]
		b.feed = s.meta.Feeds[b.Feed].Name
		b.tags = tags(b.feed, b.Category)
		b.narrow(during(b.feed))
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
	return l
}

func (l *layer) tag(ruleset []uint32) (t tagged) {
	for _, id := range ruleset {
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

// Tags are those that some rule of the list has.
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
	conditional := len(l.base.regexes) > 0
	labels := n.Labels()
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
		return l.weigh(n, qtype, now)
	}
	return set
}

// Foresee reads what Classify is about to read, so that it is in the core's cache
// by then. The number means nothing.
func (l *List) Foresee(n *domain.Name) (seen uint64) {
	if l == nil {
		return 0
	}
	for k := 2; k <= n.Labels(); k++ { // there are few names of one label
		seen += l.base.snapshot.foresee(n.Hash(k))
	}
	return seen
}

// ClassifyAddr returns the tags of all prefixes that hold an address.
func (l *List) ClassifyAddr(a netip.Addr, now int64) (set Set) {
	if l == nil {
		return Set{}
	}
	var found findings
	l.findAddr(a.Unmap(), false, now, &found)
	for i := range found.list[:found.count] {
		set = set.Or(found.list[i].tags)
	}
	return set
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
	From     time.Time    `json:"from,omitzero"`
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
	for i := range found.list[:found.count] {
		f := &found.list[i]
		matches[i] = f.match(domain.Text(n.Suffix(f.labels)))
		matches[i].Lifted = !f.Allow && found.lifted(f)
	}
	return matches
}

// MatchesAddr names every rule behind ClassifyAddr.
func (l *List) MatchesAddr(a netip.Addr, now int64) (matches []Match) {
	if l == nil {
		return nil
	}
	var found findings
	a = a.Unmap()
	l.findAddr(a, false, now, &found)
	for i := range found.list[:found.count] {
		f := &found.list[i]
		k := keyOf(a, f.labels)
		matches = append(matches, f.match(keyText(k.bytes())))
	}
	return matches
}

func (f *finding) match(entry string) Match {
	m := Match{
		Feed: f.feed, Category: f.Category, Entry: entry, Scope: f.Scope,
		Document: f.Document, Allow: f.Allow, Tags: f.tags,
	}
	if f.expr != "" {
		m.Entry = "/" + f.expr + "/"
	}
	if f.From != 0 {
		m.From = time.Unix(f.From, 0)
	}
	if f.Until != 0 {
		m.Until = time.Unix(f.Until, 0)
	}
	return m
}

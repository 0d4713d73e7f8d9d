package blocklist

import (
	"maps"

	"lachan/blocklist/domain"
)

// Lists are compiled lists: a snapshot and perhaps an overlay of what changed
// since it was compiled. They are immutable.
type Lists struct {
	serial  uint64 // of the snapshot in its store
	base    *Snapshot
	overlay *Snapshot // nil if nothing changed
}

// Bind gives each rule its tags: those of its feed and, if the entry names its
// own category, of that. The empty set leaves a rule without effect. during, if
// not nil, returns the window outside of which the rules of a feed do not hold.
func (l *Lists) Bind(tags func(feed, category string) Set, during func(feed string) Window) *List {
	return l.base.bind(tags, during, l.overlay)
}

// Digest returns the digest of a feed's rules, "" if the feed is not in the
// lists.
func (l *Lists) Digest(feed string) string {
	if l.overlay != nil {
		if digest := l.overlay.Digest(feed); digest != "" {
			return digest
		}
	}
	return l.base.Digest(feed)
}

// UpToDate reports whether the lists are what the sources say now. Feeds that
// are no longer among the sources do not count: without tags they have no
// effect.
func (l *Lists) UpToDate(sources []Source) bool {
	for _, s := range sources {
		if l.Digest(s.Name) != s.Digest {
			return false
		}
	}
	return true
}

// Rules counts the rules of each feed.
func (l *Lists) Rules() map[string]int {
	rules := l.base.Rules()
	if l.overlay != nil {
		maps.Copy(rules, l.overlay.Rules())
	}
	return rules
}

// Refused are the expressions that are left out, by feed.
func (l *Lists) Refused() []Refusal { return l.base.meta.Refused }

// Keys counts the distinct names and prefixes; those of the overlay count again.
func (l *Lists) Keys() int {
	if l.overlay == nil {
		return l.base.Keys()
	}
	return l.base.Keys() + l.overlay.Keys()
}

// Serial returns the serial of the snapshot in its store.
func (l *Lists) Serial() uint64 { return l.serial }

// OverlayID tells the overlay from others of the same snapshot, whichever process
// asks; 0 if there is none.
func (l *Lists) OverlayID() uint64 {
	if l.overlay == nil {
		return 0
	}
	return domain.HashBytes([]byte(l.overlay.Inputs()))
}

// Base returns the snapshot.
func (l *Lists) Base() *Snapshot { return l.base }

// FalsePositives counts the look-ups that a Bloom filter let through without a
// rule for the name.
func (l *Lists) FalsePositives() uint64 {
	n := l.base.FalsePositives()
	if l.overlay != nil {
		n += l.overlay.FalsePositives()
	}
	return n
}

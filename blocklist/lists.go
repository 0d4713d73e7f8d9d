package blocklist

import "maps"

// Lists are compiled lists: a snapshot and perhaps an overlay of what changed
// since it was compiled. They are immutable.
type Lists struct {
	serial  uint64 // of the snapshot on its shelf
	base    *Snapshot
	overlay *Snapshot // nil when nothing changed
}

// Bind gives every rule its tags: of its feed and, where the entry names its
// own, that category. The empty set leaves a rule without effect.
func (l *Lists) Bind(tags func(feed, category string) Set) *List {
	return l.base.Bind(tags, l.overlay)
}

// BindDuring is Bind for feeds whose rules hold, besides what each says itself,
// at most within a window. Rules for which there is none have the zero Window.
func (l *Lists) BindDuring(tags func(feed, category string) Set, during func(feed string) Window) *List {
	return l.base.bind(tags, during, l.overlay)
}

// Digest is that of a feed's rules; "" when the feed is not in the lists.
func (l *Lists) Digest(feed string) string {
	if l.overlay != nil {
		if digest := l.overlay.Digest(feed); digest != "" {
			return digest
		}
	}
	return l.base.Digest(feed)
}

// UpToDate tells whether the lists are what the sources say now. Feeds that
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

// Keys counts the distinct names and prefixes, those of the overlay besides.
func (l *Lists) Keys() int {
	if l.overlay == nil {
		return l.base.Keys()
	}
	return l.base.Keys() + l.overlay.Keys()
}

// Serial is that of the snapshot on its shelf.
func (l *Lists) Serial() uint64 { return l.serial }

// Base is the snapshot.
func (l *Lists) Base() *Snapshot { return l.base }

// FalsePositives counts the look-ups that a Bloom filter let through and the
// exact names then refused.
func (l *Lists) FalsePositives() uint64 {
	n := l.base.FalsePositives()
	if l.overlay != nil {
		n += l.overlay.FalsePositives()
	}
	return n
}

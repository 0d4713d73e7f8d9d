package policy

import (
	"strings"

	"lachan/blocklist"
	"lachan/internal/wording"
)

// A Feed is what policy must know of a configured feed.
type Feed struct {
	Name     string
	Category string // code of a category, or "service:ID"; its entries may name their own
	// Allow: its names count as own allow entries of Unit, or of every top unit
	// when that is "".
	Allow bool
	// LockedBy is the unit for which, and below which, nobody can lift a block
	// by this feed; "" for none.
	LockedBy string
	// Unit makes a feed one of that unit's own: its names count as the unit's
	// own block (or allow) entries and say nothing about other units.
	Unit string
	// Zone tells that the feed is a response policy zone; the order of feeds is
	// their rank. ZonePolicy overrides its actions ("given" or "" does not),
	// ZoneCNAME is the target when that is "cname".
	Zone                  bool
	ZonePolicy, ZoneCNAME string

	// Authority is the name of who ordered it, Document the number of the
	// order. A block by a feed with an authority is told as censored
	// (RFC 8914, info code 16).
	Authority, Document string

	File string // where it is configured, for messages
	Line int
}

// builtin is how the names of feeds begin that come with the program.
const builtin = "builtin/"

// addFeeds gives each feed its tags and reports those that name what there is
// not.
func (l *loader) addFeeds(feeds []Feed) {
	for i := range feeds {
		f := &feeds[i]
		category, known := l.tags.classes(f.Category)
		if !known && f.Category != "" && !f.Allow {
			l.fail(f.File, f.Line, l.unknownCode(f.Category))
		}
		if f.Allow && f.LockedBy != "" {
			l.fail(f.File, f.Line, wording.PolicyFeedAllowLocked.With(f.Name))
		}
		tags := feedTags{category: category, alone: f.Allow || f.Unit != ""}
		if f.Allow || f.Unit != "" || f.LockedBy != "" || f.Authority != "" || f.Zone {
			tags.own = l.feedBit(f)
		}
		if f.Zone {
			l.addZone(f, &tags)
		}
		if f.Allow {
			l.tags.excusing = l.tags.excusing.Or(tags.own)
		}
		if f.Authority != "" {
			l.tags.authority = l.tags.authority.Or(tags.own)
		}
		l.tags.feeds[f.Name] = tags
		l.policy.feeds[f.Name] = *f
		l.bindFeed(f, tags.own)
	}
}

// feedBit gives a feed a bit of its own.
func (l *loader) feedBit(f *Feed) Set {
	if len(l.tags.all) == blocklist.SetSize {
		l.fail(f.File, f.Line, wording.PolicyTooManyTags.With(f.Name, blocklist.SetSize))
		return Set{}
	}
	bit := l.tags.add(f.Name, wording.Text{VI: f.Name, EN: f.Name})
	l.tags.single = l.tags.single.Or(blocklist.Of(bit))
	l.tags.all[bit].counts = uint8(l.tags.local)
	if category, ok := l.tags.byKey[f.Category]; ok {
		l.tags.all[bit].counts = l.tags.all[category].counts
	}
	return blocklist.Of(bit)
}

// bindFeed hands a feed to the units that it speaks for.
func (l *loader) bindFeed(f *Feed, own Set) {
	if u, ok := l.unitOf(f, f.LockedBy); ok {
		l.layer(u).lock = l.layer(u).lock.Or(own)
	}
	u, ok := l.unitOf(f, f.Unit)
	switch {
	case ok && f.Allow:
		l.layer(u).lists = l.layer(u).lists.Or(own)
	case ok:
		l.layer(u).block = l.layer(u).block.Or(own)
	case f.Allow && f.Unit == "":
		for u := range l.policy.units {
			if l.policy.parent[u] == noUnit {
				l.layer(uint32(u)).lists = l.layer(uint32(u)).lists.Or(own)
			}
		}
	}
}

// unitOf finds a unit that a feed names, if it names one.
func (l *loader) unitOf(f *Feed, id string) (uint32, bool) {
	if id == "" {
		return 0, false
	}
	u, ok := l.policy.byID[id]
	if !ok {
		l.fail(f.File, f.Line, l.unknownUnit(id))
	}
	return uint32(u), ok
}

func (t *tags) of(feed, category string) Set {
	f, known := t.feeds[feed]
	if !known && !strings.HasPrefix(feed, builtin) {
		return Set{}
	}
	if f.alone {
		return f.own
	}
	if !known && category == coreCode {
		return blocklist.Of(t.core)
	}
	if classes, ok := t.classes(category); ok {
		return classes.Or(f.own)
	}
	if bit, ok := t.words[plainWord(category)]; ok {
		return t.all[bit].lifts.Or(f.own)
	}
	return f.category.Or(f.own)
}

package compile

import (
	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/internal/wording"
	"lachan/policy/compiled"
)

// A Feed is what a policy needs to know of a configured feed.
type Feed struct {
	Name     string
	Category string // code of a category, or "service:ID"
	// Categories are what its entries may name as their own, besides Category. None:
	// any if the feed is Trusted, an Authority's or locked, and else none.
	Categories []string
	Trusted    bool
	// Allow: its names count as own allow entries of Unit, or of every top unit
	// if Unit is "".
	Allow bool
	// LockedBy is the unit for which, and below which, no unit can lift a block by
	// this feed; "" for none.
	LockedBy string
	// Unit makes a feed one of that unit's own: its names count as the unit's
	// own block (or allow) entries and say nothing about other units.
	Unit string
	// Zone is set if the feed is a response policy zone; the order of feeds is their
	// rank. ZonePolicy overrides its actions ("given" or "" does not), ZoneCNAME is
	// the target if ZonePolicy is "cname".
	Zone                  bool
	ZonePolicy, ZoneCNAME string

	// Authority is the name of the authority that ordered the feed, Document the
	// number of the order. A block by such a feed is reported as censored (RFC 8914,
	// info code 16).
	Authority, Document string

	File string // where it is configured, for messages
	Line int
}

// addFeeds gives each feed its tags. It reports feeds whose category or unit does
// not exist.
func (c *compiler) addFeeds(feeds []Feed) {
	for i := range feeds {
		f := &feeds[i]
		category, known := c.tags.Classes(f.Category)
		if !known && f.Category != "" && !f.Allow {
			c.fail(f.File, f.Line, c.unknownTag(f.Category))
		}
		if f.Allow && f.LockedBy != "" {
			c.fail(f.File, f.Line, textFeedAllowLocked.With(f.Name))
		}
		tags := compiled.FeedTags{Category: category, Alone: f.Allow || f.Unit != "", Any: f.AnyCategory()}
		for _, code := range f.Categories {
			bit, known := c.tags.ByKey[code]
			if !known {
				c.fail(f.File, f.Line, c.unknownTag(code))
				continue
			}
			tags.Named = tags.Named.Or(blocklist.Of(bit))
		}
		if f.Allow || f.Unit != "" || f.LockedBy != "" || f.Authority != "" || f.Zone {
			tags.Own = c.feedBit(f)
		}
		if f.Zone {
			c.addZone(f, &tags)
		}
		if f.Allow {
			c.tags.Allowing = c.tags.Allowing.Or(tags.Own)
		}
		if f.Authority != "" {
			c.tags.Authority = c.tags.Authority.Or(tags.Own)
		}
		c.tags.Feeds[f.Name] = tags
		c.feeds[f.Name] = compiled.Feed{Authority: f.Authority, Document: f.Document, File: f.File, Line: f.Line}
		c.bindFeed(f, tags.Own)
	}
}

// AnyCategory reports whether entries of the feed may name any category.
func (f *Feed) AnyCategory() bool {
	return len(f.Categories) == 0 && (f.Trusted || f.Authority != "" || f.LockedBy != "")
}

// feedBit gives a feed a bit of its own.
func (c *compiler) feedBit(f *Feed) Set {
	if len(c.tags.All) == blocklist.SetSize {
		c.fail(f.File, f.Line, textTooManyTags.With(f.Name, blocklist.SetSize))
		return Set{}
	}
	bit := tagList{&c.tags}.add(f.Name, wording.Text{VI: f.Name, EN: f.Name})
	c.tags.Single = c.tags.Single.Or(blocklist.Of(bit))
	c.tags.All[bit].Counts = uint8(c.tags.Local)
	if category, ok := c.tags.ByKey[f.Category]; ok {
		c.tags.All[bit].Counts = c.tags.All[category].Counts
	}
	return blocklist.Of(bit)
}

// bindFeed adds a feed to the layers of the units that it is configured for.
func (c *compiler) bindFeed(f *Feed, own Set) {
	if u, ok := c.unitOf(f, f.LockedBy, textLockedBy); ok {
		c.layer(u).lock = c.layer(u).lock.Or(own)
	}
	u, ok := c.unitOf(f, f.Unit, textFeedUnit)
	switch {
	case ok && f.Allow:
		c.layer(u).lists = c.layer(u).lists.Or(own)
	case ok:
		c.layer(u).block = c.layer(u).block.Or(own)
	case f.Allow && f.Unit == "":
		for u := range c.units {
			if c.parent[u] == compiled.NoUnit {
				c.layer(uint32(u)).lists = c.layer(uint32(u)).lists.Or(own)
			}
		}
	}
}

// unitOf finds a unit that a feed names, if it names one.
func (c *compiler) unitOf(f *Feed, id string, key wording.Text) (uint32, bool) {
	if id == "" {
		return 0, false
	}
	u, ok := c.byID[id]
	if !ok {
		said := c.unknownUnit(id)
		at := key.With(f.Name)
		c.fail(f.File, f.Line, wording.Text{VI: at.VI + ": " + said.VI, EN: at.EN + ": " + said.EN})
	}
	return u, ok
}

// zoneActs are the actions that the configuration may put in place of a zone's
// own.
var zoneActs = map[string]format.Act{
	"nxdomain": format.ActNXDomain, "nodata": format.ActNoData, "passthru": format.ActPassthru,
	"drop": format.ActDrop, "tcp-only": format.ActTCPOnly, "cname": format.ActData,
}

// addZone notes a feed that is a response policy zone.
func (c *compiler) addZone(f *Feed, tags *compiled.FeedTags) {
	tags.Alone = true
	if f.ZonePolicy == "disabled" {
		tags.Own = Set{}
		return
	}
	act, overridden := zoneActs[f.ZonePolicy]
	c.tags.Zones = append(c.tags.Zones, compiled.Zoned{
		Bit: max(tags.Own.First(), 0), // -1 where there was no bit left, which has been reported
		Set: tags.Category.Or(tags.Own), Act: act, Given: !overridden, CNAME: f.ZoneCNAME,
	})
	c.tags.Zoned = c.tags.Zoned.Or(tags.Own)
}

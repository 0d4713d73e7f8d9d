package compiled

import (
	"strconv"
	"strings"

	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/internal/wording"
)

// Tags knows what each bit of a Set means. The lowest tag of a block is the one
// it counts in: built-in categories come first, from the most severe down, then
// categories of policy.yaml by code, pseudo categories, services, and single
// feeds where the feed itself matters and not only its category.
type Tags struct {
	All   []Tag
	ByKey map[string]int // codes and aliases of categories, and "service:ID"
	Words map[string]int // what people call categories, as Plain writes it

	Local, DefaultDeny, Core int // pseudo categories; the first two are counted in, Core marks what is never blocked
	Essential                int // of that, what machines need to work at all: a closed profile lets it through
	AuthorityOrder           int
	Circumvention, CSAM      int
	Lookalike                int // of names that imitate others, by their form
	FirstSeen                int // of domains that nobody has asked for before
	Counted                  Set // categories and pseudo categories: what a block may count in

	Feeds     map[string]FeedTags
	Zones     []Zoned // feeds that are response policy zones, in the order of the configuration
	Zoned     Set     // their bits
	Single    Set     // feeds with a bit of their own
	Authority Set     // feeds that an authority supplies
	Allowing  Set     // Core and the feeds whose names are allowed
}

// A Tag is the meaning of one bit.
type Tag struct {
	Code   string // of a feed's: its name
	Label  wording.Text
	Counts uint8 // the category that a block by this tag counts in
	// Unblocks is what an allow of it in a profile unblocks: of a service its
	// categories too.
	Unblocks Set
	// UnitUnblocks is what a unit's own allow of it unblocks: of a category its
	// services too.
	UnitUnblocks Set
}

// Named is what people call the tag, with its code as it is typed.
func (t *Tag) Named() wording.Text {
	code := strconv.Quote(t.Code)
	if t.Label == (wording.Text{}) {
		return wording.Text{VI: code, EN: code}
	}
	return wording.Text{VI: t.Label.VI + " (" + code + ")", EN: t.Label.EN + " (" + code + ")"}
}

// FeedTags is what the rules of a feed set.
type FeedTags struct {
	Category Set  // unless the entry names its own
	Named    Set  // the categories and services that an entry may name besides
	Any      bool // an entry may name any
	Own      Set  // the feed's own bit, if it has one
	Alone    bool // the own bit is all it sets
}

// A Zoned is a feed that is a response policy zone. Its rank is its index.
type Zoned struct {
	Bit   int
	Set   Set // what its names are: its category and its own bit
	Act   format.Act
	Given bool // the zone's own actions hold
	CNAME string
}

// ServicePrefix is written before the id of a service wherever a category may
// stand too.
const ServicePrefix = "service:"

// Codes of the pseudo categories.
const (
	LocalCode       = "local"
	DefaultDenyCode = "default-deny"
	CoreCode        = "core"
	EssentialCode   = "core-essential"
)

// Builtin is how the names of feeds begin that come with the program.
const Builtin = "builtin/"

// Of are the bits that a rule of a feed sets whose entry names a category, or
// "" for none; see policy.Policy.Tags. A category that entries of the feed may not
// name is as none.
func (t *Tags) Of(feed, category string) Set {
	f, known := t.Feeds[feed]
	if !known && !strings.HasPrefix(feed, Builtin) {
		return Set{}
	}
	if f.Alone {
		return f.Own
	}
	if !known && category == CoreCode {
		return blocklist.Of(t.Core)
	}
	if !known && category == EssentialCode {
		return blocklist.Of(t.Core, t.Essential)
	}
	bit, ok := t.ByKey[category]
	if !ok {
		bit, ok = t.Words[Plain(category)]
	}
	if !ok || known && !f.Any && !f.Named.Has(bit) {
		return f.Category.Or(f.Own)
	}
	return t.All[bit].Unblocks.Or(f.Own)
}

// Hit is what a lock of some tags hits of a name with the tags of: what is never
// blocked is blocked by locked feeds only.
func (t *Tags) Hit(of, locked Set) Set {
	hit := of.And(locked)
	if of.Has(t.Core) {
		hit = hit.And(t.Single)
	}
	return hit
}

// Plain is what people write as codes are written: of "Cờ bạc" it is "co-bac".
func Plain(text string) string { return wording.Plain(text, '-') }

// Classes is what a name of a category or service is: of a service, its
// categories too.
func (t *Tags) Classes(key string) (Set, bool) {
	bit, ok := t.ByKey[key]
	if !ok {
		return Set{}, false
	}
	return t.All[bit].Unblocks, true
}

// CountsIn is the category in which a block is counted; hit are the tags that
// caused the block, of all tags of the name. It is the most severe category hit;
// or the category of the service or feed hit, if the name is in it; or the most
// severe category of the name; or else local. A name with CSAM is always counted
// in that.
func (t *Tags) CountsIn(hit, of Set) uint8 {
	if of.Has(t.CSAM) {
		return uint8(t.CSAM)
	}
	if first := hit.And(t.Counted).First(); first >= 0 {
		return uint8(first)
	}
	category := uint8(t.Local)
	if first := hit.First(); first >= 0 {
		if category = t.All[first].Counts; of.Has(int(category)) {
			return category
		}
	}
	if first := of.And(t.Counted).First(); first >= 0 {
		return uint8(first)
	}
	return category
}

// UnblockedByProfile is all that a profile unblocks which allows the tags of s.
func (t *Tags) UnblockedByProfile(s Set) (all Set) {
	for bit := range s.Each {
		all = all.Or(t.All[bit].Unblocks)
	}
	return all
}

// UnblockedByUnit is all that a unit's own allows of the tags of s unblock.
func (t *Tags) UnblockedByUnit(s Set) (all Set) {
	for bit := range s.Each {
		all = all.Or(t.All[bit].UnitUnblocks)
	}
	return all
}

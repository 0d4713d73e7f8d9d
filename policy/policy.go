// Package policy says what a client may do: which unit it belongs to, which of a
// name's categories are forbidden by that unit, the units above it and the time of
// day, and why.
//
// A Policy is what people wrote, compiled. Rules are a Policy, a list and a
// minute: everything that decides about a question. Both are immutable and may be
// used by any number of goroutines.
//
// # Precedence
//
// The first of these that applies decides (see Layer):
//
//  1. A feed that the group's unit or one above it has locked. Nothing lifts it.
//  2. Names that are never blocked.
//  3. A category or service that the group's unit or one above it has locked, of
//     whatever feed it comes. No unit lifts it.
//  4. The units' own entries and lists, from the group up. Within one unit an allow
//     comes before a block. An allow of a name passes the name. An allow of a
//     category or service unblocks it, and passes the name unless the name is also
//     in another category that is blocked at the moment.
//  5. The canary names, by which software learns whether it may bypass the resolver.
//  6. What the profile blocks at the moment, less what it allows. The more specific
//     term wins: a service wins against the categories it is in.
//  7. The profile's default: allow, or deny, which passes only names that are
//     explicitly allowed.
//
// What passes and is a search engine's name is then rewritten as the profile
// says. That is not a verdict: an own allow of a search engine does not switch
// its safe search off.
package policy

import (
	"runtime"
	"slices"
	"time"

	"github.com/gaissmai/bart"

	"lachan/internal/wording"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
)

// A Policy is the units, what they may do and where their clients are. Its
// tables are read where they are: in memory after Load, in a mapped file after
// Open. Every exported method that reads them keeps the Policy, and with it the
// mapping, alive until it returns, and returns copies.
type Policy struct {
	file      compiled.File
	catalogue *catalogue.Catalogue
	loc       *time.Location
	clients   *bart.Fast[GroupID]
	overlay   *compiled.Overlay // nil if it has none
	rows      Rows              // of the tables of units; nil if it was opened
	kept      *Kept             // nil if it was opened, or nothing is kept
	texts     [][]string        // by layer and category: what Text says
	minded    Set               // the tags that something blocks or observes
	onlySite  []uint32          // the only school and its units that have networks; nil if there are several schools
}

// newPolicy makes what is not in the file.
func newPolicy(file *compiled.File, facts *catalogue.Catalogue) (*Policy, error) {
	loc, err := file.Zone.Location()
	if err != nil {
		return nil, err
	}
	p := &Policy{file: *file, catalogue: facts, loc: loc, clients: &bart.Fast[GroupID]{}, texts: makeTexts(&file.Tags)}
	for i := range file.Networks {
		n := &file.Networks[i]
		p.clients.Insert(n.Prefix(), GroupID(n.Unit))
	}
	p.onlySite, p.minded = onlySite(&p.file), mindedTags(&p.file)
	file.Release() // checking it has touched all of it; decisions touch little
	return p, nil
}

// Location is the time zone in which days and times of day are counted.
func (p *Policy) Location() *time.Location { return p.loc }

// Tests are the policy scripts that policy.yaml names, as paths; those given
// relative to it are joined to its directory.
func (p *Policy) Tests() []string { return slices.Clone(p.file.Tests) }

// Tags are the bits that a rule of a feed sets: the bits of the feed's category, or
// of the entry's category if that is not "", and the feed's own bit if a lock, a
// unit or an authority refers to the feed. Entries may name the categories that
// their feed may fill, any if it is trusted. A category may also be a service
// ("service:zalo"), which sets the service's categories too. An entry's category
// may be written as people say it ("Cờ bạc"). A rule of a feed that is not
// configured sets nothing; the feeds below "builtin/" need no configuration, and
// their entries may name "core" too.
func (p *Policy) Tags(feed, category string) Set { return p.file.Tags.Of(feed, category) }

// NamesCategory reports whether the entries of a list may mean a category or a service of
// the policy by a text, which may be what people say ("Cờ bạc").
func NamesCategory(p *Policy, text string) bool {
	tags := &p.file.Tags
	_, ok := tags.ByKey[text]
	if !ok {
		_, ok = tags.Words[compiled.Plain(text)]
	}
	runtime.KeepAlive(p)
	return ok
}

// HasCode reports whether a policy has a category by its code or alias, or a service as
// "service:ID".
func HasCode(p *Policy, code string) bool {
	_, ok := p.file.Tags.ByKey[code]
	runtime.KeepAlive(p)
	return ok
}

// Counted is the tag of a category that blocks count in, by code or alias; the
// pseudo categories "local" and "default-deny" are among them, services are not.
func (p *Policy) Counted(code string) (tag uint8, ok bool) {
	tags := &p.file.Tags
	switch bit, known := tags.ByKey[code]; {
	case known && tags.Counted.Has(bit):
		return uint8(bit), true
	case code == compiled.LocalCode:
		return uint8(tags.Local), true
	case code == compiled.DefaultDenyCode:
		return uint8(tags.DefaultDeny), true
	}
	return 0, false
}

// CategoryCode is the code of a tag: of a category "gambling", of a service
// "service:zalo", "none" of NoCategory.
func (p *Policy) CategoryCode(tag uint8) string {
	if int(tag) >= len(p.file.Tags.All) {
		return "none"
	}
	return p.file.Tags.All[tag].Code
}

// Label is what people call a tag.
func (p *Policy) Label(tag uint8) wording.Text {
	if int(tag) >= len(p.file.Tags.All) {
		return textNoCategory
	}
	return p.file.Tags.All[tag].Label
}

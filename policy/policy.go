// Package policy says what a client may do: which unit it belongs to, what of a
// name's categories that unit, those above it and the hour forbid, and why.
//
// A Policy is what people wrote, compiled. Rules are a Policy, a list and a
// minute: everything that a question is judged by. Both are immutable and may
// be used by any number of goroutines.
//
// # Precedence
//
// The first of these that has something to say decides (see Layer):
//
//  1. A lock of the group's unit or one above it. Nothing lifts it.
//  2. The units' own entries and lists, from the group up. Of one unit an allow
//     comes before a block. An own allow of a name passes it; one of a category
//     or service lifts that, and passes the name unless it is also in another
//     category that is blocked at the moment.
//  3. Names that are never blocked, then the names that software asks to learn
//     whether it may go around the resolver.
//  4. What the profile blocks at the moment, less what it allows. Here the more
//     special word wins whoever says it: a service against the categories it is
//     in.
//  5. The profile's default: allow, or deny, when only what somebody allowed by
//     word passes.
//
// What passes and is a search engine's name is then rewritten as the profile
// says. That is not a verdict: an own allow of a search engine does not switch
// its safe search off.
package policy

import (
	"iter"
	"time"

	"github.com/gaissmai/bart"

	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// A Policy is the units, what they may do and where their clients are.
type Policy struct {
	inputs    inputs
	file      string
	loc       *time.Location
	catalogue *catalogue.Catalogue
	tags      *tags
	canaries  bool

	units   []unit   // index = GroupID
	parent  []uint32 // by unit; noUnit of the top
	plan    []uint32 // by unit: index into plans
	groups  []Group  // by unit
	byID    map[string]GroupID
	clients bart.Fast[GroupID]
	devices map[string]GroupID // by canonical name, see Device
	links   map[digest]GroupID // by link id
	tokens  map[digest]GroupID // by link token
	linked  map[GroupID]string // by unit that has link ids: the first of them

	profiles   []profile
	rules      []rule
	timetables []timetable
	calendars  []*calendar // the first is nil: no calendar
	ownHours   bool        // the timetable of lessons is policy.yaml's own
	plans      []plan

	own       *ownNames
	notes     []note // the first is empty
	feeds     map[string]Feed
	lockLines map[unitBit]int
	texts     [][]string // by layer and category: what Text says
	tests     []string
}

// unitBit is a tag as a unit locks it.
type unitBit struct {
	unit uint32
	bit  uint8
}

// A Group is a unit as statistics and reports know it. Clients of a unit above
// schools are counted under that unit's own id.
type Group struct {
	School   string // id of the school, "" of unknown clients
	ID       string // of the group within the school, "" of the school itself
	Kind     Kind   // 0 of unknown clients
	Name     string // of the unit itself
	Code     string // in the ministry's database
	Type     string
	Level    string // code, "primary"; that of the school
	Province string // id
	Commune  string // id
	Students int    // 0 when not known
	// Contact is whom people ask about what is blocked, its own or that of the
	// nearest unit above that has one: URIs (mailto: tel: https:).
	Contact []string
}

// UnitID is the id of the group's unit as GroupOf finds it: "school" or
// "school/group"; "" of unknown clients.
func (g *Group) UnitID() string {
	if g.ID != "" {
		return g.School + "/" + g.ID
	}
	return g.School
}

// NumGroups counts the units, unknown clients among them: every GroupID is less.
func (p *Policy) NumGroups() int { return len(p.groups) }

// Group describes a unit; GroupID 0 is unknown clients. It panics if there is no
// such unit.
func (p *Policy) Group(g GroupID) Group { return p.groups[g] }

// Groups yields all units in the order of their numbers.
func (p *Policy) Groups() iter.Seq2[GroupID, Group] {
	return func(yield func(GroupID, Group) bool) {
		for g := range GroupID(p.NumGroups()) {
			if !yield(g, p.Group(g)) {
				return
			}
		}
	}
}

// GroupOf finds a unit by id: "school" or "school/group".
func (p *Policy) GroupOf(unitID string) (GroupID, bool) {
	g, ok := p.byID[unitID]
	return g, ok
}

// Location is the time zone in which days and times of day are counted.
func (p *Policy) Location() *time.Location { return p.loc }

// Tests are the policy scripts that policy.yaml names, as paths; those given
// relative to it are joined to its directory.
func (p *Policy) Tests() []string { return p.tests }

// Counted is the tag of a category that blocks count in, by code or alias; the
// pseudo categories "local" and "default-deny" are among them, services are not.
func (p *Policy) Counted(code string) (tag uint8, ok bool) {
	switch bit, known := p.tags.byKey[code]; {
	case known && p.tags.counted.Has(bit):
		return uint8(bit), true
	case code == localCode:
		return uint8(p.tags.local), true
	case code == defaultDenyCode:
		return uint8(p.tags.defaultDeny), true
	}
	return 0, false
}

// CategoryCode is the code of a tag: of a category "gambling", of a service
// "service:zalo", "none" of NoCategory.
func (p *Policy) CategoryCode(tag uint8) string {
	if int(tag) >= len(p.tags.all) {
		return "none"
	}
	return p.tags.all[tag].code
}

// Label is what people call a tag.
func (p *Policy) Label(tag uint8) wording.Text {
	if int(tag) >= len(p.tags.all) {
		return wording.PolicyNoCategory
	}
	return p.tags.all[tag].label
}

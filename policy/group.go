package policy

import (
	"iter"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A Kind is the rank of a unit.
type Kind = source.Kind

// The kinds of units.
const (
	Province  = source.Province
	Commune   = source.Commune
	School    = source.School
	GroupKind = source.GroupKind
)

// A GroupID is the index of a unit in Policy.Groups, whatever its kind: clients
// may belong to a school as a whole, to a group of it, or to a unit above. 0 is
// the clients that no unit claims.
type GroupID uint32

// A Group is a unit as statistics and reports know it. Clients of a unit above
// schools are counted under that unit's own id.
type Group struct {
	School   string // id of the school, "" for unknown clients
	ID       string // of the group within the school, "" for the school itself
	Kind     Kind   // 0 for unknown clients
	Name     string // of the unit itself
	Code     string // in the ministry's database
	Type     string
	Level    string // code of the school's level, "primary"
	Province string // id
	Commune  string // id
	Students int    // 0 if not known
	// Contact are the URIs (mailto: tel: https:) by which people ask about blocks: the
	// unit's own, or those of the nearest unit above that has some.
	Contact []string
}

// UnitID is the id of the group's unit as GroupOf finds it: "school" or
// "school/group"; "" for unknown clients.
func (g *Group) UnitID() string {
	if g.ID != "" {
		return g.School + "/" + g.ID
	}
	return g.School
}

// NumGroups counts the units, unknown clients among them: every GroupID is less.
func (p *Policy) NumGroups() int { return len(p.file.Units) }

// Group describes a unit; GroupID 0 is unknown clients. It panics if there is no
// such unit.
func (p *Policy) Group(g GroupID) Group {
	f := &p.file
	unit := &f.Units[g]
	id := f.Text(unit.ID)
	group := Group{
		School: id, Kind: Kind(unit.Kind), Name: f.Text(unit.Name), Code: f.Text(unit.Code), Type: f.Text(unit.Type),
		Students: int(unit.Students),
	}
	if group.Kind == GroupKind {
		group.ID = id[groupStart(id):]
	}
	for above := uint32(g); above != compiled.NoUnit; above = f.Parents[above] {
		unit := &f.Units[above]
		switch Kind(unit.Kind) {
		case School:
			group.School, group.Level = f.Text(unit.ID), f.Text(unit.Level)
		case Commune:
			group.Commune = f.Text(unit.ID)
		case Province:
			group.Province = f.Text(unit.ID)
		}
		if group.Contact == nil {
			for _, uri := range f.ContactsOf(above) {
				group.Contact = append(group.Contact, f.Text(uri))
			}
		}
	}
	runtime.KeepAlive(p)
	return group
}

// groupStart is where the id of a group begins in SCHOOL/GROUP.
func groupStart(id string) int { return strings.LastIndexByte(id, '/') + 1 }

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

// Below yields the numbers and ids of the units that are one of tops or below one, their
// groups among them, in the order of their numbers; "" stands for all. Few are found
// quickly among many: what is not below them is not looked at.
func Below(p *Policy, tops ...string) iter.Seq2[GroupID, string] {
	return func(yield func(GroupID, string) bool) {
		defer runtime.KeepAlive(p)
		all, under := false, make([]uint32, 0, len(tops))
		for _, top := range tops {
			all = all || top == ""
			if unit, ok := p.file.Unit(top); ok {
				under = append(under, unit)
			}
		}
		for u := range uint32(p.NumGroups()) {
			above := u
			for !all && above != compiled.NoUnit && !slices.Contains(under, above) {
				above = p.file.Parents[above]
			}
			if above != compiled.NoUnit && !yield(GroupID(u), p.file.UnitID(u)) {
				return
			}
		}
	}
}

// UnitNamed is the id of the unit that people mean by a text: an id, or the name of one
// unit alone, in whatever letter case and with or without marks. ok is false if there is
// none, or more than one of that name. Groups are meant by their ids only.
func UnitNamed(p *Policy, text string) (id string, ok bool) {
	if g, known := p.GroupOf(text); known {
		return p.file.UnitID(uint32(g)), true
	}
	plain := wording.Plain(text, '-')
	if plain == "" {
		return "", false
	}
	for _, g := range p.Groups() {
		if g.Kind == GroupKind || g.Name == "" || wording.Plain(g.Name, '-') != plain {
			continue
		}
		if ok {
			return "", false
		}
		id, ok = g.UnitID(), true
	}
	return id, ok
}

// mostCompared bounds the units that a misspelt id is compared with, letter by letter.
const mostCompared = 5000

// mostMeant is how many units are proposed in place of one that is not there.
const mostMeant = 3

// UnitsMeant are the units that people may mean by the id of none, the likeliest first:
// those of that name, then those of nearly that id, then those with it as a part of their
// ids. They are looked for below tops, see Below. A nil sees lets all be told; else those
// alone for which it is true.
func UnitsMeant(p *Policy, text string, sees func(unit string) bool, tops ...string) (meant []string) {
	plain := wording.Plain(text, '-')
	if plain == "" {
		return nil
	}
	var named, ids, parts []string
	for g, id := range Below(p, tops...) {
		switch {
		case g == 0:
		case wording.Plain(p.file.Text(p.file.Units[g].Name), '-') == plain:
			named = append(named, id)
		case len(ids) <= mostCompared:
			ids = append(ids, id)
		}
	}
	if len(ids) > mostCompared {
		ids = nil
	}
	for _, id := range ids {
		if len(plain) >= leastPart && strings.Contains(id, plain) {
			parts = append(parts, id)
		}
	}
	for _, id := range slices.Concat(named, yamlfile.AllNear(text, ids), parts) {
		if len(meant) < mostMeant && !slices.Contains(meant, id) && (sees == nil || sees(id)) {
			meant = append(meant, id)
		}
	}
	return meant
}

// leastPart is how long a part of an id has to be to stand for it.
const leastPart = 2

// NoUnit adds the units that people may have meant, as UnitsMeant has them, to a text that
// says that a unit is not there.
func NoUnit(text wording.Text, p *Policy, unit string, sees func(unit string) bool, tops ...string) wording.Text {
	meant := UnitsMeant(p, unit, sees, tops...)
	if len(meant) == 0 {
		return text
	}
	for i, id := range meant {
		meant[i] = strconv.Quote(id)
	}
	return wording.Join(text, textUnitsMeant.With(strings.Join(meant, ", ")))
}

// GroupOf finds a unit by id: "school" or "school/group".
func (p *Policy) GroupOf(unitID string) (GroupID, bool) {
	unit, ok := p.file.Unit(unitID)
	runtime.KeepAlive(p)
	return GroupID(unit), ok
}

// Above is the id of the unit directly above one, "" if there is none or no such unit.
func Above(p *Policy, unitID string) string {
	unit, ok := p.file.Unit(unitID)
	if !ok || p.file.Parents[unit] == compiled.NoUnit {
		return ""
	}
	id := p.file.UnitID(p.file.Parents[unit])
	runtime.KeepAlive(p)
	return id
}

// Place is the file and line where a unit is written, "" if there is no such unit.
func Place(p *Policy, unitID string) string {
	unit, ok := p.file.Unit(unitID)
	if !ok {
		return ""
	}
	place := p.file.UnitPlace(unit, int(p.file.Units[unit].Line))
	runtime.KeepAlive(p)
	return place
}

// Written is where a unit is written: the file and the line.
func Written(p *Policy, id string) (file string, line int, ok bool) {
	u, ok := p.file.Unit(id)
	if !ok {
		return "", 0, false
	}
	file, line = p.file.EntryFile(u), int(p.file.Units[u].Line)
	runtime.KeepAlive(p)
	return file, line, true
}

// OfFile is the file and the line of a unit that is not at home in the console; "" for one
// that is, and for none.
func OfFile(p *Policy, id string) (place string) {
	if file, _, ok := Written(p, id); !ok || filepath.Base(file) == consoleFile {
		return ""
	}
	return Place(p, id)
}

// UnitOf is the id of a group's unit and the name of its school, or of the unit
// itself if it is in no school; both "" for unknown clients.
func UnitOf(p *Policy, g GroupID) (id, school string) {
	of := p.Group(g)
	if of.Kind == 0 {
		return "", ""
	}
	id, school = of.UnitID(), of.Name
	if above, ok := p.GroupOf(of.School); ok && of.ID != "" {
		school = p.Group(above).Name
	}
	return id, school
}

// Link is the first link id of a unit, for setting up its devices; "" if it has
// none.
func (p *Policy) Link(g GroupID) string {
	link := p.file.Text(p.file.Units[g].Link)
	runtime.KeepAlive(p)
	return link
}

// An Entry is one that a file has among the own entries of a unit: a name, a category or a
// service that it allows or blocks.
type Entry struct {
	Unit, Name         string
	Allow              bool
	From, Until        time.Time // zero if it has no beginning, or no end
	Who, Why, Document string
	Place              string // file:line
}

// Entries are those of the files of a policy, in the order of the units; what a rule blocks in
// some hours alone is none.
func Entries(p *Policy) (list []Entry) {
	f := &p.file
	put := func(owner uint32, name string, allow bool, from, until int64, note uint32, line int) {
		n := f.Notes[note]
		list = append(list, Entry{
			Unit: f.UnitID(owner), Name: name, Allow: allow, From: limit(from), Until: limit(until),
			Who: f.Text(n.Who), Why: f.Text(n.Why), Document: f.Text(n.Document), Place: f.EntryPlace(owner, line),
		})
	}
	for i := range f.Own.Entries {
		if e := &f.Own.Entries[i]; f.IsUnit(e.Owner) && e.During == 0 {
			put(e.Owner, f.Own.Name(int32(i)), e.Allows(), e.From, e.Until, e.Note, e.Line())
		}
	}
	for u := range f.Units {
		for _, e := range f.CodesOf(uint32(u)) {
			if e.Decision == 0 {
				put(uint32(u), p.Label(e.Bit).VI, e.Allows(), e.From, e.Until, e.Note, int(e.Line))
			}
		}
	}
	runtime.KeepAlive(p)
	return list
}

// limit is a moment that bounds an entry; zero if it is none.
func limit(seconds int64) time.Time {
	if seconds <= 0 || seconds == compiled.Forever {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

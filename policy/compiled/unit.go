package compiled

import (
	"strconv"

	"lachan/policy/source"
)

// What is asked of one unit.

// UnitID is the id of a unit.
func (t *Tables) UnitID(u uint32) string { return t.Text(t.Units[u].ID) }

// UnitPlace is a line of the file in which a unit is written.
func (t *Tables) UnitPlace(u uint32, line int) string { return place(t.Text(t.Units[u].File), line) }

func place(file string, line int) string { return file + ":" + strconv.Itoa(line) }

// UnitRulesOf are the rules that a unit has itself.
func (t *Tables) UnitRulesOf(u uint32) []UnitRule { return of(t.UnitRules, t.Units[u].Rules) }

// CodesOf are a unit's own entries for categories and services.
func (t *Tables) CodesOf(u uint32) []CodeEntry { return of(t.Codes, t.Units[u].Codes) }

// ContactsOf are the contacts that a unit has itself.
func (t *Tables) ContactsOf(u uint32) []Text { return of(t.Contacts, t.Units[u].Contacts) }

// IsUnit reports whether the owner of an entry is a unit and not a profile.
func (t *Tables) IsUnit(owner uint32) bool { return uint64(owner) < uint64(len(t.Units)) }

// EntryFile is the file in which an owner's entries are written.
func (f *File) EntryFile(owner uint32) string {
	if !f.IsUnit(owner) {
		if id := NoUnit - 1 - owner; uint64(id) < uint64(len(f.Profiles)) && f.Profiles[id].File != "" {
			return f.Profiles[id].File
		}
		return f.File
	}
	return f.Text(f.Units[owner].File)
}

// EntryPlace is a line of that file.
func (f *File) EntryPlace(owner uint32, line int) string { return place(f.EntryFile(owner), line) }

// Ancestor is the unit so many units up.
func (t *Tables) Ancestor(u uint32, up uint8) uint32 {
	for ; up > 0; up-- {
		u = t.Parents[u]
	}
	return u
}

// IsAbove reports whether unit a lies above b.
func (t *Tables) IsAbove(a, b uint32) bool {
	for u := t.Parents[b]; u != NoUnit; u = t.Parents[u] {
		if u == a {
			return true
		}
	}
	return false
}

// School is the school that u is, or is a group of; NoUnit if it is none.
func (t *Tables) School(u uint32) uint32 {
	for ; u != NoUnit; u = t.Parents[u] {
		if source.Kind(t.Units[u].Kind) == source.School {
			return u
		}
	}
	return NoUnit
}

// LockedBy is the topmost unit above (or at) u that has locked one of the tags,
// and the tag.
func (t *Tables) LockedBy(u uint32, hit Set) (unit uint32, bit uint8) {
	layers := t.LayersOf(&t.Plans[t.UnitPlan[u]])
	for i := range layers {
		if both := layers[i].Lock.And(hit); !both.Empty() {
			unit, bit = t.Ancestor(u, layers[i].Up), uint8(both.First())
		}
	}
	return unit, bit
}

// LockPlace is where a unit's lock of a tag is written: in its own text, or in
// the configuration of the feed.
func (f *File) LockPlace(unit uint32, bit uint8) string {
	if line, ok := f.lockLine(unit, bit); ok {
		return f.UnitPlace(unit, line)
	}
	feed := f.Feeds[f.Tags.All[bit].Code]
	return place(feed.File, feed.Line)
}

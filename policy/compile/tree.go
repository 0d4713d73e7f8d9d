package compile

import (
	"math"
	"slices"
	"strings"

	"lachan/internal/printable"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A unit is a node of the tree while it is compiled: what it declares, and what it
// inherits.
type unit struct {
	id          string // of a group: SCHOOL/GROUP
	name        string
	kind        source.Kind // 0 of unit 0
	file        string
	line        int
	profile     int32
	profileFrom uint32 // the unit that named the profile, or whose level chose it
	calendar    int32
	link        string // its first link id
	rules       []compiled.UnitRule
	codes       []compiled.CodeEntry
	declared    declared
}

// declared is what a unit declares that can be resolved only when all units are
// known, or that describes the unit itself.
type declared struct {
	id                     string
	parent, level, profile yamlfile.At[string]
	calendar               *source.Calendar
	code, kind             string
	students               int
	contacts               []string
}

// A tree is the units and their parents.
type tree struct {
	*report
	units  []unit
	parent []uint32 // by unit; compiled.NoUnit of the top
	byID   map[string]uint32
	byName map[string]uint32 // provinces and communes; nil until it is asked
}

// mostWords bounds the name of a unit and each part of a note, in characters.
const mostWords = 500

// newTree has room for a number of units; more have it too.
func newTree(r *report, room int) *tree {
	room += room / 64
	return &tree{
		report: r, units: make([]unit, 0, room), parent: make([]uint32, 0, room), byID: make(map[string]uint32, room),
	}
}

// add adds a unit to the tree, but not its networks, rules and entries.
func (t *tree) add(text *source.Unit, parent uint32) (u uint32) {
	u = uint32(len(t.units))
	kind := text.Kind
	switch {
	case u == 0:
	case kind == 0 && parent == compiled.NoUnit:
		kind = source.School
	case kind == 0:
		kind = source.GroupKind
	}
	name := text.Name
	if !text.Shown {
		name = printable.Line(name, mostWords)
	}
	t.units = append(
		t.units,
		unit{name: name, kind: kind, file: text.File, line: int(text.Line), declared: declared{
			id: text.ID, parent: text.Parent, level: text.Level, profile: text.Profile, calendar: text.Calendar,
			code: text.Code, kind: text.Type, students: text.Students, contacts: t.contacts(text),
		}},
	)
	t.parent = append(t.parent, parent)
	if u > 0 {
		t.name(u)
	}
	if text.Students < 0 || text.Students > math.MaxInt32 {
		t.failAt(u, source.TextStudents.With(text.Students))
	}
	return u
}

// contacts are the contacts of a unit. It reports those that are not URIs by which
// people can be reached.
func (t *tree) contacts(text *source.Unit) (uris []string) {
	for _, c := range text.Contact {
		if !source.IsContact(c.V) {
			t.fail(text.File, c.Line, textContact.With(c.V))
			continue
		}
		uris = append(uris, c.V)
	}
	return uris
}

// name gives a unit its full id.
func (t *tree) name(u uint32) {
	unit := &t.units[u]
	own := unit.declared.id
	if !validID(own) {
		t.failAt(u, textUnitID.With(own))
		return
	}
	id := own
	if unit.kind == source.GroupKind {
		above := unit.declared.parent.V
		if parent := t.parent[u]; parent != compiled.NoUnit {
			above = t.units[parent].id
		}
		school, _, _ := strings.Cut(above, "/")
		id = school + "/" + id
	}
	unit.id = id
	if other, twice := t.byID[id]; twice {
		there := site{t.units[other].file, t.units[other].line}
		t.failBoth(unit.file, unit.line, there, textUnitTwice.With(id, t.where(other)))
		return
	}
	t.byID[id] = u
}

func validID(id string) bool {
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return 0 < len(id) && len(id) <= 63
}

// order finds every unit's parent, and reports parents that do not exist, loops
// and ranks out of order. It returns the units in an order in which parents
// come first.
func (t *tree) order() (order []uint32) {
	for u := range t.units {
		t.findParent(uint32(u))
	}
	order = t.parentsFirst()
	depth := make([]int, len(order))
	for _, u := range order {
		if above := t.parent[u]; above != compiled.NoUnit {
			depth[u] = depth[above] + 1
		}
		if depth[u] == compiled.MaxDepth {
			t.failAt(u, textDepth.With(t.units[u].id, compiled.MaxDepth))
		}
		t.checkRank(u)
	}
	return order
}

// findParent resolves the parent that a unit names.
func (t *tree) findParent(u uint32) {
	unit := &t.units[u]
	parent := unit.declared.parent
	if parent.V == "" {
		return
	}
	if t.parent[u] != compiled.NoUnit {
		t.fail(unit.file, parent.Line, textNestedParent.With(unit.declared.id, t.units[t.parent[u]].id))
		return
	}
	above, ok := t.byID[parent.V]
	if !ok && unit.kind != source.GroupKind {
		above, ok = t.called(parent.V)
	}
	if !ok {
		t.fail(unit.file, parent.Line, t.unknownUnit(parent.V))
		return
	}
	t.parent[u] = above
}

// called is the province or the commune of a name, as tables of offices have it
// in place of its id. A name that two have is none.
func (t *tree) called(name string) (u uint32, ok bool) {
	if t.byName == nil {
		t.byName = map[string]uint32{}
		for u := range t.units {
			if unit := &t.units[u]; unit.kind <= source.Commune && unit.name != "" {
				plain := wording.Plain(unit.name, '-')
				if _, twice := t.byName[plain]; twice {
					t.byName[plain] = compiled.NoUnit
					continue
				}
				t.byName[plain] = uint32(u)
			}
		}
	}
	u, ok = t.byName[wording.Plain(name, '-')]
	return u, ok && u != compiled.NoUnit
}

// parentsFirst orders the units, and cuts and reports loops.
func (t *tree) parentsFirst() []uint32 {
	order := make([]uint32, 0, len(t.units))
	const unseen, open, done = 0, 1, 2
	state := make([]uint8, len(t.units))
	var path []uint32
	for start := range t.units {
		path = path[:0]
		for u := uint32(start); u != compiled.NoUnit && state[u] != done; u = t.parent[u] {
			if state[u] == open {
				t.failLoop(path[slices.Index(path, u):])
				t.parent[path[len(path)-1]] = compiled.NoUnit
				break
			}
			state[u] = open
			path = append(path, u)
		}
		for _, u := range slices.Backward(path) {
			state[u] = done
			order = append(order, u)
		}
	}
	return order
}

// failLoop reports a loop of parents by the ids in it.
func (t *tree) failLoop(loop []uint32) {
	ids := make([]string, 0, len(loop)+1)
	for _, u := range append(loop, loop[0]) {
		ids = append(ids, t.units[u].id)
	}
	first := &t.units[loop[0]]
	t.fail(first.file, first.declared.parent.Line, textLoop.With(strings.Join(ids, " -> ")))
}

// checkRank reports a unit whose parent does not rank above it.
func (t *tree) checkRank(u uint32) {
	unit, parent := &t.units[u], t.parent[u]
	if parent == compiled.NoUnit {
		if unit.kind == source.GroupKind && unit.declared.parent.V == "" {
			t.failAt(u, textGroupAlone.With(unit.id))
		}
		return
	}
	above := t.units[parent].kind
	switch {
	case unit.kind == source.GroupKind && above != source.School && above != source.GroupKind:
		t.failAt(u, textGroupAlone.With(unit.id))
	case unit.kind != source.GroupKind && above >= unit.kind:
		t.failAt(u, textRank.With(unit.id, unit.kind.Text(), t.units[parent].id, above.Text()))
	}
}

// unknownUnit is the message that a unit does not exist, with the one that may be
// meant.
func (t *tree) unknownUnit(id string) wording.Text {
	text := textUnknownUnit.With(id)
	if len(t.byID) > maxNearestUnits {
		return text
	}
	known := make([]string, 0, len(t.byID))
	for id := range t.byID {
		known = append(known, id)
	}
	slices.Sort(known)
	return source.Nearest(text, id, known)
}

// maxNearestUnits is how many units are compared with a misspelt id.
const maxNearestUnits = 5000

// failAt reports a problem of a unit.
func (t *tree) failAt(u uint32, text wording.Text) {
	t.fail(t.units[u].file, t.units[u].line, text)
}

// where is the place a unit is written at.
func (t *tree) where(u uint32) string { return place(t.units[u].file, t.units[u].line) }

// above reports whether a lies above b.
func (t *tree) above(a, b uint32) bool {
	for b != compiled.NoUnit && b != a {
		b = t.parent[b]
	}
	return b == a
}

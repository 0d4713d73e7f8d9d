package policy

import (
	"slices"
	"strings"

	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// noUnit stands where a unit has no parent.
const noUnit = ^uint32(0)

// maxDepth bounds how many units lie above one another.
const maxDepth = 16

// A unit is a node of the tree as compiled. Unit 0 is no unit of policy.yaml:
// it stands for the clients that no unit claims.
type unit struct {
	id          string // of a group: SCHOOL/GROUP
	name        string
	kind        Kind // 0 of unit 0
	file        string
	line        int32
	profile     int32
	profileFrom uint32 // the unit that named the profile, or whose level chose it
	calendar    int32
	rules       []unitRule
	codes       []codeEntry
}

// A codeEntry is a unit's own entry for a category or service.
type codeEntry struct {
	from, until int64 // as of ownEntry
	note        uint32
	line        int32
	bit         uint8
	allow       bool
}

func (e *codeEntry) counts(now int64) bool { return e.from <= now && now < e.until }

// A unitRule is a rule with the line it is written on.
type unitRule struct {
	rule int32
	line int32
}

// takeUnits takes in units as written, and the groups within them. What they
// say of other units is kept for later: those may not have been read yet.
func (l *loader) takeUnits(units []unitText) {
	for i := range units {
		l.takeUnit(&units[i], noUnit)
	}
}

func (l *loader) takeUnit(text *unitText, parent uint32) {
	p := l.policy
	u := uint32(len(p.units))
	kind := text.Kind
	switch {
	case u == 0:
	case kind == 0 && parent == noUnit:
		kind = School
	case kind == 0:
		kind = GroupKind
	}
	p.units = append(p.units, unit{name: text.Name, kind: kind, file: text.file, line: int32(text.Line)})
	p.parent = append(p.parent, parent)
	l.said = append(l.said, said{
		id: text.ID, parent: text.Parent, level: text.Level, profile: text.Profile, calendar: text.Calendar,
		code: text.Code, kind: text.Type, students: text.Students, contact: l.contact(text),
	})
	if u > 0 {
		l.nameUnit(u)
	}
	l.compileUnit(u, text)
	for i := range text.Groups {
		text.Groups[i].file = text.file
		l.takeUnit(&text.Groups[i], u)
	}
}

// said is what a unit says of itself that waits for the other units.
type said struct {
	id                     string
	parent, level, profile yamlfile.At[string]
	calendar               *calendarText
	code, kind             string
	students               int
	contact                []string
}

// nameUnit gives a unit its full id.
func (l *loader) nameUnit(u uint32) {
	said, p := &l.said[u], l.policy
	if !validID(said.id) {
		l.failAt(u, wording.PolicyUnitID.With(said.id))
		return
	}
	id := said.id
	if p.units[u].kind == GroupKind {
		above := said.parent.V
		if parent := p.parent[u]; parent != noUnit {
			above = p.units[parent].id
		}
		school, _, _ := strings.Cut(above, "/")
		id = school + "/" + id
	}
	p.units[u].id = id
	if other, twice := p.byID[id]; twice {
		l.failAt(u, wording.PolicyUnitTwice.With(id, l.where(uint32(other))))
		return
	}
	p.byID[id] = GroupID(u)
}

func validID(id string) bool {
	for _, c := range []byte(id) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return 0 < len(id) && len(id) <= 63
}

// buildTree finds every unit's parent, and reports parents that are not there,
// loops and ranks out of order. It returns the units in an order in which
// parents come first.
func (l *loader) buildTree() (order []uint32) {
	p := l.policy
	for u := range l.said {
		l.findParent(uint32(u))
	}
	order = l.parentsFirst()
	depth := make([]int, len(order))
	for _, u := range order {
		if above := p.parent[u]; above != noUnit {
			depth[u] = depth[above] + 1
		}
		if depth[u] == maxDepth {
			l.failAt(u, wording.PolicyDepth.With(p.units[u].id, maxDepth))
		}
		l.checkRank(u)
	}
	return order
}

// findParent resolves the parent that a unit names.
func (l *loader) findParent(u uint32) {
	p, parent := l.policy, l.said[u].parent
	if parent.V == "" {
		return
	}
	if p.parent[u] != noUnit {
		l.fail(p.units[u].file, parent.Line, wording.PolicyNestedParent.With(l.said[u].id, p.units[p.parent[u]].id))
		return
	}
	above, ok := p.byID[parent.V]
	if !ok {
		l.fail(p.units[u].file, parent.Line, l.unknownUnit(parent.V))
		return
	}
	p.parent[u] = uint32(above)
}

// parentsFirst orders the units, and cuts and reports loops.
func (l *loader) parentsFirst() []uint32 {
	p := l.policy
	order := make([]uint32, 0, len(p.units))
	const unseen, open, done = 0, 1, 2
	state := make([]uint8, len(p.units))
	var path []uint32
	for start := range p.units {
		path = path[:0]
		for u := uint32(start); u != noUnit && state[u] != done; u = p.parent[u] {
			if state[u] == open {
				l.failLoop(path[slices.Index(path, u):])
				p.parent[path[len(path)-1]] = noUnit
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
func (l *loader) failLoop(loop []uint32) {
	ids := make([]string, 0, len(loop)+1)
	for _, u := range append(loop, loop[0]) {
		ids = append(ids, l.policy.units[u].id)
	}
	l.fail(l.policy.units[loop[0]].file, l.said[loop[0]].parent.Line, wording.PolicyLoop.With(strings.Join(ids, " -> ")))
}

// checkRank reports a unit whose parent does not rank above it.
func (l *loader) checkRank(u uint32) {
	p := l.policy
	kind, parent := p.units[u].kind, p.parent[u]
	if parent == noUnit {
		if kind == GroupKind && l.said[u].parent.V == "" {
			l.failAt(u, wording.PolicyGroupAlone.With(p.units[u].id))
		}
		return
	}
	above := p.units[parent].kind
	switch {
	case kind == GroupKind && above != School && above != GroupKind:
		l.failAt(u, wording.PolicyGroupAlone.With(p.units[u].id))
	case kind != GroupKind && above >= kind:
		l.failAt(u, wording.PolicyRank.With(p.units[u].id, kind, p.units[parent].id, above))
	}
}

// unknownUnit says that there is no unit of that id, and which one may be
// meant.
func (l *loader) unknownUnit(id string) wording.Text {
	text := wording.PolicyUnknownUnit.With(id)
	if len(l.policy.byID) > maxNearestUnits {
		return text
	}
	known := make([]string, 0, len(l.policy.byID))
	for id := range l.policy.byID {
		known = append(known, id)
	}
	slices.Sort(known)
	return nearest(text, id, known)
}

// maxNearestUnits is how many units are compared with a misspelt id.
const maxNearestUnits = 5000

// nearest adds the known name that a person most likely meant.
func nearest(text wording.Text, name string, known []string) wording.Text {
	near, ok := yamlfile.Nearest(name, known)
	if !ok {
		return text
	}
	hint := wording.PolicyNearest.With(near)
	return wording.Text{VI: text.VI + hint.VI, EN: text.EN + hint.EN}
}

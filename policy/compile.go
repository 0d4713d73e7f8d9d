package policy

import (
	"maps"
	"slices"

	"lachan/blocklist"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// compileUnit takes in what a unit says that needs no other unit: its networks,
// rules, locks and own entries.
func (l *loader) compileUnit(u uint32, text *unitText) {
	unit := &l.policy.units[u]
	l.claimNetworks(u, text)
	l.claimDevices(u, text)
	l.claimLinks(u, text)
	for i := range text.Rules {
		unit.rules = append(unit.rules, l.rule(text.file, &text.Rules[i]))
	}
	for _, code := range text.Lock {
		bit, ok := l.tags.byKey[code.V]
		if !ok {
			l.fail(text.file, code.Line, l.unknownCode(code.V))
			continue
		}
		l.policy.lockLines[unitBit{u, uint8(bit)}] = code.Line
		l.layer(u).lock = l.layer(u).lock.Or(blocklist.Of(bit))
	}
	l.compileEntries(u, text.Allow, true)
	l.compileEntries(u, text.Block, false)
	if text.Students < 0 {
		l.failAt(u, wording.PolicyStudents.With(text.Students))
	}
}

// compileEntries takes in a unit's allow or block entries.
func (l *loader) compileEntries(u uint32, entries []entryText, allow bool) {
	unit := &l.policy.units[u]
	for i := range entries {
		line := int32(entries[i].Line)
		e, ok := l.entry(unit.file, &entries[i])
		switch {
		case !ok:
		case e.name != "":
			l.own.add(e.name, ownEntry{from: e.from, until: e.until, owner: u, note: e.note, line: line, allow: allow})
		default:
			unit.codes = append(unit.codes, codeEntry{e.from, e.until, e.note, line, e.bit, allow})
			l.layer(u) // so that it has one
		}
	}
}

// layer is what a unit adds to the judgment of names of its own and below it.
func (l *loader) layer(u uint32) *layer {
	if l.layers[u] == nil {
		l.layers[u] = &layer{}
	}
	return l.layers[u]
}

// inherit hands profiles and calendars down the tree.
func (l *loader) inherit(order []uint32, written *file) {
	p := l.policy
	p.calendars = []*calendar{nil}
	top := l.compileCalendar(nil, l.path, written.Calendar)
	standard, ok := l.profile(l.path, written.DefaultProfile)
	if !ok {
		standard = 0
	}
	calendars := make([]*calendar, len(p.units))
	numbers := map[string]int32{calendarKey(nil): 0}
	for _, u := range order {
		unit, own := &p.units[u], l.said[u].calendar
		unit.profile, unit.profileFrom = standard, 0
		calendars[u] = top
		if above := p.parent[u]; above != noUnit {
			unit.profile, unit.profileFrom = p.units[above].profile, p.units[above].profileFrom
			calendars[u] = calendars[above]
			unit.calendar = p.units[above].calendar
		}
		l.chooseProfile(u)
		calendars[u] = l.compileCalendar(calendars[u], unit.file, own)
		if own != nil || p.parent[u] == noUnit {
			unit.calendar = l.internCalendar(numbers, calendars[u])
		}
	}
}

// chooseProfile gives a unit the profile it names, or the ready-made one of
// its level.
func (l *loader) chooseProfile(u uint32) {
	said, unit := &l.said[u], &l.policy.units[u]
	level := l.catalogue.Level(said.level.V)
	if level == nil && said.level.V != "" {
		var codes []string
		for _, level := range l.catalogue.Levels {
			codes = append(codes, level.Code, level.Alias)
		}
		l.fail(unit.file, said.level.Line, nearest(wording.PolicyUnknownLevel.With(said.level.V), said.level.V, codes))
	}
	name := said.profile
	if name.V == "" && level != nil {
		name = yamlfile.At[string]{V: level.Profile, Line: said.level.Line}
	}
	if name.V == "" {
		return
	}
	if id, ok := l.profile(unit.file, name); ok {
		unit.profile, unit.profileFrom = id, u
	}
}

// makeGroups describes the units.
func (l *loader) makeGroups() []Group {
	groups := make([]Group, len(l.said))
	for u := range l.said {
		unit, said := &l.policy.units[u], &l.said[u]
		g := Group{
			School: unit.id, Kind: unit.kind, Name: unit.name,
			Code: said.code, Type: said.kind, Students: said.students,
		}
		if unit.kind == GroupKind {
			g.ID = said.id
		}
		for above := uint32(u); above != noUnit; above = l.policy.parent[above] {
			switch id := l.policy.units[above].id; l.policy.units[above].kind {
			case School:
				g.School = id
				g.Level = l.levelOf(above)
			case Commune:
				g.Commune = id
			case Province:
				g.Province = id
			}
			if g.Contact == nil {
				g.Contact = l.said[above].contact
			}
		}
		groups[u] = g
	}
	return groups
}

// levelOf is the code of a unit's level, "" when it gives none.
func (l *loader) levelOf(u uint32) string {
	if level := l.catalogue.Level(l.said[u].level.V); level != nil {
		return level.Code
	}
	return ""
}

// codes is the set of categories and services that a file names.
func (l *loader) codes(file string, written []yamlfile.At[string]) (set Set) {
	for _, code := range written {
		bit, ok := l.tags.byKey[code.V]
		if !ok {
			l.fail(file, code.Line, l.unknownCode(code.V))
			continue
		}
		set = set.Or(blocklist.Of(bit))
	}
	return set
}

// unknownCode says that there is no category or service of that name, and
// which one may be meant.
func (l *loader) unknownCode(code string) wording.Text {
	return nearest(wording.PolicyUnknownCode.With(code), code, slices.Sorted(maps.Keys(l.tags.byKey)))
}

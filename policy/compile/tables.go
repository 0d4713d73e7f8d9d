package compile

import (
	"maps"
	"slices"

	"lachan/policy/compiled"
	"lachan/policy/source"
)

// tables lays out what grows with the number of units.
func (c *compiler) tables() *compiled.Tables {
	t := &compiled.Tables{
		Parents: c.parent, UnitPlan: c.plans.of, Locks: c.locks, Networks: c.networks(), Rules: c.ruleList,
		Plans: c.plans.list, PlanRules: c.plans.rules, Layers: c.plans.layers, Timed: c.plans.timed,
		Own: c.own.Build(),
	}
	s := stringTable{known: map[string]compiled.Text{}}
	t.Units = make([]compiled.Unit, len(c.units))
	for u := range c.units {
		c.layUnit(t, &s, uint32(u))
	}
	for _, name := range slices.Sorted(maps.Keys(c.devices)) {
		t.Devices = append(t.Devices, compiled.Device{Name: s.add(name), Unit: c.devices[name]})
	}
	for digest, u := range c.links {
		t.Links = append(t.Links, compiled.Secret{Digest: digest, Unit: u})
	}
	for digest, u := range c.tokens {
		t.Tokens = append(t.Tokens, compiled.Secret{Digest: digest, Unit: u})
	}
	for _, n := range c.noteList {
		t.Notes = append(t.Notes, compiled.Note{Who: s.intern(n.who), Why: s.intern(n.why), Document: s.intern(n.document)})
	}
	t.Strings = s.data
	t.Index()
	return t
}

// layUnit lays out a unit and what only it has.
func (c *compiler) layUnit(t *compiled.Tables, s *stringTable, u uint32) {
	unit := &c.units[u]
	record := compiled.Unit{
		ID: s.add(unit.id), Name: s.add(unit.name), Code: s.intern(unit.declared.code), Type: s.intern(unit.declared.kind),
		Link: s.add(unit.link), File: s.intern(unit.file), Line: int32(unit.line), Kind: uint8(unit.kind),
		Profile: unit.profile, ProfileFrom: unit.profileFrom, Calendar: unit.calendar, Students: uint32(unit.declared.students),
		Rules:    compiled.Span{First: uint32(len(t.UnitRules)), Count: uint32(len(unit.rules))},
		Codes:    compiled.Span{First: uint32(len(t.Codes)), Count: uint32(len(unit.codes))},
		Contacts: compiled.Span{First: uint32(len(t.Contacts)), Count: uint32(len(unit.declared.contacts))},
	}
	if level := c.facts.Level(unit.declared.level.V); level != nil {
		record.Level = s.intern(level.Code)
	}
	t.UnitRules = append(t.UnitRules, unit.rules...)
	t.Codes = append(t.Codes, unit.codes...)
	for _, uri := range unit.declared.contacts {
		t.Contacts = append(t.Contacts, s.intern(uri))
	}
	t.Units[u] = record
}

// A stringTable collects the strings of the tables.
type stringTable struct {
	data  []byte
	known map[string]compiled.Text
}

// add adds a string that few others equal.
func (s *stringTable) add(text string) compiled.Text {
	if text == "" {
		return compiled.Text{}
	}
	s.data = append(s.data, text...)
	return compiled.Text{At: uint32(len(s.data) - len(text)), Size: uint32(len(text))}
}

// intern adds a string that many others may equal.
func (s *stringTable) intern(text string) compiled.Text {
	at, known := s.known[text]
	if !known {
		at = s.add(text)
		s.known[text] = at
	}
	return at
}

// meta is what does not grow with the number of units.
func (c *compiler) meta(written *source.File) *compiled.Meta {
	m := &compiled.Meta{
		Inputs: compiled.Inputs{Given: c.job.Given(), Files: c.inputs},
		File:   c.path, Zone: compiled.ZoneOf(c.job.Zone), Canaries: written.Canaries,
		Tags: c.tags, Profiles: c.profileList, Timetables: c.timetableList,
		Lessons: int(c.timetables[c.facts.SchoolHours.Code]), OwnHours: c.ownHours,
		Calendars: c.calendars.list, Feeds: c.feeds,
	}
	for _, test := range written.Tests {
		m.Tests = append(m.Tests, c.beside(test))
	}
	return m
}

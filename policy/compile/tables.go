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
	s := compiled.StringTable{}
	t.Units = make([]compiled.Unit, len(c.units))
	rules, codes := 0, 0
	for u := range c.units {
		rules, codes = rules+len(c.units[u].rules), codes+len(c.units[u].codes)
	}
	t.UnitRules, t.Codes = make([]compiled.UnitRule, 0, rules), make([]compiled.CodeEntry, 0, codes)
	for u := range c.units {
		c.layUnit(t, &s, uint32(u))
	}
	for _, name := range slices.Sorted(maps.Keys(c.devices)) {
		t.Devices = append(t.Devices, compiled.Device{Name: s.Add(name), Unit: c.devices[name]})
	}
	for digest, u := range c.links {
		t.Links = append(t.Links, compiled.Secret{Digest: digest, Unit: u})
	}
	for digest, u := range c.tokens {
		t.Tokens = append(t.Tokens, compiled.Secret{Digest: digest, Unit: u})
	}
	for digest, u := range c.sessions {
		t.Sessions = append(t.Sessions, compiled.Secret{Digest: digest, Unit: u})
	}
	for _, n := range c.notes.list {
		t.Notes = append(
			t.Notes, compiled.Note{Who: s.Intern(n.who), Why: s.Intern(n.why), Document: s.Intern(n.document)},
		)
	}
	t.Strings = s.Bytes
	t.Index()
	return t
}

// layUnit lays out a unit and what only it has.
func (c *compiler) layUnit(t *compiled.Tables, s *compiled.StringTable, u uint32) {
	unit := &c.units[u]
	record := compiled.Unit{
		ID: s.Add(unit.id), Name: s.Add(unit.name),
		Code: s.Intern(unit.declared.code), Type: s.Intern(unit.declared.kind),
		Link: s.Add(unit.link), File: s.Intern(unit.file), Line: int32(unit.line), Kind: uint8(unit.kind),
		Profile: unit.profile, ProfileFrom: unit.profileFrom, Calendar: unit.calendar,
		Students: uint32(unit.declared.students),
		Rules:    compiled.Span{First: uint32(len(t.UnitRules)), Count: uint32(len(unit.rules))},
		Codes:    compiled.Span{First: uint32(len(t.Codes)), Count: uint32(len(unit.codes))},
		Contacts: compiled.Span{First: uint32(len(t.Contacts)), Count: uint32(len(unit.declared.contacts))},
	}
	if level := c.levelOf(unit.declared.level.V); level != nil {
		record.Level = s.Intern(level.Code)
	}
	t.UnitRules = append(t.UnitRules, unit.rules...)
	t.Codes = append(t.Codes, unit.codes...)
	for _, uri := range unit.declared.contacts {
		t.Contacts = append(t.Contacts, s.Intern(uri))
	}
	t.Units[u] = record
}

// meta is what does not grow with the number of units.
func (c *compiler) meta(written *source.File) *compiled.Meta {
	m := &compiled.Meta{
		Inputs: compiled.Inputs{Given: c.job.Given(), Files: c.inputs},
		File:   c.path, Zone: compiled.ZoneOf(c.job.Zone), Canaries: written.Canaries,
		Tags: c.tags, Profiles: c.profileList, Timetables: c.timetableList,
		Lessons: int(c.timetables[c.facts.SchoolHours.Code]), OwnHours: c.ownHours,
		Calendars: c.calendars.list, Feeds: c.feeds,
		Rejected: c.rows.told(), Remarks: remarksOf(c),
	}
	for _, test := range written.Tests {
		m.Tests = append(m.Tests, c.beside(test))
	}
	return m
}

package compile

import (
	"net/netip"
	"strings"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/printable"
	"lachan/internal/yamlfile"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// takeUnits adds units as written, and the groups within them. References to other
// units are resolved later, since those may not have been read yet.
func (c *compiler) takeUnits(units []source.Unit) {
	for i := range units {
		c.takeUnit(&units[i], compiled.NoUnit)
	}
}

func (c *compiler) takeUnit(text *source.Unit, parent uint32) {
	u := c.add(text, parent)
	c.claimNetworks(u, text)
	c.claimDevices(u, text)
	c.claimSecrets(u, text)
	for i := range text.Rules {
		rule, names := c.rule(text.File, &text.Rules[i])
		c.units[u].rules = append(c.units[u].rules, rule)
		c.addNames(u, names)
	}
	for _, code := range text.Lock {
		if bit, ok := c.code(text.File, code); ok {
			c.locks = append(c.locks, compiled.Lock{Unit: u, Line: int32(code.Line), Bit: uint32(bit)})
			c.layer(u).lock = c.layer(u).lock.Or(blocklist.Of(bit))
		}
	}
	c.takeEntries(u, text.Allow, true)
	c.takeEntries(u, text.Block, false)
	for i := range text.Groups {
		text.Groups[i].File = text.File
		c.takeUnit(&text.Groups[i], u)
	}
}

// takeEntries adds a unit's allow or block entries.
func (c *compiler) takeEntries(u uint32, entries []source.Entry, allow bool) {
	unit := &c.units[u]
	for i := range entries {
		line := int(entries[i].Line)
		e, ok := c.entry(unit.file, &entries[i])
		switch {
		case !ok:
		case e.name != "":
			c.addOwn(e, u, line, allow)
		default:
			code := compiled.CodeEntry{
				From: e.from, Until: e.until, Note: e.note, Line: int32(line), Bit: e.bit, Allow: flag(allow),
			}
			addCode(c, u, code)
		}
	}
}

// addCode adds a unit's entry for a category or service, with what that needs if it is
// allowed.
func addCode(c *compiler, u uint32, code compiled.CodeEntry) {
	unit := &c.units[u]
	unit.codes = append(unit.codes, code)
	if code.Allows() {
		for _, bit := range c.needs(int(code.Bit)) {
			code.Bit = uint8(bit)
			unit.codes = append(unit.codes, code)
		}
	}
	c.layer(u) // so that it has one
}

func flag(set bool) uint8 {
	if set {
		return 1
	}
	return 0
}

// layer is the layer of a unit. It makes one if the unit has none.
func (c *compiler) layer(u uint32) *layer {
	if c.layers[u] == nil {
		c.layers[u] = &layer{}
	}
	return c.layers[u]
}

// inherit gives each unit the profile and calendar it has or inherits.
func (c *compiler) inherit(order []uint32, written *source.File) {
	top := c.calendars.compile(nil, written.CalendarFile, written.Calendar)
	standard, ok := c.profile(c.path, written.DefaultProfile)
	if !ok {
		standard = 0
	}
	calendars := make([]*compiled.Calendar, len(c.units))
	for _, u := range order {
		unit := &c.units[u]
		own := unit.declared.calendar
		unit.profile, unit.profileFrom = standard, 0
		calendars[u] = top
		if above := c.parent[u]; above != compiled.NoUnit {
			unit.profile, unit.profileFrom = c.units[above].profile, c.units[above].profileFrom
			calendars[u] = calendars[above]
			unit.calendar = c.units[above].calendar
		}
		c.chooseProfile(u)
		calendars[u] = c.calendars.compile(calendars[u], unit.file, own)
		if own != nil || c.parent[u] == compiled.NoUnit {
			unit.calendar = c.calendars.intern(calendars[u])
		}
	}
}

// chooseProfile gives a unit the profile it names, or the ready-made one of
// its level.
func (c *compiler) chooseProfile(u uint32) {
	unit := &c.units[u]
	name := unit.declared.profile
	if level := c.level(unit.file, unit.declared.level); name.V == "" && level != nil {
		name = yamlfile.At[string]{V: level.Profile, Line: unit.declared.level.Line}
	}
	if name.V == "" {
		return
	}
	if id, ok := c.profile(unit.file, name); ok {
		unit.profile, unit.profileFrom = id, u
	}
}

// prepare takes note of what is right in units as it is written. That takes time and
// depends on their text alone: it is kept with them.
func prepare(units []source.Unit) {
	for i := range units {
		u := &units[i]
		u.Shown = printable.Line(u.Name, mostWords) == u.Name
		u.Prefixes = prefixes(u.Networks)
		prepareEntries(u.Allow)
		prepareEntries(u.Block)
		for j := range u.Rules {
			prepareEntries(u.Rules[j].Allow)
			prepareEntries(u.Rules[j].Block)
			prepareEntries(u.Rules[j].Only)
		}
		prepare(u.Groups)
	}
}

func prepareEntries(entries []source.Entry) {
	for i := range entries {
		short := entries[i].Short
		canonical, err := domain.Canonical(short)
		is := err == nil && canonical == short && strings.Contains(short, ".")
		entries[i].Plain = is && !domain.IsPublicSuffix(short)
	}
}

// prefixes are networks as prefixes; nil if one of them is none.
func prefixes(networks []yamlfile.At[string]) []netip.Prefix {
	list := make([]netip.Prefix, 0, len(networks))
	for _, n := range networks {
		prefix, ok := source.Network(n.V)
		if !ok {
			return nil
		}
		list = append(list, prefix)
	}
	return list
}

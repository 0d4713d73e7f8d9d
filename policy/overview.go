package policy

import (
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"lachan/internal/wording"
	"lachan/policy/compiled"
	"lachan/policy/source"
)

// A Setting is what several schools and groups may do alike.
type Setting struct {
	Units   []string // ids, in the order of the policy
	Now     Blocked  // at the moment that was asked about
	Lessons Blocked  // while lessons are held
	// Others are the other timetables of their rules, where what is blocked in them alone is
	// not what Otherwise is blocked, while no timetable holds.
	Others    []During
	Otherwise Blocked
}

// During is what clients are kept from while a timetable holds.
type During struct {
	Timetable string
	Blocked
}

// Blocked is what clients are kept from at a moment, for people.
type Blocked struct {
	Profile    string
	Codes      []string // of the categories and services, most severe first
	Labels     []wording.Text
	Names      []string // single names that rules of these hours block, in order
	Default    bool     // only what is allowed resolves
	Only       bool     // only what the profile lists resolves
	SafeSearch bool
}

// Profiles are the names of those that units can name.
func Profiles(p *Policy) (names []string) {
	for i := range p.file.Profiles {
		if name := p.file.Profiles[i].Name; name != "" && !p.file.Profiles[i].OfRule() {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	runtime.KeepAlive(p)
	return slices.Compact(names)
}

// Equal reports whether two moments are alike in all that is blocked.
func (b *Blocked) Equal(other *Blocked) bool {
	return slices.Equal(b.Codes, other.Codes) && slices.Equal(b.Names, other.Names) &&
		b.Default == other.Default && b.Only == other.Only
}

// Overview is what the schools of a policy and their groups may do at a moment and
// while lessons are held, those that may do the same together, the most units first.
func Overview(p *Policy, at time.Time) (settings []Setting) {
	now, lessons := p.At(nil, at, 0), lessonRules(p, at)
	type alike struct {
		plan                 uint32
		now, lessons, others string // the names that rules block
	}
	byPlan := map[alike]int{} // index into settings
	window := lessonRules(p, at)
	scheduled := scheduledNames(p)
	for u := range p.file.Units {
		if Kind(p.file.Units[u].Kind) != School && Kind(p.file.Units[u].Kind) != GroupKind {
			continue
		}
		names, inLessons := scheduled.blocked(now, uint32(u)), scheduled.blocked(lessons, uint32(u))
		others, otherwise := othersOf(window, uint32(u), scheduled)
		key := alike{p.file.UnitPlan[u], strings.Join(names, " "), strings.Join(inLessons, " "), namesOf(others)}
		i, known := byPlan[key]
		if !known {
			i = len(settings)
			byPlan[key] = i
			s := Setting{Now: blockedAt(now, uint32(u)), Lessons: blockedAt(lessons, uint32(u))}
			s.Now.Names, s.Lessons.Names = names, inLessons
			s.Others, s.Otherwise = others, otherwise
			settings = append(settings, s)
		}
		settings[i].Units = append(settings[i].Units, p.file.UnitID(uint32(u)))
	}
	slices.SortStableFunc(settings, func(a, b Setting) int { return len(b.Units) - len(a.Units) })
	runtime.KeepAlive(p)
	return settings
}

// scheduled are the entries for names that rules have, by the unit whose they are.
type scheduled map[uint32][]int32

func scheduledNames(p *Policy) scheduled {
	list := scheduled{}
	for i := range p.file.Own.Entries {
		if e := &p.file.Own.Entries[i]; e.During != 0 {
			list[e.Owner] = append(list[e.Owner], int32(i))
		}
	}
	return list
}

// blocked are the names that rules of a unit and of those above it block at a moment.
func (s scheduled) blocked(r *Rules, u uint32) (names []string) {
	if len(s) == 0 {
		return nil
	}
	f := &r.policy.file
	open := r.minutes[f.UnitPlan[u]].open
	for ; u != compiled.NoUnit; u = f.Parents[u] {
		for _, i := range s[u] {
			if e := &f.Own.Entries[i]; !e.Allows() && open[e.During-1] && e.Counts(r.now) {
				names = append(names, f.Own.Name(i))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Holding is what a unit is kept from, by the rules of a moment and while lessons are held.
func Holding(r *Rules, g GroupID) Setting {
	p := r.policy
	lessons, names := lessonRules(p, r.time), scheduledNames(p)
	s := Setting{
		Units: []string{p.file.UnitID(uint32(g))}, Now: blockedAt(r, uint32(g)), Lessons: blockedAt(lessons, uint32(g)),
	}
	s.Now.Names, s.Lessons.Names = names.blocked(r, uint32(g)), names.blocked(lessons, uint32(g))
	runtime.KeepAlive(p)
	return s
}

// blockedAt is what a unit is kept from by some rules.
func blockedAt(r *Rules, u uint32) Blocked {
	tags := &r.policy.file.Tags
	profile := r.minutes[r.policy.file.UnitPlan[u]].profile
	s := severityOf(r, u)
	b := Blocked{
		Profile: profile.Name, Default: s.deny && !s.closed, Only: s.closed, SafeSearch: s.safeSearch > 0,
	}
	for bit := range s.shut.Each {
		if tags.Single.Has(bit) || bit == tags.Core {
			continue
		}
		b.Codes = append(b.Codes, tags.All[bit].Code)
		b.Labels = append(b.Labels, tags.All[bit].Label)
	}
	return b
}

// A Difference is what some units may newly do by another policy, and no longer.
type Difference struct {
	Units []string // ids, in the order of the other policy, then those that it has no more
	// Now is at the moment that was asked about, Lessons while lessons are held, Ahead at any
	// time of the year that begins with it, by both calendars; First is when it first differs
	// then.
	Now, Lessons, Ahead Shift
	First               time.Time
}

// A Shift is what is newly blocked and newly open: codes of categories and services, names
// of rules, AllOthers.
type Shift struct{ Blocked, Opened []string }

// AllOthers stands for all names that nothing opens: where those alone resolve that are
// listed.
const AllOthers = "*"

// Nothing reports whether there is no difference.
func (s *Shift) Nothing() bool { return len(s.Blocked)+len(s.Opened) == 0 }

// daysAhead is how far Differences looks.
const daysAhead = 366

// Differences is what schools and their groups are newly kept from and what is newly open
// for them if another policy takes the place of one; those that change alike together, the
// most units first. A unit that is new was in the nearest school above it, or in none; one
// that is gone will be. Entries of units for single names are not looked at.
func Differences(from, to *Policy, at time.Time) (list []Difference) {
	c := newComparison(from, to, at)
	alike := map[[2]string]int{} // index into list, -1 if nothing changes
	add := func(id string, a, b uint32) {
		key := [2]string{c.from.alike(a), c.to.alike(b)}
		i, known := alike[key]
		if !known {
			d := c.differ(a, b)
			if i = -1; !d.Now.Nothing() || !d.Lessons.Nothing() || !d.Ahead.Nothing() {
				i, list = len(list), append(list, d)
			}
			alike[key] = i
		}
		if i >= 0 {
			list[i].Units = append(list[i].Units, id)
		}
	}
	for u := range to.file.Units {
		if id := to.file.UnitID(uint32(u)); u == 0 || c.to.hasClients(uint32(u)) {
			add(id, c.from.nearest(id, &c.to), uint32(u))
		}
	}
	for u := range from.file.Units {
		if id := from.file.UnitID(uint32(u)); u > 0 && c.from.hasClients(uint32(u)) {
			if _, stays := to.file.Unit(id); !stays {
				add(id, uint32(u), c.to.nearest(id, &c.from))
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Difference) int { return len(b.Units) - len(a.Units) })
	runtime.KeepAlive(from)
	runtime.KeepAlive(to)
	return list
}

// A side is one of two policies that are compared.
type side struct {
	*Policy
	now, lessons, any *Rules // any is given the minute of each look
	scheduled         scheduled
}

func sideOf(p *Policy, at time.Time) side {
	return side{
		p, p.At(nil, at, 0), lessonRules(p, at),
		&Rules{policy: p, time: at, now: at.Unix(), minutes: make([]minute, len(p.file.Plans))}, scheduledNames(p),
	}
}

// hasClients reports whether clients are in a unit itself.
func (s *side) hasClients(u uint32) bool {
	kind := Kind(s.file.Units[u].Kind)
	return kind == School || kind == GroupKind
}

// nearest is a unit by its id, or the school that its clients are in where it is not there:
// the nearest above it by the other side, else what clients are in that no unit claims.
func (s *side) nearest(id string, other *side) uint32 {
	if u, ok := s.file.Unit(id); ok {
		return u
	}
	for u, ok := other.file.Unit(id); ok && u != compiled.NoUnit; u = other.file.Parents[u] {
		if above, there := s.file.Unit(other.file.UnitID(u)); there && s.hasClients(above) {
			return above
		}
	}
	return 0
}

// alike is equal for units that may do the same at every moment.
func (s *side) alike(u uint32) string {
	text := strconv.Itoa(int(s.file.UnitPlan[u]))
	for ; len(s.scheduled) > 0 && u != compiled.NoUnit; u = s.file.Parents[u] {
		for _, i := range s.scheduled[u] {
			text += " " + strconv.Itoa(int(i))
		}
	}
	return text
}

// kept is all that a unit is kept from by some rules, each once. Services that are opened
// whatever their categories are have opened before their codes.
func (s *side) kept(r *Rules, u uint32) map[string]bool {
	b, all := blockedAt(r, u), map[string]bool{}
	tags, is := &s.file.Tags, severityOf(r, u)
	for bit := range is.open.Each {
		if code := tags.All[bit].Code; strings.HasPrefix(code, source.ServicePrefix) {
			all[opened+code] = true
		}
	}
	for _, list := range [][]string{b.Codes, s.scheduled.blocked(r, u)} {
		for _, code := range list {
			all[code] = true
		}
	}
	if b.Default || b.Only {
		all[AllOthers] = true
	}
	return all
}

// opened comes before the code of a service that is opened.
const opened = "+"

// A comparison is two policies at a moment.
type comparison struct {
	from, to side
	at       time.Time
	edges    []time.Duration     // of both
	of       map[string][]string // the categories of each service, by its code
}

// shift is how two moments differ.
func (c *comparison) shift(s *Shift, was, will map[string]bool) (differs bool) {
	for _, one := range []struct {
		here, there map[string]bool
		to          *[]string
	}{{will, was, &s.Opened}, {was, will, &s.Blocked}} {
		for code := range one.here {
			service, is := strings.CutPrefix(code, opened)
			if !is || one.there[code] || one.there[service] || one.there[AllOthers] {
				continue
			}
			if slices.ContainsFunc(c.of[service], func(category string) bool { return one.there[category] }) {
				*one.to, differs = append(*one.to, service), true
			}
		}
	}
	return s.add(was, will) || differs
}

func newComparison(from, to *Policy, at time.Time) *comparison {
	at = at.In(to.loc)
	c := &comparison{from: sideOf(from, at), to: sideOf(to, at), at: at, of: map[string][]string{}}
	for i := range to.catalogue.Services {
		service := &to.catalogue.Services[i]
		c.of[source.ServicePrefix+service.ID] = service.Categories
	}
	c.edges = slices.Concat(from.file.Edges(), to.file.Edges())
	slices.Sort(c.edges)
	c.edges = slices.Compact(c.edges)
	return c
}

// differ is how a unit of one policy differs from that of the other.
func (c *comparison) differ(a, b uint32) (d Difference) {
	c.shift(&d.Now, c.from.kept(c.from.now, a), c.to.kept(c.to.now, b))
	c.shift(&d.Lessons, c.from.kept(c.from.lessons, a), c.to.kept(c.to.lessons, b))
	type days struct{ from, fromBefore, to, toBefore compiled.Day }
	looked := map[days]bool{}
	for i := range daysAhead {
		day := time.Date(c.at.Year(), c.at.Month(), c.at.Day()+i, 0, 0, 0, 0, c.at.Location())
		before := day.AddDate(0, 0, -1)
		is := days{c.from.day(a, day), c.from.day(a, before), c.to.day(b, day), c.to.day(b, before)}
		if looked[is] {
			continue
		}
		looked[is] = i > 0 // of the first day a part is over
		for j, edge := range c.edges[:len(c.edges)-1] {
			if !day.Add(c.edges[j+1]).After(c.at) {
				continue
			}
			minute := compiled.Minutes(edge / time.Minute)
			was := c.from.kept(c.from.during(a, is.from, is.fromBefore, minute), a)
			will := c.to.kept(c.to.during(b, is.to, is.toBefore, minute), b)
			if c.shift(&d.Ahead, was, will) && d.First.IsZero() {
				if d.First = day.Add(edge); d.First.Before(c.at) {
					d.First = c.at
				}
			}
		}
	}
	return d
}

// day is what the calendar of a unit says of one.
func (s *side) day(u uint32, at time.Time) compiled.Day {
	return s.file.Calendars[s.file.Plans[s.file.UnitPlan[u]].Calendar].Day(at)
}

// during are the rules of a unit at a minute of a day.
func (s *side) during(u uint32, today, yesterday compiled.Day, at compiled.Minutes) *Rules {
	open := make([]bool, len(s.file.Timetables))
	for i := range open {
		open[i] = s.file.Timetables[i].InForce(today, yesterday, at)
	}
	plan := s.file.UnitPlan[u]
	s.any.minutes[plan] = s.minute(&s.file.Plans[plan], open, s.any.now)
	return s.any
}

// add takes up how two moments differ, and reports whether they do. Where all others are
// shut, what is named is shut with them.
func (s *Shift) add(was, will map[string]bool) bool {
	differs := false
	for code := range will {
		if !was[code] && !was[AllOthers] && !strings.HasPrefix(code, opened) {
			differs = true
			s.Blocked = append(s.Blocked, code)
		}
	}
	for code := range was {
		if !will[code] && !will[AllOthers] && !strings.HasPrefix(code, opened) {
			differs = true
			s.Opened = append(s.Opened, code)
		}
	}
	for _, list := range []*[]string{&s.Blocked, &s.Opened} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return differs
}

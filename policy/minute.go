package policy

import (
	"net/netip"
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/policy/catalogue"
)

// Rules are everything that a question is judged by: a policy, a list and a
// moment. They are immutable and may be used by any number of goroutines; who
// keeps them in force makes new ones every minute.
type Rules struct {
	policy  *Policy
	list    *blocklist.List // may be nil: then no name is anything
	time    time.Time
	now     int64 // Unix seconds
	serial  uint64
	minutes []minute // by plan
	clients bool     // some rule of the list is triggered by the client
}

// A minute is what a plan comes to at a moment.
type minute struct {
	profile *profile
	locked  Set
	own     Set // all that some layer allows or blocks: most names have none of it
	blocked Set // by the profile and the rules in force
	allowed Set // by them: lifts itself, and of a service its categories too
	layers  []layerMask
}

// At compiles the policy for a moment. The list may be nil. The serial is the
// caller's; see Rules.Serial.
func (p *Policy) At(list *blocklist.List, now time.Time, serial uint64) *Rules {
	now = now.In(p.loc)
	r := &Rules{policy: p, list: list, time: now, now: now.Unix(), serial: serial, clients: list.HasClients()}
	open := p.openWindows(now)
	r.minutes = make([]minute, len(p.plans))
	for i := range p.plans {
		pl := &p.plans[i]
		r.minutes[i] = p.minute(pl, open[pl.calendar], r.now)
	}
	return r
}

// openWindows tells which timetables are in force, by calendar and timetable.
func (p *Policy) openWindows(now time.Time) [][]bool {
	minute := clock(now.Hour()*60 + now.Minute())
	before := now.AddDate(0, 0, -1)
	open := make([][]bool, len(p.calendars))
	all := make([]bool, len(p.calendars)*len(p.timetables))
	for i, c := range p.calendars {
		today, yesterday := c.day(now), c.day(before)
		open[i], all = all[:len(p.timetables)], all[len(p.timetables):]
		for j := range p.timetables {
			open[i][j] = p.timetables[j].inForce(today, yesterday, minute)
		}
	}
	return open
}

// minute compiles one plan. Of the rules in force the nearest that names a
// profile chooses it; then the profile's own rules and those of the units, from
// the top down, block and allow.
func (p *Policy) minute(pl *plan, open []bool, now int64) minute {
	profile := &p.profiles[pl.profile]
	for _, id := range pl.rules {
		if r := &p.rules[id]; open[r.during] && r.profile != noProfile {
			profile = &p.profiles[r.profile]
		}
	}
	m := minute{profile: profile, locked: pl.locked, layers: pl.layers}
	m.apply(profile.block, profile.allow)
	for _, rules := range [][]int32{profile.rules, pl.rules} {
		for _, id := range rules {
			if r := &p.rules[id]; open[r.during] {
				m.apply(r.block, r.allow)
			}
		}
	}
	if len(pl.timed) > 0 {
		m.layers = slices.Clone(pl.layers)
		for _, e := range pl.timed {
			if e.from <= now && now < e.until {
				m.layers[e.layer].add(e.bit, e.allow)
			}
		}
	}
	for i := range m.layers {
		m.own = m.own.Or(m.layers[i].lists).Or(m.layers[i].allow).Or(m.layers[i].block)
	}
	return m
}

// apply lays a block and an allow over what was said before. A service stays
// allowed when only its category is blocked.
func (m *minute) apply(block, allow Set) {
	m.blocked = m.blocked.Or(block).Without(allow)
	m.allowed = m.allowed.Without(block).Or(allow)
}

// layer is what the unit so many units up adds; most add nothing.
func (m *minute) layer(up uint8) *layerMask {
	for i := range m.layers {
		if m.layers[i].up == up {
			return &m.layers[i]
		}
	}
	return &noMask
}

// noMask is the mask of a unit that adds nothing. It is never written.
var noMask layerMask

// Serial is the number that At was given. A set that was classified under
// another serial must be classified again.
func (r *Rules) Serial() uint64 { return r.serial }

// Time is the moment the rules are compiled for, in the configured time zone.
func (r *Rules) Time() time.Time { return r.time }

// Policy is what the rules were made from.
func (r *Rules) Policy() *Policy { return r.policy }

// Classify returns what a name is, and whether only Decide or DecideTarget can
// judge it: some unit has an own entry for it or a name above it, an allow list,
// the never-block list or a response policy zone names it, or it is a search
// engine's.
func (r *Rules) Classify(n *domain.Name, qtype uint16) (set Set, own bool) {
	set = r.list.Classify(n, qtype, r.now)
	engine, _ := r.policy.catalogue.SafeSearch.Target(n, catalogue.Off, catalogue.Off)
	return set, r.policy.own.find(n) != noKey || set.Meets(r.policy.tags.zoned) || set.Meets(r.policy.tags.excusing) || engine != catalogue.NoEngine
}

// ClassifyAddr returns what an address is.
func (r *Rules) ClassifyAddr(a netip.Addr) Set {
	return r.list.ClassifyAddr(a, r.now)
}

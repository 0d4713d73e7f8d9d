package policy

import (
	"net/netip"
	"runtime"
	"slices"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/internal/wording"
	"lachan/policy/catalogue"
	"lachan/policy/compiled"
)

// Rules are everything that decides about a question: a policy, a list and a
// moment. They are immutable and may be used by any number of goroutines; their
// owner makes new ones every minute.
type Rules struct {
	policy  *Policy
	list    *blocklist.List // may be nil: then no name has a tag
	time    time.Time
	now     int64 // Unix seconds
	serial  uint64
	minutes []minute // by plan
	clients bool     // some rule of the list is triggered by the client
	// linkLocal is the group of link-local clients; meaningless unless
	// Policy.onlySite is set.
	linkLocal GroupID
}

// A minute is a plan as it holds at a moment.
type minute struct {
	profile *compiled.Profile
	locked  Set // by the group's unit and those above it: feeds and categories

	lockedFeeds Set // of locked, the feeds: they come before what is never blocked

	own     Set // the tags that some layer allows or blocks; most names have none of them
	blocked Set // by the profile and the rules in force
	allowed Set // by them: unblocks itself, and of a service its categories too
	layers  []compiled.Layer
	open    []bool // the timetables in force, by index
}

// At compiles the policy for a moment. The list may be nil. The serial is the
// caller's; see Rules.Serial.
func (p *Policy) At(list *blocklist.List, now time.Time, serial uint64) *Rules {
	now = now.In(p.loc)
	r := &Rules{policy: p, list: list, time: now, now: now.Unix(), serial: serial, clients: list.HasClients()}
	open := p.file.OpenWindows(now)
	r.minutes = make([]minute, len(p.file.Plans))
	for i := range p.file.Plans {
		plan := &p.file.Plans[i]
		r.minutes[i] = p.minute(plan, open[plan.Calendar], r.now)
	}
	if len(p.onlySite) > 0 {
		r.linkLocal = strictest(r, p.onlySite)
	}
	runtime.KeepAlive(p)
	return r
}

// minute works out one plan. Of the rules in force the nearest that names a
// profile chooses it; then the profile's own rules and those of the units, from
// the top down, block and allow.
func (p *Policy) minute(plan *compiled.Plan, open []bool, now int64) minute {
	f := &p.file
	profile, ofUnits := &f.Profiles[plan.Profile], f.PlanRulesOf(plan)
	for _, id := range ofUnits {
		if r := &f.Rules[id]; open[r.During] && r.Profile != compiled.NoProfile {
			profile = &f.Profiles[r.Profile]
		}
	}
	if profile.Closed {
		ofUnits = nil // they are for other times
	}
	m := minute{profile: profile, locked: plan.Locked, layers: f.LayersOf(plan), open: open}
	m.lockedFeeds = m.locked.And(f.Tags.Single)
	m.apply(profile.Block, profile.Allow)
	for _, rules := range [][]int32{profile.Rules, ofUnits} {
		for _, id := range rules {
			if r := &f.Rules[id]; open[r.During] {
				m.apply(r.Block, r.Allow)
			}
		}
	}
	if timed := f.TimedOf(plan); len(timed) > 0 {
		m.layers = slices.Clone(m.layers)
		for i := range timed {
			if e := &timed[i]; e.Counts(now) {
				m.layers[e.Layer].Add(e.Bit, e.Allows())
			}
		}
	}
	for i := range m.layers {
		m.own = m.own.Or(m.layers[i].Lists).Or(m.layers[i].Allow).Or(m.layers[i].Block)
	}
	return m
}

// apply lays a block and an allow over the earlier ones. A service stays allowed if
// only its category is blocked.
func (m *minute) apply(block, allow Set) {
	m.blocked = m.blocked.Or(block).Without(allow)
	m.allowed = m.allowed.Without(block).Or(allow)
}

// layer is what the unit that many units up adds; most add nothing.
func (m *minute) layer(up uint8) *compiled.Layer {
	for i := range m.layers {
		if m.layers[i].Up == up {
			return &m.layers[i]
		}
	}
	return &noLayer
}

// noLayer is the layer of a unit that adds nothing. It is never written.
var noLayer compiled.Layer

// Serial is the number that At was given. A set that was classified under
// another serial must be classified again.
func (r *Rules) Serial() uint64 { return r.serial }

// Time is the moment the rules are compiled for, in the configured time zone.
func (r *Rules) Time() time.Time { return r.time }

// Policy is what the rules were made from.
func (r *Rules) Policy() *Policy { return r.policy }

// Classify returns the tags of a name. Own reports whether the tags are not enough
// to decide, so that Decide or DecideTarget is needed: some unit has an own entry
// for the name or one above it, an allow list, the never-block list or a response
// policy zone has it, or it is a search engine's.
func (r *Rules) Classify(n *domain.Name, qtype uint16) (set Set, own bool) {
	set = r.list.Classify(n, qtype, r.now)
	engine, _ := r.policy.catalogue.SafeSearch.Target(n, catalogue.Off, catalogue.Off)
	tags := &r.policy.file.Tags
	own = r.policy.file.Own.Find(n) != compiled.NoKey || r.policy.overlay.Has(n) ||
		set.Meets(tags.Zoned) || set.Meets(tags.Allowing) || engine != catalogue.NoEngine
	runtime.KeepAlive(r)
	return set, own
}

// Traits are the tags that a name has by itself, whatever lists say: it imitates another.
// Finding them takes up to some microseconds, so that they are kept with the answer. They are
// empty unless MindsTraits.
func Traits(r *Rules, n *domain.Name) (set Set) {
	if MindsTraits(r) && r.policy.catalogue.Lookalikes.Of(n).Brand != nil {
		set = blocklist.Of(r.policy.file.Tags.Lookalike)
	}
	return set
}

// MindsTraits reports whether anything blocks or observes what Traits tells: otherwise nobody
// need know.
func MindsTraits(r *Rules) bool { return r.policy.minded.Has(r.policy.file.Tags.Lookalike) }

// FirstSeen is the tag of domains that nobody has asked for before, empty if nothing blocks or
// observes them.
func FirstSeen(r *Rules) (set Set) {
	return r.policy.minded.And(blocklist.Of(r.policy.file.Tags.FirstSeen))
}

// mindedTags are the tags that something blocks or observes, at whatever time.
func mindedTags(f *compiled.File) (minded Set) {
	for i := range f.Profiles {
		minded = minded.Or(f.Profiles[i].Block).Or(f.Profiles[i].Observe)
	}
	for i := range f.Rules {
		minded = minded.Or(f.Rules[i].Block)
	}
	for i := range f.Layers {
		minded = minded.Or(f.Layers[i].Block)
	}
	for i := range f.Timed {
		if e := &f.Timed[i]; !e.Allows() {
			minded = minded.Or(blocklist.Of(int(e.Bit)))
		}
	}
	for i := range f.Plans {
		minded = minded.Or(f.Plans[i].Locked)
	}
	return minded
}

// Observed is the tag of what the profile of a group watches in a decision that blocks
// nothing, NoCategory if that is nothing.
func Observed(r *Rules, g GroupID, d *Decision) uint8 {
	if d.Set.Empty() || d.Action == Block || d.Action == Local {
		return NoCategory
	}
	p := r.policy
	if int(g) >= len(p.file.UnitPlan) {
		g = 0 // of another policy: an unknown client
	}
	if hit := d.Set.And(r.minutes[p.file.UnitPlan[g]].profile.Observe); !hit.Empty() {
		return p.file.Tags.CountsIn(hit, d.Set)
	}
	return NoCategory
}

// A Watch is what a profile watches without blocking it.
type Watch struct {
	Profile string
	Codes   []string // most severe first
	Labels  []wording.Text
}

// Watches are what the profiles watch that do.
func Watches(p *Policy) (list []Watch) {
	for i := range p.file.Profiles {
		profile := &p.file.Profiles[i]
		if profile.Observe.Empty() || profile.OfRule() {
			continue
		}
		w := Watch{Profile: profile.Name}
		for bit := range profile.Observe.Each {
			w.Codes = append(w.Codes, p.file.Tags.All[bit].Code)
			w.Labels = append(w.Labels, p.file.Tags.All[bit].Label)
		}
		list = append(list, w)
	}
	runtime.KeepAlive(p)
	return list
}

// ClassifyAddr returns the tags of an address.
func (r *Rules) ClassifyAddr(a netip.Addr) Set {
	return r.list.ClassifyAddr(a, r.now)
}

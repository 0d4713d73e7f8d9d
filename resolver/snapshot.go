package resolver

import (
	"net/netip"
	"sync/atomic"
	"time"

	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/ddr"
	"lachan/resolver/listen"
	"lachan/resolver/ratelimit"
	"lachan/resolver/stream"
	"lachan/resolver/tap"
	"lachan/resolver/upstream"
)

// A snapshot is all that a query is judged by. It is immutable, but for what
// groups counts.
type snapshot struct {
	settings   *Settings
	rules      *policy.Rules
	upstreams  *upstream.Zones
	groups     *groups
	perClient  ratelimit.Rate
	perUnit    ratelimit.Rate
	categories [256]metrics.Category // by tag
	untold     [256]bool             // by tag: see tap.UntoldCategory
	firstSeen  policy.Set            // see policy.FirstSeen
	ddr        *ddr.Records
	// waitingBytes is how many bytes queries may hold that wait for an upstream.
	waitingBytes int64
	streams      stream.Settings
}

// newSnapshot makes the snapshot that comes after old, which is nil for the first
// one. Counters and allowances stay as long as the policy does.
func newSnapshot(
	old *snapshot, counters *metrics.Counters, settings *Settings, rules *policy.Rules, upstreams *upstream.Zones,
) *snapshot {
	s := &snapshot{
		settings: settings, rules: rules, upstreams: upstreams,
		perClient: ratelimit.PerSecond(settings.Rates.Client), perUnit: ratelimit.PerSecond(settings.Rates.Unit),
		waitingBytes: maxWaiting * waiterBytes,
		streams: stream.Settings{
			TLSName: settings.Encryption.TLSName, DoHPath: settings.Encryption.DoHPath,
			TrustedForwarders: settings.Clients.TrustedForwarders,
		},
	}
	if settings.WaitingBytes > 0 {
		s.waitingBytes = min(s.waitingBytes, settings.WaitingBytes)
	}
	p := rules.Policy()
	if old != nil && old.rules.Policy() == p {
		s.groups, s.categories, s.untold, s.firstSeen = old.groups, old.categories, old.untold, old.firstSeen
		return s
	}
	s.groups, s.firstSeen = newGroups(counters, p), policy.FirstSeen(rules)
	for tag := range s.categories {
		code := p.CategoryCode(uint8(tag))
		s.categories[tag], s.untold[tag] = counters.Category(code), tap.UntoldCategory(code)
	}
	s.categories[policy.NoCategory] = metrics.CategoryNone
	return s
}

// serving is s with records of the endpoints that are served.
func (s *snapshot) serving(endpoints []listen.Endpoint) *snapshot {
	told := *s
	encryption := &s.settings.Encryption
	told.ddr = ddr.New(s.settings.Identity.Discovery, encryption.TLS != nil, encryption.DoHPath, endpoints)
	return &told
}

// groupOf is the group of a client of which nothing is known but the address: that in
// whose network it is, that whose session has it, or that it is linked to.
func (s *snapshot) groupOf(client netip.Addr) (g policy.GroupID, known bool) {
	if g, known = s.rules.Identify(client); known {
		return g, true
	}
	if unit, has := s.settings.Clients.Sessions.UnitOf(client); has {
		return s.rules.Policy().GroupOf(unit)
	}
	linked := s.settings.Clients.Linked
	if linked == nil {
		return 0, false
	}
	unit, ok := linked.UnitOf(client, time.Now())
	if !ok {
		return 0, false
	}
	return s.rules.Policy().GroupOf(unit)
}

// outcome is a decision in the terms of a report.
func (s *snapshot) outcome(d policy.Decision) (metrics.Decision, metrics.Category) {
	category := s.categories[d.Category]
	switch {
	case d.Action == policy.Block:
		return metrics.DecisionBlocked, category
	case d.Excepted:
		return metrics.DecisionExcepted, category
	}
	return metrics.DecisionAllowed, metrics.CategoryNone
}

// groups finds what the queries of a group are counted in, and the allowance of
// its school. A group is looked up when it asks for the first time: of the
// 120,000 groups of a country few ask at one server.
type groups struct {
	counters *metrics.Counters
	policy   *policy.Policy
	counted  []atomic.Pointer[metrics.GroupCounters] // by policy.GroupID; nil: not yet looked up
	schools  []atomic.Uint32                         // by policy.GroupID: that of its school plus one; 0: likewise
	whole    []atomic.Int64                          // by policy.GroupID of a school: see ratelimit.Rate
}

func newGroups(counters *metrics.Counters, p *policy.Policy) *groups {
	n := p.NumGroups()
	return &groups{
		counters: counters, policy: p,
		counted: make([]atomic.Pointer[metrics.GroupCounters], n),
		schools: make([]atomic.Uint32, n), whole: make([]atomic.Int64, n),
	}
}

// of returns the counters of a group; nil for unknown clients, which are counted
// nowhere.
func (gs *groups) of(g policy.GroupID) *metrics.GroupCounters {
	if counted := gs.counted[g].Load(); counted != nil || g == 0 {
		return counted
	}
	group := gs.policy.Group(g)
	counted := gs.counters.Group(group.School, group.ID)
	gs.counted[g].Store(counted)
	return counted
}

// allowance is when the allowance of a group's school is whole. Unknown clients
// share one.
func (gs *groups) allowance(g policy.GroupID) *atomic.Int64 {
	if school := gs.schools[g].Load(); school > 0 {
		return &gs.whole[school-1]
	}
	school, _ := gs.policy.GroupOf(gs.policy.Group(g).School) // 0 for unknown clients
	gs.schools[g].Store(uint32(school) + 1)
	return &gs.whole[school]
}

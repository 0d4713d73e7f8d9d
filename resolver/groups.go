package resolver

import (
	"sync/atomic"

	"lachan/metrics"
	"lachan/policy"
)

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

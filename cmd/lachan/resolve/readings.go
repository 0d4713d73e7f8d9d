package resolve

import (
	"lachan/metrics"
	"lachan/resolver/upstream"
)

// readings are what only this process knows of the cache, the upstreams and the
// rules.
func (p *process) readings() metrics.ResolverReadings {
	s, cache := &p.state, p.resolver.CacheStats()
	load := p.resolver.Load()
	r := metrics.ResolverReadings{
		Cache: metrics.CacheReading{
			Entries: cache.Entries, Hits: cache.Hits, Misses: cache.Misses, Evictions: cache.Evictions,
		},
		Pending: metrics.PendingReading{
			Queries: load.Waiting, Exchanges: load.Exchanges, Abandoned: load.Abandoned,
		},
		BloomFalsePositives: s.lists.FalsePositives(),
		RulesSerial:         s.serial,
		UpstreamAnswered:    !s.upstreams.General().LastAnswer().IsZero(),
	}
	for _, of := range s.upstreams.Stats() {
		u := metrics.UpstreamReading{
			Name: of.Name, Exchanges: of.Exchanges, Failures: map[string]uint64{}, RTT: of.RTT, Up: of.Up,
			Reason: of.Reason.String(),
		}
		for kind, count := range of.Failures {
			u.Failures[upstream.Failure(kind).String()] = count
		}
		r.Upstreams = append(r.Upstreams, u)
	}
	return r
}

package resolve

import (
	"lachan/cmd/lachan/config"
	"lachan/internal/memory"
	"lachan/metrics"
	"lachan/resolver"
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
		Memory:              memoryReadings(s.cfg, p.resolver, p.tapping.held()),
		Tap:                 p.tapping.reading(),
		Filtered:            p.resolver.FilteredByUpstreams(),
		BloomFalsePositives: s.lists.FalsePositives(),
		RulesSerial:         s.serial,
		UpstreamAnswered:    !s.upstreams.General().LastAnswer().IsZero(),
	}
	r.Tunnels.Stopped, r.Tunnels.Present = resolver.StoppedTunnels(p.resolver)
	for _, of := range s.upstreams.Stats() {
		u := metrics.UpstreamReading{
			Name: of.Name, Exchanges: of.Exchanges, Failures: map[string]uint64{}, RTT: of.RTT, Up: of.Up,
			Reason: of.Reason.String(), Case: of.Case.String(),
		}
		for kind, count := range of.Failures {
			u.Failures[upstream.Failure(kind).String()] = count
		}
		r.Upstreams = append(r.Upstreams, u)
	}
	return r
}

// memoryReadings are the shares of this process, and what is used of them.
func memoryReadings(cfg *config.Config, r *resolver.Resolver, tapped int64) []metrics.MemoryReading {
	load := r.Load()
	shares := cfg.Memory.Shares(cfg.Cache.MaxBytes)
	return []metrics.MemoryReading{
		{Part: "cache", Budget: shares.Cache, Used: r.CacheStats().Bytes},
		{Part: "streams", Budget: shares.Streams, Used: load.AnswerBytes},
		{Part: "questions", Budget: shares.Questions, Used: load.HeldBytes},
		{Part: "dnstap", Budget: shares.Tap, Used: tapped},
		{Part: "resolve", Budget: shares.Resolve, Used: memory.Used()},
	}
}

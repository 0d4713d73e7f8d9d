package main

import (
	"context"

	"lachan/internal/wording"
	"lachan/metrics"
	"lachan/policy"
	"lachan/resolver/upstream"
)

// readings is what a scrape wants to know of the other rooms.
func (n *node) readings() metrics.Readings {
	n.gather(context.Background())
	v := n.view.Load()
	cache := n.resolver.CacheStats()
	r := metrics.Readings{History: n.historyReading()}
	r.Cache = metrics.CacheReading{Entries: cache.Entries, Hits: cache.Hits, Misses: cache.Misses, Evictions: cache.Evictions}
	r.BloomFalsePositives, r.RulesSerial = v.lists.FalsePositives(), v.rules.Serial()
	for _, s := range v.upstreams.Stats() {
		u := metrics.UpstreamReading{Name: s.Name, Exchanges: s.Exchanges, Failures: map[string]uint64{}, RTT: s.RTT, Up: s.Up}
		for kind, count := range s.Failures {
			u.Failures[upstream.Failure(kind).String()] = count
		}
		r.Upstreams = append(r.Upstreams, u)
	}
	rules, orders := v.lists.Rules(), orderReadings(n.orders)
	for _, f := range v.cfg.Feeds {
		reading := metrics.FeedReading{Name: f.Name, Entries: rules[f.Name], InForce: v.inForce[f.Name]}
		if status, err := n.store.Status(f.Name); err == nil {
			reading.RejectedLines, reading.LastSuccess = status.Copy.Rejected, status.LastSuccess
		}
		reading.Orders = orders[f.Name]
		r.Feeds = append(r.Feeds, reading)
	}
	return r
}

// ready says what is missing before clients should be sent here.
func (n *node) ready() (missing []string) {
	v := n.view.Load()
	if v.lists.Keys() == 0 {
		missing = append(missing, wording.ReadyNoList.String())
	}
	if v.upstreams.General().LastAnswer().IsZero() {
		missing = append(missing, wording.ReadyNoUpstream.String())
	}
	return missing
}

// schools are those of the policy, as the compliance metrics name them.
func schools(p *policy.Policy) (list []metrics.School) {
	for _, g := range p.Groups() {
		if g.Kind == policy.School {
			list = append(list, metrics.School{ID: g.School, Province: g.Province, Commune: g.Commune, Level: g.Level})
		}
	}
	return list
}

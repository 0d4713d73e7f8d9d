package manage

import (
	"context"

	"lachan/metrics"
	"lachan/policy"
)

// readings is what a scrape wants to know of the other rooms.
func (n *node) readings() metrics.Readings {
	n.refresh(context.Background())
	v := n.view.Load()
	r := metrics.Readings{ResolverReadings: n.counters.Readings(), History: n.historyReading()}
	rules, orders := v.lists.Rules(), orderReadings(n.lists.orders)
	for _, f := range v.cfg.Feeds {
		reading := metrics.FeedReading{Name: f.Name, Entries: rules[f.Name], InForce: v.inForce[f.Name]}
		if status, err := n.lists.store.Status(f.Name); err == nil {
			reading.RejectedLines, reading.LastSuccess = status.Copy.Rejected, status.LastSuccess
		}
		reading.Orders = orders[f.Name]
		r.Feeds = append(r.Feeds, reading)
	}
	return r
}

// ready says what is missing before clients should be sent here.
func (n *node) ready() (missing []string) {
	if n.view.Load().lists.Keys() == 0 {
		missing = append(missing, textReadyNoList.String())
	}
	if !n.counters.Readings().UpstreamAnswered {
		missing = append(missing, textReadyNoUpstream.String())
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

package main

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"lachan/metrics"
	"lachan/metrics/ship"
	"lachan/metrics/tally"
	"lachan/policy"
	"lachan/policy/catalogue"
)

// startShipping sends history to the engine that the configuration names.
func (n *node) startShipping(ctx context.Context) {
	n.children.stop("shipping")
	n.shipper.Store(nil)
	n.conditions.Clear(ship.Condition)
	if n.cfg.Metrics.WriteURL == "" {
		return
	}
	shipper, err := ship.New(n.history, n.conditions, ship.Options{
		URL: n.cfg.Metrics.WriteURL, Cursor: filepath.Join(n.cfg.StateDir, "history", "shipped.json"), Node: n.counters.Node(), Log: n.log,
	})
	if err != nil { // the configuration was checked
		n.log.Error("send history", "error", err)
		return
	}
	n.shipper.Store(shipper)
	n.children.start(ctx, "shipping", shipper.Run)
}

// startTally counts distinct clients and the names that are blocked most.
func (n *node) startTally(ctx context.Context) {
	n.children.start(ctx, "tally", tally.New(n.counters, tally.Options{
		Dir: n.cfg.DaysDir(), Zone: n.cfg.Timezone.Location,
		Keep: time.Duration(n.cfg.Metrics.History), Log: n.log,
	}).Run)
}

// gathered is how far the aggregator is with what the counters have counted.
type gathered struct {
	mu    sync.Mutex // guards all below
	sent  metrics.Sent
	until time.Time // schools have been credited with protection
}

// gather brings the aggregator what was counted until now.
func (n *node) gather(context.Context) {
	g := &n.gathered
	g.mu.Lock()
	defer g.mu.Unlock()
	now := time.Now()
	if !g.until.IsZero() {
		n.counters.Protect(now.Sub(g.until))
	}
	g.until = now
	if err := n.aggregator.Absorb(n.counters.Tick(nil, &g.sent, metrics.ResolverReadings{})); err != nil {
		n.log.Error("gather counters", "error", err)
	}
}

// protect tells the counters which schools the policy protects, and of which
// categories names may be noticed: never of the abuse of children, whose names
// must not be kept anywhere, and not of the traffic of machines.
func (n *node) protect(p *policy.Policy) {
	n.counters.SetSchools(schools(p))
	n.aggregator.SetSchools(schools(p))
	for id, g := range p.Groups() {
		if id > 0 { // the first is of unknown clients, which are counted nowhere
			n.aggregator.AddGroup(g.School, g.ID)
		}
	}
	silent := map[metrics.Category]bool{metrics.CategoryNone: true, metrics.CategoryOther: true}
	for _, c := range n.facts.Categories {
		if c.Code == "csam" || c.Class == catalogue.Technical {
			silent[n.counters.Category(c.Code)] = true
		}
	}
	n.counters.SampleNames(func(c metrics.Category) bool { return !silent[c] })
}

// historyReading is what a scrape wants to know of the statistics on disk.
func (n *node) historyReading() (r metrics.HistoryReading) {
	r.Ticked = n.history.Newest()
	if shipper := n.shipper.Load(); shipper != nil {
		r.Ships, r.Shipped, r.Refused = true, shipper.Until(), shipper.Refused()
	}
	return r
}

// quiet says whether it is night where the schools are.
func quiet(zone *time.Location) func() bool {
	return func() bool {
		hour := time.Now().In(zone).Hour()
		return hour >= 22 || hour < 5
	}
}

package manage

import (
	"context"
	"path/filepath"
	"time"

	"lachan/metrics"
	"lachan/metrics/ship"
	"lachan/metrics/tally"
	"lachan/policy"
)

// startShipping sends history to the engine that the configuration names.
func (n *node) startShipping(ctx context.Context) error {
	n.services.shipper.Store(nil)
	n.conditions.Clear(ship.Condition)
	if n.cfg.Metrics.WriteURL == "" {
		return nil
	}
	shipper, err := ship.New(n.history, n.conditions, ship.Options{
		URL: n.cfg.Metrics.WriteURL, Cursor: filepath.Join(n.cfg.StateDir, "history", "shipped.json"), Node: n.counters.Node(), Log: n.log,
	})
	if err != nil {
		return err
	}
	n.services.shipper.Store(shipper)
	n.children.start(ctx, "shipping", shipper.Run)
	return nil
}

// startTally counts distinct clients and the names that are blocked most.
func (n *node) startTally(ctx context.Context) {
	n.children.start(ctx, "tally", tally.New(n.counters, tally.Options{
		Dir: n.cfg.DaysDir(), Zone: n.cfg.Timezone.Location,
		Keep: time.Duration(n.cfg.Metrics.History), Log: n.log,
	}).Run)
}

// protect tells the counters which schools and groups there are, so that those
// that have asked nothing are there too.
func (n *node) protect(p *policy.Policy) {
	n.counters.SetSchools(schools(p))
	for g, of := range p.Groups() {
		if g == 0 {
			continue // unknown clients
		}
		n.counters.AddGroup(of.School, of.ID)
	}
}

// historyReading is what a scrape wants to know of the statistics on disk.
func (n *node) historyReading() (r metrics.HistoryReading) {
	r.Ticked = n.history.Newest()
	if shipper := n.services.shipper.Load(); shipper != nil {
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

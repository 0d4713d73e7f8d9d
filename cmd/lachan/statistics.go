package main

import (
	"context"
	"path/filepath"
	"time"

	"lachan/metrics"
	"lachan/metrics/ship"
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

// historyReading is what a scrape wants to know of the statistics on disk.
func (n *node) historyReading() (r metrics.HistoryReading) {
	if _, newest, ok := n.history.Span(); ok {
		r.Ticked = newest
	}
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

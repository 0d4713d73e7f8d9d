package test

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"lachan/blocklist/order"
	"lachan/metrics"
	"lachan/metrics/history"
)

// This file gives the stories a past: what was counted, and orders that came.

// counted DIR FILE writes the history of a node nut-1, with a tick every hour of some
// days. The first line of the file is FIRST_DAY LAST_DAY ...; each other one is a school
// that asks twice at each tick, once for what is blocked: ID PROVINCE COMMUNE LEVEL
// CATEGORY. The category "-" is of one that asks nothing.
func counted(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) != 2 {
		ts.Fatalf("usage: counted DIR FILE")
	}
	lines := strings.Split(strings.TrimSpace(ts.ReadFile(args[1])), "\n")
	counters := metrics.New("nut-1")
	var schools []metrics.School
	var events []*metrics.Event
	for _, line := range lines[1:] {
		cells := strings.Fields(line)
		schools = append(schools, metrics.School{ID: cells[0], Province: cells[1], Commune: cells[2], Level: cells[3]})
		if group := counters.Group(cells[0], ""); cells[4] != "-" {
			blocked := metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: counters.Category(cells[4])}
			events = append(events, &metrics.Event{Group: group}, &blocked)
		}
	}
	counters.SetSchools(schools)
	store, err := history.Open(ts.MkAbs(args[0]), history.Options{})
	ts.Check(err)
	lane := counters.Shard()
	for days := range slices.Chunk(strings.Fields(lines[0]), 2) {
		for at, end := spanOf(ts, days); at.Before(end); at = at.Add(time.Hour) {
			for _, e := range events {
				lane.Record(e)
			}
			counters.Protect(time.Hour)
			_, err := store.Tick(context.Background(), at, counters.Totals())
			ts.Check(err)
		}
	}
	ts.Check(store.Close())
}

// spanOf is from the first day to the end of the last.
func spanOf(ts *testscript.TestScript, days []string) (at, end time.Time) {
	at, err := time.Parse(time.DateOnly, days[0])
	ts.Check(err)
	end, err = time.Parse(time.DateOnly, days[1])
	ts.Check(err)
	return at, end.AddDate(0, 0, 1)
}

// receivedOrders: ordered FILE DOCUMENT... writes the records of orders that were received on 5 October
// 2026 and in force an hour later.
func receivedOrders(ts *testscript.TestScript, not bool, args []string) {
	if not || len(args) < 2 {
		ts.Fatalf("usage: ordered FILE DOCUMENT...")
	}
	orders, _, err := order.Open(ts.MkAbs(args[0]))
	ts.Check(err)
	at := time.Date(2026, 10, 5, 2, 0, 0, 0, time.UTC)
	for _, document := range args[1:] {
		ts.Check(orders.Add(order.Record{
			Feed: "a05", Document: document, Digest: document, Authority: "Cục A05", Entries: 3,
			Received: at, Verified: at, InForce: at.Add(time.Hour),
		}))
	}
}

package metrics_test

import (
	"strings"
	"testing"

	"lachan/metrics"
)

// TestConnectivityChecksAreCountedAndNotKept: as questions that they are too, by school, from
// the first tick of an epoch on; history, and the page of schools, have nothing of them.
func TestConnectivityChecksAreCountedAndNotKept(t *testing.T) {
	counters := metrics.New("")
	shard, pupils, teachers := counters.Shard(), counters.Group("a", ""), counters.Group("a", "gv")
	record := func(g *metrics.GroupCounters, n int) {
		for range n {
			shard.Record(&metrics.Event{Group: g, Connectivity: true})
			shard.Record(&metrics.Event{Group: g})
		}
	}
	aggregator, sent := metrics.NewAggregator("nut-1", metrics.BuildInfo{}), new(metrics.Sent)
	tick := func() {
		t.Helper()
		if err := aggregator.Absorb(counters.Tick(nil, sent, metrics.ResolverReadings{})); err != nil {
			t.Fatal(err)
		}
	}
	record(pupils, 5) // before this process was there
	record(teachers, 1)
	tick()
	if got := aggregator.Connectivity()["a"]; got != 0 {
		t.Errorf("%d are counted of what was before", got)
	}
	record(pupils, 3)
	record(teachers, 2)
	tick()
	tick()
	if got := aggregator.Connectivity()["a"]; got != 5 {
		t.Errorf("%d are counted, want 5", got)
	}
	asked := uint64(0)
	aggregator.Totals().Each(func(c metrics.Counter, n uint64) {
		if text := strings.Join(aggregator.Totals().Labels(c), " "); strings.Contains(text, metrics.SchoolQueries) {
			asked += n
		}
	})
	if asked != 22 {
		t.Errorf("%d questions are counted, want 22", asked)
	}
	again := metrics.NewAggregator("nut-1", metrics.BuildInfo{}) // of a manage that has begun anew
	if err := again.Absorb(counters.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})); err != nil {
		t.Fatal(err)
	}
	saved, err := metrics.ParseSaved(again.Snapshot().Saved)
	if err != nil || saved.Damaged {
		t.Errorf("what is saved: %v", err)
	}
	if got := again.Connectivity()["a"]; got != 0 {
		t.Errorf("%d are counted anew", got)
	}
}

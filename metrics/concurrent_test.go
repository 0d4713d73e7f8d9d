package metrics_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"lachan/metrics"
)

// atOnce calls each function many times, all of them at the same time. The race
// detector sees which of them lacks a lock.
func atOnce(t *testing.T, functions ...func(i int)) {
	t.Helper()
	var ready, ended sync.WaitGroup
	ready.Add(len(functions))
	for _, f := range functions {
		ended.Go(func() {
			ready.Done()
			ready.Wait()
			for i := range 300 {
				f(i)
			}
		})
	}
	ended.Wait()
}

// TestCountersAreReadWhileTheyChange: groups, categories and schools come while
// events are counted and all is read.
func TestCountersAreReadWhileTheyChange(t *testing.T) {
	c := metrics.New("nut-1")
	c.SampleNames(func(metrics.Category) bool { return true })
	record := func(i int) {
		shard := c.Shard()
		defer shard.Close()
		shard.Record(&metrics.Event{
			Group: c.Group(fmt.Sprint("s", i%50), ""), Decision: metrics.DecisionBlocked,
			Category: c.Category(fmt.Sprint("c", i%50)),
		})
	}
	var sent metrics.Sent
	atOnce(t,
		record, record,
		func(i int) { c.SetSchools([]metrics.School{{ID: fmt.Sprint("s", i%50)}}) },
		func(int) { c.Protect(time.Second) },
		func(int) { c.Totals() },
		func(int) { c.Tick(nil, &sent, metrics.ResolverReadings{}) },
		func(int) { c.InForce() },
		func(i int) { c.Code(metrics.Category(i % 50)) },
		func(int) { c.AppendSamples(nil) },
	)
	total := uint64(0)
	c.Totals().Each(func(of metrics.Counter, value uint64) {
		if name := c.Totals().Labels(of)[1]; name == "lachan_school_queries_total" {
			total += value
		}
	})
	if total != 600 {
		t.Errorf("600 queries were counted as %d", total)
	}
}

// TestTheAggregatorIsReadWhileItAddsUp has ticks of three processes, one after the
// other, while all that it knows is asked for and saved.
func TestTheAggregatorIsReadWhileItAddsUp(t *testing.T) {
	a := metrics.NewAggregator("nut-1", build)
	var counters [3]*metrics.Counters
	var ids []metrics.Epoch
	for i := range counters {
		counters[i] = metrics.New("nut-1")
		ids = append(ids, counters[i].Epoch())
	}
	a.Live(ids...)
	absorb := func(c *metrics.Counters) func(int) {
		var sent metrics.Sent
		shard := c.Shard()
		return func(i int) {
			shard.Record(&metrics.Event{Group: c.Group(fmt.Sprint("s", i%50), "")})
			if err := a.Absorb(c.Tick(nil, &sent, metrics.ResolverReadings{})); err != nil {
				t.Error(err)
			}
			if err := a.AbsorbSamples(c.AppendSamples(nil)); err != nil {
				t.Error(err)
			}
		}
	}
	atOnce(t,
		absorb(counters[0]), absorb(counters[1]), absorb(counters[2]),
		func(i int) { a.SetSchools([]metrics.School{{ID: fmt.Sprint("s", i%50)}}) },
		func(i int) { a.AddGroup(fmt.Sprint("s", i%50), "g") },
		func(int) { a.InForce() },
		func(i int) { a.Code(metrics.Category(i % 50)) },
		func(int) { a.Totals() },
		func(int) { a.Readings() },
		func(int) { a.Drain(func(*metrics.Sample) {}) },
		func(int) { a.Keep(a.Snapshot()) },
		func(int) { a.Live(ids...) },
		func(int) { a.End(metrics.New("nut-1").Epoch()) },
	)
	total := uint64(0)
	for _, value := range nonzero(a.Totals()) {
		total += value
	}
	if total < 900 {
		t.Errorf("900 queries come to %d", total)
	}
}

// TestConditionsAreReadWhileTheyChange sets and clears them from both sides.
func TestConditionsAreReadWhileTheyChange(t *testing.T) {
	var c metrics.Conditions
	change := func(i int) {
		name := fmt.Sprint("c", i%10)
		c.Set(name, fmt.Sprint("text", i))
		c.Clear(name)
	}
	atOnce(t, change, change, func(int) { c.List() })
	if left := c.List(); len(left) > 0 {
		t.Errorf("left are %v", left)
	}
}

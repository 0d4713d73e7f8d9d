package metrics_test

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"

	"lachan/metrics"
)

// Samples, ticks and names of categories are taken while others are made: the race
// detector sees what is not guarded, and no sample is there twice.
func TestSamplesAndTicksAreTakenWhileOthersAreMade(t *testing.T) {
	c := metrics.New("nut-1")
	group := c.Group("a", "")
	category := c.Category("social")
	c.SampleNames(func(metrics.Category) bool { return true })
	shard := c.Shard()
	var made sync.WaitGroup
	made.Go(func() {
		for i := range 3000 {
			a := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
			shard.Record(&metrics.Event{Group: group, Client: a, Decision: metrics.DecisionBlocked, Category: category, NameHash: uint64(i)})
		}
	})
	made.Go(func() {
		for i := range 100 {
			c.Category(fmt.Sprintf("category-%d", i))
		}
	})
	done := make(chan struct{})
	go func() { made.Wait(); close(done) }()
	seen := map[netip.Addr]int{}
	take := func() {
		c.Drain(func(s *metrics.Sample) { seen[s.Client]++ })
		c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})
	}
	for open := true; open; {
		select {
		case <-done:
			open = false
		default:
		}
		take()
	}
	if len(seen) == 0 {
		t.Error("nothing is sampled")
	}
	for client, times := range seen {
		if times > 2 { // as a client that asks, and as one that is blocked
			t.Errorf("%s is there %d times", client, times)
		}
	}
}

// Processes end while others tick. Who has ended ticks no more.
func TestProcessesEndWhileOthersTick(t *testing.T) {
	a := metrics.NewAggregator("nut-1", build)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	one, other := twoSchools(), twoSchools()
	var made sync.WaitGroup
	for _, c := range []*metrics.Counters{one, other} {
		made.Go(func() {
			var sent metrics.Sent
			for range 50 {
				if err := a.Absorb(c.Tick(nil, &sent, metrics.ResolverReadings{})); err != nil {
					t.Error(err)
				}
			}
			a.End(c.Epoch())
		})
	}
	made.Go(func() {
		for i := range 300 {
			a.End(metrics.Epoch{byte(i % 4)})
		}
	})
	made.Wait()
	for range 2 {
		a.Snapshot()
	}
	for _, c := range []*metrics.Counters{one, other} {
		if a.Absorb(c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})) == nil {
			t.Error("an epoch that has ended goes on")
		}
	}
}

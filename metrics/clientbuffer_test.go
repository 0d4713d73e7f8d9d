package metrics_test

import (
	"fmt"
	"net/netip"
	"testing"

	"lachan/metrics"
)

// sampling is a node that samples names blocked for gambling.
func sampling() (c *metrics.Counters, gambling metrics.Category) {
	c = metrics.New("nut-1")
	gambling = c.Category("gambling")
	c.SampleNames(func(of metrics.Category) bool { return of == gambling })
	return c, gambling
}

var asker = netip.MustParseAddr("10.20.3.7")

func TestSamplesAreDrainedOnce(t *testing.T) {
	c, gambling := sampling()
	group := c.Group("a", "")
	shard := c.Shard()
	for i := range 3 {
		shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: gambling, Client: asker, Name: []byte(fmt.Sprint("n", i))})
		shard.Record(&metrics.Event{Group: group, Client: asker, Name: []byte("allowed")})
		shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: c.Category("csam"), Client: asker, Name: []byte("secret")})
		shard.Record(&metrics.Event{Client: asker, Name: []byte("of nobody")})
	}
	drained := func() (all []string) {
		lost := c.Drain(func(n *metrics.Sample) {
			all = append(all, fmt.Sprintf("%s %s %s", n.School, n.Client, n.Name))
		})
		if lost != 0 {
			t.Errorf("%d lost", lost)
		}
		return all
	}
	want := "[a 10.20.3.7 n0 a 10.20.3.7  a 10.20.3.7 n1 a 10.20.3.7 n2]"
	if got := fmt.Sprint(drained()); got != want {
		t.Errorf("drained %s, want %s", got, want)
	}
	if got := drained(); len(got) != 0 {
		t.Errorf("drained again: %v", got)
	}
	shard.Record(&metrics.Event{Group: group, Client: asker})
	if got := drained(); len(got) != 1 {
		t.Errorf("a client that asks again is sampled again: %v", got)
	}
}

func TestNothingIsSampledUntilItIsWanted(t *testing.T) {
	c := metrics.New("nut-1")
	c.Shard().Record(&metrics.Event{Group: c.Group("a", ""), Client: asker})
	c.Drain(func(n *metrics.Sample) { t.Errorf("sampled %+v", n) })
}

func TestSamplingAllocatesNothing(t *testing.T) {
	c, gambling := sampling()
	shard, group, name := c.Shard(), c.Group("a", ""), []byte("\x03bet\x07example\x00")
	record := func() {
		shard.Record(&metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: gambling, Client: asker, Name: name})
		shard.Record(&metrics.Event{Group: group, Client: asker, Name: name})
	}
	for range 3 { // both halves of the buffer are as large as they will get
		for range 5000 {
			record()
		}
		c.Drain(func(*metrics.Sample) {})
	}
	if n := testing.AllocsPerRun(1000, record); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkSample(b *testing.B) {
	c, gambling := sampling()
	shard, group, name := c.Shard(), c.Group("a", ""), []byte("\x03bet\x07example\x00")
	f := func(what string, e metrics.Event) {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				shard.Record(&e)
				if i%4000 == 0 {
					c.Drain(func(*metrics.Sample) {})
				}
			}
		})
	}
	f("allowed", metrics.Event{Group: group, Client: asker, Name: name})
	f("blocked", metrics.Event{Group: group, Decision: metrics.DecisionBlocked, Category: gambling, Client: asker, Name: name})
}

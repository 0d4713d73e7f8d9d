package metrics_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"lachan/metrics"
)

// visits is what the counters of a school read.
func visits(c *metrics.Counters, school string) uint64 {
	return labelled(c.Totals())["__name__,lachan_school_visits_total,node,nut-1,school,"+school+",group,"]
}

// TestVisitsAreAboutWhatTheyAre has clients that come back to names within a
// minute and later, each time with three queries, and some that never rest.
func TestVisitsAreAboutWhatTheyAre(t *testing.T) {
	c := metrics.New("nut-1")
	shard, group := c.Shard(), c.Group("a", "")
	type pair struct{ client, name uint32 }
	last := map[pair]int64{}
	truth, queries := 0, 0
	ask := func(p pair, at int64) {
		if before, known := last[p]; !known || at-before >= 60 {
			last[p] = at
			truth++
		}
		queries++
		var address [4]byte
		binary.BigEndian.PutUint32(address[:], 10<<24|p.client)
		shard.Record(&metrics.Event{
			Group: group, Client: netip.AddrFrom4(address), NameHash: uint64(p.name) * 0x9E3779B97F4A7C15, Time: at * int64(time.Second),
		})
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for at := range int64(8 * 3600) {
		for range 20 {
			p := pair{dice.Uint32N(300), dice.Uint32N(400)}
			for range 3 {
				ask(p, at)
			}
		}
		for busy := range uint32(200) {
			if (at+int64(busy))%5 == 0 {
				ask(pair{busy, 1000}, at)
			}
		}
	}
	got := visits(c, "a")
	if off := float64(got)/float64(truth) - 1; off < -0.09 || off > 0.09 {
		t.Errorf("%d visits of %d queries, want about %d: off by %.1f%%", got, queries, truth, 100*off)
	}
}

func TestWhoIsOfNoSchoolVisitsNothing(t *testing.T) {
	c := metrics.New("nut-1")
	shard := c.Shard()
	for name := range uint64(1000) {
		shard.Record(&metrics.Event{Client: asker, NameHash: name})
	}
	if n := visits(c, ""); n != 0 {
		t.Errorf("%d visits", n)
	}
}

func BenchmarkVisit(b *testing.B) {
	c := metrics.New("nut-1")
	shard, group := c.Shard(), c.Group("a", "")
	names := make([]uint64, 4096)
	for i := range names {
		names[i] = rand.Uint64()
	}
	now := int64(0)
	for i := 0; b.Loop(); i++ {
		now += 5000
		shard.Record(&metrics.Event{Group: group, Client: asker, NameHash: names[i%len(names)], Time: now})
	}
}

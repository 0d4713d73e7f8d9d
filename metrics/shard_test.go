package metrics_test

import (
	"fmt"
	"testing"
	"time"

	"lachan/metrics"
)

// TestAnswersAreCountedByHowLongTheyTook: each within all times that are
// longer, whatever process has counted it.
func TestAnswersAreCountedByHowLongTheyTook(t *testing.T) {
	ask := func(c *metrics.Counters) {
		shard := c.Shard()
		for _, took := range []time.Duration{0, time.Millisecond, time.Millisecond + 1, 30 * time.Millisecond, 3 * time.Second, time.Hour} {
			shard.Record(&metrics.Event{Duration: took, Source: metrics.SourceUpstream})
			shard.Record(&metrics.Event{Duration: took, Source: metrics.SourceCache})
		}
		shard.Record(&metrics.Event{Action: metrics.ActionDropped})
	}
	before := metrics.New("nut-1")
	if len(labelled(before.Totals())) != 0 {
		t.Error("a node that has answered nothing counts answers")
	}
	ask(before)
	after := metrics.New("nut-1")
	restore(t, before.Totals(), after)
	ask(after)
	got := labelled(after.Totals())
	for within, want := range map[string]uint64{"1ms": 8, "5ms": 12, "25ms": 12, "50ms": 16, "2.5s": 16, "any": 24} {
		if n := got[fmt.Sprintf("__name__,lachan_node_answers_total,node,nut-1,within,%s", within)]; n != want {
			t.Errorf("within %s %d, want %d", within, n, want)
		}
	}
}

package metrics_test

import (
	"fmt"
	"net/netip"
	"testing"

	"lachan/metrics"
)

// noticing is a node that notices names blocked for gambling.
func noticing() (c *metrics.Counters, gambling metrics.Category) {
	c = metrics.New("nut-1", build)
	gambling = c.Category("gambling")
	c.Noticed(func(of metrics.Category) bool { return of == gambling })
	return c, gambling
}

var asker = netip.MustParseAddr("10.20.3.7")

func TestNoticesAreDrainedOnce(t *testing.T) {
	c, gambling := noticing()
	cell := c.Cell("a", "")
	lane := c.Lane()
	for i := range 3 {
		lane.Notice(&metrics.Event{Cell: cell, Decision: metrics.DecisionBlocked, Category: gambling}, asker, []byte(fmt.Sprint("n", i)))
		lane.Notice(&metrics.Event{Cell: cell}, asker, []byte("allowed"))
		lane.Notice(&metrics.Event{Cell: cell, Decision: metrics.DecisionBlocked, Category: c.Category("csam")}, asker, []byte("secret"))
		lane.Notice(&metrics.Event{}, asker, []byte("of nobody"))
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
	lane.Notice(&metrics.Event{Cell: cell}, asker, nil)
	if got := drained(); len(got) != 1 {
		t.Errorf("a client that asks again is noticed again: %v", got)
	}
}

func TestNothingIsNoticedUntilItIsWanted(t *testing.T) {
	c := metrics.New("nut-1", build)
	c.Lane().Notice(&metrics.Event{Cell: c.Cell("a", "")}, asker, nil)
	c.Drain(func(n *metrics.Sample) { t.Errorf("noticed %+v", n) })
}

func TestNoticeAllocatesNothing(t *testing.T) {
	c, gambling := noticing()
	lane, cell, name := c.Lane(), c.Cell("a", ""), []byte("\x03bet\x07example\x00")
	notice := func() {
		lane.Notice(&metrics.Event{Cell: cell, Decision: metrics.DecisionBlocked, Category: gambling}, asker, name)
		lane.Notice(&metrics.Event{Cell: cell}, asker, name)
	}
	for range 3 { // both sides of the board are as large as they will get
		for range 5000 {
			notice()
		}
		c.Drain(func(*metrics.Sample) {})
	}
	if n := testing.AllocsPerRun(1000, notice); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkNotice(b *testing.B) {
	c, gambling := noticing()
	lane, cell, name := c.Lane(), c.Cell("a", ""), []byte("\x03bet\x07example\x00")
	f := func(what string, e metrics.Event) {
		b.Run(what, func(b *testing.B) {
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				lane.Notice(&e, asker, name)
				if i%4000 == 0 {
					c.Drain(func(*metrics.Sample) {})
				}
			}
		})
	}
	f("allowed", metrics.Event{Cell: cell})
	f("blocked", metrics.Event{Cell: cell, Decision: metrics.DecisionBlocked, Category: gambling})
}

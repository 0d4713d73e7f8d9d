package metrics_test

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"testing"
	"time"

	"lachan/metrics"
)

// aggregated is an aggregator, and what brings it what c has counted until now.
func aggregated(c *metrics.Counters) (a *metrics.Aggregator, bring func()) {
	a = metrics.NewAggregator(c.Node(), build)
	var sent metrics.Sent
	return a, func() {
		if err := a.Absorb(c.Tick(nil, &sent, metrics.ResolverReadings{})); err != nil {
			panic(err)
		}
	}
}

// nonzero is what odometers read, without those that read nothing.
func nonzero(o *metrics.Totals) map[string]uint64 {
	all := labelled(o)
	maps.DeleteFunc(all, func(_ string, value uint64) bool { return value == 0 })
	return all
}

func sameTotals(t *testing.T, got, want *metrics.Totals) {
	t.Helper()
	if g, w := nonzero(got), nonzero(want); !maps.Equal(g, w) {
		t.Errorf("odometers:\n%v\nwant\n%v", g, w)
	}
}

// countMore counts something of every kind.
func countMore(c *metrics.Counters, times int) {
	shard := c.Shard()
	defer shard.Close()
	for i := range times {
		group := c.Group(fmt.Sprint("truong-", i%3), fmt.Sprint("lop-", i%2))
		for _, e := range []metrics.Event{
			{
				Group: group, Duration: time.Millisecond,
				Client: netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)}), NameHash: uint64(i) * 0x9e3779b97f4a7c15, Time: int64(i),
			},
			{Group: group, Decision: metrics.DecisionBlocked, Category: c.Category(fmt.Sprint("category-", i%40)), Action: metrics.ActionBlock},
			{Group: group, Decision: metrics.DecisionExcepted, Category: c.Category("gambling"), Rcode: 3},
			{Transport: metrics.TransportDoH, Action: metrics.ActionDropped},
		} {
			shard.Record(&e)
		}
		group.Check(c.Category("games"), metrics.Result(i%3))
	}
	c.Protect(1500 * time.Millisecond)
}

func TestATickCarriesAllThatIsCounted(t *testing.T) {
	c := twoSchools()
	countMore(c, 500)
	a, bring := aggregated(c)
	for range 4 {
		bring()
		sameTotals(t, a.Totals(), c.Totals())
		countMore(c, 100)
	}
	bring()
	got, want := operators(t, c), scrape(t, metrics.Handler(a, new(metrics.Conditions), func() metrics.Readings { return metrics.Readings{} },
		func() []string { return nil }, nil))
	for series, value := range want {
		if bytes.HasPrefix([]byte(series), []byte("lachan_quer")) && got[series] != value {
			t.Errorf("%s: %v and %v", series, got[series], value)
		}
	}
}

func TestARepeatedTickChangesNothing(t *testing.T) {
	c := twoSchools()
	a, _ := aggregated(c)
	var sent metrics.Sent
	first := c.Tick(nil, &sent, metrics.ResolverReadings{})
	countMore(c, 10)
	second := c.Tick(nil, &sent, metrics.ResolverReadings{})
	for _, tick := range [][]byte{first, second, first, second, second} {
		if err := a.Absorb(tick); err != nil {
			t.Fatal(err)
		}
	}
	sameTotals(t, a.Totals(), c.Totals())
}

func TestALaterTickCarriesOnlyWhatHasChanged(t *testing.T) {
	c := metrics.New("nut-1")
	for i := range 1000 {
		c.Shard().Record(&metrics.Event{Group: c.Group(fmt.Sprint("truong-", i), "")})
	}
	var sent metrics.Sent
	full := c.Tick(nil, &sent, metrics.ResolverReadings{})
	c.Shard().Record(&metrics.Event{Group: c.Group("truong-7", "")})
	if later := c.Tick(nil, &sent, metrics.ResolverReadings{}); len(later) > len(full)/20 {
		t.Errorf("%d bytes, after %d of the first", len(later), len(full))
	}
}

func TestReadingsComeWithTheTick(t *testing.T) {
	c := twoSchools()
	a, _ := aggregated(c)
	want := readings(time.Now()).ResolverReadings
	if err := a.Absorb(c.Tick(nil, new(metrics.Sent), want)); err != nil {
		t.Fatal(err)
	}
	if got := a.Readings(); fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestAGarbledTickIsRefusedWhole(t *testing.T) {
	c := twoSchools()
	tick := c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})
	a, _ := aggregated(c)
	for i := range tick {
		for _, bit := range []byte{1, 0x80} {
			garbled := bytes.Clone(tick)
			garbled[i] ^= bit
			if a.Absorb(garbled) == nil || a.Absorb(tick[:i]) == nil {
				t.Fatalf("garbled at %d, and counted", i)
			}
		}
	}
	if got := nonzero(a.Totals()); len(got) > 0 {
		t.Errorf("of garbled ticks there is %v", got)
	}
}

func TestTicksOfAnEpochThatHasEndedAreRefused(t *testing.T) {
	c := twoSchools()
	a, bring := aggregated(c)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	bring()
	a.End(c.Epoch())
	_, _ = a.Snapshot(), a.Snapshot()
	if err := a.Absorb(c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})); err == nil {
		t.Error("it has ended, and counts")
	}
	sameTotals(t, a.Totals(), c.Totals())
	var sent metrics.Sent
	other := twoSchools()
	_ = other.Tick(nil, &sent, metrics.ResolverReadings{})
	if a.Absorb(other.Tick(nil, &sent, metrics.ResolverReadings{})) == nil {
		t.Error("an epoch begins with a tick that is not full")
	}
}

func TestSamplesGoToAnotherProcess(t *testing.T) {
	c, gambling := sampling()
	shard := c.Shard()
	for i := range 5000 {
		client := netip.AddrFrom4([4]byte{10, 0, byte(i >> 8), byte(i)})
		if i%2 == 0 {
			client = netip.MustParseAddr(fmt.Sprintf("2001:db8::%x", i))
		}
		shard.Record(&metrics.Event{
			Group: c.Group(fmt.Sprint("truong-", i%7), ""), Decision: metrics.DecisionBlocked, Category: gambling,
			Client: client, Name: fmt.Appendf(nil, "\x04n%03d\x07example\x00", i%1000),
		})
	}
	a := metrics.NewAggregator("nut-1", build)
	a.AddGroup("truong-0", "")
	samples := c.AppendSamples(nil)
	for i := range len(samples) {
		_ = metrics.NewAggregator("nut-1", build).AbsorbSamples(samples[:min(i, 200)]) // it does not panic
	}
	if err := a.AbsorbSamples(samples); err != nil {
		t.Fatal(err)
	}
	i := 0
	lost := a.Drain(func(s *metrics.Sample) {
		if want := fmt.Sprintf("\x04n%03d\x07example\x00", i%1000); s.School != fmt.Sprint("truong-", i%7) || string(s.Name) != want || a.Code(s.Category) != "gambling" {
			t.Fatalf("%d: %+v", i, s)
		}
		i++
	})
	if i == 0 || uint64(i)+lost != 5000 {
		t.Errorf("%d have come and %d are lost", i, lost)
	}
	if lost := a.Drain(func(*metrics.Sample) { t.Error("twice") }); lost != 0 {
		t.Error("lost twice")
	}
	for range 1000 {
		if err := a.AbsorbSamples(samples); err != nil {
			t.Fatal(err)
		}
	}
	i = 0
	if lost := a.Drain(func(*metrics.Sample) { i++ }); i != 1<<16 || uint64(i)+lost != 5000*1000 {
		t.Errorf("%d wait to be drained, %d are lost", i, lost)
	}
}

func FuzzAbsorb(f *testing.F) {
	c := twoSchools()
	f.Add(c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{}))
	f.Add(c.AppendSamples(nil))
	a, bring := aggregated(c)
	bring()
	f.Add(a.Snapshot().Saved)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, b := range [][]byte{b, metrics.Sealed(b)} {
			a := metrics.NewAggregator("nut-1", build)
			if a.Absorb(b) != nil && len(nonzero(a.Totals())) > 0 {
				t.Error("it is refused, and counted")
			}
			if saved, err := metrics.ParseSaved(b); err == nil {
				metrics.NewAggregator("nut-1", build).Resume(metrics.New("nut-1"), saved)
			}
			_ = a.AbsorbSamples(b)
		}
	})
}

// A sample of a school or a category that was not named before it is refused, and nothing
// of what it came with is taken.
func TestASampleNamesWhatItIsOf(t *testing.T) {
	c, gambling := sampling()
	const name = "\x03bet\x07example\x00"
	c.Shard().Record(&metrics.Event{
		Group: c.Group("truong-0", ""), Decision: metrics.DecisionBlocked, Category: gambling,
		Client: netip.MustParseAddr("10.0.0.1"), Name: []byte(name),
	})
	samples := c.AppendSamples(nil)
	category := len(samples) - len(name) - 1 - 4 - 1 - 1 // before the address and the name, with their lengths
	for _, at := range []int{category - 1, category} {
		if samples[at] != 0 {
			t.Fatalf("no number of the first stands at %d of %q", at, samples)
		}
		for _, number := range []byte{1, 2, 100} {
			other := slices.Clone(samples)
			other[at] = number
			a := metrics.NewAggregator("nut-1", build)
			if err := a.AbsorbSamples(other); !errors.Is(err, metrics.ErrFormat) {
				t.Errorf("number %d at %d: %v", number, at, err)
			}
			if lost := a.Drain(func(s *metrics.Sample) { t.Errorf("taken: %+v", s) }); lost != 0 {
				t.Errorf("%d are lost", lost)
			}
		}
	}
}

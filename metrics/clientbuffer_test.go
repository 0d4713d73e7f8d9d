package metrics_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
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

// TestSamplesBeyondTheRoomAreLostAndCounted: a shard has room for 4096 samples, and for 128
// KiB of names; one message to another process has room for 4 MiB.
func TestSamplesBeyondTheRoomAreLostAndCounted(t *testing.T) {
	f := func(name string, times, want int) {
		t.Helper()
		c, gambling := sampling()
		shard, got := c.Shard(), 0
		for range times {
			shard.Record(&metrics.Event{Group: c.Group("a", ""), Decision: metrics.DecisionBlocked, Category: gambling, Client: asker, Name: []byte(name)})
		}
		lost := c.Drain(func(s *metrics.Sample) {
			if got++; string(s.Name) != name {
				t.Errorf("name %q", s.Name)
			}
		})
		if got != want || int(lost) != times-want {
			t.Errorf("%d of a name of %d bytes: %d there and %d lost, want %d there", times, len(name), got, lost, want)
		}
		if lost := c.Drain(func(*metrics.Sample) { t.Error("drained twice") }); lost != 0 {
			t.Errorf("%d lost again", lost)
		}
	}
	f("\x03bet\x07example\x00", 4096, 4096)
	f("\x03bet\x07example\x00", 4100, 4096)
	long := strings.Repeat("x", 256)
	f(long, 512, 512)
	f(long, 513, 512)

	c, gambling := sampling()
	total := 0
	for range 40 {
		shard := c.Shard()
		for range 512 {
			shard.Record(&metrics.Event{Group: c.Group("a", ""), Decision: metrics.DecisionBlocked, Category: gambling, Client: asker, Name: []byte(long)})
			total++
		}
	}
	message := c.AppendSamples([]byte("before"))
	if size := len(message) - len("before"); size > metrics.MaxSamplesBytes || size < metrics.MaxSamplesBytes-8<<10 {
		t.Errorf("a message of %d bytes", size)
	}
	a, got := metrics.NewAggregator("nut-1", build), 0
	if err := a.AbsorbSamples(message[len("before"):]); err != nil {
		t.Fatal(err)
	}
	if lost := a.Drain(func(*metrics.Sample) { got++ }); got == 0 || got+int(lost) != total {
		t.Errorf("%d come and %d are lost, of %d", got, lost, total)
	}
}

// TestSamplesOfAnotherKindAreRefused: what is longer than a message may be, of another
// version, or with a record of an unknown kind.
func TestSamplesOfAnotherKindAreRefused(t *testing.T) {
	good := metrics.New("nut-1").AppendSamples(nil)
	a := metrics.NewAggregator("nut-1", build)
	f := func(what string, message []byte, want bool) {
		t.Helper()
		if err := a.AbsorbSamples(message); (err == nil) != want || !want && !errors.Is(err, metrics.ErrFormat) {
			t.Errorf("%s: %v, want it taken: %v", what, err, want)
		}
	}
	f("nothing", good, true)
	lost := []byte{4, 1} // one is lost
	f("as long as may be", append(slices.Clone(good), bytes.Repeat(lost, (metrics.MaxSamplesBytes-len(good))/2)...), true)
	if n := a.Drain(func(*metrics.Sample) {}); n != uint64(metrics.MaxSamplesBytes-len(good))/2 {
		t.Errorf("%d lost", n)
	}
	f("longer", append(slices.Clone(good), bytes.Repeat(lost, (metrics.MaxSamplesBytes-len(good))/2+1)...), false)
	f("an unknown record", append(slices.Clone(good), 5), false)
	f("record zero", append(slices.Clone(good), 0, 0), false)
	f("an address of three bytes", append(slices.Clone(good), 1, 1, 'a', 2, 1, 'b', 3, 0, 0, 3, 10, 0, 1, 0), false)
	f("an address", append(slices.Clone(good), 1, 1, 'a', 2, 1, 'b', 3, 0, 0, 4, 10, 0, 0, 1, 0), true)
	for i := range good {
		other := slices.Clone(good)
		other[i] ^= 1
		f(fmt.Sprint("another byte at ", i), other, false)
		f(fmt.Sprint("only bytes: ", i), good[:i], false)
	}
	if n := a.Drain(func(s *metrics.Sample) {
		if s.Client.String() != "10.0.0.1" || s.School != "a" || a.Code(s.Category) != "b" {
			t.Errorf("%+v", s)
		}
	}); n != 0 {
		t.Errorf("of what was refused %d are lost", n)
	}
}

// TestACategoryBeyondTheLastIsOther: the names of categories go with their numbers.
func TestACategoryBeyondTheLastIsOther(t *testing.T) {
	c := metrics.New("nut-1")
	games := c.Category("games")
	for category, want := range map[metrics.Category]string{metrics.CategoryNone: "none", games: "games", games + 1: "other", metrics.CategoryOther: "other"} {
		if got := c.Code(category); got != want {
			t.Errorf("number %d is %q, want %q", category, got, want)
		}
	}
}

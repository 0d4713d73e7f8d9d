package metrics_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"lachan/metrics"
)

// kept is what the disk of a node has once a process has brought what it counted.
func kept(t *testing.T, c *metrics.Counters) (saved metrics.Saved, history func() *metrics.Counters) {
	t.Helper()
	a, bring := aggregated(c)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	bring()
	s := a.Snapshot()
	saved, err := metrics.ParseSaved(s.Saved)
	if err != nil {
		t.Fatal(err)
	}
	return saved, func() *metrics.Counters {
		h := metrics.New("nut-1")
		restore(t, s.Totals, h)
		return h
	}
}

// full is the first tick of a connection.
func full(c *metrics.Counters) []byte {
	return c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})
}

// absorbs claims that a takes a tick, or refuses it as one of an epoch that has ended.
func absorbs(t *testing.T, a *metrics.Aggregator, tick []byte, what string, want bool) {
	t.Helper()
	if err := a.Absorb(tick); want != (err == nil) || !want && !errors.Is(err, metrics.ErrEpoch) {
		t.Errorf("%s: %v, want it taken: %v", what, err, want)
	}
}

// TestWhatLivesMayBeToldBeforeHistoryIsRead: whichever comes first, history or word of the
// processes that live, the others have ended, and nothing is counted twice.
func TestWhatLivesMayBeToldBeforeHistoryIsRead(t *testing.T) {
	c := twoSchools()
	saved, history := kept(t, c)
	type told = func(a *metrics.Aggregator)
	resume := func(a *metrics.Aggregator) { a.Resume(history(), saved) }
	live := func(ids ...metrics.Epoch) told { return func(a *metrics.Aggregator) { a.Live(ids...) } }
	ended := func(a *metrics.Aggregator) { a.End(c.Epoch()) }
	comes := func(a *metrics.Aggregator) { absorbs(t, a, full(c), "its first tick", true) }
	f := func(what string, lives bool, all ...told) {
		t.Helper()
		a := metrics.NewAggregator("nut-1", build)
		for _, tell := range all {
			tell(a)
		}
		a.Snapshot()
		a.Snapshot()
		absorbs(t, a, full(c), what, lives)
		sameTotals(t, a.Totals(), c.Totals())
	}
	other := metrics.New("nut-1").Epoch()
	f("nothing is told", true, resume)
	f("it lives, told before", true, live(other, c.Epoch()), resume)
	f("it lives, told after", true, resume, live(c.Epoch(), other))
	f("none lives, told before", false, live(), resume)
	f("none lives, told after", false, resume, live())
	f("another lives, told before", false, live(other), resume)
	f("another lives, told after", false, resume, live(other))
	f("it has ended, told before", false, ended, resume)
	f("it has ended, told after", false, resume, ended)
	f("it has ended, told twice", false, ended, ended, resume, ended)
	f("it has sent a tick, and is not named", true, comes, live(other), resume)
	f("it has sent a tick since, and is not named", true, resume, comes, live(other))
}

// TestTheLastTickMayComeLate: until the second snapshot after the end of its process, which
// another word of the end does not put off.
func TestTheLastTickMayComeLate(t *testing.T) {
	c := twoSchools()
	a, bring := aggregated(c)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	bring()
	a.End(c.Epoch())
	a.Snapshot()
	a.End(c.Epoch())
	countMore(c, 10)
	absorbs(t, a, full(c), "after one snapshot", true)
	sameTotals(t, a.Totals(), c.Totals())
	if s := a.Snapshot(); s.Saved == nil {
		t.Error("an epoch has ended, and there is nothing to save")
	}
	absorbs(t, a, full(c), "after two", false)
	before := a.Snapshot()
	a.Keep(before)
	a.End(c.Epoch())
	if s := a.Snapshot(); s.Saved != nil {
		t.Error("it ends twice")
	}
	sameTotals(t, a.Totals(), c.Totals())
}

// TestAProcessThatSentNothingMayEnd: its ticks are refused after that.
func TestAProcessThatSentNothingMayEnd(t *testing.T) {
	a := metrics.NewAggregator("nut-1", build)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	c := twoSchools()
	a.End(c.Epoch())
	a.Snapshot()
	a.Snapshot()
	absorbs(t, a, full(c), "a tick after the end", false)
}

// TestOperatorsCountersStayWhenAProcessEnds: what it has counted is part of the sum.
func TestOperatorsCountersStayWhenAProcessEnds(t *testing.T) {
	c, next := twoSchools(), twoSchools()
	countMore(c, 100)
	a, bring := aggregated(c)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	bring()
	h := metrics.Handler(a, new(metrics.Conditions), func() metrics.Readings { return metrics.Readings{} }, func() []string { return nil }, nil)
	before := scrape(t, h)
	a.End(c.Epoch())
	for range 3 {
		a.Snapshot()
		after := scrape(t, h)
		for _, name := range []string{"lachan_queries_total", "lachan_answers_total", "lachan_rcodes_total", "lachan_query_duration_seconds_sum"} {
			after.want(t, before.sum(name), name)
		}
	}
	absorbs(t, a, full(next), "of the next process", true)
	both := scrape(t, h)
	both.want(t, before.sum("lachan_queries_total")+operators(t, next).sum("lachan_queries_total"), "lachan_queries_total")
}

// TestEightProcessesLiveAtATime: with a ninth the oldest counts as ended, and nothing that
// was counted is lost. The newest 64 that have ended are known, also across a start.
func TestEightProcessesLiveAtATime(t *testing.T) {
	a := metrics.NewAggregator("nut-1", build)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	var all []*metrics.Counters
	queries := func() uint64 {
		return labelled(a.Totals())["__name__,lachan_school_queries_total,node,nut-1,school,a,group,,decision,allowed,category,none"]
	}
	for i := range 8 + 70 {
		c := metrics.New("nut-1")
		c.Shard().Record(&metrics.Event{Group: c.Group("a", "")})
		all = append(all, c)
		absorbs(t, a, full(c), fmt.Sprint("number ", i), true)
		for k := max(0, i-7); k <= i; k++ {
			absorbs(t, a, full(all[k]), fmt.Sprintf("number %d with %d", k, i), true)
		}
		for k := max(0, i-71); k < i-7; k++ {
			absorbs(t, a, full(all[k]), fmt.Sprintf("number %d with %d", k, i), false)
		}
		if got := queries(); got != uint64(i+1) {
			t.Fatalf("%d queries of %d", got, i+1)
		}
	}
	s := a.Snapshot()
	saved, err := metrics.ParseSaved(s.Saved)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range all {
		if got, want := saved.Ended(c.Epoch()), i >= 6 && i < 70; got != want {
			t.Errorf("number %d has ended: %v, want %v", i, got, want)
		}
	}
	history := metrics.New("nut-1")
	restore(t, s.Totals, history)
	a = metrics.NewAggregator("nut-1", build)
	a.Resume(history, saved)
	for i, c := range all[6:] {
		absorbs(t, a, full(c), fmt.Sprintf("number %d after a start", i+6), i+6 >= 70)
	}
	if got := queries(); got != uint64(len(all)) {
		t.Errorf("%d queries after a start, want %d", got, len(all))
	}
}

// TestWithoutTheFileOfEpochsNothingIsCountedTwice: the process that lives may be in history
// already, so its first tick adds what history cannot have; the next one adds all.
func TestWithoutTheFileOfEpochsNothingIsCountedTwice(t *testing.T) {
	c := twoSchools()
	_, history := kept(t, c)
	countMore(c, 10)
	for _, first := range []string{"history", "tick"} {
		a := metrics.NewAggregator("nut-1", build)
		if first == "tick" {
			absorbs(t, a, full(c), "before history", true)
		}
		a.Resume(history(), metrics.Saved{Damaged: true})
		s := a.Snapshot()
		if s.Saved == nil {
			t.Errorf("%s first: there is no file, and none is to be written", first)
		}
		absorbs(t, a, full(c), "the one that lives", true)
		sameTotals(t, a.Totals(), c.Totals())
		absorbs(t, a, full(c), "again", true)
		sameTotals(t, a.Totals(), c.Totals())
		next := twoSchools()
		absorbs(t, a, full(next), "the next", true)
		got, one, two := nonzero(a.Totals()), nonzero(c.Totals()), nonzero(next.Totals())
		for labels, value := range two {
			if got[labels] != value+one[labels] {
				t.Errorf("%s first, %s: %d, want %d and %d", first, labels, got[labels], value, one[labels])
			}
		}
	}
}

// TestASavedIsWrittenWhenEpochsChange, and at every snapshot while several live.
func TestASavedIsWrittenWhenEpochsChange(t *testing.T) {
	a := metrics.NewAggregator("nut-1", build)
	a.Resume(metrics.New("nut-1"), metrics.Saved{})
	f := func(what string, want bool, keep bool) {
		t.Helper()
		s := a.Snapshot()
		if (s.Saved != nil) != want {
			t.Errorf("%s: %d bytes to save", what, len(s.Saved))
		}
		if keep {
			a.Keep(s)
		}
	}
	f("nothing has come", false, false)
	one, two := twoSchools(), twoSchools()
	absorbs(t, a, full(one), "one", true)
	f("one has begun", true, false)
	f("and is not on the disk", true, true)
	f("and is", false, true)
	absorbs(t, a, full(one), "one again", true)
	f("it goes on", false, true)
	absorbs(t, a, full(two), "two", true)
	f("two live", true, true)
	f("two still do", true, true)
	a.End(one.Epoch())
	f("one is ending", true, true)
	f("one has ended", true, true)
	f("one lives", false, true)
}

func TestAnEpochIsWrittenInDigits(t *testing.T) {
	id := metrics.New("nut-1").Epoch()
	if got, err := metrics.ParseEpoch(id.String()); err != nil || got != id || len(id.String()) != 32 {
		t.Errorf("%v is read as %v: %v", id, got, err)
	}
	text := id.String()
	for _, bad := range []string{"", text[:30], text[:31], text + "00", text[:31] + "g", strings.Repeat("-", 32)} {
		if got, err := metrics.ParseEpoch(bad); !errors.Is(err, metrics.ErrFormat) || !strings.Contains(err.Error(), fmt.Sprintf("%q", bad)) {
			t.Errorf("%q is read as %v: %v", bad, got, err)
		}
	}
	if other := metrics.New("nut-1").Epoch(); other == id {
		t.Error("two starts share an epoch")
	}
}

// TestSchoolsAndGroupsAreThereBeforeTheyAsk, at zero, in the process that keeps history.
func TestSchoolsAndGroupsAreThereBeforeTheyAsk(t *testing.T) {
	a := metrics.NewAggregator("nut-1", build)
	schools := []metrics.School{{ID: "a", Province: "p"}, {ID: "b"}}
	a.SetSchools(schools)
	a.AddGroup("a", "g")
	a.AddGroup("a", "g")
	if !slices.Equal(a.InForce(), schools) || !slices.Equal(a.Totals().Schools(), schools) {
		t.Errorf("in force are %v", a.InForce())
	}
	var got []string
	a.Totals().Each(func(of metrics.Counter, value uint64) {
		got = append(got, fmt.Sprint(of.School(), " ", strings.Join(a.Totals().Labels(of)[:2], ""), " ", value))
	})
	want := []string{"a __name__lachan_school_queries_total 0", "a __name__lachan_school_protected_seconds_total 0", "b __name__lachan_school_protected_seconds_total 0"}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	a.SetSchools(schools[:1])
	if got := a.InForce(); len(got) != 1 || len(labelled(a.Totals())) != 3 {
		t.Errorf("in force are %v, counted %v", got, labelled(a.Totals()))
	}
}

package metrics_test

import (
	"maps"
	"strings"
	"testing"
	"time"

	"lachan/metrics"
)

// labelled is what every odometer reads, by its labels.
func labelled(o *metrics.Totals) map[string]uint64 {
	all := map[string]uint64{}
	o.Each(func(of metrics.Counter, value uint64) { all[strings.Join(o.Labels(of), ",")] = value })
	return all
}

// restore hands what one process has counted to the next, as its history does.
func restore(t *testing.T, from *metrics.Totals, to *metrics.Counters) {
	t.Helper()
	from.Each(func(of metrics.Counter, value uint64) {
		labels := map[string]string{}
		for pairs := from.Labels(of); len(pairs) > 0; pairs = pairs[2:] {
			labels[pairs[0]] = pairs[1]
		}
		if !to.Restore(func(name string) string { return labels[name] }, value) {
			t.Errorf("%v is not restored", labels)
		}
	})
}

func TestRestoredTotalsGoOn(t *testing.T) {
	old := twoSchools()
	countMore(old, 1000)
	before := old.Totals()
	c := metrics.New("nut-1")
	restore(t, before, c)
	if got, want := labelled(c.Totals()), labelled(before); !maps.Equal(got, want) {
		t.Errorf("restored:\n%v\nwant\n%v", got, want)
	}
	if len(c.Totals().Schools()) != 0 {
		t.Error("history puts schools in force")
	}
}

func TestCountsMadeBeforeTheRestoreStayCounted(t *testing.T) {
	old, c := twoSchools(), twoSchools()
	countMore(old, 100)
	countMore(c, 100)
	before := old.Totals()
	restore(t, before, c)
	for labels, value := range labelled(before) {
		if strings.Contains(labels, metrics.SchoolVisits) {
			continue // an estimate, which is not the same in both
		}
		if got := labelled(c.Totals())[labels]; got != 2*value {
			t.Errorf("%s is %d, want %d", labels, got, 2*value)
		}
	}
}

func TestTotalsAreAMoment(t *testing.T) {
	c := twoSchools()
	o := c.Totals()
	want := labelled(o)
	c.Shard().Record(&metrics.Event{Group: c.Group("th-kim-dong", "hoc-sinh"), Decision: metrics.DecisionBlocked, Category: c.Category("malware")})
	c.Protect(time.Hour)
	if got := labelled(o); !maps.Equal(got, want) {
		t.Errorf("what was read has changed: %v, was %v", got, want)
	}
}

func TestNothingElseIsRestored(t *testing.T) {
	c := metrics.New("nut-1")
	f := func(labels ...string) {
		t.Helper()
		pairs := map[string]string{}
		for ; len(labels) > 0; labels = labels[2:] {
			pairs[labels[0]] = labels[1]
		}
		if c.Restore(func(name string) string { return pairs[name] }, 7) {
			t.Errorf("%v is restored", pairs)
		}
	}
	f("__name__", "lachan_school_queries_total", "node", "nut-2", "school", "a", "decision", "allowed", "category", "none")
	f("__name__", "lachan_school_queries_total", "node", "nut-1", "school", "a", "decision", "guessed", "category", "none")
	f("__name__", "lachan_school_checks_total", "node", "nut-1", "school", "a", "result", "guessed", "category", "games")
	f("__name__", "lachan_school_visits_total", "node", "nut-2", "school", "a")
	f("__name__", "lachan_node_answers_total", "node", "nut-1", "within", "3ms")
	f("__name__", "lachan_school_info", "node", "nut-1", "school", "a")
	f("__name__", "up", "node", "nut-1")
}

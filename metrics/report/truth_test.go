package report_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestTimesOfTroubleAreCountedExactly replays months through the real recorder:
// restarts, kills, a node that dies, a node that is cut off for days, a clock
// that steps, communes that are merged. Every figure of the report is what was
// ticked, or the report says why it may not be.
//
// TEST_PROOF=1 takes a year of 1,000 schools in 99 communes instead of a quarter
// of 12 in 4.
func TestTimesOfTroubleAreCountedExactly(t *testing.T) {
	f, period, end := newFleet(t, day("2026-06-28"), 4, 12, 4), "2026-Q3", day("2026-10-02")
	if os.Getenv("TEST_PROOF") != "" {
		f, period, end = newFleet(t, day("2025-12-28"), 8, 1000, 99), "2026", day("2027-01-02")
	}
	first, second, third, dying := f.nodes[0], f.nodes[1], f.nodes[2], f.nodes[3]
	for _, d := range []string{"2026-07-05", "2026-07-17", "2026-08-01"} {
		f.run(day(d).Add(10 * time.Hour))
		f.restart(first)
		f.ask(second)
		f.kill(second)
	}
	f.run(day("2026-08-08"))
	third.ahead = 5 * time.Hour // the clock steps, and steps back
	f.run(day("2026-08-10"))
	third.ahead = 0
	f.run(day("2026-08-15"))
	for _, n := range f.nodes { // two communes become one
		for i := range n.schools {
			if n.schools[i].Commune == "xa-01" {
				n.schools[i].Commune = "xa-00"
			}
		}
		n.counters.SetSchools(n.schools)
	}
	f.run(day("2026-08-30"))
	first.cut = f.now.UnixMilli() // it is cut off for three days, over the end of a month
	f.run(day("2026-09-02"))
	if m := f.report("lao-cai", "2026-08"); len(m.Provisional) != 1 || !strings.Contains(m.Provisional[0], "nut-1 ") {
		t.Errorf("of a node that is cut off it says %q", m.Provisional)
	}
	first.cut = 0
	m := f.report("lao-cai", "2026-08")
	if len(m.Provisional) != 0 {
		t.Errorf("when it has told the rest, it says %q", m.Provisional)
	}
	f.check(m)
	adds(t, m)
	dying.dead = true
	f.run(end.AddDate(0, 0, -4))
	first.cut = f.now.UnixMilli() // it is cut off and counts on
	f.run(end)

	m = f.report("lao-cai", period)
	if said := strings.Join(m.Provisional, "\n"); len(m.Provisional) != 2 || !strings.Contains(said, "nut-1 ") || !strings.Contains(said, "nut-4 ") {
		t.Errorf("of a node that is cut off and one that is dead it says %q", m.Provisional)
	}
	first.cut = 0
	m = f.report("lao-cai", period)
	if len(m.Provisional) != 1 || !strings.Contains(m.Provisional[0], "nut-4 ") {
		t.Errorf("of a node that is dead it says %q", m.Provisional)
	}
	f.check(m)
	adds(t, m)
}

// check compares every figure with the truth of the period.
func (f *fleet) check(m *report.Model) {
	f.t.Helper()
	defer func(all map[string]map[event]int64) { f.truth = all }(f.truth)
	f.truth = maps.Clone(f.truth)
	maps.DeleteFunc(f.truth, func(month string, _ map[event]int64) bool {
		return !slices.ContainsFunc(m.Data.Months, func(c figures.MonthCount) bool { return c.Label == month })
	})
	is := func(what string, got figures.Figure, month string, which func(event) bool) {
		f.t.Helper()
		if want := f.happened(month, which); got != figures.Number(want) {
			f.t.Errorf("%s: %s, but %d happened", what, got, want)
		}
	}
	all := func(event) bool { return true }
	blocked := func(e event) bool { return e.decision == "blocked" }
	is("queries", m.Data.Total.Queries, "", all)
	is("blocked", m.Data.Total.Blocked, "", blocked)
	is("excepted", m.Data.Total.Excepted, "", func(e event) bool { return e.decision == "excepted" })
	for _, c := range m.Data.Categories {
		is(c.Code, c.Blocked, "", func(e event) bool { return blocked(e) && e.category == c.Code })
	}
	for _, month := range m.Data.Months {
		is(month.Label, month.Queries, month.Label, all)
		is(month.Label, month.Blocked, month.Label, blocked)
	}
	place := map[string]metrics.School{}
	for _, n := range f.nodes {
		for _, s := range n.schools {
			place[s.ID] = s
		}
	}
	for _, c := range m.Data.Communes {
		is(c.ID, c.Queries, "", func(e event) bool { return place[e.school].Commune == c.ID })
	}
	if slices.ContainsFunc(m.Data.Communes, func(r figures.Row) bool { return r.ID == "xa-01" }) {
		f.t.Error("a commune that was merged has a row")
	}
	for _, l := range m.Data.Levels {
		is(l.ID, l.Blocked, "", func(e event) bool { return blocked(e) && place[e.school].Level == l.ID })
	}
	sums := map[string]int64{}
	for _, truth := range f.truth {
		for what, times := range truth {
			sums[what.school] += times
		}
	}
	for _, s := range m.Data.Schools {
		if s.Queries != figures.Number(sums[s.ID]) {
			f.t.Errorf("%s: %s, but %d happened", s.ID, s.Queries, sums[s.ID])
		}
	}
}

// adds holds what is true of every report: the parts are the whole.
func adds(t *testing.T, m *report.Model) {
	t.Helper()
	d := m.Data
	sum := func(what string, n int, of func(int) figures.Counts) {
		t.Helper()
		var all [6]int64
		for i := range n {
			c := of(i)
			for j, f := range []figures.Figure{c.Queries, c.Blocked, c.Harmful, c.Managed, c.Technical, c.Excepted} {
				all[j] += f.Value
			}
		}
		for j, f := range []figures.Figure{d.Total.Queries, d.Total.Blocked, d.Total.Harmful, d.Total.Managed, d.Total.Technical, d.Total.Excepted} {
			if f.Value != all[j] {
				t.Errorf("%s: figure %d is %d in parts and %d in all", what, j, all[j], f.Value)
			}
		}
	}
	sum("schools", len(d.Schools), func(i int) figures.Counts { return d.Schools[i].Counts })
	sum("communes", len(d.Communes), func(i int) figures.Counts { return d.Communes[i].Counts })
	sum("levels", len(d.Levels), func(i int) figures.Counts { return d.Levels[i].Counts })
	sum("provinces", len(d.Provinces), func(i int) figures.Counts { return d.Provinces[i].Counts })
	sum("months", len(d.Months), func(i int) figures.Counts { return d.Months[i].Counts })
	categories := int64(0)
	for _, c := range d.Categories {
		categories += c.Blocked.Value
	}
	if categories != d.Total.Blocked.Value {
		t.Errorf("categories are %d, blocked are %d", categories, d.Total.Blocked.Value)
	}
	if d.Total.Harmful.Value+d.Total.Managed.Value+d.Total.Technical.Value != d.Total.Blocked.Value {
		t.Error("the classes are not what was blocked")
	}
}

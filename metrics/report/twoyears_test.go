package report_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestTwentySixMonthsAreKeptAndCompared writes 26 months of a tick each quarter of an hour,
// lets history thin what is old, and makes the reports of both reporting years: every
// figure, and what the later year is compared with, is what a plain sum says.
//
// TEST_PROOF=1 takes 1,000 schools, whose history may take 1 GB on the disk. Otherwise there
// are 2 schools, and a month is compared with that of the year before, of which a part is old.
func TestTwentySixMonthsAreKeptAndCompared(t *testing.T) {
	schools, from, to, earlier, later := 2, day("2025-08-25"), day("2026-11-07"), "2025-09", "2026-09"
	if os.Getenv("TEST_PROOF") != "" {
		schools, from, to, earlier, later = 1000, day("2024-09-29"), day("2026-11-29"), "bc-2025", "bc-2026"
	}
	began := time.Now()
	y := writeYear(t, schools, history.Step, from, to)
	written := time.Since(began)
	y.open(t, history.Options{})
	if err := y.store.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	thinned := time.Since(began) - written
	kept := folder(t, y.dir)
	t.Logf("%d schools, %d samples, %.0f days: %d bytes written in %v; old blocks thinned in %v: %d bytes, %.1f MB for 1,000 schools",
		schools, y.samples, to.Sub(from).Hours()/24, y.octets, written.Round(time.Millisecond),
		thinned.Round(time.Millisecond), kept, float64(kept)/float64(schools)/1e3)
	if kept >= y.octets {
		t.Errorf("nothing was thinned: %d bytes of %d", kept, y.octets)
	}
	if limit := int64(1e9); schools == 1000 && kept > limit {
		t.Errorf("they take %d bytes, more than %d", kept, limit)
	}
	e := engine.NewLocal(y.store, engine.Limits{Samples: 200_000_000})
	build := func(code string) *figures.Data {
		began := time.Now()
		m, err := report.Build(t.Context(), e, y.spec(t, code))
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("report of %s in %v", code, time.Since(began).Round(time.Millisecond))
		return m.Data
	}
	before, now := build(earlier), build(later)
	y.check(t, before)
	y.check(t, now)
	at := slices.IndexFunc(now.Compared, func(c figures.Comparison) bool { return c.With == earlier })
	if at < 0 || now.Compared[at].Cited != "" {
		t.Fatalf("%s is not compared with the history of %s", later, earlier)
	}
	c := now.Compared[at]
	is, was := y.happened(now.Period, "", ""), y.happened(before.Period, "", "")
	change := figures.Share(figures.Number(is-was), figures.Number(was))
	if c.Counts.Queries != figures.Number(was) || c.Queries.Ratio != change {
		t.Errorf("compared: %v, %v; want %d, %v", c.Counts.Queries, c.Queries, was, change)
	}
	if want := y.happened(before.Period, "blocked", ""); c.Counts.Blocked != figures.Number(want) || !c.Blocked.Ratio.Known() {
		t.Errorf("compared: %v blocked, %v; want %d", c.Counts.Blocked, c.Blocked, want)
	}
}

// check compares the figures of a report with what was counted.
func (y *year) check(t *testing.T, d *figures.Data) {
	t.Helper()
	f := func(what string, got figures.Figure, decision, category string) {
		t.Helper()
		if want := y.happened(d.Period, decision, category); got != figures.Number(want) {
			t.Errorf("%s, %s: %v, want %d", d.Period.Code, what, got, want)
		}
	}
	f("queries", d.Total.Queries, "", "")
	f("blocked", d.Total.Blocked, "blocked", "")
	f("excepted", d.Total.Excepted, "excepted", "")
	for _, c := range d.Categories {
		f(c.Code, c.Blocked, "blocked", c.Code)
	}
	if len(d.Provisional) != 0 {
		t.Errorf("%s is provisional: %q", d.Period.Code, d.Provisional)
	}
}

package report_test

import (
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

// TestFiguresAreWhatHappened: a month of six schools, in which a node dies, and
// what was counted before its death is in the report.
func TestFiguresAreWhatHappened(t *testing.T) {
	w := small(t, day("2026-08-25"), time.Hour)
	w.run(day("2026-09-12").Add(10 * time.Hour))
	w.silent["nut-2"] = true
	w.run(day("2026-10-02"))
	from, to := day("2026-09-01"), day("2026-10-01")
	m := w.build(w.spec("lao-cai", "2026-09"))
	f := func(what string, got figures.Figure, decision string, schools ...string) {
		t.Helper()
		if want := w.happened(from, to, decision, "", schools...); got != figures.Number(want) {
			t.Errorf("%s: %v, want %d", what, got, want)
		}
	}
	f("queries", m.Data.Total.Queries, "")
	f("blocked", m.Data.Total.Blocked, "blocked")
	f("excepted", m.Data.Total.Excepted, "excepted")
	for _, s := range m.Data.Schools {
		f(s.ID, s.Blocked, "blocked", s.ID)
	}
	for _, c := range m.Data.Categories {
		if want := w.happened(from, to, "blocked", c.Code); c.Blocked != figures.Number(want) {
			t.Errorf("%s: %v, want %d", c.Code, c.Blocked, want)
		}
	}
	if len(m.Provisional) != 1 {
		t.Errorf("a dead node is not told of: %q", m.Provisional)
	}
}

package report_test

import (
	"context"
	"testing"
	"time"

	"lachan/metrics/engine"
	"lachan/metrics/report/figures"
)

// The days of a unit of several schools are what happened on them, and add up to the whole;
// a day without a node is not known, which is not zero.
func TestDaysAreWhatHappenedOnThem(t *testing.T) {
	w := small(t, day("2026-09-01"), time.Hour)
	w.run(day("2026-09-05"))
	w.silent["nut-2"] = true
	w.run(day("2026-09-07"))
	w.silent["nut-2"] = false
	w.run(day("2026-09-09"))
	byDay := func(unit, period string) ([]figures.DayCount, *figures.Data) {
		t.Helper()
		spec := w.spec(unit, period)
		from := engine.NewLocal(w.db, engine.Limits{})
		whole, err := figures.Build(context.Background(), from, spec)
		if err != nil {
			t.Fatal(err)
		}
		days, err := figures.ByDay(context.Background(), from, spec, whole.Data)
		if err != nil {
			t.Fatal(err)
		}
		return days, whole.Data
	}
	days, whole := byDay("lao-cai", "2026-09-03..2026-09-08")
	if len(days) != 6 {
		t.Fatalf("%d days, want 6", len(days))
	}
	sum := int64(0)
	for _, d := range days {
		if want := w.happened(day(d.Day), day(d.Day).AddDate(0, 0, 1), "", ""); d.Queries.Value != want {
			t.Errorf("%s: %s queries, but %d happened", d.Day, d.Queries, want)
		}
		sum += d.Queries.Value
	}
	if sum != whole.Total.Queries.Value {
		t.Errorf("the days have %d queries, the whole %s", sum, whole.Total.Queries)
	}
	days, _ = byDay("ta-van", "2026-09-04..2026-09-08")
	if days[0].Queries.Value == 0 || days[1].Queries.Sign != figures.NoData || days[2].Queries.Sign != figures.NoData || days[3].Queries.Value == 0 {
		t.Errorf("days of a commune whose node was off on the 5th and the 6th: %+v", days)
	}
	for i := range w.schools {
		w.schools[i].Students = 1
	}
	days, _ = byDay("lao-cai", "2026-09-03..2026-09-08")
	for _, d := range days {
		if d.Queries.Sign != figures.Suppressed || d.Blocked.Sign != figures.Suppressed {
			t.Errorf("%s of six pupils has %s queries", d.Day, d.Queries)
		}
	}
}

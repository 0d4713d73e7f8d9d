package report_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/order"
	"lachan/metrics/report/figures"
)

// TestSchoolsThatGoAroundTheFilterAreTold: those that ask nothing while the
// filter runs and those that ask far less than others; not those that nothing
// is known of, nor those whose figures are hidden.
func TestSchoolsThatGoAroundTheFilterAreTold(t *testing.T) {
	w := newWorld(t, day("2026-06-28"), 6*time.Hour)
	for i, busy := range []float64{1, 1.2, 0.8, 1, 0.9, 0.02, 0, 0} {
		name := string(rune('A' + i))
		u := figures.Unit{ID: "truong-" + strings.ToLower(name), Name: "Trường " + name, Province: "lao-cai", Commune: "sa-pa", Level: "primary", Students: 300}
		if i == 7 {
			u.Students = 5
		}
		w.add(u, "nut-1", busy)
	}
	w.run(day("2026-10-02"))
	spec := w.spec("lao-cai", "2026-Q3")
	spec.Units = append(spec.Units, figures.Unit{ID: "lang", Name: "Trường Lặng", Rank: figures.School, Province: "lao-cai", Commune: "sa-pa", Students: 40})
	m := w.build(spec)
	got := map[figures.Suspicion][]string{}
	for _, s := range m.Data.Schools {
		got[s.Suspicion] = append(got[s.Suspicion], s.Name)
	}
	if !slices.Equal(got[figures.AskedFew], []string{"Trường F"}) {
		t.Errorf("asked few: %v", got)
	}
	// G and H ask nothing, but H is too small to tell, and hides the next smallest: G or Lặng has no figure to hide.
	if slices.Contains(got[figures.AskedNone], "Trường H") || slices.Contains(got[figures.AskedNone], "Trường Lặng") {
		t.Errorf("asked none: %v", got)
	}
	var text strings.Builder
	if err := m.WriteText(&text); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Ít truy vấn bất thường: Trường F.", "Không xét được vì không có số liệu: Trường Lặng."} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("it does not say %q", want)
		}
	}

	one := newWorld(t, day("2026-06-28"), 6*time.Hour)
	one.add(figures.Unit{ID: "truong", Name: "Trường", Province: "lao-cai", Commune: "sa-pa", Students: 300}, "nut-1", 0)
	one.run(day("2026-10-02"))
	if m := one.build(one.spec("truong", "2026-Q3")); m.Data.Schools[0].Suspicion != figures.AskedNone {
		t.Errorf("a school that asks nothing: %+v", m.Data.Schools[0])
	}
}

// TestAnOrderThatBeginsLaterIsTimedFromThen: the clock of the law does not run
// while an order is not in effect.
func TestAnOrderThatBeginsLaterIsTimedFromThen(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-10-02"))
	spec := w.spec("lao-cai", "2026-09")
	r := order.Record{Received: day("2026-09-01"), Effective: day("2026-09-10"), InForce: day("2026-09-10").Add(time.Minute)}
	spec.Orders = []figures.Order{{Feed: "a05", Document: "15/A05", Received: r.Received, InForce: r.InForce, Took: r.Took()}}
	if o := w.build(spec).Data.Orders; o.InLimit != 1 || o.Worst != time.Minute {
		t.Errorf("%+v", o)
	}
}

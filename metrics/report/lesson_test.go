package report_test

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// TestLessonsAreThoseOfEachSchool: schools of a calendar without lessons have
// none, whatever others have, and are covered by the hours of all days.
func TestLessonsAreThoseOfEachSchool(t *testing.T) {
	w := small(t, day("2026-08-30"), time.Hour)
	w.run(day("2026-10-02"))
	build := func(unit string, own bool, holidays ...string) *report.Model {
		spec := w.spec(unit, "2026-09")
		if own {
			spec.Hours = figures.Hours{From: 7 * time.Hour, To: 11*time.Hour + 30*time.Minute, Own: true, On: func(calendar int, d time.Time) bool {
				return calendar == 0 && d.Weekday() != time.Sunday && !contains(holidays, d.Format(time.DateOnly))
			}}
		}
		for i := range spec.Units {
			if spec.Units[i].Commune == "ta-van" {
				spec.Units[i].Calendar = 1
			}
		}
		return w.build(spec)
	}
	all, half := build("lao-cai", true), build("sa-pa", true)
	if got, want := all.Data.Hours.Lessons, half.Data.Hours.Lessons; got != want || got.Value == 0 {
		t.Errorf("in lessons %s of all schools, %s of those that have any", got, want)
	}
	if none := build("ta-van", true).Data; none.Hours.Lessons != figures.Number(0) || none.Coverage.Measure != "all hours" || none.Coverage.Full != figures.Number(3) {
		t.Errorf("schools without lessons: %s in lessons, %+v", none.Hours.Lessons, none.Coverage)
	}
	if all.Data.Coverage.Measure != "lessons" || all.Data.Coverage.Full != figures.Number(6) {
		t.Errorf("coverage %+v", all.Data.Coverage)
	}
	month := build("sa-pa", true, "2026-09-02", "2026-09-03", "2026-09-04")
	if got, before := month.Data.Hours.Lessons, half.Data.Hours.Lessons; got.Value >= before.Value {
		t.Errorf("with three holidays %s in lessons, without them %s", got, before)
	}
	if whole := build("sa-pa", false).Data.Hours.Lessons; whole.Value <= half.Data.Hours.Lessons.Value {
		t.Errorf("by default %s in lessons, in the morning alone %s", whole, half.Data.Hours.Lessons)
	}
	says := func(period, want string, hours figures.Hours) {
		t.Helper()
		spec := w.spec("sa-pa", period)
		spec.Hours = hours
		m, found := w.build(spec), false
		for _, b := range m.Annexes[len(m.Annexes)-1].Blocks {
			found = found || strings.Contains(b.Text, want)
		}
		if !found {
			t.Errorf("the annex on method does not say %q", want)
		}
	}
	says("2026-Q3", "thứ Hai đến thứ Bảy", figures.Hours{})
	says("2026-Q3", "lịch năm học của từng trường", figures.Hours{From: 7 * time.Hour, To: 11 * time.Hour, Own: true, On: func(int, time.Time) bool { return true }})
}

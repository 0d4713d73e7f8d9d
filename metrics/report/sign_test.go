package report_test

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

// TestThreeSignsAreNeverTheSame: a school that nobody heard of, one in which
// nothing was blocked, and ones too small to tell.
func TestThreeSignsAreNeverTheSame(t *testing.T) {
	w := small(t, day("2026-08-30"), 3*time.Hour)
	w.add(figures.Unit{ID: "nho", Name: "Điểm trường nhỏ", Province: "lao-cai", Commune: "sa-pa", Level: "primary", Students: 6}, "nut-1", 0.1)
	w.add(figures.Unit{ID: "yen", Name: "Trường Yên", Province: "lao-cai", Commune: "sa-pa", Level: "primary", Students: 90}, "nut-1", 0)
	w.run(day("2026-10-02"))
	spec := w.spec("lao-cai", "2026-09")
	spec.Units = append(spec.Units, figures.Unit{ID: "lang", Name: "Trường Lặng", Rank: figures.School, Province: "lao-cai", Commune: "sa-pa", Level: "primary", Students: 40})
	m := w.build(spec)
	f := func(id, want string) {
		t.Helper()
		for _, s := range m.Data.Schools {
			if s.ID == id && s.Blocked.String() != want {
				t.Errorf("%s: %q, want %q", id, s.Blocked, want)
			}
		}
	}
	f("lang", "–")
	f("nho", "*")
	f("yen", "*") // with one row hidden alone, the total would tell it
	if got, want := m.Data.Total.Blocked, w.happened(day("2026-09-01"), day("2026-10-01"), "blocked", ""); got != figures.Number(want) {
		t.Errorf("in all %s, want %d: what is hidden counts in the total", got, want)
	}
	if m.Data.Coverage.Silent != figures.Number(1) {
		t.Errorf("%s silent schools", m.Data.Coverage.Silent)
	}

	quarter := w.build(w.spec("lao-cai", "2026-Q3"))
	printed := ""
	for _, s := range quarter.Annexes[1].Blocks[0].Table.Rows {
		printed += s.Cells[1].Text + ": " + s.Cells[5].Text + "\n"
	}
	if !strings.Contains(printed, "Cộng 2 đơn vị ẩn số liệu (*): ") || !strings.Contains(printed, "Điểm trường nhỏ: *") {
		t.Errorf("the table of schools says\n%s", printed)
	}

	w = newWorld(t, day("2026-08-30"), 6*time.Hour)
	w.add(figures.Unit{ID: "yen", Name: "Trường Yên", Province: "lao-cai", Commune: "sa-pa", Level: "primary", Students: 90}, "nut-1", 0)
	w.run(day("2026-10-02"))
	m = w.build(w.spec("yen", "2026-09"))
	f("yen", "0")
}

// TestPeriodsAreComparedWhenTheyCanBe: a change is told when both periods are
// covered alike and large enough.
func TestPeriodsAreComparedWhenTheyCanBe(t *testing.T) {
	w := small(t, day("2026-07-30"), 6*time.Hour)
	w.run(day("2026-11-20"))
	f := func(period string, told bool, why string) {
		t.Helper()
		c := w.build(w.spec("lao-cai", period)).Data.Compared[0]
		if c.Blocked.Ratio.Known() != told || !strings.Contains(c.Blocked.Why, why) {
			t.Errorf("%s: %s, because %q; want because %q", period, c.Blocked.Ratio, c.Blocked.Why, why)
		}
	}
	f("2026-10", true, "")
	f("2026-08", false, "chênh nhau quá 5 điểm")
	f("2026-11", false, "chưa kết thúc")
	m := w.build(w.spec("lao-cai", "2026-10"))
	september := w.happened(day("2026-09-01"), day("2026-10-01"), "blocked", "")
	october := w.happened(day("2026-10-01"), day("2026-11-01"), "blocked", "")
	if c := m.Data.Compared[0]; c.Counts.Blocked != figures.Number(september) || c.Blocked.Ratio != figures.Share(figures.Number(october-september), figures.Number(september)) {
		t.Errorf("September is %s, the change %s; %d and %d happened", c.Counts.Blocked, c.Blocked.Ratio, september, october)
	}
	if c := m.Data.Compared[1]; c.Blocked.Why != "không có số liệu của kỳ so sánh" {
		t.Errorf("a year ago: %q", c.Blocked.Why)
	}
}

func TestNumbersAreWrittenTheVietnameseWay(t *testing.T) {
	f := func(got, want string) {
		t.Helper()
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	f(figures.Number(0).String(), "0")
	f(figures.Number(999).String(), "999")
	f(figures.Number(1234567).String(), "1.234.567")
	f(figures.Number(-1000).String(), "-1.000")
	f(figures.Share(figures.Number(34), figures.Number(1000)).String(), "3,4%")
	f(figures.Share(figures.Number(2), figures.Number(3)).String(), "66,7%")
	f(figures.Share(figures.Number(-25), figures.Number(1)).String(), "-2.500,0%")
	f(figures.Share(figures.Number(1), figures.Number(0)).String(), "–")
	f(figures.Share(figures.Figure{Sign: figures.Suppressed}, figures.Number(3)).String(), "*")
}

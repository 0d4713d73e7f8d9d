package report_test

import (
	"strings"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

// TestAReportSaysWhatTheNodeFoundWhenItAskedItself: in the period, and what failed for units
// of the report or for clients of none; nothing if there was no test.
func TestAReportSaysWhatTheNodeFoundWhenItAskedItself(t *testing.T) {
	w := small(t, day("2026-06-30"), 6*time.Hour)
	w.run(day("2026-10-02"))
	textOf := func(spec figures.Spec) string {
		t.Helper()
		var b strings.Builder
		if err := w.build(spec).WriteText(&b); err != nil {
			t.Fatal(err)
		}
		return b.String()
	}
	spec := w.spec("sa-pa", "2026-Q3")
	if text := textOf(spec); strings.Contains(text, "tự hỏi chính mình") {
		t.Error("there was no test, and the report tells of one")
	}
	failed := func(unit, name string) figures.TestFailure {
		return figures.TestFailure{Kind: "let-past", Door: "dot 127.0.0.1:853", Unit: unit, Category: "gambling", Name: name, Times: 2}
	}
	spec.Tests = []figures.SelfTest{
		{Day: "2026-06-30", Questions: 5000, Failed: 1},
		{Day: "2026-09-07", Questions: 340, Empty: []string{"dating"}},
		{Day: "2026-09-08", Questions: 340, Failed: 6, Empty: []string{"fake-news"}, Failures: []figures.TestFailure{
			failed("truong-1/giao-vien", "bet.example"), failed("elsewhere", "win.example"), failed("", ""),
		}},
		{Day: "2026-09-08", Questions: 20, Failed: 1, Empty: []string{"fake-news"}}, // once more, by hand
		{Day: "2026-10-01", Questions: 5000, Failed: 1},
	}
	text := textOf(spec)
	for _, want := range []string{
		"2 ngày, 700 câu hỏi; không đạt: 7 câu hỏi, trong 1 ngày.", "08/09/2026", "bet.example",
		"phải chặn mà được cho qua", "không thuộc đơn vị nào", "không nêu",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, "win.example") || strings.Contains(text, "dating") {
		t.Errorf("what is of others, or over, is told\n%s", text)
	}
}

// TestAReportNamesSchoolsThatMayHaveLeftTheFilter: those with days that are likely to be so,
// of its own units.
func TestAReportNamesSchoolsThatMayHaveLeftTheFilter(t *testing.T) {
	w := small(t, day("2026-08-30"), 6*time.Hour)
	w.run(day("2026-10-02"))
	quiet := func(date, school, sure string) figures.QuietDay {
		return figures.QuietDay{Day: date, School: school, Sure: sure, Asked: 40, Usual: 1200}
	}
	f := func(unit string, want ...string) {
		t.Helper()
		spec := w.spec(unit, "2026-09")
		spec.Quiet = []figures.QuietDay{
			quiet("2026-08-31", "truong-1", "almost-sure"), quiet("2026-09-08", "truong-1", "likely"),
			quiet("2026-09-09", "truong-1", "almost-sure"), quiet("2026-09-10", "truong-2", "possible"),
			quiet("2026-09-11", "truong-4", "likely"), quiet("2026-09-11", "elsewhere", "likely"),
		}
		var b strings.Builder
		m := w.build(spec)
		if err := m.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, c := range m.Beside.Quiet {
			got = append(got, c.School+" "+c.Sure)
		}
		if strings.Join(got, ", ") != strings.Join(want, ", ") {
			t.Errorf("%s: %q, want %q", unit, got, want)
		}
		told := strings.Contains(b.String(), "không còn đi qua bộ lọc")
		if told != (len(want) > 0) {
			t.Errorf("%s: told is %v\n%s", unit, told, b.String())
		}
	}
	f("lao-cai", "truong-1 almost-sure", "truong-4 likely")
	f("truong-1", "truong-1 almost-sure")
	f("truong-2")
}

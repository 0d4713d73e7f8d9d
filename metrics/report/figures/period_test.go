package figures_test

import (
	"errors"
	"testing"
	"time"

	"lachan/metrics/report/figures"
)

var hanoi = time.FixedZone("+07", 7*60*60)

func day(text string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, text, hanoi)
	if err != nil {
		panic(err)
	}
	return t
}

func TestPeriodsAreWholeDaysOfTheirKind(t *testing.T) {
	f := func(code, from, last, label, previous, ago string) {
		t.Helper()
		p, err := figures.ParsePeriod(code, hanoi, figures.SchoolYear{})
		if err != nil {
			t.Error(err)
			return
		}
		if !p.Start.Equal(day(from)) || !p.Last().Equal(day(last)) || p.Label != label {
			t.Errorf("%s: %s, %s to %s", code, p.Label, p.Start, p.Last())
		}
		if p.Previous().Code != previous || p.YearAgo().Code != ago {
			t.Errorf("%s: after %s, a year after %s; want %s, %s", code, p.Previous().Code, p.YearAgo().Code, previous, ago)
		}
		again, err := figures.ParsePeriod(p.Code, hanoi, figures.SchoolYear{})
		if err != nil || !again.Start.Equal(p.Start) || !again.End.Equal(p.End) {
			t.Errorf("%s: its code %s is another period: %v", code, p.Code, err)
		}
	}
	f("2026", "2026-01-01", "2026-12-31", "năm 2026", "2025", "2025")
	f("2026-Q3", "2026-07-01", "2026-09-30", "quý III năm 2026", "2026-Q2", "2025-Q3")
	f("2026-q1", "2026-01-01", "2026-03-31", "quý I năm 2026", "2025-Q4", "2025-Q1")
	f("2026-H1", "2026-01-01", "2026-06-30", "6 tháng đầu năm 2026", "2025-H2", "2025-H1")
	f("2026-10", "2026-10-01", "2026-10-31", "tháng 10 năm 2026", "2026-09", "2025-10")
	f("2024-02", "2024-02-01", "2024-02-29", "tháng 2 năm 2024", "2024-01", "2023-02")
	f("hc-2026", "2025-12-15", "2026-12-14", "năm 2026", "hc-2025", "hc-2025")
	f("hc-2026-Q1", "2025-12-15", "2026-03-14", "quý I năm 2026", "hc-2025-Q4", "hc-2025-Q1")
	f("hc-2026-H2", "2026-06-15", "2026-12-14", "6 tháng cuối năm 2026", "hc-2026-H1", "hc-2025-H2")
	f("HC-2026-01", "2025-12-15", "2026-01-14", "tháng 1 năm 2026", "hc-2025-12", "hc-2025-01")
	f("2025-2026", "2025-09-05", "2026-05-31", "năm học 2025-2026", "2024-2025", "2024-2025")
	f("2025-2026-HK1", "2025-09-05", "2026-01-18", "học kỳ I năm học 2025-2026", "2024-2025-HK2", "2024-2025-HK1")
	f("2025-2026-hk2", "2026-01-19", "2026-05-31", "học kỳ II năm học 2025-2026", "2025-2026-HK1", "2024-2025-HK2")
	f("2026-01-15..2026-02-13", "2026-01-15", "2026-02-13", "từ ngày 15/01/2026 đến ngày 13/02/2026", "2025-12-16..2026-01-14", "2025-01-15..2025-02-13")
}

func TestWhatIsNoPeriodIsRefusedWithThoseThereAre(t *testing.T) {
	for _, code := range []string{"", "26", "2026-Q5", "2026-13", "2026-00", "2025-2027", "2026-2025", "2026-02-30..2026-03-01", "2026-03-02..2026-03-01", "hc-2025-2026", "2026-10-05", "2026-Q3 "} {
		_, err := figures.ParsePeriod(code, hanoi, figures.SchoolYear{})
		if code == "2026-Q3 " {
			if err != nil {
				t.Error(err)
			}
		} else if !errors.Is(err, figures.ErrPeriod) {
			t.Errorf("%q: %v", code, err)
		}
	}
}

func TestMonthsCoverAPeriodWithoutGaps(t *testing.T) {
	for _, code := range []string{"2026", "hc-2026", "2025-2026", "2026-01-20..2026-04-02", "2026-02"} {
		p, err := figures.ParsePeriod(code, hanoi, figures.SchoolYear{})
		if err != nil {
			t.Fatal(err)
		}
		at := p.Start
		for _, m := range p.Months() {
			if !m.Start.Equal(at) || !m.End.After(m.Start) {
				t.Errorf("%s: %s from %s to %s, after %s", code, m.Label, m.Start, m.End, at)
			}
			at = m.End
		}
		if !at.Equal(p.End) {
			t.Errorf("%s: months end at %s, not %s", code, at, p.End)
		}
	}
	admin, _ := figures.ParsePeriod("hc-2026", hanoi, figures.SchoolYear{})
	if months := admin.Months(); len(months) != 12 || months[0].Label != "01/2026" || months[11].Label != "12/2026" {
		t.Errorf("administrative months: %v", months)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, code := range []string{"2026", "hc-2026-Q3", "2025-2026-HK1", "2026-01-15..2026-11-20"} {
		f.Add(code)
	}
	// What is taken for a period is not empty, and reads the same from its code.
	f.Fuzz(func(t *testing.T, code string) {
		p, err := figures.ParsePeriod(code, time.UTC, figures.SchoolYear{})
		if err != nil {
			return
		}
		again, err := figures.ParsePeriod(p.Code, time.UTC, figures.SchoolYear{})
		if err != nil || again != p {
			t.Errorf("%q became %q and that %v, %v", code, p.Code, again, err)
		}
	})
}

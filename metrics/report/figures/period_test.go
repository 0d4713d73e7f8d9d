package figures_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"lachan/internal/wording"
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
		p, err := figures.ParsePeriod(code, figures.Calendar{Zone: hanoi})
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
		again, err := figures.ParsePeriod(p.Code, figures.Calendar{Zone: hanoi})
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
	f("bc-2026", "2025-11-16", "2026-11-15", "năm 2026 (từ ngày 16/11/2025 đến ngày 15/11/2026)", "bc-2025", "bc-2025")
	f("2026-nam", "2025-11-16", "2026-11-15", "năm 2026 (từ ngày 16/11/2025 đến ngày 15/11/2026)", "bc-2025", "bc-2025")
	f("2026-W47", "2026-11-16", "2026-11-22", "tuần 47 năm 2026 (từ ngày 16/11/2026 đến ngày 22/11/2026)", "2026-W46", "2025-11-17..2025-11-23")
	f("2027-w01", "2027-01-04", "2027-01-10", "tuần 1 năm 2027 (từ ngày 04/01/2027 đến ngày 10/01/2027)", "2026-W53", "2026-01-05..2026-01-11")
	f("20/11/2026", "2026-11-20", "2026-11-20", "ngày 20/11/2026", "2026-11-19..2026-11-19", "2025-11-20..2025-11-20")
	f("2026-11-20", "2026-11-20", "2026-11-20", "ngày 20/11/2026", "2026-11-19..2026-11-19", "2025-11-20..2025-11-20")
	f("15/1/2026 - 13/2/2026", "2026-01-15", "2026-02-13", "từ ngày 15/01/2026 đến ngày 13/02/2026", "2025-12-16..2026-01-14", "2025-01-15..2025-02-13")
	f("2026-01-15..2026-02-13", "2026-01-15", "2026-02-13", "từ ngày 15/01/2026 đến ngày 13/02/2026", "2025-12-16..2026-01-14", "2025-01-15..2025-02-13")
}

// TestPeriodsAreNamedFromNow: in Vietnamese with and without accents, and in English.
func TestPeriodsAreNamedFromNow(t *testing.T) {
	in := figures.Calendar{Zone: hanoi, Now: day("2027-01-02").Add(23 * time.Hour), YearEnds: figures.Day{Month: time.June, Day: 30}}
	for name, want := range map[string]string{
		"hôm nay": "2027-01-02..2027-01-02", "yesterday": "2027-01-01..2027-01-01",
		"tuần này": "2026-W53", "Tuan Truoc": "2026-W52", "this week": "2026-W53",
		"tháng này": "2027-01", "last month": "2026-12", "quý trước": "2026-Q4", "this quarter": "2027-Q1",
		"năm nay": "2027", "năm  ngoái": "2026", "tuan-nay": "2026-W53", "bc-2026": "bc-2026",
		"tháng 10/2026": "2026-10", "Tháng 10 năm 2026": "2026-10", "10/2026": "2026-10", "tháng 3": "2027-03", "quý III/2026": "2026-Q3",
		"Quý 3 năm 2026": "2026-Q3", "quý I": "2027-Q1", "tuần 47/2026": "2026-W47", "tuần 47 năm 2026": "2026-W47", "week 1": "2027-W01",
		"6 tháng đầu năm 2026": "2026-H1", "năm 2026": "2026", "năm học 2025-2026": "2025-2026", "học kỳ II năm học 2025-2026": "2025-2026-HK2",
		"20.11.2026": "2026-11-20..2026-11-20", "ngày 20 tháng 11 năm 2026": "2026-11-20..2026-11-20",
		"15/01/2026 đến 20/11/2026": "2026-01-15..2026-11-20", "từ ngày 15/1/2026 đến hết ngày 20/11/2026": "2026-01-15..2026-11-20",
		"nửa đầu tháng 11": "2027-11-01..2027-11-15", "15 ngày cuối tháng 2/2024": "2024-02-16..2024-02-29", "nua cuoi thang 11 nam 2026": "2026-11-16..2026-11-30",
		"HK1 2026-2027": "2026-2027-HK1", "học kỳ 2 2026-2027": "2026-2027-HK2",
		"15/01/2026-20/11/2026": "2026-01-15..2026-11-20", "15/01/2026..20/11/2026": "2026-01-15..2026-11-20",
	} {
		p, err := figures.ParsePeriod(name, in)
		if err != nil || p.Code != want {
			t.Errorf("%q is %q, want %q (%v)", name, p.Code, want, err)
		}
	}
	if p, _ := figures.ParsePeriod("bc-2026", in); !p.Start.Equal(day("2025-07-01")) || !p.Last().Equal(day("2026-06-30")) {
		t.Errorf("a reporting year that ends on 30 June is from %s to %s", p.Start, p.Last())
	}
}

func TestWhatIsNoPeriodIsRefusedWithThoseThereAre(t *testing.T) {
	for _, code := range []string{"", "26", "2026-Q5", "2026-13", "2026-00", "2025-2027", "2026-2025", "2026-02-30..2026-03-01", "1999-02-01..1999-03-01", "2026-03-02..2026-03-01", "hc-2025-2026", "2025-W53", "2026-W00", "31/02/2026", "tuần này", "nửa đầu tháng 11", "nửa đầu tháng 13/2026", "HK1 2025-2027", "2026-Q3 "} {
		_, err := figures.ParsePeriod(code, figures.Calendar{Zone: hanoi})
		if code == "2026-Q3 " {
			if err != nil {
				t.Error(err)
			}
		} else if !errors.Is(err, figures.ErrPeriod) {
			t.Errorf("%q: %v", code, err)
		}
	}
	_, err := figures.ParsePeriod("tháng 13/2026", figures.Calendar{Zone: hanoi})
	if err == nil || !strings.Contains(err.Error(), "tháng 13/2026") {
		t.Errorf("what was typed is not in %v", err)
	}
}

func TestMonthsCoverAPeriodWithoutGaps(t *testing.T) {
	for _, code := range []string{"2026", "hc-2026", "bc-2026", "2026-W05", "2025-2026", "2026-01-20..2026-04-02", "2026-02"} {
		p, err := figures.ParsePeriod(code, figures.Calendar{Zone: hanoi})
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
	admin, _ := figures.ParsePeriod("hc-2026", figures.Calendar{Zone: hanoi})
	if months := admin.Months(); len(months) != 12 || months[0].Label != "01/2026" || months[11].Label != "12/2026" {
		t.Errorf("administrative months: %v", months)
	}
}

func FuzzParsePeriod(f *testing.F) {
	for _, code := range []string{"2026", "hc-2026-Q3", "2025-2026-HK1", "2026-01-15..2026-11-20", "bc-2026", "2026-W47", "20/11/2026"} {
		f.Add(code)
	}
	// What is taken for a period is not empty, and reads the same from its code.
	f.Fuzz(func(t *testing.T, code string) {
		p, err := figures.ParsePeriod(code, figures.Calendar{Zone: time.UTC})
		if err != nil {
			return
		}
		again, err := figures.ParsePeriod(p.Code, figures.Calendar{Zone: time.UTC})
		if err != nil || again != p {
			t.Errorf("%q became %q and that %v, %v", code, p.Code, again, err)
		}
	})
}

// TestDaysTheWrongWayRoundAreSaidToBe: with what to write in their place, which is taken.
func TestDaysTheWrongWayRoundAreSaidToBe(t *testing.T) {
	for _, code := range []string{"2026-11-20..2026-11-01", "20/11/2026 - 01/11/2026", "từ 20/11/2026 đến 1/11/2026"} {
		_, err := figures.ParsePeriod(code, figures.Calendar{Zone: time.UTC})
		said := wording.ErrorIn(err, wording.Vietnamese)
		if !errors.Is(err, figures.ErrPeriod) || !strings.Contains(said, "ngày cuối 01/11/2026 sớm hơn ngày đầu 20/11/2026") {
			t.Errorf("%s: %q", code, said)
		}
		if _, err := figures.ParsePeriod(said[strings.LastIndex(said, " ")+1:], figures.Calendar{Zone: time.UTC}); err != nil {
			t.Errorf("%s: what is proposed is refused: %v", code, err)
		}
	}
}

package spoken_test

import (
	"testing"
	"time"

	"lachan/metrics/report/figures"
	"lachan/metrics/report/spoken"
)

// TestPeriodsAsPeopleNameThem in Vietnamese, with marks or without, and in English.
func TestPeriodsAsPeopleNameThem(t *testing.T) {
	zone := time.FixedZone("+07", 7*60*60)
	now := time.Date(2026, 11, 20, 10, 0, 0, 0, zone)
	f := func(text, want string) {
		t.Helper()
		code, ok := spoken.Period(text, now)
		if code != want || ok != (want != "") {
			t.Errorf("%q is %q, %v; want %q", text, code, ok, want)
		}
		if ok {
			if _, err := figures.ParsePeriod(code, figures.Calendar{Zone: zone}); err != nil {
				t.Errorf("%q is %q, which is no period: %v", text, code, err)
			}
		}
	}
	f("hôm nay", "2026-11-20")
	f("today", "2026-11-20")
	f("Hôm qua", "2026-11-19")
	f("yesterday", "2026-11-19")
	f("tuần này", "2026-W47")
	f("this week", "2026-W47")
	f("tuan truoc", "2026-W46")
	f("last week", "2026-W46")
	f("tháng này", "2026-11")
	f("this month", "2026-11")
	f("tháng trước", "2026-10")
	f("last month", "2026-10")
	f("quý này", "2026-Q4")
	f("this quarter", "2026-Q4")
	f("quý trước", "2026-Q3")
	f("last quarter", "2026-Q3")
	f("năm nay", "2026")
	f("this year", "2026")
	f("năm trước", "2025")
	f("năm ngoái", "2025")
	f("last year", "2025")
	f("tháng 9", "2026-09")
	f("tháng 09/2025", "2025-09")
	f("tháng 12 năm 2025", "2025-12")
	f("month 3", "2026-03")
	f("tuần 7", "2026-W07")
	f("tuần thứ 37 năm 2025", "2025-W37")
	f("week 37", "2026-W37")
	f("quý III/2025", "2025-Q3")
	f("quý 1", "2026-Q1")
	f("quý iv", "2026-Q4")
	f("quarter 2 2025", "2025-Q2")
	f("6 tháng đầu năm 2025", "2025-H1")
	f("6 tháng cuối", "2026-H2")
	f("9/2025", "2025-09")
	f("09 2025", "2025-09")
	f("năm 2025", "2025")
	f("year 2025", "2025")
	f("năm học 2025-2026", "2025-2026")
	f("học kỳ I năm học 2025-2026", "2025-2026-HK1")
	f("học kỳ II 2025-2026", "2025-2026-HK2")
	f("HK2 2025-2026", "2025-2026-HK2")
	f("hk 1 năm học 2025-2026", "2025-2026-HK1")
	f("nửa đầu tháng 9", "2026-09-01..2026-09-15")
	f("15 ngày đầu tháng 9/2025", "2025-09-01..2025-09-15")
	f("nửa cuối tháng 2", "2026-02-16..2026-02-28")
	f("nửa cuối tháng 02 năm 2024", "2024-02-16..2024-02-29")
	f("15 ngày cuối tháng 12", "2026-12-16..2026-12-31")
	for _, none := range []string{
		"", "tháng", "tháng này nữa", "quý 5", "quý v", "nửa đầu tháng 13", "nửa đầu tháng 0", "2025", "9/1999", "hk3 2025-2026", "hôm kia", "năm 25",
	} {
		f(none, "")
	}
}

// TestWithoutAYearThatOfNowIsMeant: and where it is not known, the year must be there.
func TestWithoutAYearThatOfNowIsMeant(t *testing.T) {
	f := func(now time.Time, text, want string) {
		t.Helper()
		if code, ok := spoken.Period(text, now); code != want || ok != (want != "") {
			t.Errorf("%s: %q is %q, %v; want %q", now, text, code, ok, want)
		}
	}
	for _, text := range []string{"hôm nay", "tuần này", "last year", "tháng 9", "tuần 7", "quý 1", "6 tháng đầu", "nửa đầu tháng 9"} {
		f(time.Time{}, text, "")
	}
	f(time.Time{}, "tháng 9/2025", "2025-09")
	f(time.Time{}, "năm 2025", "2025")
	f(time.Time{}, "nửa đầu tháng 9/2025", "2025-09-01..2025-09-15")
	f(time.Time{}, "năm học 2025-2026", "2025-2026")
	january := time.Date(2027, 1, 1, 0, 30, 0, 0, time.UTC)
	f(january, "hôm qua", "2026-12-31")
	f(january, "tháng trước", "2026-12")
	f(january, "quý này", "2027-Q1")
	f(january, "quý trước", "2026-Q4")
	f(january, "tuần này", "2026-W53")
	f(january, "tuần trước", "2026-W52")
	f(january, "năm nay", "2027")
	f(january, "năm trước", "2026")
	march := time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC)
	f(march, "tháng trước", "2026-02") // and not 31 February
	f(march, "quý này", "2026-Q1")
	f(time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), "quý trước", "2026-Q1")
	f(time.Date(2024, 2, 29, 0, 0, 0, 0, time.UTC), "năm trước", "2023")
}

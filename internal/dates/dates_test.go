package dates_test

import (
	"testing"
	"time"

	"golang.org/x/text/unicode/norm"

	"lachan/internal/dates"
)

var hanoi = time.FixedZone("+07", 7*60*60)

// TestDatesAsPeopleWriteThem: of any spelling the same moment.
func TestDatesAsPeopleWriteThem(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		for _, text := range []string{text, norm.NFD.String(text), "  " + text + " "} {
			at, day, ok := dates.Parse(text, hanoi)
			got := at.In(hanoi).Format("2006-01-02 15:04:05")
			if day {
				got = at.Format(time.DateOnly)
			}
			if !ok {
				got = ""
			}
			if got != want {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		}
	}
	for _, text := range []string{
		"2026-12-31", "2026/12/31", "2026.12.31", "20261231", "31/12/2026", "31-12-2026", "31.12.2026", "31/12/26", "31 / 12 / 2026",
		"31. 12. 2026", "ngày 31 tháng 12 năm 2026", "Ngày 31 tháng 12 năm 2026", "31 tháng 12 năm 2026", "31 tháng 12, 2026",
		"31 tháng Mười Hai năm 2026", "31 Tháng Chạp 2026", "Thứ Năm, 31/12/2026", "Thứ năm, ngày 31 tháng 12 năm 2026", "thứ 5, 31/12/2026", "T5 31/12/2026",
		"31-Thg12-26", "31-Thg12-2026", "31 Thg 12 2026", "31 th12, 2026", "31-Dec-26", "31 Dec 2026", "31 December 2026", "Dec 31, 2026", "December 31, 2026",
		"Thursday, 31 December 2026", "Thu 31/12/2026", "ngày 31/12/2026", "hết ngày 31/12/2026", "đến hết ngày 31/12/2026", "từ ngày 31/12/2026",
		"31/12/2026 0:00", "31/12/2026 00:00:00", "31/12/2026 12:00:00 SA", "2026-12-31 00:00:00", "31/12/2026.", "31\u00a0/12/2026",
	} {
		f(text, "2026-12-31")
	}
	f("5/9/2026", "2026-09-05")
	f("01/02/2026", "2026-02-01")
	f("ngay 5 thang 9 nam 2026", "2026-09-05")
	f("Chủ nhật, 06/09/2026", "2026-09-06")
	f("31/12/2026 11:59:00 CH", "2026-12-31 23:59:00")
	f("31/12/2026 12:30 CH", "2026-12-31 12:30:00")
	f("31/12/2026 1:05:09 PM", "2026-12-31 13:05:09")
	f("2026-12-31 17:30", "2026-12-31 17:30:00")
	f("2026-12-31T17:30", "2026-12-31 17:30:00")
	f("2026-12-31T17:30:15", "2026-12-31 17:30:15")
	f("2026-12-31T10:30:15Z", "2026-12-31 17:30:15")
	f("2026-12-31T17:30:15.250+07:00", "2026-12-31 17:30:15")
	f("2026-12-31 17:30:15+07:00", "2026-12-31 17:30:15")
	f("1899-12-31T17:00:00Z", "1900-01-01 00:00:00") // within bounds by the clock of Hanoi
	f("1899-12-31T09:59:00Z", "")                    // by no clock
	f("8999-12-31T23:59:00-12:00", "9000-01-01 18:59:00")
	f("9000-01-01T12:00:00Z", "")
	f("17:30 31/12/2026", "2026-12-31 17:30:00")
	f("17 giờ 30, ngày 31/12/2026", "2026-12-31 17:30:00")
	f("17 giờ 30 phút ngày 31 tháng 12 năm 2026", "2026-12-31 17:30:00")
	f("17h30 ngày 31/12/2026", "2026-12-31 17:30:00")
	f("31/12/2026 lúc 17h30", "2026-12-31 17:30:00")
	f("8 giờ sáng ngày 31/12/2026", "2026-12-31 08:00:00")
	f("3 giờ chiều ngày 31/12/2026", "2026-12-31 15:00:00")
	f("0 giờ ngày 31/12/2026", "2026-12-31 00:00:00")
	f("31/12/2026 24:00", "2027-01-01 00:00:00")
	for _, text := range []string{
		"", "-", "12/31/2026", "32/01/2026", "29/02/2026", "31/12", "12/2026", "2026", "1/1/0001", "1/1/9999", "31/12/2026 25:00", "31/12/2026 12:60",
		"31/12/2026 - 01/01/2027", "x 31/12/2026 y", "Tết", "46022", "10.0.0.1", "2026-13-01", "2026-02-29", "0001-01-01", "9999-12-31", "31/12/2026 SA", "1234567890",
	} {
		f(text, "")
	}
}

func TestDaysAsSpreadsheetsCountThem(t *testing.T) {
	f := func(text, want string, whole bool) {
		t.Helper()
		at, day, ok := dates.Serial(text, hanoi)
		if got := at.Format("2006-01-02 15:04"); ok != (want != "") || ok && (got != want || day != whole) {
			t.Errorf("%q: %s %v %v, want %q", text, got, day, ok, want)
		}
	}
	f("46022", "2025-12-31 00:00", true)
	f("46022.5", "2025-12-31 12:00", false)
	f("46022,75", "2025-12-31 18:00", false)
	f("46022.0", "2025-12-31 00:00", true)
	f("46022.999", "2025-12-31 23:58", false)
	f("4602", "", false)
	f("46022.x", "", false)
	f("46.022", "", false)
}

func TestCellsThatSayThatThereIsNoDate(t *testing.T) {
	for _, text := range []string{"", " ", "-", "—", "Không thời hạn", "không xác định thời hạn", "KHÔNG GIỚI HẠN", "Vô thời hạn", "vĩnh viễn",
		"Đến khi có thông báo mới", "cho đến khi có văn bản thay thế", "n/a", "None", "(không)"} {
		if !dates.IsNone(text) {
			t.Errorf("%q: is a date", text)
		}
	}
	for _, text := range []string{"31/12/2026", "có", "1", "x"} {
		if dates.IsNone(text) {
			t.Errorf("%q: is none", text)
		}
	}
}

// FuzzParse: what is read is in bounds, and written as RFC 3339 it is read as the same.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{"31/12/2026 12:00:00 SA", "Thứ Năm, ngày 31 tháng 12 năm 2026", "17 giờ 30, ngày 31/12/2026", "Dec 31, 2026"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at, _, ok := dates.Parse(text, time.UTC)
		if !ok {
			return
		}
		again, _, ok := dates.Parse(at.Format(time.RFC3339), time.UTC)
		if !ok || !again.Equal(at) || at.Year() < 1899 || at.Year() > 9000 {
			t.Errorf("%q: %v, again %v", text, at, again)
		}
	})
}

package request_test

import (
	"testing"
	"time"

	"lachan/admin/request"
)

// TestOnlySchoolHoursCount: nights, Sundays and Tet do not, whatever the time zone that a
// moment is written in.
func TestOnlySchoolHoursCount(t *testing.T) {
	zone := time.FixedZone("+07", 7*3600)
	tet := func(day time.Time) bool {
		return !day.Before(time.Date(2027, 2, 1, 0, 0, 0, 0, zone)) && day.Before(time.Date(2027, 2, 15, 0, 0, 0, 0, zone))
	}
	h := request.Hours{
		From: 7 * time.Hour, To: 17 * time.Hour, Zone: zone,
		On: func(day time.Time) bool { return day.Weekday() != time.Sunday && !tet(day) },
	}
	f := func(from, to string, want time.Duration) {
		t.Helper()
		const form = "2006-01-02 15:04"
		a, err1 := time.ParseInLocation(form, from, zone)
		b, err2 := time.ParseInLocation(form, to, zone)
		if err1 != nil || err2 != nil {
			t.Fatal(err1, err2)
		}
		for _, other := range []*time.Location{zone, time.UTC, time.FixedZone("-11", -11*3600)} {
			if got := h.Between(a.In(other), b.In(other)); got != want {
				t.Errorf("from %s to %s: %s, want %s", from, to, got, want)
			}
		}
	}
	f("2026-11-30 09:00", "2026-11-30 11:30", 150*time.Minute)
	f("2026-11-30 05:00", "2026-11-30 07:30", 30*time.Minute)
	f("2026-11-30 16:00", "2026-12-01 08:00", 2*time.Hour)  // a night
	f("2026-11-28 16:00", "2026-11-30 08:00", 2*time.Hour)  // Saturday to Monday
	f("2027-01-30 16:00", "2027-02-15 08:00", 2*time.Hour)  // Tet
	f("2026-11-30 18:00", "2026-12-01 06:00", 0)            // out of hours
	f("2026-11-30 09:00", "2026-11-30 08:00", 0)            // backwards
	f("2027-02-02 00:00", "2027-02-14 23:59", 0)            // all of Tet
	f("2026-11-29 00:00", "2026-12-06 23:59", 60*time.Hour) // a week
	f("2000-01-01 00:00", "2026-11-29 00:00", h.Between(time.Date(2000, 1, 1, 0, 0, 0, 0, zone), time.Date(2001, 2, 4, 0, 0, 0, 0, zone)))
}

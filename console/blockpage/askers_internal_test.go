package blockpage

import (
	"net/netip"
	"testing"
	"time"
)

// TestAVisitorAsksSoOftenADay: however the hours are used.
func TestAVisitorAsksSoOftenADay(t *testing.T) {
	var a askers
	visitor, other := netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")
	midnight := time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)
	taken := func(day int) (n int) {
		for hour := range 24 {
			for range 100 {
				if a.take(visitor, midnight.AddDate(0, 0, day).Add(time.Duration(hour)*time.Hour)) {
					n++
				}
			}
			if hour == 0 && n != asksAnHour {
				t.Errorf("%d in the first hour, want %d", n, asksAnHour)
			}
		}
		return n
	}
	for day := range 2 {
		if n := taken(day); n != asksADay {
			t.Errorf("day %d: %d requests of one visitor, want %d", day, n, asksADay)
		}
	}
	if !a.take(other, midnight.AddDate(0, 0, 1).Add(23*time.Hour)) {
		t.Error("another visitor is not heard")
	}
	t.Logf("one address: %d requests an hour and %d a day", asksAnHour, asksADay)
}

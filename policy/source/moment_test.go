package source_test

import (
	"fmt"
	"testing"
	"time"

	"lachan/policy/source"
)

// TestAnEntryEndsAsPeopleWriteIt: days and times in any form, by the clock of the school
// where none is said.
func TestAnEntryEndsAsPeopleWriteIt(t *testing.T) {
	zone := time.FixedZone("school", 7*60*60)
	f := func(text, begin, end string) {
		t.Helper()
		var m source.Moment
		if err := m.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%q: %v", text, err)
			return
		}
		if got := m.Begin(zone).Format(time.RFC3339); got != begin {
			t.Errorf("%q begins at %s, want %s", text, got, begin)
		}
		if got := m.End(zone).Format(time.RFC3339); got != end {
			t.Errorf("%q ends at %s, want %s", text, got, end)
		}
		var again source.Moment
		if err := again.UnmarshalText([]byte(m.String())); err != nil || again != m {
			t.Errorf("%q is written as %q, which is read as %v: %v", text, m, again, err)
		}
	}
	const five = "2026-12-31T17:00:00+07:00"
	for _, text := range []string{
		"31/12/2026 17:00", "2026-12-31 17:00", "2026-12-31T17:00", "17h 31/12/2026", "31/12/2026 5:00 CH",
		"17 giờ 00 ngày 31 tháng 12 năm 2026", five,
	} {
		f(text, five, five)
	}
	for _, text := range []string{"31/12/2026", "2026-12-31", "31-Thg12-26"} {
		f(text, "2026-12-31T00:00:00+07:00", "2027-01-01T00:00:00+07:00")
	}
	f("31/12/2026 0 giờ", "2026-12-31T00:00:00+07:00", "2026-12-31T00:00:00+07:00")
	f("2026-12-31T17:00:00Z", "2026-12-31T17:00:00Z", "2026-12-31T17:00:00Z")
	var m source.Moment
	for _, text := range []string{"12/31/2026 17:00", "31/02/2026 17:00", "31/12/2026 25:00", "17:00"} {
		if m.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is read as %s", text, m)
		}
	}
}

// TestHoursAreReadAsPeopleSayThem in timetables.
func TestHoursAreReadAsPeopleSayThem(t *testing.T) {
	for text, want := range map[string]string{
		"07:30": "07:30", "7:30": "07:30", "7h30": "07:30", "7 giờ 30": "07:30", "7h": "07:00", "5 giờ chiều": "17:00", "24:00": "24:00",
	} {
		var c source.Clock
		if err := c.UnmarshalText([]byte(text)); err != nil || c.String() != want {
			t.Errorf("%q is %s, want %s: %v", text, c, want, err)
		}
	}
	for _, text := range []string{"", "7", "25:00", "24:01", "7:30:15", "7 rưỡi"} {
		var c source.Clock
		if c.UnmarshalText([]byte(text)) == nil {
			t.Errorf("%q is read as %s", text, c)
		}
	}
}

// TestATimeOfDayIsWrittenAsItIsRead, each minute of a day and its end.
func TestATimeOfDayIsWrittenAsItIsRead(t *testing.T) {
	for minute := range 24*60 + 1 {
		want := fmt.Sprintf("%02d:%02d", minute/60, minute%60)
		var c source.Clock
		if err := c.UnmarshalText([]byte(want)); err != nil || int(c) != minute || c.String() != want {
			t.Errorf("minute %d: %d %s, %v", minute, c, c, err)
		}
	}
}

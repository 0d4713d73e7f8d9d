package suspended_test

import (
	"testing"
	"time"

	"lachan/internal/suspended"
)

// While the machine runs the time that it was suspended stands still, and the clock
// goes as any other.
func TestTheClockGoesOnAsOthersDo(t *testing.T) {
	first, began, at := suspended.Time(), time.Now(), suspended.Now()
	if first < 0 {
		t.Errorf("suspended for %s", first)
	}
	for range 1000 {
		if d := suspended.Time() - first; d < -10*time.Millisecond || d > 10*time.Millisecond {
			t.Fatalf("suspended for %s more", d)
		}
	}
	if d := suspended.Now().Sub(at) - time.Since(began); d < -20*time.Millisecond || d > 20*time.Millisecond {
		t.Errorf("%s apart", d)
	}
}

// What goes by the minute learns of another one as soon as the clock shows it: also
// when the clock was set forward or back, or stood still while the machine slept.
func TestAnotherMinuteIsSeenWhateverTheClockDoes(t *testing.T) {
	at := func(text string) time.Time {
		now, err := time.Parse(time.TimeOnly, text)
		if err != nil {
			t.Fatal(err)
		}
		return now
	}
	m := suspended.MinuteOf(at("08:00:30"))
	f := func(now string, changed bool, wait time.Duration) {
		t.Helper()
		if got := m.Changed(at(now)); got != changed {
			t.Errorf("%s: changed %t", now, got)
		}
		if got := m.UntilLook(at(now)); got != wait {
			t.Errorf("%s: look after %s, want %s", now, got, wait)
		}
	}
	f("08:00:31", false, time.Second)
	f("08:00:59", false, time.Second)
	f("08:01:00", true, time.Second)
	f("08:01:00", false, time.Second)
	f("17:20:05", true, time.Second) // a day in a bag
	f("08:02:00", true, time.Second) // the clock was wrong
	m = suspended.MinuteOf(at("08:02:00"))
	if wait := m.UntilLook(at("08:02:59").Add(700 * time.Millisecond)); wait != 300*time.Millisecond {
		t.Errorf("look after %s, at the end of the minute it is 300ms", wait)
	}
}

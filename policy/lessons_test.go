package policy_test

import (
	"testing"
	"time"

	"lachan/policy"
)

// TestLessonsFollowTheCalendar: of each unit its own, with terms, holidays and
// days that are made up.
func TestLessonsFollowTheCalendar(t *testing.T) {
	w := newWorld(t, `
timetables: {gio-hoc: {days: mon-fri, from: "07:15", to: "11:30"}}
calendar:
  terms: [{from: 2026-09-07, to: 2027-01-16}]
  holidays: [{from: 2026-11-20}]
  make_up: [{date: 2026-11-22, as: fri}]
units:
- {id: one}
- {id: two, calendar: {holidays: []}}
`)
	if got, want := w.policy.Lessons(), (policy.Lessons{From: 7*time.Hour + 15*time.Minute, To: 11*time.Hour + 30*time.Minute, Own: true}); got != want {
		t.Errorf("lessons %+v, want %+v", got, want)
	}
	f := func(unit, date string, want bool) {
		t.Helper()
		g, _ := w.policy.GroupOf(unit)
		at, err := time.ParseInLocation(time.DateOnly, date, hanoi)
		if err != nil {
			t.Fatal(err)
		}
		if got := w.policy.LessonsOn(w.policy.Calendar(g), at); got != want {
			t.Errorf("%s on %s: %t", unit, date, got)
		}
	}
	f("one", "2026-09-07", true)
	f("one", "2026-09-04", false) // before the term
	f("one", "2026-09-12", false) // a Saturday
	f("one", "2026-11-20", false) // a holiday
	f("two", "2026-11-20", true)
	f("one", "2026-11-22", true) // a Sunday that makes up for it

	hours := func(what, text string, want policy.Lessons) {
		t.Helper()
		if got := newWorld(t, text+"units: [{id: one}]").policy.Lessons(); got != want {
			t.Errorf("%s: %+v, want %+v", what, got, want)
		}
	}
	const from, to = 7 * time.Hour, 17 * time.Hour
	hours("where nothing is said", "", policy.Lessons{From: from, To: to})
	hours("another timetable", "timetables: {toi: {from: \"18:00\", to: \"22:00\"}}\n", policy.Lessons{From: from, To: to})
	hours("a timetable of lessons", "timetables: {gio-hoc: {from: \"07:15\", to: \"11:30\"}}\n",
		policy.Lessons{From: from + 15*time.Minute, To: 11*time.Hour + 30*time.Minute, Own: true})
	hours("a calendar", "calendar: {holidays: [{from: 2026-11-20}]}\n", policy.Lessons{From: from, To: to, Own: true})
	hours("all of a day", "timetables: {gio-hoc: {from: \"07:00\", to: \"07:00\"}}\n",
		policy.Lessons{From: from, To: 24 * time.Hour, Own: true})
	hours("lessons at night", "timetables: {gio-hoc: {from: \"18:00\", to: \"02:00\"}}\n",
		policy.Lessons{From: 18 * time.Hour, To: 24 * time.Hour, Own: true})
}

package policy_test

import (
	"strings"
	"testing"

	"lachan/policy"
)

// TestAMistakeInTheCalendarIsToldOnce: a day that is none, days the wrong way round, and
// none at all are told apart, each once.
func TestAMistakeInTheCalendarIsToldOnce(t *testing.T) {
	f := func(calendar, says string) {
		t.Helper()
		_, problems := loadText(t, "calendar:\n  "+calendar+"\nunits: [{id: a}]\n")
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), says) {
			t.Errorf("%s: %v, want %q once", calendar, problems, says)
		}
	}
	f("terms: [{from: 31/02/2026, to: 2027-05-31}]", "a real day")
	f("terms: [{from: 2026-02-01, to: 2026-02-31}]", "a real day")
	f("make_up: [{date: 2026-02-31, as: mon}]", "a real day")
	f("holidays: [{from: 2026-11-20, to: 2026-11-01}]", "to (2026-11-01) is before from (2026-11-20)")
	f("exams: [{to: 2026-11-01}]", "the run of days has no first day")
}

// TestAnUnknownUnitOfAFeedIsToldWithItsKey, so that the line of the feed is not searched.
func TestAnUnknownUnitOfAFeedIsToldWithItsKey(t *testing.T) {
	f := func(feed policy.Feed, says string) {
		t.Helper()
		_, problems := loadText(t, "units: [{id: sa-pa}]\n", feed)
		if len(problems) != 1 || !strings.Contains(problems[0].Error(), says) {
			t.Errorf("%+v: %v, want %q", feed, problems, says)
		}
	}
	f(policy.Feed{Name: "x", Category: "gambling", LockedBy: "sapa"}, `locked_by of "x": there is no unit "sapa"; did you mean "sa-pa"`)
	f(policy.Feed{Name: "x", Category: "gambling", Unit: "sapa"}, `unit of "x": there is no unit "sapa"; did you mean "sa-pa"`)
}

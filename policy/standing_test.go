package policy_test

import (
	"testing"
	"time"

	"lachan/policy"
)

func TestStandingsAreThoseOfLessons(t *testing.T) {
	w := newWorld(t, `
profiles:
  open: {block: []}
  safe: {block: [], safe_search: strict, youtube: moderate}
  exam: {default: deny}
default_profile: open
timetables:
  gio-hoc: {days: mon-fri, from: "07:00", to: "11:30"}
  toi: {from: "18:00", to: "22:00"}
units:
- {id: tinh, kind: province, allow: [a.example, {name: b.example, until: 2026-09-06}]}
- {id: open, parent: tinh, rules: [{during: toi, block: [circumvention], profile: safe}]}
- {id: safe, parent: tinh, profile: safe, rules: [{during: gio-hoc, block: [circumvention]}],
   allow: [{name: c.example, from: 2026-09-08}, social, {category: games, until: 2026-09-06}, {name: d.example, until: 2026-09-07}], block: [e.example]}
- {id: locked, parent: tinh, lock: [circumvention], profile: safe}
- {id: freed, parent: tinh, rules: [{during: gio-hoc, block: [circumvention]}], allow: [circumvention]}
- {id: exam, parent: tinh, rules: [{during: gio-hoc, profile: exam}], groups: [{id: gv, allow: [f.example]}]}
`)
	at := time.Date(2026, 9, 7, 23, 0, 0, 0, hanoi)
	standings := w.policy.Standings(at)
	f := func(unit string, want policy.Standing) {
		t.Helper()
		g, ok := w.policy.GroupOf(unit)
		if !ok || standings[g] != want {
			t.Errorf("%s: %+v, want %+v", unit, standings[g], want)
		}
	}
	f("tinh", policy.Standing{Exceptions: 1, Expired: 1})
	f("open", policy.Standing{}) // the evening is not lessons
	f("safe", policy.Standing{SafeSearch: true, YouTube: true, Circumvention: true, Exceptions: 2, Expired: 1})
	f("locked", policy.Standing{SafeSearch: true, YouTube: true, Circumvention: true})
	f("freed", policy.Standing{Exceptions: 1})
	f("exam", policy.Standing{Circumvention: true}) // nothing but what is allowed by word
	f("exam/gv", policy.Standing{Circumvention: true, Exceptions: 1})
}

package policy_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestMistakesOfCalendarsHaveTheirLines: a word that nobody knows is never taken for
// one that somebody does.
func TestMistakesOfCalendarsHaveTheirLines(t *testing.T) {
	f := func(text string, line int, word string) {
		t.Helper()
		_, problems := loadText(t, "units: [{id: hs}]\n"+text)
		if len(problems) != 1 || problems[0].Line != line || !strings.Contains(problems[0].Text.EN, word) {
			t.Errorf("%s\nwant one mistake in line %d about %s: %v", text, line, word, problems)
		}
	}
	f(`calendar:
  make_up:
  - {date: 2026-09-13, as: mondey}`, 4, "mondey")
	f(`calendar:
  make_up:
  - {date: 2026-09-13}`, 4, "as")
	f(`timetables:
  w: {days: all, on: studdy}`, 3, "studdy")
	f(`timetables:
  w: {days: all, on: "exam,studdy"}`, 3, "studdy")
	f(`timetables:
  w: {days: "mon,tuu"}`, 3, "tuu")
	f(`timetables:
  w: {days: "mon-tuu"}`, 3, "tuu")
	f(`timetables:
  w: {days: mon, from: "24:01"}`, 3, "24:01")
	f(`timetables:
  w: {days: mon, from: "7:60"}`, 3, "7:60")
	f(`timetables:
  w: {days: mon, from: "7:5"}`, 3, "7:5")
	f(`calendar:
  holidays:
  - {from: 2026-09-14, to: 2026-09-13}`, 4, "from")
}

// TestNotesOfEntries has entries of a profile and of units that have expired or
// have no effect.
func TestNotesOfEntries(t *testing.T) {
	w := newWorld(t, `profiles:
  p:
    block: [games]
    # names that are allowed
    allow:
    - {name: video.lesson.example, until: 2026-09-01}
    - lesson.example
units:
- id: hs
  profile: p
  block:
  - {name: over.example, until: 2026-09-01}
  - {name: sub.open.example}
  - {name: other.example}
  - {category: social, until: 2026-09-02}
  - {category: ads, until: 2026-09-07}
  allow:
  - {name: open.example}
- id: gv
  block: [{name: open.example}]
`)
	at := time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi)
	f := func(at time.Time, want ...string) {
		t.Helper()
		var got []string
		for _, n := range w.policy.Notes(at) {
			if !strings.HasSuffix(n.File, "/policy.yaml") {
				t.Errorf("a note of no file: %v", n)
			}
			got = append(got, fmt.Sprint(n.Line, " ", n.Text.EN))
		}
		if len(got) != len(want) {
			t.Fatalf("%d notes, want %d:\n%s", len(got), len(want), strings.Join(got, "\n"))
		}
		for i, words := range want {
			for word := range strings.SplitSeq(words, "|") {
				if !strings.Contains(got[i], word) {
					t.Errorf("note %d does not have %q: %s", i, word, got[i])
				}
			}
		}
	}
	f(at, "6 |video.lesson.example|2026-09-01", "12 |over.example|2026-09-01", "13 |sub.open.example|open.example|:18", "15 |social|2026-09-02")
	f(time.Date(2026, 9, 8, 0, 0, 0, 0, hanoi), "6 ", "12 ", "13 ", "15 ", "16 |ads|2026-09-07")
	f(time.Date(2026, 9, 1, 23, 59, 0, 0, hanoi), "13 ")
}

// TestOnlyUnitsAllowsUnderALockAreTold: blocking a locked name does no harm, and a
// profile that allows it may serve units without the lock.
func TestOnlyUnitsAllowsUnderALockAreTold(t *testing.T) {
	w := newWorld(t, `profiles: {p: {block: [], allow: [bet.example]}}
units:
- id: tinh
  kind: province
  profile: p
  lock: [gambling]
- id: hs
  parent: tinh
  block: [{name: bet.example}]
  allow:
  - free.example
  - {name: both.example, until: 2020-01-01}
  - www.bet.example
`)
	problems := w.policy.CheckLocks(w.list)
	if len(problems) != 1 || problems[0].Line != 13 {
		t.Errorf("want one, of line 13: %v", problems)
	}
}

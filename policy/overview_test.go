package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/policy"
)

// TestAnOverviewSaysWhoIsKeptFromWhat: schools that are alike together, now and in
// lessons, whatever the day is.
func TestAnOverviewSaysWhoIsKeptFromWhat(t *testing.T) {
	w := newWorld(t, `
timetables: {toi: {days: all, from: "18:00", to: "22:00", on: any}}
profiles: {it: {block: [gambling]}, none: {block: []}}
units:
- {id: tinh, kind: province, lock: [phishing]}
- {id: a, parent: tinh, profile: it, rules: [{during: gio-hoc, block: [games, x.example]}, {during: toi, only: [olm.vn]}]}
- {id: b, parent: tinh, profile: it, groups: [{id: gv, profile: none}]}
- {id: c, parent: tinh, profile: it, block: [social]}
- {id: d, parent: tinh, profile: it}
- {id: e, parent: tinh, profile: none, rules: [{during: gio-hoc, only: [olm.vn]}]}
`)
	f := func(moment string, want ...string) {
		t.Helper()
		at, err := time.ParseInLocation("2006-01-02 15:04", moment, hanoi)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range policy.Overview(w.policy, at) {
			got = append(got, fmt.Sprintf("%s: %v %v, %v %v", strings.Join(s.Units, " "), s.Now.Codes, s.Now.Only, s.Lessons.Codes, s.Lessons.Only))
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") {
			t.Errorf("%s:\n%s\nwant\n%s", moment, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	others := []string{
		"b d: [phishing gambling] false, [phishing gambling] false",
		"a: [phishing gambling] false, [phishing gambling games] false",
		"b/gv: [phishing] false, [phishing] false",
		"c: [phishing gambling social] false, [phishing gambling social] false",
		"e: [phishing] false, [phishing] true",
	}
	f("2026-09-06 10:00", others...) // a Sunday
	others[1] = "a: [phishing] true, [phishing gambling games] false"
	f("2026-09-06 20:00", others...)
	others[1] = "a: [phishing gambling games] false, [phishing gambling games] false"
	others[4] = "e: [phishing] true, [phishing] true"
	f(monday, others...)
}

// Single names that rules block are told with the hours in which they are, of the unit
// and of those above it; schools that differ in them are not alike.
func TestOverviewTellsOfTheNamesOfRules(t *testing.T) {
	w := newWorld(t, `
timetables: {toi: {days: all, from: "18:00", to: "22:00", on: any}}
profiles: {it: {block: [gambling]}}
units:
- {id: tinh, kind: province, rules: [{during: gio-hoc, block: [game-x.example]}]}
- {id: a, parent: tinh, profile: it, rules: [{during: toi, block: [video.example]}, {during: gio-hoc, allow: [hoc.example]}]}
- {id: b, parent: tinh, profile: it}
`)
	f := func(at time.Time, want string) {
		t.Helper()
		got := ""
		for _, s := range policy.Overview(w.policy, at) {
			got += fmt.Sprintf("%s: %v, %v; ", strings.Join(s.Units, " "), s.Now.Names, s.Lessons.Names)
		}
		if got != want {
			t.Errorf("%s: %s\nwant %s", at, got, want)
		}
	}
	f(time.Date(2026, 9, 7, 9, 0, 0, 0, hanoi), "a: [game-x.example], [game-x.example]; b: [game-x.example], [game-x.example]; ")
	f(time.Date(2026, 9, 7, 20, 0, 0, 0, hanoi), "a: [video.example], [game-x.example]; b: [], [game-x.example]; ")
}

// What holds in other timetables than that of lessons is told where it differs: whoever has
// set a time for examinations sees it, whenever that is.
func TestOverviewTellsOfOtherTimetables(t *testing.T) {
	w := newWorld(t, `
timetables:
  thi: {days: all, from: "07:00", to: "11:00", on: any}
  toi: {days: all, from: "18:00", to: "22:00", on: any}
  khong: {days: all, from: "12:00", to: "13:00", on: any}
profiles:
  it: {block: [gambling], rules: [{during: khong, block: [gambling]}]}
  phong-thi: {only: [olm.vn]}
units:
- {id: a, profile: it, rules: [{during: thi, only: [olm.vn]}, {during: gio-hoc, block: [games]}]}
- {id: b, profile: it, rules: [{during: toi, block: [social, x.example]}, {during: thi, profile: phong-thi}]}
- {id: c, profile: it, rules: [{during: toi, block: [social, y.example]}, {during: thi, profile: phong-thi}]}
- {id: d, profile: it}
`)
	for _, at := range []time.Time{time.Date(2026, 9, 7, 9, 0, 0, 0, hanoi), time.Date(2026, 9, 6, 20, 0, 0, 0, hanoi)} {
		got := ""
		for _, s := range policy.Overview(w.policy, at) {
			got += strings.Join(s.Units, " ") + fmt.Sprintf(" otherwise %v:", s.Otherwise.Codes)
			for _, o := range s.Others {
				got += fmt.Sprintf(" %s %v %v only %t", o.Timetable, o.Codes, o.Names, o.Only)
			}
			got += "\n"
		}
		const want = "a otherwise [gambling]: thi [] [] only true\n" +
			"b otherwise [gambling]: thi [] [] only true toi [gambling social] [x.example] only false\n" +
			"c otherwise [gambling]: thi [] [] only true toi [gambling social] [y.example] only false\n" +
			"d otherwise [gambling]:\n"
		if got != want {
			t.Errorf("%s:\n%swant\n%s", at, got, want)
		}
	}
}

// A service that is opened out of a category that stays blocked is newly open, and newly
// blocked when that rule is gone; where nothing blocks it, nothing changes.
func TestDifferencesNameServicesThatAreOpened(t *testing.T) {
	const head = "timetables: {luon: {days: all, from: \"00:00\", to: \"24:00\", on: any}}\nprofiles: {chat: {block: [social, short-video]}, none: {block: []}}\nunits:\n"
	plain := newWorld(t, head+"- {id: a, profile: chat}\n- {id: b, profile: none}\n").policy
	rules := "rules: [{during: luon, allow: [service:tiktok]}]"
	open := newWorld(t, head+"- {id: a, profile: chat, "+rules+"}\n- {id: b, profile: none, "+rules+"}\n").policy
	at, err := time.ParseInLocation("2006-01-02 15:04", monday, hanoi)
	if err != nil {
		t.Fatal(err)
	}
	f := func(from, to *policy.Policy, want string) {
		t.Helper()
		var got []string
		for _, d := range policy.Differences(from, to, at) {
			got = append(got, fmt.Sprintf("%s: %s", d.Units, d.Now))
		}
		if len(got) != 1 || got[0] != want {
			t.Errorf("%q and not %q", got, want)
		}
	}
	f(plain, open, "[a]: {[] [service:tiktok]}")
	f(open, plain, "[a]: {[service:tiktok] []}")
}

// TestDifferencesOfACommuneThatGoesNameItsSchools, and not the commune, in which no client
// is.
func TestDifferencesOfACommuneThatGoesNameItsSchools(t *testing.T) {
	const head = "profiles: {nhieu: {block: [social]}, none: {block: []}}\ndefault_profile: none\nunits:\n"
	from := newWorld(t, head+"- {id: xa, kind: commune, profile: nhieu}\n- {id: a, parent: xa, groups: [{id: gv}]}\n- {id: b, profile: none}\n").policy
	to := newWorld(t, head+"- {id: b, profile: none}\n").policy
	at, err := time.ParseInLocation("2006-01-02 15:04", monday, hanoi)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range policy.Differences(from, to, at) {
		got = append(got, d.Units...)
	}
	slices.Sort(got)
	if want := []string{"a", "a/gv"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// Who is newly blocked or opened by another policy is told of each unit, whether by its
// profile, by hours, by days of its calendar, or because it is new or gone.
func TestDifferencesSayForWhomWhatChanges(t *testing.T) {
	const head = `
timetables: {toi: {days: all, from: "18:00", to: "22:00", on: any}}
profiles: {it: {block: [gambling]}, nhieu: {block: [gambling, social]}, none: {block: []}, thi: {only: [olm.vn]}}
units:
`
	from := newWorld(t, head+`
- {id: a, profile: it, rules: [{during: gio-hoc, block: [games, x.example]}]}
- {id: b, profile: it, groups: [{id: gv, profile: none}]}
- {id: c, profile: it, rules: [{during: gio-hoc, block: [games]}]}
- {id: d, profile: it}
- {id: e, profile: it}
`).policy
	to := newWorld(t, head+`
- {id: a, profile: it, rules: [{during: gio-hoc, block: [games]}]}
- {id: b, profile: nhieu, groups: [{id: gv, profile: it}]}
- {id: c, profile: it, rules: [{during: gio-hoc, block: [games]}], calendar: {holidays: [{name: nghỉ, from: 2026-11-20}]}}
- {id: d, profile: it, groups: [{id: moi, profile: none}]}
- {id: e, profile: it, rules: [{during: toi, profile: thi}]}
`).policy
	at, err := time.ParseInLocation("2006-01-02 15:04", monday, hanoi)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	began := time.Now()
	for _, d := range policy.Differences(from, to, at) {
		got = append(got, fmt.Sprintf("%s: now %s, lessons %s, ahead %s from %s", d.Units, d.Now, d.Lessons, d.Ahead, d.First.Format("02/01 15:04")))
	}
	t.Logf("five units in %s", time.Since(began))
	slices.Sort(got)
	want := []string{
		"[a]: now {[] [x.example]}, lessons {[] [x.example]}, ahead {[] [x.example]} from 07/09 10:00",
		"[b/gv]: now {[gambling] []}, lessons {[gambling] []}, ahead {[gambling] []} from 07/09 10:00",
		"[b]: now {[social] []}, lessons {[social] []}, ahead {[social] []} from 07/09 10:00",
		"[c]: now {[] []}, lessons {[] []}, ahead {[] [games]} from 20/11 07:00",
		"[d/moi]: now {[] [gambling]}, lessons {[] [gambling]}, ahead {[] [gambling]} from 07/09 10:00",
		"[e]: now {[] []}, lessons {[] []}, ahead {[*] []} from 07/09 18:00",
	}
	if !slices.Equal(got, want) {
		t.Errorf("\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if same := policy.Differences(to, to, at); len(same) > 0 {
		t.Errorf("a policy differs from itself: %v", same)
	}
}

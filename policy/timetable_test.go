package policy_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/policy"
)

// Of 2026: 7 September is a Monday.

// open tells, of a policy in which timetable w blocks games, whether the window
// is open at each moment.
func wantOpen(t *testing.T, text string) func(moment string, want bool) {
	t.Helper()
	w := newWorld(t, text)
	return func(moment string, want bool) {
		t.Helper()
		got := w.asks(moment, "hs", "game.example").Action == policy.Block
		if got != want {
			t.Errorf("%s: open %v, want %v", moment, got, want)
		}
	}
}

const gamesDuringW = `
profiles: {open: {block: []}}
units: [{id: hs, profile: open, rules: [{during: w, block: [games]}]}]
`

func TestHours(t *testing.T) {
	f := wantOpen(t, gamesDuringW+`timetables: {w: {days: mon-sat, from: "07:00", to: "17:00"}}`)
	f("2026-09-07 06:59", false)
	f("2026-09-07 07:00", true)
	f("2026-09-07 16:59", true)
	f("2026-09-07 17:00", false) // the end is not included
	f("2026-09-12 10:00", true)  // Saturday
	f("2026-09-13 10:00", false) // Sunday
}

func TestAcrossMidnight(t *testing.T) {
	f := wantOpen(t, gamesDuringW+`timetables: {w: {days: "fri", from: 22:00, to: 06:00}}`)
	f("2026-09-11 05:00", false) // Friday, but the window of Thursday
	f("2026-09-11 21:59", false)
	f("2026-09-11 22:00", true)
	f("2026-09-12 00:00", true) // Saturday, in the window that began on Friday
	f("2026-09-12 05:59", true)
	f("2026-09-12 06:00", false)
	f("2026-09-12 23:00", false)
}

func TestWholeDays(t *testing.T) {
	f := wantOpen(t, gamesDuringW+`timetables: {w: {days: "tue,thu"}}`)
	f("2026-09-07 23:59", false)
	f("2026-09-08 00:00", true)
	f("2026-09-08 23:59", true)
	f("2026-09-09 00:00", false)

	f = wantOpen(t, gamesDuringW+`timetables: {w: {days: tue, from: "06:00", to: "06:00"}}`)
	f("2026-09-08 05:59", false)
	f("2026-09-08 06:00", true)
	f("2026-09-09 05:59", true)
	f("2026-09-09 06:00", false)

	f = wantOpen(t, gamesDuringW+`timetables: {w: {days: tue, from: "18:00"}}`)
	f("2026-09-08 17:59", false)
	f("2026-09-08 23:59", true)
	f("2026-09-09 00:00", false)

	f = wantOpen(t, gamesDuringW+`timetables: {w: {days: tue, from: "18:00", to: "24:00"}}`)
	f("2026-09-08 23:59", true)
	f("2026-09-09 00:00", false)
}

func TestDaysAsWritten(t *testing.T) {
	f := func(days string, want ...bool) { // Monday to Sunday
		t.Helper()
		open := wantOpen(t, gamesDuringW+`timetables: {w: {days: `+days+`}}`)
		for i, is := range want {
			open(time.Date(2026, 9, 7+i, 10, 0, 0, 0, hanoi).Format("2006-01-02 15:04"), is)
		}
	}
	f(`all`, true, true, true, true, true, true, true)
	f(`mon`, true, false, false, false, false, false, false)
	f(`"mon, wed,fri"`, true, false, true, false, true, false, false)
	f(`sat-mon`, true, false, false, false, false, true, true) // over the end of the week
	f(`"tue-wed,sun"`, false, true, true, false, false, false, true)
	f(`t2-t6`, true, true, true, true, true, false, false)
	f(`cn`, false, false, false, false, false, false, true)
}

const schoolYear = `
calendar:
  terms: [{name: Học kỳ I, from: 2026-09-05, to: 2027-01-15}, {from: 2027-01-18, to: 2027-05-31}]
  holidays: [{name: Tết, from: 2027-02-03, to: 2027-02-14}, {name: Quốc khánh, from: 2026-09-02}]
  make_up: [{date: 2026-09-13, as: mon}, {date: 2027-02-14, as: wed}]
  exams: [{from: 2026-12-21, to: 2026-12-26}]
`

func TestKindsOfDay(t *testing.T) {
	f := func(on string, want map[string]bool) {
		t.Helper()
		open := wantOpen(t, gamesDuringW+schoolYear+`timetables: {w: {days: all`+on+`}}`)
		for moment, is := range want {
			open(moment+" 10:00", is)
		}
	}
	const study, exam, tet, summer, gap, makeUp = "2026-09-07", "2026-12-22", "2027-02-04", "2026-08-20", "2027-01-16", "2027-02-14"
	f("", map[string]bool{study: true, exam: true, tet: false, summer: false, gap: false, makeUp: true})
	f(", on: study", map[string]bool{study: true, exam: true, tet: false, summer: false, gap: false, makeUp: true})
	f(", on: exam", map[string]bool{study: false, exam: true, tet: false, summer: false, gap: false, makeUp: false})
	f(", on: holiday", map[string]bool{study: false, exam: false, tet: true, summer: false, gap: false, makeUp: false})
	f(", on: off", map[string]bool{study: false, exam: false, tet: false, summer: true, gap: true, makeUp: false})
	f(`, on: "holiday,off"`, map[string]bool{study: false, exam: false, tet: true, summer: true, gap: true, makeUp: false})
	f(", on: any", map[string]bool{study: true, exam: true, tet: true, summer: true, gap: true, makeUp: true})
}

func TestAMakeUpDayIsTheDayItMakesUpFor(t *testing.T) {
	f := wantOpen(t, gamesDuringW+schoolYear+`timetables: {w: {days: mon, from: "07:00", to: "17:00"}}`)
	f("2026-09-13 10:00", true) // a Sunday held as Monday
	f("2026-09-20 10:00", false)
	f = wantOpen(t, gamesDuringW+schoolYear+`timetables: {w: {days: sun, from: "07:00", to: "17:00"}}`)
	f("2026-09-13 10:00", false) // and no longer a Sunday
	f("2026-09-20 10:00", true)
	f = wantOpen(t, gamesDuringW+schoolYear+`timetables: {w: {days: mon, from: "22:00", to: "02:00"}}`)
	f("2026-09-14 01:00", true) // in the night after it too
}

func TestTetEndsWithTheNightBefore(t *testing.T) {
	f := wantOpen(t, gamesDuringW+schoolYear+`timetables: {w: {days: all, from: "20:00", to: "05:00"}}`)
	f("2027-02-02 21:00", true)
	f("2027-02-03 04:00", true) // the window belongs to the day it began on
	f("2027-02-03 21:00", false)
}

func TestWithoutACalendarEveryDayIsOneOfStudy(t *testing.T) {
	f := wantOpen(t, gamesDuringW+`timetables: {w: {days: all}}`)
	f("2026-07-15 10:00", true)
	f = wantOpen(t, gamesDuringW+`timetables: {w: {days: all, on: holiday}}`)
	f("2026-07-15 10:00", false)
	f = wantOpen(t, gamesDuringW+`timetables: {w: {days: all}}
calendar: {holidays: [{from: 2026-07-15}]}`) // nor do holidays need terms around them
	f("2026-07-14 10:00", true)
	f("2026-07-15 10:00", false)
}

func TestUnitsHaveTheirOwnCalendars(t *testing.T) {
	w := newWorld(t, schoolYear+`
profiles: {open: {block: []}}
timetables: {hoc: {days: all}, thi: {days: all, on: exam}}
units:
- {id: tinh, kind: province, profile: open, rules: [{during: hoc, block: [games]}, {during: thi, block: [social]}]}
- {id: a, parent: tinh, calendar: {exams: [{from: 2026-10-05}]}}
- {id: b, parent: tinh, calendar: {holidays: []}, groups: [{id: g}]}
- {id: c, parent: tinh, calendar: {exams: [{from: 2026-10-05}]}}
`)
	open, games, social := "pass default", "block profile games nxdomain 17", "block profile social nxdomain 17"
	w.wantsAt("2027-02-04 10:00", "tinh", "game.example", open)
	w.wantsAt("2027-02-04 10:00", "a", "game.example", open) // what it does not give it inherits
	w.wantsAt("2027-02-04 10:00", "b", "game.example", games)
	w.wantsAt("2027-02-04 10:00", "b/g", "game.example", games)
	w.wantsAt("2026-12-22 10:00", "tinh", "social.example", social)
	w.wantsAt("2026-12-22 10:00", "a", "social.example", open) // what it gives takes the place
	w.wantsAt("2026-10-05 10:00", "a", "social.example", social)
	w.wantsAt("2026-10-05 10:00", "c", "social.example", social)
	w.wantsAt("2026-10-05 10:00", "b", "social.example", open)
}

func TestRulesFromTheTopDown(t *testing.T) {
	w := newWorld(t, `
timetables: {gio: {days: all, from: "07:00", to: "17:00"}, trua: {days: all, from: "11:00", to: "13:00"}}
profiles:
  p: {block: [social], allow: [service:zalo]}
  thi: {block: [malware], default: deny}
units:
- {id: tinh, kind: province, profile: p, rules: [{during: gio, block: [games, short-video, messaging]}]}
- {id: hs, parent: tinh, rules: [{during: trua, allow: [games, social]}], groups: [
    {id: thi, rules: [{during: gio, profile: thi}, {during: trua, allow: [ai-chat]}]},
    {id: khong-zalo, rules: [{during: gio, block: [service:zalo]}]}]}
- {id: lenh, parent: tinh, rules: [{during: gio, profile: thi}], groups: [{id: gv, rules: [{during: trua, profile: p}]}]}
`)
	const morning, noon, night = "2026-09-07 10:00", "2026-09-07 12:00", "2026-09-07 20:00"
	games, social := "block profile games nxdomain 17", "block profile social nxdomain 17"
	w.wantsAt(morning, "hs", "game.example", games)
	w.wantsAt(noon, "hs", "game.example", "pass profile explicit") // the nearer unit comes later
	w.wantsAt(night, "hs", "game.example", "pass default")
	w.wantsAt(morning, "hs", "social.example", social)
	w.wantsAt(noon, "hs", "social.example", "pass profile explicit")
	w.wantsAt(noon, "hs", "clip.example", "block profile short-video nxdomain 17")
	w.wantsAt(morning, "hs", "chat.zalo.me", "pass profile explicit") // a service beats the categories it is in
	w.wantsAt(morning, "hs", "discord.com", "block profile messaging nxdomain 17")
	w.wantsAt(morning, "hs/khong-zalo", "chat.zalo.me", "block profile messaging nxdomain 17")

	deny := "block default default-deny nxdomain 17"
	w.wantsAt(morning, "hs/thi", "plain.example", deny)
	w.wantsAt(night, "hs/thi", "plain.example", "pass default")
	w.wantsAt(morning, "hs/thi", "game.example", games)               // rules from above still hold
	w.wantsAt(morning, "hs/thi", "social.example", deny)              // the profile's own block is gone with it
	w.wantsAt(noon, "hs/thi", "chatgpt.com", "pass profile explicit") // and rules below add to it
	w.wantsAt(morning, "lenh/gv", "plain.example", deny)
	w.wantsAt(noon, "lenh/gv", "plain.example", "pass default") // the nearest profile wins
}

func TestReadyMadeProfilesKnowSchoolHours(t *testing.T) {
	w := newWorld(t, `
units:
- {id: c2, kind: school, level: thcs, groups: [{id: gv, profile: giao-vien}]}
- {id: c1, kind: school, level: tieu-hoc}
`)
	const lesson, evening, sunday = "2026-09-07 10:00", "2026-09-07 20:00", "2026-09-13 10:00"
	games := "block profile games nxdomain 17"
	w.wantsAt(lesson, "c2", "game.example", games)
	w.wantsAt(evening, "c2", "game.example", "pass default")
	w.wantsAt(sunday, "c2", "game.example", "pass default")
	w.wantsAt(evening, "c1", "game.example", games)
	w.wantsAt(lesson, "c2/gv", "game.example", "pass default")
	w.wantsAt(lesson, "c2/gv", "bet.example", "block profile gambling nxdomain 17")

	w = newWorld(t, `
timetables: {gio-hoc: {days: sun, from: "19:00", to: "21:00"}}
units: [{id: c2, kind: school, level: lower-secondary}]
`) // theirs is the timetable gio-hoc, which a file may replace
	w.wantsAt(lesson, "c2", "game.example", "pass default")
	w.wantsAt("2026-09-13 20:00", "c2", "game.example", games)
}

// A rule for the time outside lessons holds at each minute at which no lessons are held, and
// at no other, whatever their hours and the calendar.
func TestARuleHoldsOutsideLessons(t *testing.T) {
	const units = `
calendar: {holidays: [{name: nghỉ, from: 2026-09-09}], exams: [{name: thi, from: 2026-09-10}]}
profiles: {it: {block: [gambling]}}
units:
- {id: a, profile: it, rules: [{during: ngoai-gio-hoc, block: [games]}]}
- {id: b, profile: it, rules: [{during: gio-hoc, block: [games]}]}
`
	for name, hours := range map[string]string{
		"built in": "", "in the morning": `timetables: {gio-hoc: {days: mon-fri, from: "07:15", to: "11:30"}}`,
		"over midnight": `timetables: {gio-hoc: {days: all, from: "19:00", to: "06:00", on: any}}`,
	} {
		p := newWorld(t, hours+units).policy
		a, _ := p.GroupOf("a")
		b, _ := p.GroupOf("b")
		in, out := 0, 0
		for at := time.Date(2026, 9, 7, 0, 0, 0, 0, hanoi); at.Day() < 14; at = at.Add(15 * time.Minute) {
			r := p.At(nil, at, 0)
			outside, inside := policy.Holding(r, a).Now, policy.Holding(r, b).Now
			if slices.Contains(outside.Codes, "games") == slices.Contains(inside.Codes, "games") {
				t.Fatalf("%s, %s: outside %q, in lessons %q", name, at, outside.Codes, inside.Codes)
			}
			if in++; slices.Contains(outside.Codes, "games") {
				in, out = in-1, out+1
			}
		}
		if lessons := policy.Holding(p.At(nil, time.Date(2026, 9, 13, 12, 0, 0, 0, hanoi), 0), a).Lessons; slices.Contains(lessons.Codes, "games") {
			t.Errorf("%s: in lessons %q", name, lessons.Codes)
		}
		t.Logf("%s: %d quarters of an hour of lessons, %d outside", name, in, out)
		if in == 0 || out == 0 {
			t.Errorf("%s: %d, %d", name, in, out)
		}
	}
	w := newWorld(t, `
timetables: {ngoai-gio-hoc: {days: sun, from: "19:00", to: "21:00", on: any}}
profiles: {it: {block: [gambling]}}
units: [{id: a, profile: it, rules: [{during: ngoai-gio-hoc, block: [games]}]}]
`) // a timetable of that name in a file is what it says
	w.wantsAt("2026-09-07 20:00", "a", "game.example", "pass default")
	w.wantsAt("2026-09-13 20:00", "a", "game.example", "block profile games nxdomain 17")
}

func TestProfilesAreInherited(t *testing.T) {
	w := newWorld(t, `
default_profile: last
profiles: {last: {block: [adult]}, top: {block: [gambling]}, own: {block: [games]}, tieu-hoc: {extends: none, block: [social]}}
units:
- {id: tinh, kind: province, profile: top}
- {id: xa, kind: commune, parent: tinh}
- {id: a, parent: xa}
- {id: b, parent: xa, level: primary, groups: [{id: g}, {id: h, profile: own}]}
- {id: c, parent: xa, level: primary, profile: own}
- {id: d, kind: school}
`)
	f := func(unit, blocked string) {
		t.Helper()
		for _, n := range []string{"adult.example", "bet.example", "game.example", "social.example"} {
			if got := w.asks(monday, unit, n).Action == policy.Block; got != (n == blocked) {
				t.Errorf("%q asks %s: blocked %v", unit, n, got)
			}
		}
	}
	f("", "adult.example")
	f("d", "adult.example")
	f("xa", "bet.example")
	f("a", "bet.example")
	f("b", "social.example") // its level is nearer than the province's profile
	f("b/g", "social.example")
	f("b/h", "game.example")
	f("c", "game.example")
}

func TestMinutesOfOtherZones(t *testing.T) {
	w := newWorld(t, gamesDuringW+`timetables: {w: {days: mon, from: "07:00", to: "08:00"}}`)
	moment := time.Date(2026, 9, 7, 0, 30, 0, 0, time.UTC) // half past seven in Hanoi
	r := w.policy.At(w.list, moment, 7)
	if d := r.Decide(w.group("hs"), name(t, "game.example"), 1); d.Action != policy.Block {
		t.Error("a moment is judged in the configured time zone, whatever its own")
	}
	if r.Serial() != 7 || !r.Time().Equal(moment) || r.Policy() != w.policy {
		t.Error("rules know what they were made of")
	}
}

// A week is told day by day: with its kind, in parts that differ, and as what holds then.
func TestDaysAreToldPartByPart(t *testing.T) {
	p := newWorld(t, `calendar: {holidays: [{from: 2026-09-02}], exams: [{from: 2026-09-04}], make_up: [{date: 2026-09-06, as: mon}]}
timetables: {toi: {days: all, from: "22:00", to: "05:00", on: any}}
units: [{id: a, level: primary, rules: [{during: toi, block: [x.example]}, {during: toi, allow: [games]}, {during: gio-hoc, block: [shopping]}]}]
`).policy
	g, _ := p.GroupOf("a")
	days := policy.Days(p, g, time.Date(2026, 8, 31, 13, 0, 0, 0, p.Location()), 7)
	var kinds, parts []string
	for _, d := range days {
		kinds = append(kinds, d.Kind.String())
		parts = append(parts, fmt.Sprint(len(d.Parts)))
		for _, part := range d.Parts {
			at := p.At(nil, d.Day.Add(part.From), 0)
			if now := policy.Holding(at, g).Now; !slices.Equal(now.Codes, part.Blocked.Codes) {
				t.Errorf("%s from %s: %q, told as %q", d.Day, part.From, now.Codes, part.Blocked.Codes)
			}
		}
		if d.Day.In(p.Location()).Format(time.TimeOnly) != "00:00:00" {
			t.Errorf("a day begins at %s", d.Day)
		}
		if last := d.Parts[len(d.Parts)-1]; d.Parts[0].From != 0 || last.To != 24*time.Hour {
			t.Errorf("%s is told from %s to %s", d.Day, d.Parts[0].From, last.To)
		}
	}
	if got := strings.Join(kinds, " "); got != "study study holiday study exam study study" {
		t.Errorf("kinds: %s", got)
	}
	if n := len(days[0].Parts); n < 3 || days[0].Parts[1].Blocked.Equal(&days[0].Parts[2].Blocked) {
		t.Errorf("a day of study has %d parts, or parts beside each other are alike", n)
	}
	t.Log(parts)
	year := policy.Year(p, g)
	if len(year.Terms) != 0 || len(year.Holidays) != 1 || year.Holidays[0].To.Day() != 2 || len(year.Exams) != 1 || len(year.MakeUps) != 1 {
		t.Errorf("the year: %+v", year)
	}
	if w := policy.Windows(p); len(w) != 3 || !w[2].Outside || w[0].Outside {
		t.Errorf("windows: %+v", w)
	}
}

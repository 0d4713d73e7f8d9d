package policy_test

import (
	"fmt"
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

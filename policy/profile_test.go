package policy_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/policy"
)

// TestAProfileOfAReadyMadeOnesNameExtendsIt: what it does not mention stays.
func TestAProfileOfAReadyMadeOnesNameExtendsIt(t *testing.T) {
	f := func(profile, moment, name, want string) {
		t.Helper()
		w := newWorld(t, "profiles: {"+profile+"}\nunits: [{id: a, level: thcs, profile: "+profile[:strings.IndexByte(profile, ':')]+"}]\n")
		if got := w.tell(w.asks(moment, "a", name)); got != want {
			t.Errorf("%s: %s asks %s: %s, want %s", profile, moment, name, got, want)
		}
	}
	const lessons, evening = monday, "2026-09-07 20:00"
	f("thcs: {reply: page}", lessons, "bet.example", "block profile gambling page 17")
	f("thcs: {reply: page}", lessons, "game.example", "block profile games page 17") // in lesson time
	f("thcs: {reply: page}", evening, "game.example", "pass default")
	f("thcs: {reply: page}", lessons, "www.google.com", "rewrite safe-search forcesafesearch.google.com")
	f("thcs: {reply: null}", lessons, "bet.example", "block profile gambling null 17")
	f("thcs: {reply: nodata, replies: {gambling: null}}", lessons, "bet.example", "block profile gambling null 17")
	f("thcs: {safe_search: off}", lessons, "www.google.com", "pass default")
	f("thcs: {replies: {gambling: refused}}", lessons, "bet.example", "block profile gambling refused 17")
	f("thcs: {block: [games]}", evening, "game.example", "block profile games nxdomain 17")
	f("thcs: {block: [games]}", evening, "bet.example", "block profile gambling nxdomain 17")
	f("thcs: {allow: [games]}", lessons, "game.example", "pass profile explicit")
	f("thcs: {allow: [gambling]}", lessons, "bet.example", "pass profile explicit")
	f("thcs: {block: []}", lessons, "bet.example", "pass default")
	f("thcs: {extends: none, block: [adult]}", lessons, "bet.example", "pass default")
	f("thcs: {extends: none, block: [adult]}", lessons, "adult.example", "block profile adult nxdomain 17")
	f("thcs: {extends: tieu-hoc}", evening, "game.example", "block profile games nxdomain 17")
	f("mine: {extends: thcs, reply: refused}", lessons, "game.example", "block profile games refused 17")
	f("mine: {extends: other}, other: {extends: thcs, block: [noise.example]}", evening, "noise.example", "block profile local nxdomain 17")
	f("mine: {extends: other, reply: page}, other: {extends: thcs, block: [noise.example]}", evening, "a.noise.example", "block profile local page 17")
	f("mine: {extends: thcs, rules: [{during: gio-hoc, block: [noise.example]}]}", lessons, "noise.example", "block profile local nxdomain 17")
	f("mine: {extends: thcs, rules: [{during: gio-hoc, block: [noise.example]}]}", evening, "noise.example", "pass default")
	f("mine: {block: [gambling], allow: [bet.example]}", lessons, "bet.example", "pass profile explicit")
	f("mine: {extends: other}, other: {block: [gambling], allow: [bet.example]}", lessons, "bet.example", "pass profile explicit")
}

func TestProfilesThatAreMistakes(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		_, problems := loadText(t, text)
		if len(problems) == 0 && want != "" || want == "" && len(problems) > 0 || want != "" && !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: %v, want %q", text, problems, want)
		}
	}
	f("profiles: {mine: {reply: page}}\nunits: [{id: a, profile: mine}]", "blocks nothing")
	f("profiles: {mine: {reply: page}}\nunits: [{id: a, rules: [{during: gio-hoc, profile: mine}]}]", "blocks nothing")
	f("profiles: {mine: {reply: page}}\ndefault_profile: mine", "blocks nothing")
	f("profiles: {mine: {reply: page}}\nunits: [{id: a}]", "") // nobody uses it
	f("profiles: {mine: {reply: page, block: []}}\nunits: [{id: a, profile: mine}]", "")
	f("profiles: {mine: {reply: page, extends: thcs}}\nunits: [{id: a, profile: mine}]", "")
	f("profiles: {mine: {default: deny}}\nunits: [{id: a, profile: mine}]", "")
	f("profiles: {mine: {rules: [{during: gio-hoc, block: [games]}]}}\nunits: [{id: a, profile: mine}]", "")
	f("profiles: {mine: }\nunits: [{id: a}]", "block: []")
	f("profiles: {a: {extends: b}, b: {extends: a}}", "extends itself")
	f("profiles: {a: {extends: a}}", "extends itself")
	f("profiles: {a: {extends: thsc}}", `did you mean "thcs"`)
	f("profiles: {a: {only: [olm.vn], allow: [x.example]}}", "only says all")
	f("profiles: {a: {only: [olm.vn], default: allow}}", "only says all")
	f("units: [{id: a, rules: [{during: gio-hoc, only: [olm.vn], block: [games]}]}]", "a rule with only")
	f("profiles: {a: {block: [adult], rules: [{during: gio-hoc, only: [olm.vn]}]}}", "cannot choose another profile")
}

// TestRulesTakeNames, which count in their time alone and come before the standing
// entries of their unit.
func TestRulesTakeNames(t *testing.T) {
	w := newWorld(t, `
timetables: {ra-choi: {days: all, from: "09:30", to: "10:30"}}
units:
- id: xa
  kind: commune
  rules: [{during: gio-hoc, block: [xa.example]}]
- id: a
  parent: xa
  level: thcs
  networks: [10.0.0.0/8]
  rules:
  - {during: gio-hoc, block: [game-x.example, games, {name: long.example, why: thi đấu}, "service:zalo"]}
  - {during: gio-hoc, allow: [{name: bet.example}, ok.long.example]}
  - {during: ra-choi, allow: [clip-x.example], block: [noon.example]}
  - {during: gio-hoc, block: [clip-x.example]}
  allow: [game-x.example, xa.example]
  block: [clip-x.example]
  groups: [{id: gv, profile: giao-vien, allow: [game-x.example]}]
`)
	f := func(moment, unit, name, want string) {
		t.Helper()
		if got := w.tell(w.asks(moment, unit, name)); got != want {
			t.Errorf("%s: %s asks %s: %s, want %s", moment, unit, name, got, want)
		}
	}
	const before, lessons, breaks, evening = "2026-09-07 06:00", "2026-09-07 15:00", "2026-09-07 10:00", "2026-09-07 20:00"
	for _, at := range []string{lessons, breaks} {
		f(at, "a", "game-x.example", "block own local nxdomain 15") // over the school's own allow
		f(at, "a", "www.game-x.example", "block own local nxdomain 15")
		f(at, "a/gv", "game-x.example", "pass own excepted local") // the group's own word is nearer
		f(at, "a", "long.example", "block own local nxdomain 15")
		f(at, "a", "ok.long.example", "pass own explicit") // the longer name
		f(at, "a", "bet.example", "pass own excepted gambling")
		f(at, "a", "xa.example", "pass own excepted local") // nearer than the commune's rule
		f(at, "xa", "xa.example", "block own local nxdomain 15")
		f(at, "a", "chat.zalo.me", "block profile messaging nxdomain 17")
	}
	for _, at := range []string{before, evening} {
		f(at, "a", "game-x.example", "pass own explicit")
		f(at, "a", "long.example", "pass default")
		f(at, "a", "bet.example", "block profile gambling nxdomain 17")
		f(at, "xa", "xa.example", "pass default")
		f(at, "a", "clip-x.example", "block own local nxdomain 15")
	}
	f(breaks, "a", "noon.example", "block own local nxdomain 15")
	f(lessons, "a", "noon.example", "pass default")
	f(breaks, "a", "clip-x.example", "block own local nxdomain 15") // the rule that is written last

	why, err := w.at(lessons).Explain(w.group("a"), "game-x.example", dns.TypeA)
	if text := why.String(); err != nil || !strings.Contains(text, "by a rule within gio-hoc, in force now") {
		t.Errorf("%s %v", text, err)
	}
	why, err = w.at(evening).Explain(w.group("a"), "game-x.example", dns.TypeA)
	if text := why.String(); err != nil || !strings.Contains(text, "by a rule within gio-hoc, not in force now") {
		t.Errorf("%s %v", text, err)
	}
	opened := reopen(t, w.policy)
	if d := opened.At(w.list, w.at(lessons).Time(), 1).Decide(w.group("a"), name(t, "game-x.example"), dns.TypeA); d.Action != policy.Block {
		t.Errorf("as opened: %s", w.tell(d))
	}
}

// TestOnlyThisResolves in an examination: the list, what machines need to work, and
// nothing else, whatever is open at other times.
func TestOnlyThisResolves(t *testing.T) {
	const units = `
timetables:
  thi: {days: all, from: "07:00", to: "11:30", on: any}
units:
- {id: tinh, kind: province, lock: [phishing], allow: [tinh.example]}
- id: a
  parent: tinh
  level: thcs
  allow: [own.example, adult, {service: youtube}]
  block: [baithi.example]
  rules: [{during: gio-hoc, allow: [lesson-hours.example, games]}, %s]
  groups: [{id: gv, profile: giao-vien, allow: [gv.example], networks: [10.0.0.0/8]}]
`
	for _, policyText := range []string{
		"profiles: {phong-thi: {only: [\"service:google-classroom\", baithi.example, phish.example, {name: cu.example, until: 2026-09-01}]}}" +
			strings.Replace(units, "%s", "{during: thi, profile: phong-thi}", 1),
		strings.Replace(units, "%s", "{during: thi, only: [\"service:google-classroom\", baithi.example, phish.example, {name: cu.example, until: 2026-09-01}]}", 1),
		"profiles: {phong-thi: {extends: thcs, only: [\"service:google-classroom\", baithi.example, phish.example, {name: cu.example, until: 2026-09-01}]}}" +
			strings.Replace(units, "%s", "{during: thi, profile: phong-thi}", 1),
	} {
		w := newWorld(t, policyText, policy.Feed{Name: "own-allow", Allow: true})
		const exam, evening = "2026-09-07 10:00", "2026-09-07 20:00"
		f := func(moment, unit, name string, resolves bool) {
			t.Helper()
			if d := w.asks(moment, unit, name); (d.Action != policy.Block) != resolves {
				t.Errorf("%s: %s asks %s: %s", moment, unit, name, w.tell(d))
			}
		}
		for _, n := range []string{"classroom.google.com", "accounts.google.com", "baithi.example", "a.baithi.example",
			"time.windows.com", "connectivitycheck.android.com", "captive.apple.com"} {
			f(exam, "a", n, true)
		}
		for _, n := range []string{"own.example", "tinh.example", "lesson-hours.example", "game.example", "adult.example", "i.ytimg.com", "olm.vn",
			"moet.gov.vn", "lesson.example", "nothing.example", "phish.example", "cu.example", "use-application-dns.net", "bet.example"} {
			f(exam, "a", n, false)
		}
		f(exam, "a/gv", "gv.example", false)
		f(evening, "a", "own.example", true)
		f(evening, "a", "olm.vn", true)
		f(evening, "a", "baithi.example", false)
		for _, n := range []string{"own.example", "olm.vn", "baithi.example"} {
			why, err := w.at(exam).Explain(w.group("a"), n, dns.TypeA)
			if err != nil || why.Layer != w.asks(exam, "a", n).Layer.String() || !strings.Contains(why.String(), "listed under only") {
				t.Errorf("%v %v", why, err)
			}
		}
	}
}

// TestTheServersOwnNameResolves in an examination: its clients look it up.
func TestTheServersOwnNameResolves(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	text := "profiles: {thi: {only: []}}\nunits: [{id: a, profile: thi}, {id: b, rules: [{during: gio-hoc, only: []}]}]"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	from := policy.Origin{Path: path, Zone: hanoi, ServerNames: []string{"DNS.truong.example"}}
	p, problems := from.Load()
	if p == nil {
		t.Fatal(problems)
	}
	w := &world{t, p, newList(t, p)}
	for _, unit := range []string{"a", "b"} {
		for text, resolves := range map[string]bool{"dns.truong.example": true, "ma.dns.truong.example": true, "truong.example": false} {
			if d := w.asks(monday, unit, text); (d.Action != policy.Block) != resolves {
				t.Errorf("%s asks %s: %s", unit, text, w.tell(d))
			}
			if d := w.asks("2026-09-06 22:00", unit, text); (d.Action != policy.Block) != (resolves || unit == "b") {
				t.Errorf("on a Sunday night %s asks %s: %s", unit, text, w.tell(d))
			}
		}
	}
}

// TestEveryFormThatAMessageProposesIsTaken: whoever does what a message says is done.
func TestEveryFormThatAMessageProposesIsTaken(t *testing.T) {
	const rule, own, block = "units: [{id: a, rules: [{during: gio-hoc, block: [%s]}]}]", "units: [{id: a, allow: [%s]}]", "profiles: {p: {block: [%s]}}\nunits: [{id: a, profile: p}]"
	f := func(text, wrong, proposes, right string) {
		t.Helper()
		fill := func(with string) string { return strings.Replace(text, "%s", with, 1) }
		_, problems := loadText(t, fill(wrong))
		if len(problems) == 0 || !strings.Contains(problems.Error(), proposes) {
			t.Errorf("%s: %v, want what proposes %q", fill(wrong), problems, proposes)
		}
		if _, problems := loadText(t, fill(right)); len(problems) > 0 {
			t.Errorf("%s: %v", fill(right), problems)
		}
	}
	for _, where := range []string{rule, own, block, strings.Replace(rule, "block", "allow", 1), strings.Replace(rule, "block", "only", 1),
		strings.Replace(block, "block", "only", 1), "units: [{id: a, block: [%s]}]"} {
		f(where, "game-x", "{name: NAME}", "{name: game-x.example}")
		f(where, "game-x", "service:ID", "service:zalo")
		f(where, "gamse", `did you mean "game"`, "game")
		f(where, "Facebook", `did you mean "service:facebook"`, "service:facebook")
		f(where, "Tik Tok", `did you mean "service:tiktok"`, "service:tiktok")
		f(where, "Cờ bạc", `did you mean "co-bac"`, "co-bac")
		f(where, "service:zallo", `did you mean "service:zalo"`, "service:zalo")
		f(where, "\"*.x.example\"", `leave out "*."`, "x.example")
		f(where, "\"https://www.x.example/a?b=c\"", "write www.x.example", "www.x.example")
		f(where, "{name: \"2001:db8::1\"}", "write a domain name", "x.example")
		f(where, "192.0.2.1", "write a domain name", "x.example")
		f(where, "zip", "{name: zip}", "{name: zip}")
		f(where, "{name: x.example, from: 2026-02-01, until: 2026-01-01}", "change the dates", "{name: x.example, from: 2026-01-01, until: 2026-02-01}")
		f(where, "{name: x.example, until: 31-31-2026}", "2026-12-31", "{name: x.example, until: 2026-12-31}")
	}
	f("units: [{id: a, lock: [%s]}]", "gamse", `did you mean "game"`, "game")
	f("units: [{id: a, lock: [%s]}]", "x.example", "service:ID", "service:zalo")
	f("units: [{id: a, networks: [%s]}]", "10.0.0.1/8", "write 10.0.0.0/8", "10.0.0.0/8")
	f("units: [{id: a, networks: [%s]}]", "x", "10.20.0.0/16 or 2001:db8:20::/48", "10.20.0.0/16, \"2001:db8:20::/48\"")
	f("profiles: {p: %s}\nunits: [{id: a, profile: p}]", "{}", "block: []", "{block: []}")
	f("profiles: {p: %s}\nunits: [{id: a, profile: p}]", "{reply: page}", "extends: thcs", "{reply: page, extends: thcs}")
	f("profiles: {p: %s}", "", "p: {block: []}", "{block: []}")
	f("calendar: {make_up: [%s]}", "{date: 2026-09-05}", "{date: 2026-09-05, as: mon}", "{date: 2026-09-05, as: mon}")
	f("units: [{id: a, networks: [%s]}]", "10.20.0.0/255.255.0.0", "write 10.20.0.0/16", "10.20.0.0/16")
	f("units: [{id: a, networks: [%s]}]", "10.20.0.0-10.20.255.255", "write 10.20.0.0/16", "10.20.0.0/16")
	f("units: [{id: a, networks: [%s]}]", "10.20.0.0-10.20.0.200", "write it like 10.20.0.0/16", "10.20.0.0/24")
	f("calendar: {exams: %s}", "03/12/2026", `such as ["03/12/2026"]`, `["03/12/2026"]`)
	f("calendar: {holidays: %s}", "[30/4]", "2026-12-31", "[30/04/2027, 01/05/2027]")
	f("units: [{id: a, rules: [{during: gio-hoc%s}]}]", "", "block, allow, only or profile", ", only: [x.example]")
	f("units: [{id: a, contact: [%s]}]", "x@y.example", "mailto:it@school.example or tel:+842143888888", "mailto:it@school.example, \"tel:+842143888888\"")
	f("units: [{id: a, devices: [%s]}]", "x", "mac:00:11:22:33:44:55 or cpe:ID", "\"mac:00:11:22:33:44:55\", \"cpe:ID\"")
	f("timetables: {x: {days: %s}}", "mon..sat", "mon-sat", "mon-sat")
	f("timetables: {x: {from: %s}}", "7 rưỡi", `"HH:MM"`, `"07:00"`)
	f("profiles: {p: {allow: [%s]}}", "{category: games, until: 2026-12-31}", "use rules with a timetable", "games")
}

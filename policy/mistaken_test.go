package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"lachan/policy"
)

// TestAMistakeIsToldWithItsLine: what is written and cannot be meant, each with what it is
// about.
func TestAMistakeIsToldWithItsLine(t *testing.T) {
	f := func(text string, line int, about ...string) {
		t.Helper()
		_, problems := loadText(t, text)
		for _, p := range problems {
			all := true
			for _, part := range about {
				all = all && strings.Contains(p.Text.VI, part) && strings.Contains(p.Text.EN, part)
			}
			if p.Line == line && all {
				return
			}
		}
		t.Errorf("of line %d and %q nothing is told in\n%s\nbut %v", line, about, text, problems)
	}
	f("units:\n- {id: a, rules: [{block: [games]}]}", 2)
	f("units:\n- id: a\n  rules:\n  - {during: none, block: [games]}", 4, "none")
	f("units:\n- id: a\n  rules:\n  - {during: gio-hoc}", 4)
	f("units:\n- id: a\n  rules:\n  - {during: gio-hoc, only: [olm.vn], block: [games]}", 4)
	f("units:\n- id: a\n  rules:\n  - {during: gio-hoc, only: [olm.vn], allow: [games]}", 4)
	f("units:\n- id: a\n  rules:\n  - {during: gio-hoc, only: [olm.vn], profile: thcs}", 4)
	f("units:\n- id: a\n  rules:\n  - {during: gio-hoc, profile: none}", 4, "none")
	f("units:\n- {id: a}\n- {id: b, parent: c}", 3, `"c"`)
	f("units:\n- {id: a, kind: province, parent: b}\n- {id: b, kind: province, parent: a}", 2, "a -> b -> a")
	f("units:\n- {id: a, kind: province, parent: a}", 2, "a -> a")
	f("units:\n- {id: a, kind: commune}\n- {id: b, kind: province, parent: a}", 3, "a", "b")
	f("units:\n- {id: a, kind: school}\n- {id: b, kind: school, parent: a}", 3, "a", "b")
	f("units:\n- {id: t, kind: province}\n- {id: g, kind: group, parent: t}", 3, "g")
	f("units:\n- {id: g, kind: group}", 2, "g")
	f("units:\n- {id: a}\n- {id: b, groups: [{id: g, parent: a}]}", 3, `"g"`, `"b"`)
	f("units:\n- {id: a}\n- {id: a}", 3, "a")
	f("units:\n- {id: A B}", 2, "A B")
	f("units:\n- {id: a, students: -1}", 2, "-1")
	f("units:\n- {id: a, networks: [192.0.2.300]}", 2, "192.0.2.300")
	f("units:\n- {id: a, networks: [192.0.2.1/24]}", 2, "192.0.2.1/24", "192.0.2.0/24")
	f("units:\n- {id: a, networks: [\"::ffff:192.0.2.0/120\"]}", 2, "::ffff:192.0.2.0/120")
	f("units:\n- {id: a, networks: [192.0.2.0/24, 192.0.2.0/24]}", 2, "192.0.2.0/24")
	f("units:\n- {id: a, networks: [192.0.2.0/24]}\n- {id: b, networks: [192.0.2.0/24]}", 3, "192.0.2.0/24", "a", "b")
	f("units:\n- {id: a, networks: [192.0.2.0/24]}\n- {id: b, networks: [192.0.2.0/25]}", 3, "192.0.2.0/25", "192.0.2.0/24")
	f("units:\n- {id: t, kind: province, networks: [192.0.2.0/25]}\n- {id: b, parent: t, networks: [192.0.2.0/24]}", 2, "192.0.2.0/25")
	f("units:\n- {id: a, devices: [\"mac:1\"]}", 2, "mac:1")
	f("units:\n- {id: a, devices: [\"mac:02:00:00:00:00:01\"]}\n- {id: b, devices: [\"mac:02:00:00:00:00:01\"]}", 3, "mac:02:00:00:00:00:01")
	f("units:\n- {id: a, profile: none}", 2, "none")
	f("units:\n- {id: a, lock: [none]}", 2, "none")
	f("units:\n- {id: a, block: [{category: none}]}", 2, "none")
	f("units:\n- {id: a, block: [\"a..example\"]}", 2, "a..example")
	f("profiles:\n  p: {block: [games], allow: [games]}\n", 2)
	f("profiles:\n  p: {block: [games], safe_search: sometimes}\n", 2, "sometimes")
	f("profiles:\n  p: {block: [games], youtube: sometimes}\n", 2, "sometimes")
	f("profiles:\n  p: {block: [games], default: sometimes}\n", 2, "sometimes")
	f("profiles:\n  p: {block: [games], reply: sometimes}\n", 2, "sometimes")
	f("profiles:\n  p: {extends: q}\n  q: {extends: p}\n", 2)
	f("profiles:\n  p: {extends: p, block: [games]}\n", 2, "p")
	f("profiles:\n  p: {extends: nobody}\n", 2, "nobody")
	for _, code := range []string{"Bad Code", "Quiz", "a_b", "a.b", "{", "`", "core", "default-deny", strings.Repeat("a", 41)} {
		f(fmt.Sprintf("categories:\n  %q: {}\n", code), 2, code)
	}
	f("categories:\n  \"\": {}\n", 2)

	for _, good := range []string{
		"units:\n- {id: t, kind: province, networks: [192.0.2.0/24]}\n- {id: b, parent: t, networks: [192.0.2.0/25]}",
		"units:\n- {id: a, networks: [192.0.2.0/24, 192.0.2.0/25]}",
		"units:\n- {id: a, networks: [192.0.2.7]}\n- {id: b, networks: [192.0.2.8, \"2001:db8::/48\"]}",
		"units:\n- {id: a, students: 0, groups: [{id: g, groups: [{id: h}]}]}",
		"profiles:\n  p: {block: [games], safe_search: off, youtube: moderate, default: allow, reply: page}\n  q: {extends: p}\nunits: [{id: a, profile: q}]",
		"categories:\n  az-09: {}\n  z: {}\n  " + strings.Repeat("a", 40) + ": {}\n",
		"categories:\n  cua-toi: {}\nunits: [{id: a, block: [{category: cua-toi}]}]",
	} {
		if _, problems := loadText(t, good); len(problems) > 0 {
			t.Errorf("%s\n%v", good, problems)
		}
	}
}

// TestAFeedOfAnotherCategoryIsAMistake: also one that allows and is locked, which would be
// both.
func TestAFeedOfAnotherCategoryIsAMistake(t *testing.T) {
	f := func(feed policy.Feed, want string) {
		t.Helper()
		feed.Name, feed.File, feed.Line = "more", "lachan.yaml", 7
		_, problems := loadText(t, "units:\n- {id: tinh, kind: province}\n", feed)
		if want == "" && len(problems) > 0 || want != "" && (len(problems) != 1 || !strings.Contains(problems[0].Text.EN, want) || fmt.Sprint(problems[0].File, problems[0].Line) != "lachan.yaml7") {
			t.Errorf("%+v: %v, want %q", feed, problems, want)
		}
	}
	f(policy.Feed{Category: "games"}, "")
	f(policy.Feed{Category: "service:zalo"}, "")
	f(policy.Feed{Category: "none"}, "none")
	f(policy.Feed{Category: "none", Allow: true}, "") // what is allowed is in none
	f(policy.Feed{Category: "games", Categories: []string{"gambling", "none"}}, "none")
	f(policy.Feed{Allow: true, LockedBy: "tinh"}, "more")
	f(policy.Feed{Category: "games", LockedBy: "tinh"}, "")
}

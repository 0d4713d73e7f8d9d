package policy_test

import (
	"slices"
	"strings"
	"testing"
)

func TestAUnitWithoutAContactHasThatOfItsParent(t *testing.T) {
	w := newWorld(t, `
units:
  - {id: tinh, kind: province, contact: ["mailto:so@tinh.example", "tel:+842143888888"]}
  - {id: a, parent: tinh, contact: ["https://a.example/lien-he"], groups: [{id: gv}]}
  - {id: b, parent: tinh, groups: [{id: gv, contact: [tel:111]}]}
  - {id: c}
`)
	f := func(unit string, want ...string) {
		t.Helper()
		if got := w.policy.Group(w.group(unit)).Contact; !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", unit, got, want)
		}
	}
	f("tinh", "mailto:so@tinh.example", "tel:+842143888888")
	f("a", "https://a.example/lien-he")
	f("a/gv", "https://a.example/lien-he")
	f("b", "mailto:so@tinh.example", "tel:+842143888888")
	f("b/gv", "tel:111")
	f("c")
}

func TestAContactIsAnAddressToFollow(t *testing.T) {
	f := func(contact string, good bool) {
		t.Helper()
		_, problems := loadText(t, "units:\n  - {id: a, contact: [\""+contact+"\"]}\n")
		if got := len(problems) == 0; got != good || !good && !strings.Contains(problems[0].Error(), "policy.yaml:2: ") {
			t.Errorf("%s: %v", contact, problems)
		}
	}
	f("mailto:it@truong.example", true)
	f("tel:+84-214-388", true)
	f("https://truong.example/lien-he", true)
	f("it@truong.example", false)
	f("0214388", false)
	f("mailto:", false)
	f("mailto:it", false)
	f("tel:", false)
	f("tel:call-me", false)
	f("https:", false)
	f("http://truong.example", false)
	f("javascript:alert(1)", false)
	f("tel:1 1", false)
}

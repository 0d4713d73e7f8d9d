package policy_test

import (
	"strings"
	"testing"

	"lachan/policy"
)

const linkedUnits = `
units:
  - id: truong-a
    links: [k7f3q9x2m4w8z1c5, second-of-truong-a-0]
    link_tokens: [t0k3n-of-truong-a-9x]
    groups: [{id: gv, links: [teachers-of-a-5r7w2]}, {id: hs}]
  - {id: truong-b, groups: [{id: gv}]}
  - {id: tinh, kind: province}
`

func TestLinkIDsTellTheUnit(t *testing.T) {
	w := newWorld(t, linkedUnits)
	r := w.at(monday)
	f := func(id, want string) {
		t.Helper()
		g, known := r.IdentifyLink(id)
		if known != (want != "") || known && g != w.group(want) {
			t.Errorf("link id %q: group %d, known %v, want %q", id, g, known, want)
		}
	}
	f("k7f3q9x2m4w8z1c5", "truong-a")
	f("second-of-truong-a-0", "truong-a")
	f("teachers-of-a-5r7w2", "truong-a/gv")
	f("t0k3n-of-truong-a-9x", "") // a token is no id
	f("k7f3q9x2m4w8z1c", "")
	f("truong-b", "")
	f("", "")
	if g, known := r.IdentifyToken("t0k3n-of-truong-a-9x"); !known || g != w.group("truong-a") {
		t.Errorf("token: group %d, known %v", g, known)
	}
	if _, known := r.IdentifyToken("k7f3q9x2m4w8z1c5"); known {
		t.Error("an id is a token")
	}
	named := func(id string, want bool) {
		t.Helper()
		if g, known := r.IdentifyName(id); known != want || known && g != w.group(id) {
			t.Errorf("name %q: group %d, known %v, want %v", id, g, known, want)
		}
	}
	named("truong-a", false) // it has better ones
	named("truong-a/gv", false)
	named("truong-a/hs", false)
	named("truong-b", true)
	named("truong-b/gv", false) // a group may be allowed more than its school
	named("tinh", false)
	named("truong-c", false)
	named("", false)
}

func TestLinkIDsThatAreEasyToGuessAreMistakes(t *testing.T) {
	f := func(links, want string) {
		t.Helper()
		_, problems := loadText(t, "units:\n  - {id: a, links: ["+links+"]}\n")
		got := ""
		for _, p := range problems {
			got += p.Error()
		}
		if want == "" && got != "" || !strings.Contains(got, want) || strings.Contains(got, "k7f3") {
			t.Errorf("%s: %s, want %q", links, got, want)
		}
	}
	f("k7f3q9x2m4w8z1c5", "")
	f("k7f3q9x2m4w8z1c", "16")
	f("K7F3Q9X2M4W8Z1C5", "16")
	f("k7f3.q9x2m4w8z1c5", "16")
	f("-k7f3q9x2m4w8z1c5", "16")
	f("k7f3q9x2m4w8z1c5, k7f3q9x2m4w8z1c5", "twice")
}

// TestTheStricterOfAddressAndLinkCounts: inside a school no link id gets a client
// out of what its address says, unless into something stricter.
func TestTheStricterOfAddressAndLinkCounts(t *testing.T) {
	w := newWorld(t, `
profiles:
  hs: {block: [games, adult], safe_search: strict}
  gv: {block: [adult]}
  thi: {default: deny, allow: [olm.vn]}
  khac: {block: [phishing]}
units:
  - {id: xa, kind: commune}
  - id: a
    parent: xa
    profile: hs
    groups:
      - {id: gv, profile: gv}
      - {id: thi, profile: thi}
      - {id: hs, groups: [{id: lop-1, block: [{category: social}]}]}
      - {id: khac, profile: khac}
  - {id: b, parent: xa, profile: gv, groups: [{id: gv, profile: gv}]}
`)
	r := w.at(monday)
	f := func(address, link, want string) {
		t.Helper()
		if got := r.Settle(w.group(address), w.group(link)); got != w.group(want) {
			t.Errorf("at an address of %s with a link id of %s: group %d, want %s", address, link, got, want)
		}
	}
	f("a", "a", "a")
	f("a", "a/gv", "a/gv") // a teacher in the school's network
	f("xa", "a/gv", "a/gv")
	f("a/thi", "a", "a/thi") // a pupil in the examination room
	f("a/thi", "a/gv", "a/thi")
	f("a/gv", "a/thi", "a/thi")
	f("a/gv", "a", "a") // a pupil's device in the staff room
	f("a/hs", "a/gv", "a/hs")
	f("a/lop-1", "a", "a/lop-1")
	f("a/khac", "a/gv", "a/khac") // neither is stricter
	f("a/gv", "a/khac", "a/gv")
	f("a", "b", "a") // of another school
	f("a", "b/gv", "a")
	f("b/gv", "a", "b/gv")
	f("b/gv", "a/thi", "b/gv")
	f("a/thi", "xa", "a/thi")
	opens := func(unit string, want bool) {
		t.Helper()
		if got := policy.OpensMore(r.Policy(), w.group(unit), r.Time()); got != want {
			t.Errorf("%s is allowed more than its school: %v", unit, got)
		}
	}
	opens("a/gv", true)
	opens("a/khac", true)
	opens("a/thi", false)
	opens("a/hs", false)
	opens("a", false)
	opens("b/gv", false)
	opens("xa", false)
	a, link := w.group("a/gv"), w.group("a/thi")
	if n := testing.AllocsPerRun(100, func() { r.Settle(a, link) }); n > 0 {
		t.Errorf("%v allocations", n)
	}
}

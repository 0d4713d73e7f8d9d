package policy_test

import (
	"strings"
	"testing"
)

const linkedUnits = `
units:
  - id: truong-a
    links: [k7f3q9x2m4w8z1c5, second-of-truong-a-0]
    link_tokens: [t0k3n-of-truong-a-9x]
    groups: [{id: gv, links: [teachers-of-a-5r7w2]}]
  - {id: truong-b, groups: [{id: gv}]}
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
	named("truong-b", true)
	named("truong-b/gv", true)
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

package policy_test

import (
	"slices"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/policy"
)

// TestALockIsToldWithWhoHasIt: the topmost unit that has it locked, and where.
func TestALockIsToldWithWhoHasIt(t *testing.T) {
	w := newWorld(t, `
units:
- {id: tinh, kind: province, lock: [gambling]}
- {id: xa, parent: tinh, kind: commune, lock: [gambling, adult]}
- {id: s, parent: xa, groups: [{id: gv}]}
- {id: khac, kind: province}
- {id: le, kind: province, lock: [authority-order]}
`)
	r := w.policy.At(w.list, time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi), 1)
	f := func(unit, name, by, code string) {
		t.Helper()
		g, _ := r.Policy().GroupOf(unit)
		var n domain.Name
		if err := n.SetText(name); err != nil {
			t.Fatal(err)
		}
		held, ok := policy.LockOf(r, g, &n)
		if ok != (by != "") || held.Unit != by || held.Code != code || ok && held.Place == "" {
			t.Errorf("%s for %s: %+v %v, want %q by %q", name, unit, held, ok, code, by)
		}
	}
	f("s/gv", "bet.example", "tinh", "gambling")
	f("xa", "bet.example", "tinh", "gambling")
	f("s", "adult.example", "xa", "adult")
	f("tinh", "adult.example", "", "")
	f("khac", "bet.example", "", "")
	f("s", "other.example", "", "")
	g, _ := r.Policy().GroupOf("le")
	var n domain.Name
	if err := n.SetText("order.example"); err != nil {
		t.Fatal(err)
	}
	if held, ok := policy.LockOf(r, g, &n); !ok || held.Document != "12/A05" || held.Authority != "A05" || held.Unit != "le" {
		t.Errorf("an order: %+v %v", held, ok)
	}
	p := r.Policy()
	if got := policy.LocksOf(p, "xa"); !slices.Equal(slices.Sorted(slices.Values(got)), []string{"adult", "gambling"}) {
		t.Errorf("xa has locked %v", got)
	}
	if policy.Above(p, "s/gv") != "s" || policy.Above(p, "s") != "xa" || policy.Above(p, "tinh") != "" || policy.Above(p, "nobody") != "" {
		t.Error("above")
	}
	var below []string
	for g := range policy.Below(p, "xa") {
		group := p.Group(g)
		below = append(below, group.UnitID())
	}
	if slices.Sort(below); !slices.Equal(below, []string{"s", "s/gv", "xa"}) {
		t.Errorf("below xa are %v", below)
	}
}

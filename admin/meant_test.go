package admin_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
)

// TestAUnitThatIsNotThereIsAMistake: in every decision and every list, with the units that
// may be meant, of those that the actor sees. A unit that was removed is known still.
func TestAUnitThatIsNotThereIsAMistake(t *testing.T) {
	w := newWorld(t)
	root := account.Actor{ID: "root", Machine: true}
	w.must(root, admin.SetUnit{ID: "moi", Unit: []byte(`{"id":"moi","parent":"xa"}`)})
	w.must(root, admin.Except{Unit: "moi", Name: "olm.example"})
	w.must(root, admin.Withdraw{Unit: "moi", Object: "allow/olm.example"})
	w.must(root, admin.RemoveUnit{ID: "moi"})
	w.must(root, admin.AddAccount{ID: "lan", Unit: "kim-dong", Name: "Lan"})
	lists := map[string]func(account.Actor, admin.Filter) error{
		"exceptions": func(a account.Actor, f admin.Filter) error {
			_, err := w.desk.Exceptions(t.Context(), a, f, admin.Page{})
			return err
		},
		"requests": func(a account.Actor, f admin.Filter) error {
			_, err := w.desk.Requests(t.Context(), a, f, admin.Page{})
			return err
		},
		"units": func(a account.Actor, f admin.Filter) error {
			_, err := w.desk.Units(t.Context(), a, f, admin.Page{})
			return err
		},
		"ledger": func(a account.Actor, f admin.Filter) error {
			_, _, err := w.desk.Ledger(t.Context(), a, f, 0, 10)
			return err
		},
		"known": func(a account.Actor, f admin.Filter) error { return w.desk.Known(t.Context(), a, f.Unit) },
	}
	for what, list := range lists {
		for _, unit := range []string{"", "kim-dong", "kim-dong/gv", "moi"} {
			if err := list(root, admin.Filter{Unit: unit}); err != nil {
				t.Errorf("%s of %q: %v", what, unit, err)
			}
		}
		wantMeant(t, what, list(root, admin.Filter{Unit: "kim-dnog"}), `"kim-dong"`)
		wantMeant(t, what, list(root, admin.Filter{Unit: "kim-dong/giao-vien"}), "")
		wantMeant(t, what, list(is(account.Commune, "xa"), admin.Filter{Unit: "le-lo"}), `"le-loi"`)
		wantMeant(t, what, list(is(account.Commune, "xa-9"), admin.Filter{Unit: "le-lo"}), "") // not theirs to see
	}
	for _, d := range []admin.Decision{
		admin.Except{Unit: "kim-dnog", Name: "olm.example"}, admin.Withdraw{Unit: "kim-dnog", Object: "allow/olm.example"},
		admin.Adopt{Unit: "kim-dnog"}, admin.SetRules{Unit: "kim-dnog"}, admin.RemoveUnit{ID: "kim-dnog"},
		admin.SetCalendar{Unit: "kim-dnog", Calendar: []byte("{}")}, admin.Lock{Unit: "kim-dnog", Category: "gambling"},
		admin.AddAccount{Unit: "kim-dnog", Name: "lan"}, admin.GrantRole{Unit: "kim-dnog", Account: "lan", Role: account.School},
		admin.SetWords{Unit: "kim-dnog", Period: "2026-Q3", Part: "plans", Text: "x"},
		admin.SetGroup{School: "kim-dnog", ID: "gv", Group: []byte("{}")},
	} {
		_, err := w.do(root, d)
		wantMeant(t, d, err, `"kim-dong"`)
	}
}

// wantMeant is about a refusal of a unit, and what it proposes; "" is nothing.
func wantMeant(t *testing.T, what any, err error, meant string) {
	t.Helper()
	refused := (*admin.Refusal)(nil)
	if !errors.As(err, &refused) || refused.Kind != admin.NotFound || refused.Field != "unit" {
		t.Errorf("%v: %v is no refusal of its unit", what, err)
		return
	}
	if _, told, _ := strings.Cut(refused.Text.EN, "; did you mean "); strings.TrimSuffix(told, "?") != meant {
		t.Errorf("%v proposes %s, want %s", what, told, meant)
	}
}

// TestWhatCannotBeDecidedSaysWhichFieldAndWhatToDo: codes that are taken for names, services
// that are not there, times that nobody could read again, what is locked, and mistakes of a
// policy, each at its own field. Nothing is written.
func TestWhatCannotBeDecidedSaysWhichFieldAndWhatToDo(t *testing.T) {
	w := newWorld(t)
	root := account.Actor{ID: "root", Machine: true}
	w.must(root, admin.SetUnit{ID: "moi", Unit: []byte(`{"id":"moi","parent":"xa"}`)})
	before := w.ledger.State().Seq()
	f := func(kind admin.RefusalKind, field, says string, d admin.Decision) {
		t.Helper()
		_, err := w.do(root, d)
		refusal := (*admin.Refusal)(nil)
		if !errors.As(err, &refusal) || refusal.Kind != kind || refusal.Field != field || !strings.Contains(refusal.Text.EN, says) {
			t.Errorf("%+v: %v, want %s at %q: %s", d, err, kind, field, says)
		}
	}
	except := func(name string) admin.Except { return admin.Except{Unit: "le-loi", Name: name} }
	f(admin.Invalid, "name", "write category:gambling", except("gambling"))
	f(admin.Invalid, "name", "write category:games", except("games"))
	f(admin.Invalid, "name", "write service:zalo", except("zalo"))
	f(admin.Invalid, "name", "lachan catalogue services", except("service:nope"))
	f(admin.Invalid, "name", "lachan catalogue categories", except("category:nope"))
	f(admin.Invalid, "name", "lachan catalogue categories", except("category:local"))
	f(admin.Locked, "name", "tinh has locked", except("category:gambling"))
	f(admin.Invalid, "text", "3: ", admin.ExceptMany{
		Except: admin.Except{Unit: "le-loi"}, Text: "a.example\ncategory:gambling\nservice:nope",
	})
	for _, year := range []int{-1, 0, 1899, 9001, 9999} {
		d := except("a.example")
		d.From, d.Until = time.Date(year, 1, 2, 0, 0, 0, 0, time.UTC), "never"
		f(admin.Invalid, "from", "from 1900 to 8999", d)
	}
	f(admin.Invalid, "unit", "number of students", admin.SetUnit{ID: "moi", Unit: []byte(`{"parent":"xa","students":4294967296}`)})
	f(admin.Invalid, "rules", "no during", admin.SetRules{Unit: "moi", Rules: []byte(`[{}]`)})
	f(admin.Invalid, "calendar", "real day", admin.SetCalendar{Unit: "moi", Calendar: []byte(`{"holidays":["2027-02-29"]}`)})
	f(admin.Invalid, "group", "JSON object", admin.SetGroup{School: "moi", ID: "gv", Group: []byte(`5`)})
	f(admin.Invalid, "group", "no profile", admin.SetGroup{School: "moi", ID: "gv", Group: []byte(`{"profile":"x"}`)})
	f(admin.Invalid, "category", "no category", admin.Lock{Unit: "moi", Category: "nope"})
	f(admin.Invalid, "profile", "JSON object", admin.SetProfile{Name: "p", Profile: []byte(`[]`)})
	f(admin.Invalid, "profile", "no category", admin.SetProfile{Name: "p", Profile: []byte(`{"block":["nope"]}`)})
	f(admin.Invalid, "timetable", "no days", admin.SetTimetable{Name: "t", Timetable: []byte(`{"days":"x"}`)})
	if after := w.ledger.State().Seq(); after != before {
		t.Errorf("%d records were written", after-before)
	}
}

package admin_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"lachan/admin"
	"lachan/admin/account"
)

// TestManyNamesAreOneDecision: all of them or none, with the numbers of the lines that are
// wrong.
func TestManyNamesAreOneDecision(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	in := func(text string) admin.ExceptMany {
		return admin.ExceptMany{Except: admin.Except{Unit: "kim-dong"}, Text: text}
	}
	before := w.count()
	out := w.must(it, in("# toán\n\nolm.example\r\nwww.hoc.example # lớp 5\nolm.example\n"))
	if out.Names != 2 || w.count() != before+2 || w.names != 1 {
		t.Errorf("%+v, %d records, in force %d times", out, w.count()-before, w.names)
	}
	list, _ := w.desk.Exceptions(t.Context(), it, admin.Filter{Unit: "kim-dong"}, admin.Page{Limit: 10})
	if len(list) != 2 {
		t.Errorf("%+v", list)
	}
	refusal := w.refused(it, in("a.example\n\nkhông phải tên\nb.example\n10.0.0.1\ncom.vn"), admin.Invalid)
	for _, line := range []string{"line 3: ", "line 5: ", "line 6: "} {
		if !strings.Contains(refusal.Text.EN, line) || strings.Contains(refusal.Text.EN, "line 1: ") {
			t.Errorf("it says %q", refusal.Text.EN)
		}
	}
	var many strings.Builder
	for i := range admin.MostNames + 1 {
		fmt.Fprintf(&many, "n%d.example\n", i)
	}
	w.refused(it, in(many.String()), admin.Invalid)
	w.refused(it, in("# không có gì\n"), admin.Invalid)
	w.refused(is(account.School, "other"), in("a.example"), admin.NotFound)
	most := strings.SplitAfterN(many.String(), "\n", admin.MostNames+1)
	if out := w.must(it, in(strings.Join(most[:admin.MostNames], ""))); out.Names != admin.MostNames {
		t.Errorf("%d names", out.Names)
	}
}

// TestADecisionAboutManyNamesIsOneUndo: all of it is as before, also what it took back; one
// later record on any of it is in the way; a record within it is undone alone.
func TestADecisionAboutManyNamesIsOneUndo(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	actions := func(want string) {
		t.Helper()
		got := ""
		for _, name := range []string{"game.example", "a.example", "b.example", "free.example"} {
			got += w.action("kim-dong", name)[:1]
		}
		if got != want {
			t.Errorf("game, a, b, free: %s, want %s", got, want)
		}
	}
	w.must(it, admin.Except{Unit: "kim-dong", Name: "a.example", Block: true})
	actions("bbpp")
	many := w.must(it, admin.ExceptMany{Except: admin.Except{Unit: "kim-dong"}, Text: "game.example\na.example\nb.example"})
	actions("pppp")
	w.refused(is(account.School, "le-loi"), admin.Undo{Seq: many.Seq}, admin.NotFound)
	before := w.count()
	undone := w.must(it, admin.Undo{Seq: many.Seq})
	if actions("bbpp"); undone.Names != 3 || w.count() != before+4 {
		t.Errorf("%+v, %d records", undone, w.count()-before)
	}
	if w.must(it, admin.Undo{Seq: undone.Seq}); w.action("kim-dong", "a.example") != "pass" {
		t.Error("an undo is not undone as a whole")
	}
	actions("pppp")

	last := w.must(it, admin.ExceptMany{Except: admin.Except{Unit: "kim-dong", Block: true}, Text: "c.example\nd.example\nfree.example"})
	w.must(it, admin.Undo{Seq: last.Seq + 1}) // d.example alone
	w.wantAction("kim-dong", "d.example", "pass")
	w.wantAction("kim-dong", "c.example", "block")
	if r := w.refused(it, admin.Undo{Seq: last.Seq}, admin.Standing); r.Seq != last.Seq+3 {
		t.Errorf("%+v stands on it", r)
	}

	var ids []string
	for _, unit := range []string{"kim-dong", "le-loi"} {
		ids = append(ids, w.ask(unit, "noise.example"))
	}
	commune := is(account.Commune, "xa")
	w.must(commune, admin.Except{Unit: "kim-dong", Name: "noise.example", Block: true})
	answer := w.must(commune, admin.Answer{Requests: ids, Outcome: admin.Open, Until: "lesson"})
	w.wantAction("kim-dong", "noise.example", "pass")
	w.must(commune, admin.Reopen{Request: ids[1]})
	w.must(commune, admin.Undo{Seq: answer.Seq})
	w.wantAction("kim-dong", "noise.example", "block")
	for i, unit := range []string{"kim-dong", "le-loi"} {
		if st, _ := w.asked.Standing(unit, "noise.example", w.now); !st.Open || st.Answer != nil {
			t.Errorf("%s: %+v", unit, st)
		}
		for _, object := range []string{"allow/noise.example", "request/" + ids[i]} {
			if v, _ := w.ledger.State().Get(unit, object); v.New != nil {
				t.Errorf("%s of %s is left: %s", object, unit, v.New)
			}
		}
	}

	two := []admin.SetUnit{
		{ID: "xa-5", Unit: json.RawMessage(`{"parent":"tinh","kind":"commune"}`)}, {ID: "moi", Unit: json.RawMessage(`{"parent":"xa-5"}`)},
	}
	made := w.must(root, admin.SetUnits{Units: two})
	w.must(root, admin.Undo{Seq: made.Seq})
	if _, there := w.policy.GroupOf("moi"); there {
		t.Error("a unit is left of those that were made by one decision")
	}
}

package admin_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/blocklist"
	"lachan/blocklist/format"
	"lachan/policy"
)

// TestALowerUnitLiftsNoLock: by an exception, a withdrawal, an answer, another text of the
// unit, a group, another unit above it, an undo, a removal or a second person.
func TestALowerUnitLiftsNoLock(t *testing.T) {
	w := newWorld(t)
	w.must(root, admin.SetUnit{ID: "tren", Unit: json.RawMessage(`{"kind":"province","lock":["gambling"]}`)})
	w.must(root, admin.SetUnit{ID: "giua", Unit: json.RawMessage(`{"kind":"commune","parent":"tren","lock":["adult"]}`)})
	w.must(root, admin.SetUnit{ID: "duoi", Unit: json.RawMessage(`{"parent":"giua"}`)})
	locked := func() {
		t.Helper()
		for _, name := range []string{"bet.example", "adult.example"} {
			w.wantAction("duoi", name, "block")
		}
	}
	locked()
	everybody := []account.Actor{
		is(account.School, "duoi"), is(account.Commune, "giua"), is(account.Province, "tren"), is(account.Viewer, "tren"),
		is(account.Province, "tinh"), is(account.Authority, "a05"),
	}
	lock := w.must(root, admin.Lock{Unit: "giua", Category: "games"}).Seq
	mine := func(by account.Actor) string { return by.Grants[0].Unit }
	asked := w.ask("duoi", "bet.example")
	for _, by := range everybody {
		for unit, own := range map[string][]string{"tren": {"gambling"}, "giua": {"adult", "games"}} {
			if mine(by) == unit {
				continue // it is its own lock, see below
			}
			for _, code := range own {
				_, err := w.do(by, admin.Lift{Unit: unit, Category: code})
				if err == nil {
					t.Errorf("%s lifts %s of %s", by.ID, code, unit)
				}
			}
		}
		for _, what := range []admin.Decision{
			admin.Except{Unit: "duoi", Name: "bet.example"}, admin.Except{Unit: "duoi", Name: "www.bet.example"},
			admin.Except{Unit: "giua", Name: "bet.example"}, admin.Except{Unit: "duoi", Name: "service:zalo"},
			admin.Except{Unit: "duoi", Name: "category:gambling"},
			admin.Answer{Requests: []string{asked}, Outcome: admin.Open},
			admin.SetUnit{ID: "duoi", Unit: json.RawMessage(`{"parent":"tinh-2"}`)},
			admin.SetUnit{ID: "duoi", Unit: json.RawMessage(`{"kind":"school"}`)},
			admin.SetUnit{ID: "duoi", Unit: json.RawMessage(`{"parent":"giua","allow":["bet.example","adult.example","gambling"]}`)},
			admin.SetGroup{School: "duoi", ID: "gv", Group: json.RawMessage(`{"allow":["adult"],"profile":"giao-vien"}`)},
			admin.Undo{Seq: lock}, admin.Confirm{Seq: lock},
		} {
			out, err := w.do(by, what)
			locked()
			if u, ok := what.(admin.Undo); ok && err == nil && mine(by) != "giua" {
				t.Errorf("%s undoes the lock %d: %+v", by.ID, u.Seq, out)
			}
			if w.action("duoi", "play.example") != "block" {
				t.Fatalf("%s opens what is locked by %T %+v", by.ID, what, what)
			}
		}
	}
}

// TestALockIsLiftedByTwoOfThoseWhoHaveIt: never by one alone, nor after three days.
func TestALockIsLiftedByTwoOfThoseWhoHaveIt(t *testing.T) {
	w := newWorld(t)
	w.must(root, admin.SetUnit{ID: "tren", Unit: json.RawMessage(`{"kind":"province","lock":["gambling"]}`)})
	w.must(root, admin.SetUnit{ID: "duoi", Unit: json.RawMessage(`{"parent":"tren"}`)})
	w.now = time.Now() // the ledger has a clock of its own
	lan, minh := is(account.Province, "tren"), is(account.Province, "tren")
	lan.ID, minh.ID = "acc_lan", "acc_minh"
	propose := func(what admin.Decision) uint64 {
		t.Helper()
		out := w.must(lan, what)
		if !out.Waiting {
			t.Fatalf("%+v waits for nobody", out)
		}
		w.wantAction("duoi", "bet.example", "block")
		return out.Seq
	}
	for _, what := range []admin.Decision{
		admin.Lift{Unit: "tren", Category: "gambling"},
		admin.SetUnit{ID: "tren", Unit: json.RawMessage(`{"kind":"province"}`)},
	} {
		seq := propose(what)
		w.refused(lan, admin.Confirm{Seq: seq}, admin.SamePerson)
		w.refused(is(account.School, "duoi"), admin.Confirm{Seq: seq}, admin.NotFound)
		w.refused(is(account.Province, "tinh"), admin.Confirm{Seq: seq}, admin.NotFound)
		if list, err := w.desk.Proposals(t.Context(), minh); err != nil || len(list) == 0 || !list[len(list)-1].MayConfirm || list[0].Why != "vì bài học" {
			t.Errorf("%+v %v", list, err)
		}
		w.now = w.now.Add(73 * time.Hour)
		w.refused(minh, admin.Confirm{Seq: seq}, admin.NotFound)
		w.now = time.Now()
	}
	seq := propose(admin.Lift{Unit: "tren", Category: "gambling"})
	w.must(minh, admin.Decline{Seq: seq})
	w.refused(minh, admin.Confirm{Seq: seq}, admin.NotFound)
	seq = propose(admin.Lift{Unit: "tren", Category: "gambling"})
	w.must(root, admin.Lock{Unit: "tren", Category: "adult"}) // somebody came between
	w.refused(minh, admin.Confirm{Seq: seq}, admin.Conflict)
	seq = propose(admin.Lift{Unit: "tren", Category: "gambling"})
	w.must(minh, admin.Confirm{Seq: seq})
	if w.action("duoi", "bet.example") == "block" && strings.Contains(w.layer("duoi", "bet.example"), "lock") {
		t.Error("the lock is there still")
	}
	w.refused(minh, admin.Confirm{Seq: seq}, admin.NotFound)
	last := admin.Line{}
	lines, _, err := w.desk.Ledger(t.Context(), root, admin.Filter{}, 0, 0)
	for _, l := range lines {
		if l.What == "lift" {
			last = l
		}
	}
	if err != nil || last.By != "acc_minh" || last.Of != seq {
		t.Errorf("the record %+v %v does not name the proposal %d", last, err, seq)
	}
	w.must(root, admin.AddAccount{Unit: "tren", ID: "hoa", Name: "Hoa"})
	operator := is(account.Operator, "")
	out := w.must(operator, admin.GrantRole{Account: "hoa", Role: account.Province, Unit: "tren"})
	if !out.Waiting || len(admin.GrantsOf(w.ledger.State(), "hoa", hanoi)) != 0 {
		t.Errorf("a grant of a province needs one person alone: %+v", out)
	}
	second := operator
	second.ID = "acc_second"
	w.must(second, admin.Confirm{Seq: out.Seq})
	if grants := admin.GrantsOf(w.ledger.State(), "hoa", hanoi); len(grants) != 1 || grants[0].Unit != "tren" {
		t.Errorf("%+v", grants)
	}
}

// layer is the layer that decides on a name.
func (w *world) layer(unit, name string) string {
	w.t.Helper()
	g, _ := w.policy.GroupOf(unit)
	e, err := w.Rules().Explain(g, name, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return e.Layer
}

// feeds are what the policy knows of lists, and listed the names that these have.
var feeds = []policy.Feed{
	{Name: "gambling", Category: "gambling"}, {Name: "adult", Category: "adult"}, {Name: "games", Category: "games"},
	{Name: "a05", Category: "authority-order", Authority: "A05", Document: "12/A05"},
}

var listed = map[string][]string{
	"gambling": {"bet.example"}, "adult": {"adult.example"}, "games": {"play.example"}, "a05": {"ordered.example"},
}

// newList has the names of listed.
func newList(t *testing.T) *blocklist.Lists {
	t.Helper()
	var sources []blocklist.Source
	for feed, names := range listed {
		sources = append(sources, blocklist.Source{
			Name: feed, Digest: fmt.Sprintf("%x", feed), Rules: func(emit func(format.Rule) error) error {
				_, err := format.Parse(
					strings.NewReader(strings.Join(names, "\n")+"\n"), format.Domains, format.Options{Subdomains: true}, emit, nil,
				)
				return err
			},
		})
	}
	lists, err := blocklist.CompileAside(t.Context(), sources)
	if err != nil {
		t.Fatal(err)
	}
	return lists
}

// TestListsAreChosenByDecisions: a list is used and dropped by records, which are undone as
// others are; one of a file is not touched, none is there twice, and there is a bound.
func TestListsAreChosenByDecisions(t *testing.T) {
	w := newWorld(t)
	list := func(name string) admin.UseList {
		return admin.UseList{List: admin.List{Name: name, URL: "https://" + name + ".example/x", Category: "games"}}
	}
	chosen := func(want ...string) {
		t.Helper()
		var names []string
		for _, l := range admin.ChosenLists(w.ledger.State()) {
			names = append(names, l.Name+" "+l.URL)
		}
		if !slices.Equal(names, want) {
			t.Errorf("chosen are %q, want %q", names, want)
		}
	}
	w.must(root, list("mot"), admin.How{Preview: true})
	chosen()
	used := w.must(root, list("mot"))
	chosen("mot https://mot.example/x")
	if console := string(w.ledger.State().Console(nil)); !strings.Contains(console, `- {"name":"mot","url":"https://mot.example/x"`) && !strings.Contains(console, `"url":"https://mot.example/x"`) {
		t.Errorf("it is not in console.yaml:\n%s", console)
	}
	w.refused(root, list("mot"), admin.Standing)
	w.refused(root, admin.UseList{List: admin.List{Name: "hai", URL: "https://mot.example/x"}}, admin.Standing)
	w.refused(root, admin.UseList{List: admin.List{Name: "khong-co"}}, admin.Invalid)
	w.refused(root, list("games"), admin.FileHome)
	w.refused(root, admin.DropList{Name: "games"}, admin.FileHome)
	w.refused(root, admin.DropList{Name: "khong-co"}, admin.NotFound)
	dropped := w.must(root, admin.DropList{Name: "mot"})
	chosen()
	if !slices.Contains(w.used, "forget mot") {
		t.Error("what was fetched of it stays")
	}
	w.refused(root, admin.Undo{Seq: used.Seq}, admin.Standing)
	again := w.must(root, admin.Undo{Seq: dropped.Seq})
	chosen("mot https://mot.example/x")
	w.must(root, admin.Undo{Seq: again.Seq})
	chosen()
	for i := range admin.MostLists {
		w.must(root, list(fmt.Sprint("l", i)))
	}
	w.refused(root, list("mot"), admin.Invalid)
}

package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/admin/request"
	"lachan/blocklist"
	"lachan/fleet"
	"lachan/internal/yamlfile"
	"lachan/policy"
)

// units are two provinces with communes and schools, and what they have locked.
const units = `
units:
- {id: tinh, kind: province, lock: [gambling], networks: [10.0.0.0/8], block: [game.example, free.example]}
- {id: xa, parent: tinh, kind: commune, allow: [free.example]}
- {id: kim-dong, parent: xa, networks: [10.20.0.0/16], groups: [{id: gv}], allow: [given.example]}
- {id: le-loi, parent: xa}
- {id: thu, parent: xa, type: thu-nghiem}
- {id: xa-2, parent: tinh, kind: commune}
- {id: nguyen-du, parent: xa-2}
- {id: tinh-2, kind: province, networks: [192.168.0.0/16]}
- {id: xa-9, parent: tinh-2, kind: commune}
- {id: quang-trung, parent: xa-9}
`

// A world is a desk with real files and a real policy, and what was put in force.
type world struct {
	t               *testing.T
	desk            *admin.Desk
	ledger          *ledger.Ledger
	asked           *request.Store
	policy, checked *policy.Policy
	lists           *blocklist.Lists
	path            string
	now             time.Time

	names, structures int
	still             bool // nothing is put in force
	used              []string
	tokens            int
}

var hanoi = time.FixedZone("+07", 7*3600)

// monday is a day of lessons, before noon.
var monday = time.Date(2026, 11, 30, 9, 40, 11, 0, hanoi)

func newWorld(t *testing.T) *world {
	t.Helper()
	dir := t.TempDir()
	w := &world{t: t, path: filepath.Join(dir, "policy.yaml"), now: monday, lists: newList(t)}
	if err := os.WriteFile(w.path, []byte(units), 0o600); err != nil {
		t.Fatal(err)
	}
	var problems yamlfile.Problems
	if w.policy, problems = w.load(""); len(problems) > 0 {
		t.Fatal(problems)
	}
	var err error
	if w.ledger, err = ledger.Open(filepath.Join(dir, "ledger")); err != nil {
		t.Fatal(err)
	}
	if w.asked, err = request.Open(filepath.Join(dir, "requests")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.ledger.Close() })
	w.settle(admin.Settings{})
	return w
}

// settle makes the desk one of other settings.
func (w *world) settle(s admin.Settings) {
	w.desk = admin.New(admin.Parts{
		Ledger: w.ledger, View: w, Force: w, Lists: w, Accounts: w, Papers: w, Requests: w.asked, Settings: s, Now: func() time.Time { return w.now },
	})
}

// load is the policy with what the console has.
func (w *world) load(console string) (*policy.Policy, yamlfile.Problems) {
	born := filepath.Join(filepath.Dir(w.path), "console.yaml")
	if err := os.WriteFile(born, []byte(console), 0o600); err != nil {
		w.t.Fatal(err)
	}
	o := policy.Origin{Path: w.path, Console: born, Zone: hanoi, Feeds: feeds}
	return o.Load()
}

func (w *world) bound(p *policy.Policy) *blocklist.List { return w.lists.Bind(p.Tags, nil) }
func (w *world) Rules() *policy.Rules                   { return w.policy.At(w.bound(w.policy), w.now, 1) }
func (w *world) If(p *policy.Policy) (now, lessons *policy.Rules) {
	return p.At(w.bound(p), w.now, 1), policy.InLessons(p, w.bound(p), w.now)
}
func (w *world) Authorities() []string { return []string{"a05"} }
func (w *world) Written(unit string) (json.RawMessage, string, error) {
	return json.RawMessage(`{"id":"` + unit + `"}`), w.path + ":3", nil
}

func (w *world) Check(_ context.Context, console []byte) (yamlfile.Problems, error) {
	p, problems := w.load(string(console))
	w.checked = p
	return problems, nil
}

func (w *world) Try(_ context.Context, console []byte) (*policy.Policy, yamlfile.Problems, error) {
	p, problems := w.load(string(console))
	return p, problems, nil
}

// Names puts what was decided over the policy, as manage does.
func (w *world) Names(context.Context) error {
	if w.still {
		return nil
	}
	w.names++
	entries := admin.Entries(w.ledger.State(), w.ledger.Words, hanoi)
	overlay, err := w.policy.NewOverlay(entries)
	if err == nil {
		w.policy, err = w.policy.With(overlay)
	}
	return err
}
func (w *world) Structure(ctx context.Context) error {
	w.structures++
	w.policy = w.checked
	return w.Names(ctx)
}

func (w *world) Standing(feed string) (admin.ListStanding, bool) {
	return admin.ListStanding{Unit: "tinh", Held: "v2", Before: "v0"}, feed == "games"
}
func (w *world) Choosable(wish admin.List) (admin.List, error) {
	if wish.URL == "" {
		return wish, &admin.Refusal{Kind: admin.Invalid, Field: "url"}
	}
	return wish, nil
}
func (w *world) OfFile(feed string) (string, bool) { return "lachan.yaml:7", feed == "games" }
func (w *world) Forget(_ context.Context, feed string) error {
	w.used = append(w.used, "forget "+feed)
	return nil
}
func (w *world) Use(_ context.Context, feed, verb, version, by string) error {
	w.used = append(w.used, feed+" "+verb+" "+version)
	return nil
}

func (w *world) Create(string) (id, code string, err error) { return "acc_new", "code", nil }
func (w *world) Reset(string) (code string, err error)      { return "code", nil }
func (w *world) Issue(account.Actor, string, account.TokenWish) (id, text string, err error) {
	w.tokens++
	return fmt.Sprint("tok_", w.tokens), "lachan_secret", nil
}
func (w *world) EndToken(token string) error { w.used = append(w.used, "end "+token); return nil }
func (w *world) End(account string) error    { w.used = append(w.used, "end "+account); return nil }
func (w *world) CheckTable(_ context.Context, t *admin.OrderTable) (admin.TableReport, error) {
	return admin.TableReport{Entries: strings.Count(string(t.Data), ".example")}, nil
}
func (w *world) Keep(t *admin.OrderTable) (func(), error) {
	w.used = append(w.used, t.Authority+" "+t.Document)
	return func() {}, nil
}
func (w *world) Settle(_ context.Context, authority string) (bool, error) {
	w.used = append(w.used, fmt.Sprint(authority, len(admin.Tables(w.ledger.State(), authority))))
	return true, nil
}

func is(role account.Role, unit string) account.Actor {
	id := "acc_" + string(role) + "_" + unit
	return account.Actor{ID: id, Name: id, Via: "api", Grants: []account.Grant{{Account: id, Role: role, Unit: unit}}}
}

var root = account.Actor{ID: "uid:0", Name: "root", Via: "cli", Machine: true}

func (w *world) do(by account.Actor, what admin.Decision, how ...admin.How) (admin.Outcome, error) {
	w.t.Helper()
	how = append(how, admin.How{Why: "vì bài học"})
	return w.desk.Decide(context.Background(), by, what, how[0])
}

func (w *world) must(by account.Actor, what admin.Decision, how ...admin.How) admin.Outcome {
	w.t.Helper()
	out, err := w.do(by, what, how...)
	if err != nil {
		w.t.Fatalf("%+v: %v", what, err)
	}
	return out
}

// refused wants a decision to be refused for a kind of reason, and nothing to be written.
func (w *world) refused(by account.Actor, what admin.Decision, kind admin.RefusalKind, how ...admin.How) *admin.Refusal {
	w.t.Helper()
	before := w.count()
	out, err := w.do(by, what, how...)
	var refusal *admin.Refusal
	if !errors.As(err, &refusal) {
		w.t.Fatalf("%T %+v: %+v, %v; want it refused: %s", what, what, out, err, kind)
	}
	if refusal.Kind != kind {
		w.t.Errorf("%T %+v: refused as %s (%v), want %s", what, what, refusal.Kind, refusal, kind)
	}
	if n := w.count(); n != before {
		w.t.Errorf("%T %+v: refused, and %d records were written", what, what, n-before)
	}
	return refusal
}

func (w *world) count() (n int) {
	for range w.ledger.Records(0) {
		n++
	}
	return n
}

// action is what becomes of a name for a unit now.
func (w *world) action(unit, name string) string {
	w.t.Helper()
	g, ok := w.policy.GroupOf(unit)
	if !ok {
		w.t.Fatalf("there is no unit %s", unit)
	}
	e, err := w.Rules().Explain(g, name, 1)
	if err != nil {
		w.t.Fatal(err)
	}
	return e.Action
}

func (w *world) wantAction(unit, name, want string) {
	w.t.Helper()
	if got := w.action(unit, name); got != want {
		w.t.Errorf("%s for %s: %s, want %s", name, unit, got, want)
	}
}

func TestAnExceptionIsInForceUntilItIsWithdrawnOrUndone(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	w.wantAction("kim-dong", "www.game.example", "block")
	out := w.must(it, admin.Except{Unit: "kim-dong", Name: "Game.Example."})
	if out.Object != "allow/game.example" || out.Seq != 1 || !strings.Contains(string(out.New), `"until":"2026-12-30"`) {
		t.Errorf("%+v %s", out, out.New)
	}
	w.wantAction("kim-dong", "www.game.example", "pass")
	w.wantAction("kim-dong/gv", "www.game.example", "pass")
	w.wantAction("le-loi", "www.game.example", "block")
	w.must(it, admin.Withdraw{Unit: "kim-dong", Object: "allow/game.example"})
	w.wantAction("kim-dong", "www.game.example", "block")
	w.refused(it, admin.Undo{Seq: 1}, admin.Standing)
	w.must(it, admin.Undo{Seq: 2})
	w.wantAction("kim-dong", "www.game.example", "pass")
	w.must(it, admin.Undo{Seq: 3})
	w.wantAction("kim-dong", "www.game.example", "block")
	w.must(it, admin.Except{Unit: "kim-dong", Name: "noise.example", Block: true, Until: "lesson"})
	w.wantAction("kim-dong", "noise.example", "block")
	w.now = w.now.Add(46 * time.Minute)
	w.wantAction("kim-dong", "noise.example", "pass")
	list, err := w.desk.Exceptions(t.Context(), it, admin.Filter{Ended: true}, admin.Page{})
	if err != nil || len(list) != 1 || !list[0].Ended || list[0].Why != "vì bài học" || list[0].Who != it.ID {
		t.Errorf("%+v %v", list, err)
	}
}

func TestABlockTakesTheAllowBackThatWouldMakeItVoid(t *testing.T) {
	w := newWorld(t)
	it := is(account.Commune, "xa")
	w.must(it, admin.Except{Unit: "kim-dong", Name: "game.example"})
	w.must(it, admin.Except{Unit: "kim-dong", Name: "game.example", Block: true})
	w.wantAction("kim-dong", "game.example", "block")
	if list, _ := w.desk.Exceptions(t.Context(), it, admin.Filter{}, admin.Page{}); len(list) != 1 || !list[0].Block {
		t.Errorf("%+v", list)
	}
}

func TestAPreviewSaysForWhomItChangesAndWritesNothing(t *testing.T) {
	w := newWorld(t)
	it := is(account.Province, "tinh")
	preview := admin.How{Preview: true}
	out := w.must(it, admin.Except{Unit: "xa", Name: "game.example"}, preview)
	if want := (admin.Change{Opened: 5}); out.Impact.Now != want || out.Impact.Lessons != want || out.Impact.Units != 5 || w.count() != 0 {
		t.Errorf("%+v, %d records", out.Impact, w.count())
	}
	w.must(it, admin.Except{Unit: "kim-dong", Name: "game.example"})
	out = w.must(it, admin.Except{Unit: "xa", Name: "game.example"}, preview)
	if want := (admin.Change{Opened: 3}); out.Impact.Now != want {
		t.Errorf("%+v: the school and its group have it open already", out.Impact)
	}
	out = w.must(it, admin.Except{Unit: "tinh", Name: "game.example", Block: true}, preview)
	if out.Impact.Now != (admin.Change{}) {
		t.Errorf("%+v: it is blocked there already", out.Impact)
	}
}

// TestNamesThatAreLockedAreOpenedByNobodyBelow: nor by the unit itself, which has to lift
// the lock.
func TestNobodyOpensWhatIsNoName(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	for _, name := range []string{"", "https://a.example/", "10.0.0.1", "com", "a b", strings.Repeat("a", 300), "category:nothing"} {
		w.refused(it, admin.Except{Unit: "kim-dong", Name: name}, admin.Invalid)
	}
	for _, until := range []string{"yesterday", "2026-11-29", "2026-11-30T09:00:00+07:00", "lessons"} {
		w.refused(it, admin.Except{Unit: "kim-dong", Name: "a.example", Until: until}, admin.Invalid)
	}
	w.refused(it, admin.Except{Unit: "kim-dong/nobody", Name: "a.example"}, admin.NotFound)
}

func TestTwoPeopleWhoDecideAtOnceDoNotOverwriteEachOther(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	seen := uint64(0)
	w.must(it, admin.Except{Unit: "kim-dong", Name: "a.example"}, admin.How{Expect: &seen})
	refusal := w.refused(it, admin.Except{Unit: "kim-dong", Name: "a.example", Until: "term"}, admin.Conflict, admin.How{Expect: &seen})
	if refusal.Seq != 1 {
		t.Errorf("%+v", refusal)
	}
	seen = 1
	w.must(it, admin.Except{Unit: "kim-dong", Name: "a.example", Until: "term"}, admin.How{Expect: &seen})
}

// TestSettingsSayTheUsualEndAndTime: how an exception ends that names no end, and after what
// time a request is late.
func TestSettingsSayTheUsualEndAndTime(t *testing.T) {
	w := newWorld(t)
	it := is(account.School, "kim-dong")
	until := func(s admin.Settings, name, says string) string {
		t.Helper()
		w.settle(s)
		w.must(it, admin.Except{Unit: "kim-dong", Name: name, Until: says})
		list, err := w.desk.Exceptions(t.Context(), it, admin.Filter{Name: name}, admin.Page{})
		if err != nil || len(list) != 1 || list[0].Until.IsZero() {
			t.Fatalf("%+v %v", list, err)
		}
		return list[0].Until.String()
	}
	usual, term := until(admin.Settings{}, "a.example", ""), until(admin.Settings{}, "b.example", "term")
	if got := until(admin.Settings{Days: 30}, "c.example", ""); got != usual {
		t.Errorf("30 days end at %s, want %s", got, usual)
	}
	if got := until(admin.Settings{Days: 7}, "d.example", ""); got == usual {
		t.Errorf("7 days end at %s", got)
	}
	if got := until(admin.Settings{Term: true}, "e.example", ""); got != term {
		t.Errorf("the term ends at %s, want %s", got, term)
	}
	w.ask("kim-dong", "game.example")
	w.now = w.now.Add(time.Hour)
	for target, late := range map[time.Duration]bool{30 * time.Minute: true, 2 * time.Hour: false} {
		w.settle(admin.Settings{Target: target})
		commune := is(account.Commune, "xa")
		list, err := w.desk.Requests(t.Context(), commune, admin.Filter{}, admin.Page{})
		if err != nil || len(list) != 1 || list[0].Late != late || list[0].Target != target {
			t.Errorf("%s: %+v %v", target, list, err)
		}
	}
}

// TestEachRoleDecidesWhatTheTableSays: the matrix of rights, by decisions.
func TestEachRoleDecidesWhatTheTableSays(t *testing.T) {
	roles := []account.Actor{
		is(account.School, "kim-dong"), is(account.Commune, "xa"), is(account.Province, "tinh"), is(account.Operator, ""),
		is(account.Authority, "a05"), is(account.Viewer, "xa"),
	}
	asked := map[string]bool{}
	f := func(name string, what func(w *world) admin.Decision, may string) {
		t.Helper()
		got := ""
		for i, by := range roles {
			w := newWorld(t)
			decision := what(w)
			asked[reflect.TypeOf(decision).Name()] = true
			_, err := w.do(by, decision)
			var refusal *admin.Refusal
			switch {
			case err == nil:
				got += "scpoav"[i : i+1]
			case !errors.As(err, &refusal):
				t.Errorf("%s by %s: %v", name, by.ID, err)
			case refusal.Kind != admin.NotAllowed && refusal.Kind != admin.NotFound:
				t.Errorf("%s by %s: refused as %s: %v", name, by.ID, refusal.Kind, refusal)
			case refusal.Kind == admin.NotAllowed && len(refusal.WhoMay) == 0 && may != "":
				t.Errorf("%s by %s: nobody is named who may", name, by.ID)
			}
		}
		if got != may {
			t.Errorf("%s: %q may, want %q", name, got, may)
		}
	}
	always := func(d admin.Decision) func(*world) admin.Decision { return func(*world) admin.Decision { return d } }
	except := func(unit string) func(*world) admin.Decision {
		return always(admin.Except{Unit: unit, Name: "a.example"})
	}
	f("except at the school", except("kim-dong"), "scp")
	f("except at a group", except("kim-dong/gv"), "scp")
	f("except beside", except("le-loi"), "cp")
	f("except above", except("xa"), "cp")
	f("except at the top", except("tinh"), "p")
	f("except at a school to try with", except("thu"), "cpo")
	f("except elsewhere", except("quang-trung"), "")
	f("withdraw", func(w *world) admin.Decision {
		w.must(root, admin.Except{Unit: "kim-dong", Name: "a.example"})
		return admin.Withdraw{Unit: "kim-dong", Object: "allow/a.example"}
	}, "scp")
	f("undo", func(w *world) admin.Decision {
		return admin.Undo{Seq: w.must(root, admin.Except{Unit: "kim-dong", Name: "a.example"}).Seq}
	}, "scp")
	f("undo beside", func(w *world) admin.Decision {
		return admin.Undo{Seq: w.must(root, admin.Except{Unit: "le-loi", Name: "a.example"}).Seq}
	}, "cp")
	for outcome, may := range map[admin.Outcomes]string{admin.Open: "scp", admin.Refuse: "scp", admin.SendUp: "scp", admin.Close: "scp"} {
		f("answer "+string(outcome), func(w *world) admin.Decision {
			return admin.Answer{Requests: []string{w.ask("kim-dong", "game.example")}, Outcome: outcome, Text: "được"}
		}, may)
	}
	f("new school", always(admin.SetUnit{ID: "moi", Unit: json.RawMessage(`{"parent":"xa"}`)}), "po")
	f("new province", always(admin.SetUnit{ID: "moi", Unit: json.RawMessage(`{"kind":"province"}`)}), "o")
	f("profile", always(admin.SetProfile{Name: "thi", Profile: json.RawMessage(`{"block":["games"]}`)}), "o")
	f("timetable", always(admin.SetTimetable{Name: "dem", Timetable: json.RawMessage(`{"from":"22:00","to":"05:00"}`)}), "o")
	f("calendar of all", always(admin.SetCalendar{Calendar: json.RawMessage(`{"holidays":[{"from":"2027-02-01","to":"2027-02-14"}]}`)}), "o")
	in := func(unit string, d admin.Decision) func(w *world) admin.Decision {
		return func(w *world) admin.Decision {
			w.console(unit)
			return d
		}
	}
	f("calendar of the school", in("school", admin.SetCalendar{Unit: "nha", Calendar: json.RawMessage(`{"exams":[{"from":"2026-12-21"}]}`)}), "po")
	f("rules", in("school", admin.SetRules{Unit: "nha", Rules: json.RawMessage(`[{"during":"gio-hoc","block":["games"]}]`)}), "po")
	f("group", in("school", admin.SetGroup{School: "nha", ID: "lop", Group: json.RawMessage(`{}`)}), "po")
	f("lock at the school", in("school", admin.Lock{Unit: "nha", Category: "games"}), "")
	f("remove", in("school", admin.RemoveUnit{ID: "nha"}), "po")
	f("use a list", always(admin.UseList{List: admin.List{Name: "la", URL: "https://la.example/x"}}), "o")
	f("use a list no more", func(w *world) admin.Decision {
		w.must(root, admin.UseList{List: admin.List{Name: "la", URL: "https://la.example/x"}})
		return admin.DropList{Name: "la"}
	}, "o")
	f("approve", always(admin.ApproveList{Feed: "games"}), "po")
	f("reject", always(admin.RejectList{Feed: "games"}), "po")
	f("roll back", always(admin.RollBackList{Feed: "games"}), "po")
	f("hand over", always(admin.HandOver{Authority: "a05", Document: "15/A05", File: "a.csv", Table: []byte("a.example\n")}), "oa")
	f("take back", func(w *world) admin.Decision {
		w.must(root, admin.HandOver{Authority: "a05", Document: "15/A05", File: "a.csv", Table: []byte("a.example\n")})
		return admin.TakeBack{Authority: "a05", Document: "15/A05"}
	}, "oa")
	f("account", always(admin.AddAccount{Unit: "kim-dong", ID: "lan", Name: "Lan"}), "scpo")
	lan := func(d admin.Decision) func(w *world) admin.Decision {
		return func(w *world) admin.Decision {
			w.must(root, admin.AddAccount{Unit: "kim-dong", ID: "lan", Name: "Lan"})
			return d
		}
	}
	f("grant school", lan(admin.GrantRole{Account: "lan", Role: account.School, Unit: "kim-dong"}), "scpo")
	f("grant commune", lan(admin.GrantRole{Account: "lan", Role: account.Commune, Unit: "xa"}), "po")
	f("grant province", lan(admin.GrantRole{Account: "lan", Role: account.Province, Unit: "tinh"}), "o")
	f("grant operator", lan(admin.GrantRole{Account: "lan", Role: account.Operator, Unit: ""}), "o")
	f("remove account", lan(admin.RemoveAccount{ID: "lan"}), "scpo")
	f("words", always(admin.SetWords{Unit: "kim-dong", Period: "2026-Q4", Part: "vi", Text: "tốt"}), "scpo")
	f("reload", always(admin.Reload{Digest: "d"}), "")
	f("adopt", always(admin.Adopt{Unit: "le-loi"}), "po")
	f("many exceptions", always(admin.ExceptMany{Except: admin.Except{Unit: "kim-dong"}, Text: "a.example"}), "scp")
	f("many exceptions above", always(admin.ExceptMany{Except: admin.Except{Unit: "xa"}, Text: "a.example"}), "cp")
	f("reopen", func(w *world) admin.Decision {
		id := w.ask("kim-dong", "game.example")
		w.must(root, admin.Answer{Requests: []string{id}, Outcome: admin.Refuse, Text: "không"})
		return admin.Reopen{Request: id}
	}, "scp")
	f("many schools", always(admin.SetUnits{Units: []admin.SetUnit{{ID: "moi", Unit: json.RawMessage(`{"parent":"xa"}`)}}}), "po")
	f("lift", func(w *world) admin.Decision {
		w.console("school")
		w.must(root, admin.Lock{Unit: "nha", Category: "games"})
		return admin.Lift{Unit: "nha", Category: "games"}
	}, "")
	f("reset", lan(admin.ResetAccount{ID: "lan"}), "scpo")
	f("revoke", func(w *world) admin.Decision {
		w.must(root, admin.AddAccount{Unit: "kim-dong", ID: "lan", Name: "Lan"})
		w.must(root, admin.GrantRole{Account: "lan", Role: account.Commune, Unit: "xa"})
		return admin.RevokeRole{Account: "lan", Role: account.Commune, Unit: "xa"}
	}, "po")
	f("token of another", lan(admin.IssueToken{Account: "lan", Name: "x"}), "scpo")
	f("end a token of another", func(w *world) admin.Decision {
		w.must(root, admin.AddAccount{Unit: "kim-dong", ID: "lan", Name: "Lan"})
		w.must(root, admin.IssueToken{Account: "lan", Name: "x"})
		for v := range w.ledger.State().Kind("token/") {
			return admin.EndToken{Account: "lan", Token: strings.TrimPrefix(v.Object, "token/")}
		}
		return nil
	}, "scpo")
	handed := admin.HandOut{Unit: "kim-dong", Period: "2026-Q4", SHA256: strings.Repeat("a", 64)}
	f("hand a pack out", always(handed), "scpov")
	handed.Unit = ""
	f("hand a pack of everything out", always(handed), "o")
	f("watch a device", always(admin.WatchDevice{Unit: "kim-dong"}), "scpov")
	f("watch a device beside", always(admin.WatchDevice{Unit: "le-loi"}), "cpov")
	released := func(d admin.Decision) func(w *world) admin.Decision {
		return func(w *world) admin.Decision {
			w.must(root, admin.Publish{SHA256: strings.Repeat("a", 64), Size: 1})
			w.must(root, admin.Publish{SHA256: strings.Repeat("b", 64), Size: 1})
			return d
		}
	}
	f("release", always(admin.Publish{SHA256: strings.Repeat("a", 64), Size: 1}), "")
	f("carry a list", always(admin.Carry{Name: "games"}), "")
	f("advance", released(admin.Advance{}), "o")
	f("hold", released(admin.Hold{}), "po")
	f("roll a release back", released(admin.RollBack{}), "o")
	ordered := func(d admin.Decision) func(w *world) admin.Decision {
		return func(w *world) admin.Decision {
			_, err := w.ledger.Append(t.Context(), ledger.Draft{Object: "node/nut-1", New: json.RawMessage(`{"nkey":"x"}`)})
			if err != nil {
				t.Fatal(err)
			}
			w.must(root, admin.Order{Name: "a05", List: &fleet.List{SHA256: strings.Repeat("a", 64)}})
			return d
		}
	}
	f("tap", always(admin.Tap{Why: "lỗi phân giải"}), "o")
	f("untap", func(w *world) admin.Decision {
		w.tapped()
		return admin.Untap{}
	}, "o")
	f("order", always(admin.Order{Name: "a05"}), "")
	f("advance an order", ordered(admin.AdvanceOrder{Name: "a05"}), "o")
	f("hold an order", ordered(admin.HoldOrder{Name: "a05"}), "po")
	f("roll an order back", ordered(admin.RollBackOrder{Name: "a05"}), "o")
	f("node joins", always(admin.JoinNode{Name: "a", Code: "x", Nkey: "y"}), "")

	// Every decision that there is stands in the table above; of those that need more than a
	// role the test beside them is named.
	elsewhere := map[string]string{
		"Confirm": "TestTwoPeopleAreTwo", "Decline": "TestTwoPeopleAreTwo", "InviteNode": "test/fleet_nodes_test.go",
		"RemoveNode": "test/fleet_nodes_test.go",
	}
	for _, name := range decisions(t) {
		if !asked[name] && elsewhere[name] == "" {
			t.Errorf("who may %s is not asked", name)
		}
	}
}

// decisions are the names of all types that can be decided.
func decisions(t *testing.T) (names []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	plan := regexp.MustCompile(`(?m)^func \((?:\w+ )?([A-Z]\w+)\) plan\(`)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range plan.FindAllSubmatch(text, -1) {
			names = append(names, string(m[1]))
		}
	}
	if len(names) < 30 {
		t.Fatalf("only %q are found", names)
	}
	return names
}

// ask has somebody at a unit ask for a name, and returns the id of the request.
func (w *world) ask(unit, name string) string {
	w.t.Helper()
	if err := w.asked.Add(unit, name, "games", "cho bài học", w.now); err != nil {
		w.t.Fatal(err)
	}
	all, _, err := w.asked.List()
	if err != nil {
		w.t.Fatal(err)
	}
	i := slices.IndexFunc(all, func(r request.Request) bool { return r.Unit == unit && r.Name == name && r.Answer == nil })
	return all[i].ID
}

// console makes a unit below tinh that is at home in the console.
func (w *world) console(kind string) {
	w.t.Helper()
	w.must(root, admin.SetUnit{ID: "nha", Unit: json.RawMessage(fmt.Sprintf(`{"parent":"tinh","kind":%q}`, kind))})
}

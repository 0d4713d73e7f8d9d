package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"lachan/admin"
	"lachan/admin/account"
	"lachan/admin/ledger"
	"lachan/console/api"
	"lachan/internal/wording"
)

var at = time.Date(2026, 11, 28, 9, 40, 11, 0, time.UTC)

// A desk that notes what it is asked and refuses what it is told to.
type desk struct {
	mu      sync.Mutex
	decided []admin.Decision
	how     admin.How
	refuse  error
	seq     uint64
	began   chan struct{} // nil, or told when a decision begins
	goOn    chan struct{} // nil, or waited for before it ends
	many    int           // exceptions
}

func (d *desk) Decide(_ context.Context, _ account.Actor, what admin.Decision, how admin.How) (admin.Outcome, error) {
	if d.began != nil {
		d.began <- struct{}{}
		<-d.goOn
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.how = how
	if d.refuse != nil {
		return admin.Outcome{}, d.refuse
	}
	o := admin.Outcome{Unit: "th-kim-dong", Object: "allow/olm.vn", New: json.RawMessage(`{"until":"2026-12-31"}`)}
	if !how.Preview {
		d.seq++
		d.decided = append(d.decided, what)
		o.Seq, o.At = d.seq, at
	}
	if _, ok := what.(admin.IssueToken); ok {
		o.Secret = "lachan_secret"
	}
	_, o.Waiting = what.(admin.Lift)
	return o, nil
}

func (d *desk) Known(_ context.Context, _ account.Actor, unit string) error {
	if unit == "" || unit == "sa-pa" || unit == "th-kim-dong" {
		return nil
	}
	return &admin.Refusal{Kind: admin.NotFound, Field: "unit", Text: wording.Text{VI: "không có", EN: "none"}}
}

func (d *desk) Exceptions(_ context.Context, _ account.Actor, f admin.Filter, page admin.Page) (list []admin.Exception, _ error) {
	for i := range d.many {
		key := fmt.Sprintf("%06d", i)
		if key > page.After && len(list) < page.Limit {
			list = append(list, admin.Exception{Key: key, Unit: f.Unit, Object: "allow/n" + key, Name: "n" + key, From: at, Seq: 1})
		}
	}
	return list, nil
}

func (d *desk) Requests(context.Context, account.Actor, admin.Filter, admin.Page) ([]admin.Request, error) {
	return []admin.Request{{Key: "1", Name: "geogebra.org", First: at, Spent: time.Hour}}, nil
}

func (d *desk) Units(context.Context, account.Actor, admin.Filter, admin.Page) ([]admin.Unit, error) {
	return []admin.Unit{{ID: "sa-pa", Name: "Phường Sa Pa", Kind: "commune", Home: "policy.yaml:3"}}, nil
}

func (d *desk) Unit(_ context.Context, _ account.Actor, id string) (admin.Unit, error) {
	if id != "sa-pa" && id != "sa-pa/lớp 5" {
		return admin.Unit{}, &admin.Refusal{Kind: admin.NotFound, Text: wording.Text{VI: "không có", EN: "none"}}
	}
	return admin.Unit{ID: id, Name: "Phường Sa Pa", Kind: "commune", Home: "console", Seq: 7, Value: json.RawMessage(`{"id":"sa-pa"}`)}, nil
}

func (d *desk) Proposals(context.Context, account.Actor) ([]admin.Proposal, error) {
	return []admin.Proposal{{Seq: 9, What: "lift", At: at, Until: at.Add(72 * time.Hour)}}, nil
}

func (d *desk) Ledger(_ context.Context, _ account.Actor, _ admin.Filter, after uint64, limit int) (lines []admin.Line, next uint64, _ error) {
	for seq := after + 1; seq <= 120 && len(lines) < limit; seq++ {
		lines, next = append(lines, admin.Line{Seq: seq, At: at, What: "except"}), seq
	}
	if next == 120 {
		next = 0
	}
	return lines, next, nil
}

type server struct{}

func (server) Explain(context.Context, api.Question) (any, error) {
	return map[string]string{"decision": "blocked"}, nil
}
func (server) Feeds(context.Context) ([]api.Feed, error) {
	return []api.Feed{{Name: "hostsvn", Held: &api.Held{Version: "1"}}}, nil
}
func (server) Held(context.Context, string) (any, error) { return map[string]int{"names": 3}, nil }
func (server) Orders(context.Context, func(string) bool) (any, error) {
	return map[string]int{"all": 0}, nil
}
func (server) Holding(unit string) (api.Holding, bool) {
	return api.Holding{Unit: unit}, unit != "gone"
}
func (server) Days(string, time.Time, int) ([]api.Day, error) {
	return []api.Day{{Day: "2026-11-28", Lessons: true}}, nil
}
func (server) At(netip.Addr) (string, bool) { return "sa-pa", true }
func (server) Objects(kind, name string) ([]api.Object, error) {
	return []api.Object{
		{Name: name, Value: json.RawMessage(`{}`), Home: "console", Seq: 5},
		{Name: name + "x", Value: json.RawMessage(`{}`), Home: "policy.yaml:7"},
	}, nil
}
func (server) Tapped() []admin.Period {
	return []admin.Period{{Begin: at, End: at.Add(time.Hour), First: "acc_1", Second: "acc_2", Why: "x", Seq: 7}}
}

func (server) SelfTest() any {
	return json.RawMessage(`{"running": true, "asked": 4, "last": {"day": "2026-11-28", "began": "2026-11-28T05:00:00+07:00",
		"ended": "2026-11-28T05:00:09+07:00", "questions": 90, "units": 2, "policies": 1, "doors": ["udp 127.0.0.1:53"], "categories": null,
		"failed": 1, "failures": [{"kind": "let-past", "door": "udp 127.0.0.1:53", "unit": "", "category": "games", "times": 1}]},
		"vi": "x", "en": "x", "wrong": [{"vi": "x", "en": "x"}]}`)
}
func (server) StartSelfTest() error { return nil }

func (server) Fleet(context.Context) ([]api.FleetNode, error) {
	seen := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	return []api.FleetNode{{Name: "sa-pa-1", Area: "lao-cai", Joined: &seen, Seen: &seen, Seq: map[string]uint64{"root": 3}, Own: &api.FleetOwn{Taken: 2, Left: 1, Why: "x", Late: 60}}}, nil
}

func (server) Release(context.Context) (api.FleetRelease, error) {
	since := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	return api.FleetRelease{Release: 3, Ring: "canary", Since: &since, Held: "sa-pa-1: ...", Linked: 1, Refused: 1}, nil
}

func (server) FleetOrders(context.Context) ([]api.FleetOrder, error) {
	since := time.Date(2026, 11, 29, 8, 0, 0, 0, time.UTC)
	return []api.FleetOrder{{Name: "a05", Ring: "canary", Since: since, Held: "sa-pa-1: ...", Linked: 1, Refused: 1}}, nil
}

func (server) Head() api.Head { return api.Head{Seq: 7, Hash: "ab"} }
func (server) Export(w io.Writer, _ bool) error {
	_, err := io.WriteString(w, "{}\n")
	return err
}
func (server) Report(_ context.Context, q api.ReportQuestion) (api.File, error) {
	if q.Period == "x" {
		return api.File{}, errors.New("no such period")
	}
	return api.File{Name: "báo cáo.pdf", MediaType: "application/pdf", Text: []byte("%PDF")}, nil
}
func (server) Node(context.Context) api.Node { return api.Node{Name: "n1", Started: at} }
func (server) Verify(context.Context, ledger.Since) (api.Verified, error) {
	return api.Verified{OK: true, Records: 3}, nil
}
func (server) Policy(context.Context) ([]byte, error) { return []byte("units: []\n"), nil }

type tree map[string]string

func (t tree) Parent(unit string) (string, bool) { p, ok := t[unit]; return p, ok }
func (t tree) Kind(unit string) account.Kind {
	return map[string]account.Kind{"lao-cai": "province", "sa-pa": "commune", "th-kim-dong": "school"}[unit]
}

// actorOf is whoever says who they are: "root", or "role@unit".
func actorOf(id string) account.Actor {
	a := account.Actor{ID: id, Name: id, Via: "api", Machine: id == "root"}
	if role, unit, ok := strings.Cut(id, "@"); ok {
		a.Grants = []account.Grant{{Account: id, Role: account.Role(role), Unit: unit}}
	}
	return a
}

// people has one account with one token.
type people struct{}

func (people) Accounts(context.Context, account.Actor, admin.Filter, admin.Page) ([]api.Account, error) {
	return []api.Account{{ID: "acc_1", Name: "cntt", Unit: "sa-pa", Seq: 3}}, nil
}

func (people) ID(name string) string { return strings.Replace(name, "cntt", "acc_1", 1) }

func (people) Tokens(context.Context, account.Actor, string) ([]api.Token, error) {
	return []api.Token{{ID: "tok_1", Name: "đồng bộ", Scopes: account.ReadOnly(), Until: at}}, nil
}

// grants give everybody a school.
type grants struct{}

func (grants) Grants(id string) []account.Grant {
	return []account.Grant{{Account: id, Role: account.School, Unit: "th-kim-dong"}}
}

// open is an API before a desk, with each answer checked.
func open(t *testing.T, d *desk) http.Handler {
	t.Helper()
	return check(t, openIn(t, d, t.TempDir()))
}

func openIn(t *testing.T, d api.Desk, folder string) *api.API {
	t.Helper()
	door, _, err := account.Open(account.Settings{Dir: t.TempDir(), Grants: grants{}})
	if err != nil {
		t.Fatal(err)
	}
	return openDoor(t, d, door, folder)
}

// first is the first account of a door, without its role; nil where the test has no door.
func first(door api.Door) func(context.Context, account.Visit, string, string, string, time.Time) (account.Pass, error) {
	d, ok := door.(*account.Door)
	if !ok {
		return nil
	}
	return d.First
}

func openDoor(t *testing.T, d api.Desk, door api.Door, folder string) *api.API {
	t.Helper()
	units := tree{"lao-cai": "", "sa-pa": "lao-cai", "th-kim-dong": "sa-pa"}
	a, err := api.New(api.Sources{
		Desk: d, Door: door, First: first(door), People: people{}, Tree: func() account.Tree { return units }, Server: server{},
		Go: func(f func(context.Context)) { go f(context.Background()) },
	}, folder, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// ask sends a request as root; a body is JSON.
func ask(h http.Handler, method, path, body string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer root")
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	given := map[string]bool{}
	for _, header := range headers {
		name, value, _ := strings.Cut(header, ": ")
		if !given[name] {
			r.Header.Del(name)
		}
		if given[name] = true; value != "" {
			r.Header.Add(name, value)
		}
	}
	if id, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok && !strings.HasPrefix(id, "lachan_") {
		r.Header.Del("Authorization")
		r = r.WithContext(api.WithActor(r.Context(), actorOf(id)))
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// problemOf is the kind and the field of a problem.
func problemOf(t *testing.T, w *httptest.ResponseRecorder) (kind, field string) {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || w.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("%d %q is no problem: %v", w.Code, w.Body, err)
	}
	if p.VI == "" || p.EN == "" || p.VI == p.EN || p.Status != w.Code || !strings.Contains(p.Detail, p.VI) {
		t.Errorf("%+v does not say in both languages what is wrong", p)
	}
	return strings.TrimPrefix(p.Type, "urn:lachan:problem:"), p.Field
}

func TestEachReadIsAnswered(t *testing.T) {
	d := &desk{many: 3}
	h := open(t, d)
	for _, path := range []string{
		"openapi.yaml", "exceptions?limit=2", "exceptions?unit=sa-pa&name=olm&ended=true", "units/sa-pa/exceptions",
		"requests", "units", "units/sa-pa", "units/sa-pa%2Fl%E1%BB%9Bp%205", "proposals", "proposals/9", "ledger", "ledger/7", "ledger/verify",
		"explain?name=olm.vn&unit=th-kim-dong&at=2026-11-20T10:15", "feeds", "feeds/hostsvn/held", "orders", "reports", "nodes", "policy",
		"units?address=10.20.8.7", "units/sa-pa/now", "units/sa-pa/calendar?from=2026-11-01&days=31", "calendar", "profiles", "profiles/thcs",
		"timetables", "timetables/gio-hoc", "ledger/head", "ledger/export", "ledger/export?form=tar", "ledger/verify?since=2026-11-28", "ledger/verify?since=12",
		"session", "fleet/nodes", "fleet/release", "fleet/orders", "accounts?unit=sa-pa", "accounts/acc_1", "accounts/cntt", "accounts/acc_1/tokens",
	} {
		w := ask(h, "GET", api.Prefix+path, "")
		if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != "no-store" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v %s", path, w.Code, w.Header(), w.Body)
		}
	}
	if tag := ask(h, "GET", api.Prefix+"units/sa-pa", "").Header().Get("ETag"); tag != `"7"` {
		t.Errorf("the tag is %s", tag)
	}
	if len(d.decided) != 0 {
		t.Errorf("reading decided %v", d.decided)
	}
}

// decisions are a body for each route that decides, and what it decides.
var decisions = []struct {
	method, path, body string
	want               admin.Decision
}{
	{"POST", "units/th-kim-dong/exceptions", `{"name":"olm.vn","until":"term","why":"toán"}`, admin.Except{Unit: "th-kim-dong", Name: "olm.vn", Until: "term"}},
	{"POST", "units/th-kim-dong/exceptions/many", `{"text":"olm.vn\nvnedu.vn","until":"term"}`, admin.ExceptMany{Text: "olm.vn\nvnedu.vn", Except: admin.Except{Unit: "th-kim-dong", Until: "term"}}},
	{"DELETE", "units/th-kim-dong/exceptions/allow/olm.vn", ``, admin.Withdraw{Unit: "th-kim-dong", Object: "allow/olm.vn"}},
	{"DELETE", "units/th%2F5a/exceptions/block/service:zalo", `{"why":"xong"}`, admin.Withdraw{Unit: "th/5a", Object: "block/service:zalo"}},
	{"POST", "ledger/12/undo", ``, admin.Undo{Seq: 12}},
	{"POST", "proposals/9/confirm", `{}`, admin.Confirm{Seq: 9}},
	{"POST", "proposals/9/decline", ``, admin.Decline{Seq: 9}},
	{"POST", "requests/answer", `{"requests":["a","b"],"outcome":"open","until":"lesson"}`, admin.Answer{Requests: []string{"a", "b"}, Outcome: admin.Open, Until: "lesson"}},
	{"POST", "requests/3f9a/answer", `{"outcome":"refuse","text":"không"}`, admin.Answer{Requests: []string{"3f9a"}, Outcome: admin.Refuse, Text: "không"}},
	{"POST", "requests/3f9a/reopen", ``, admin.Reopen{Request: "3f9a"}},
	{"POST", "feeds/hostsvn/held/approve", ``, admin.ApproveList{Feed: "hostsvn"}},
	{"POST", "feeds/hostsvn/held/reject", ``, admin.RejectList{Feed: "hostsvn"}},
	{"POST", "feeds/hostsvn/roll-back", ``, admin.RollBackList{Feed: "hostsvn"}},
	{"POST", "feeds", `{"name":"hostsvn","why":"thêm"}`, admin.UseList{List: admin.List{Name: "hostsvn"}}},
	{"POST", "feeds", `{"url":"https://lists.example/x.txt","category":"games","format":"hosts"}`, admin.UseList{List: admin.List{URL: "https://lists.example/x.txt", Format: "hosts", Category: "games"}}},
	{"DELETE", "feeds/hostsvn", `{"why":"thôi"}`, admin.DropList{Name: "hostsvn"}},
	{"POST", "orders", `{"authority":"a05","document":"15/A05","file":"bang.csv","table":"YS5leGFtcGxl"}`, admin.HandOver{Authority: "a05", Document: "15/A05", File: "bang.csv", Table: []byte("a.example")}},
	{"DELETE", "orders", `{"authority":"a05","document":"15/A05"}`, admin.TakeBack{Authority: "a05", Document: "15/A05"}},
	{"PUT", "reports/words", `{"unit":"sa-pa","period":"2026-Q3","part":"I","text":"x"}`, admin.SetWords{Unit: "sa-pa", Period: "2026-Q3", Part: "I", Text: "x"}},
	{"POST", "accounts", `{"unit":"sa-pa","name":"cntt"}`, admin.AddAccount{Unit: "sa-pa", Name: "cntt"}},
	{"DELETE", "accounts/acc_1", ``, admin.RemoveAccount{ID: "acc_1"}},
	{"POST", "accounts/cntt/reset", ``, admin.ResetAccount{ID: "acc_1"}},
	{"POST", "accounts/acc_1/grants", `{"role":"school","unit":"th-kim-dong"}`, admin.GrantRole{Account: "acc_1", Role: account.School, Unit: "th-kim-dong"}},
	{"DELETE", "accounts/acc_1/grants", `{"role":"school","unit":"th-kim-dong"}`, admin.RevokeRole{Account: "acc_1", Role: account.School, Unit: "th-kim-dong"}},
	{"POST", "accounts/acc_1/tokens", `{"name":"đồng bộ"}`, admin.IssueToken{Account: "acc_1", Name: "đồng bộ"}},
	{"POST", "fleet/nodes", `{"name":"sa-pa-1","area":"lao-cai"}`, admin.InviteNode{Name: "sa-pa-1", Area: "lao-cai"}},
	{"POST", "fleet/release/advance", ``, admin.Advance{}},
	{"POST", "fleet/release/hold", `{"why":"chờ xem"}`, admin.Hold{}},
	{"POST", "fleet/release/roll-back", ``, admin.RollBack{}},
	{"POST", "fleet/orders/a05/advance", ``, admin.AdvanceOrder{Name: "a05"}},
	{"POST", "fleet/orders/a05/hold", `{"why":"chờ xem"}`, admin.HoldOrder{Name: "a05"}},
	{"POST", "fleet/orders/a05/roll-back", ``, admin.RollBackOrder{Name: "a05"}},
	{"DELETE", "fleet/nodes/sa-pa-1", `{"why":"mất cắp"}`, admin.RemoveNode{Name: "sa-pa-1"}},
	{"DELETE", "accounts/acc_1/tokens/t1", ``, admin.EndToken{Account: "acc_1", Token: "t1"}},
	{"PUT", "units/sa-pa", `{"unit":{"id":"sa-pa"}}`, admin.SetUnit{ID: "sa-pa", Unit: json.RawMessage(`{"id":"sa-pa"}`)}},
	{"DELETE", "units/sa-pa", ``, admin.RemoveUnit{ID: "sa-pa"}},
	{"POST", "units/sa-pa/adopt", ``, admin.Adopt{Unit: "sa-pa"}},
	{"PUT", "units/th/groups/gv", `{"group":{"id":"gv"}}`, admin.SetGroup{School: "th", ID: "gv", Group: json.RawMessage(`{"id":"gv"}`)}},
	{"DELETE", "units/th/groups/gv", ``, admin.SetGroup{School: "th", ID: "gv", Group: json.RawMessage(`null`)}},
	{"PUT", "units/th/rules", `{"rules":[]}`, admin.SetRules{Unit: "th", Rules: json.RawMessage(`[]`)}},
	{"PUT", "units/th/calendar", `{"calendar":{}}`, admin.SetCalendar{Unit: "th", Calendar: json.RawMessage(`{}`)}},
	{"DELETE", "units/th/calendar", ``, admin.SetCalendar{Unit: "th", Calendar: json.RawMessage(`null`)}},
	{"POST", "units/sa-pa/locks/games", ``, admin.Lock{Unit: "sa-pa", Category: "games"}},
	{"DELETE", "units/sa-pa/locks/games", ``, admin.Lift{Unit: "sa-pa", Category: "games"}},
	{"PUT", "calendar", `{"calendar":{}}`, admin.SetCalendar{Calendar: json.RawMessage(`{}`)}},
	{"PUT", "profiles/thcs", `{"profile":{}}`, admin.SetProfile{Name: "thcs", Profile: json.RawMessage(`{}`)}},
	{"DELETE", "profiles/thcs", ``, admin.SetProfile{Name: "thcs", Profile: json.RawMessage(`null`)}},
	{"PUT", "timetables/gio-hoc", `{"timetable":{}}`, admin.SetTimetable{Name: "gio-hoc", Timetable: json.RawMessage(`{}`)}},
	{"DELETE", "timetables/gio-hoc", ``, admin.SetTimetable{Name: "gio-hoc", Timetable: json.RawMessage(`null`)}},
}

func TestEachDecisionIsMadeOfItsRequest(t *testing.T) {
	d := &desk{}
	h := open(t, d)
	for _, c := range decisions {
		before := len(d.decided)
		w := ask(h, c.method, api.Prefix+c.path, c.body, "If-Match: \"7\"")
		want := http.StatusOK
		if _, two := c.want.(admin.Lift); two {
			want = http.StatusAccepted
		}
		if w.Code != want || w.Header().Get("ETag") != fmt.Sprintf(`"%d"`, d.seq) || w.Header().Get("Location") == "" {
			t.Errorf("%s %s: %d %v %s", c.method, c.path, w.Code, w.Header(), w.Body)
			continue
		}
		if got := d.decided[before:]; len(got) != 1 || fmt.Sprintf("%#v", got[0]) != fmt.Sprintf("%#v", c.want) {
			t.Errorf("%s %s decides\n%#v, want\n%#v", c.method, c.path, got, c.want)
		}
		if d.how.Expect == nil || *d.how.Expect != 7 {
			t.Errorf("%s %s: If-Match is not told", c.method, c.path)
		}
		w = ask(h, c.method, api.Prefix+c.path+"?preview=true", c.body, "If-Match: \"7\"")
		if (w.Code != http.StatusOK && w.Code != http.StatusAccepted) || !d.how.Preview || len(d.decided) != before+1 {
			t.Errorf("preview of %s %s: %d %s", c.method, c.path, w.Code, w.Body)
		}
	}
}

// TestEachRouteWantsToKnowWhoAsks: but for the document.
func TestEachRouteWantsToKnowWhoAsks(t *testing.T) {
	d := &desk{}
	h := open(t, d)
	for _, pattern := range api.Patterns() {
		method, path, _ := strings.Cut(pattern, " ")
		path = strings.NewReplacer("{seq}", "1", "{action}", "allow", "{", "", "}", "").Replace(path)
		w := ask(h, method, path, "", "Authorization: ")
		if way := strings.TrimPrefix(path, api.Prefix); way == "openapi.yaml" || strings.HasPrefix(way, "session") && pattern != "GET /api/v1/session" {
			continue // by these people become known
		}
		if kind, _ := problemOf(t, w); kind != "unknown" || w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d %s", pattern, w.Code, w.Body)
		}
	}
	if len(d.decided) != 0 {
		t.Errorf("decided: %v", d.decided)
	}
}

// TestAReportIsMadeAskedAfterAndFetched: by the one who had it made.
func TestAReportIsMadeAskedAfterAndFetched(t *testing.T) {
	h := open(t, &desk{})
	w := ask(h, "POST", api.Prefix+"reports", `{"unit":"all","period":"2026-Q3","format":"pdf"}`)
	at := w.Header().Get("Location")
	if w.Code != http.StatusAccepted || at == "" {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	await := func(at, want string) (r api.Report) {
		t.Helper()
		for range 10_000 {
			if err := json.Unmarshal(ask(h, "GET", at, "").Body.Bytes(), &r); err != nil || r.State == want {
				return r
			}
			runtime.Gosched()
		}
		t.Errorf("it is %+v", r)
		return r
	}
	await(at, "made")
	w = ask(h, "GET", at+"/file", "")
	if w.Code != 200 || w.Body.String() != "%PDF" || !strings.Contains(w.Header().Get("Content-Disposition"), "%C3%A1o") {
		t.Errorf("%d %v %s", w.Code, w.Header(), w.Body)
	}
	if w := ask(h, "GET", at+"/file", "", "Authorization: Bearer operator@"); w.Code != http.StatusNotFound {
		t.Errorf("another fetches it: %d", w.Code)
	}
	failed := ask(h, "POST", api.Prefix+"reports", `{"unit":"all","period":"x","format":"pdf"}`).Header().Get("Location")
	if r := await(failed, "failed"); r.VI == "" || strings.Contains(r.EN, "no such period") {
		t.Errorf("%+v", r)
	}
	for range 3 {
		w = ask(h, "POST", api.Prefix+"reports", `{"unit":"all","period":"2026-Q3","format":"pdf"}`)
	}
	if kind, _ := problemOf(t, w); kind != "full" || w.Header().Get("Retry-After") == "" {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

func TestPagesFollowEachOther(t *testing.T) {
	h := open(t, &desk{many: 120})
	for _, list := range []string{"exceptions", "ledger"} {
		seen, after, pages := 0, "", 0
		for {
			var p api.Page[map[string]any]
			w := ask(h, "GET", api.Prefix+list+"?limit=50&after="+after, "")
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatal(err)
			}
			seen, pages = seen+len(p.Items), pages+1
			if after = p.Next; after == "" || pages > 9 {
				break
			}
			for of, key := range map[string]string{
				"units": after, "units/th-kim-dong/exceptions": after, list: after[:len(after)-1],
			} {
				if kind, field := problemOf(t, ask(h, "GET", api.Prefix+of+"?after="+key, "")); kind != "invalid" || field != "after" {
					t.Errorf("%s goes on at %q of %s: %s at %s", of, key, list, kind, field)
				}
			}
		}
		if want := map[string]int{"exceptions": 119, "ledger": 120}[list]; seen < want || pages != 3 {
			t.Errorf("%s: %d rows on %d pages", list, seen, pages)
		}
	}
}

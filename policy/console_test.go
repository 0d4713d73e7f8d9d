package policy_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/miekg/dns"

	"lachan/internal/yamlfile"
	"lachan/policy"
)

// loadBoth loads policy.yaml and console.yaml, with the feeds of every world and with
// what was decided.
func loadBoth(t *testing.T, file, console string) (*policy.Policy, yamlfile.Problems, *policy.Origin) {
	t.Helper()
	dir := t.TempDir()
	o := &policy.Origin{Path: filepath.Join(dir, "policy.yaml"), Console: filepath.Join(dir, "console.yaml"), Feeds: feeds, Zone: hanoi}
	write(t, o.Path, file)
	if console != "" {
		write(t, o.Console, console)
	}
	p, problems := o.Load()
	if p == nil {
		return nil, problems, o
	}
	return overlaidBy(t, o, p), problems, o
}

// overlaidBy is a policy with what console.yaml says was decided.
func overlaidBy(t *testing.T, o *policy.Origin, p *policy.Policy) *policy.Policy {
	t.Helper()
	entries, problems := policy.Decided(o.Console, o.Zone)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	overlay, _, err := policy.OverlayOf(p, entries)
	if err != nil {
		t.Fatal(err)
	}
	p, err = p.With(overlay)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

const (
	consoleFile = `
categories: {riddles: {vi: Câu đố, en: Riddles}}
profiles: {hoc: {block: [gambling, adult]}}
timetables: {sang: {days: mon-sat, from: "07:00", to: "11:30"}}
units:
- {id: tinh, kind: province, lock: [phishing]}
- {id: a, parent: tinh, profile: hoc, networks: [192.0.2.0/25]}
`
	consoleBorn = `# Sinh tự động từ sổ quyết định; không sửa tay.
profiles:
  "thi": {"block":["games"],"default":"deny","allow":["lesson.example"]}
timetables:
  "chieu": {"days":"all","from":"13:00","to":"17:00"}
calendar: {"terms":[{"from":"2026-09-05","to":"2027-05-31"}]}
units:
- {"id":"b","parent":"tinh","name":"Trường \u0042","kind":"school","profile":"thi","networks":["192.0.2.128/25"],"rules":[{"during":"chieu","block":["social"]}],"groups":[{"id":"gv","profile":"hoc","allow":["social"]}]}
`
)

// What is made in the console is compiled with what files say, and knows it: profiles,
// timetables, parents.
func TestConsoleAndFilesAreOnePolicy(t *testing.T) {
	decisions := `decisions:
- {"allow":"bet.example","document":"","from":"2026-09-01T07:00:00+07:00","number":1287,"unit":"a","until":"2026-12-31","who":"acc_1","why":"học toán"}
- {"block":"other.example","number":1288,"unit":"tinh","who":"acc_1"}
- {"allow":"service:zalo","number":1289,"unit":"b/gv"}
- {"block":"category:games","from":"2026-09-01T07:00:00+07:00","number":1290,"unit":"a","until":"2026-09-08T10:00:00+07:00"}
`
	p, problems, _ := loadBoth(t, consoleFile, consoleBorn+decisions)
	if p == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	w := &world{t, p, newList(t, p)}
	w.wants("a", "bet.example", "pass own excepted gambling")
	w.wantsAt("2026-12-31 23:59", "a", "bet.example", "pass own excepted gambling")
	w.wantsAt("2027-01-01 00:00", "a", "bet.example", "block profile gambling nxdomain 17")
	w.wants("b", "other.example", "block own local nxdomain 15")
	w.wants("b", "lesson.example", "pass profile explicit")
	w.wants("b", "unheard.example", "block default default-deny nxdomain 17")
	w.wants("b/gv", "bet.example", "block profile gambling nxdomain 17")
	w.wants("b", "phish.example", "block lock phishing nxdomain 15")
	w.wants("a", "game.example", "block own games nxdomain 15")
	w.wantsAt("2026-09-08 10:00", "a", "game.example", "pass default")
	w.wantsAt("2026-09-01 06:59", "a", "game.example", "pass default")
	told := func(unit, name, vi, en string) {
		t.Helper()
		why, err := w.at(monday).Explain(w.group(unit), name, dns.TypeA)
		if err != nil || !strings.Contains(why.In(0), vi) || !strings.Contains(why.String(), en) {
			t.Errorf("%s in %s: want %q and %q in\n%s %v", name, unit, vi, en, why, err)
		}
	}
	told("a", "bet.example", "quyết định 1287", "a allows bet.example (decision 1287), written by acc_1")
	told("a", "game.example", "quyết định 1290", "decision 1290")
	told("a", "bet.example", ", đến hết ngày 31/12/2026", ", until the end of 2026-12-31")
	told("a", "game.example", ", đến 10:00 08/09/2026", ", until 2026-09-08 10:00")
	over, err := w.at("2026-09-08 10:00").Explain(w.group("a"), "game.example", dns.TypeA)
	if err != nil || !strings.Contains(over.In(0), "đã hết hạn lúc 10:00 08/09/2026") || !strings.Contains(over.String(), "expired at 2026-09-08 10:00") {
		t.Errorf("%s %v", over, err)
	}
	if of := p.Group(w.group("b")); of.Name != "Trường B" || of.Province != "tinh" {
		t.Errorf("the unit of the console is %+v", of)
	}
}

// What the same thing is written twice for is a mistake, with both places.
func TestTwoHomesOfOneThingAreAMistake(t *testing.T) {
	f := func(file, console string, places ...string) {
		t.Helper()
		p, problems, o := loadBoth(t, file, console)
		if p != nil || len(problems) != 1 {
			t.Fatalf("%v", problems)
		}
		for _, place := range places {
			if text := strings.ReplaceAll(problems[0].Error(), filepath.Dir(o.Path)+"/", ""); !strings.Contains(text, place) {
				t.Errorf("%q names not %s", text, place)
			}
		}
	}
	f(consoleFile, "profiles:\n  \"hoc\": {\"block\":[]}\n", "console.yaml:2", "policy.yaml:3")
	f(consoleFile, "timetables:\n  \"sang\": {\"days\":\"all\"}\n", "console.yaml:2", "policy.yaml:4")
	f("calendar: {terms: [{from: 2026-09-05, to: 2027-05-31}]}\n", "calendar: {\"terms\":[]}\n", "console.yaml:1", "policy.yaml:1")
	f(consoleFile, "units:\n- {\"id\":\"c\",\"parent\":\"gone\"}\n", "console.yaml:2", "gone")
	f(consoleFile, "profiles:\n  \"x\": {\"block\":[\"gambling\"],\"replies\":{\"nothing\":\"page\"}}\n", "console.yaml:2")
	f(consoleFile, "units:\n- {\"id\":\"c\",\"parents\":\"tinh\"}\n", "console.yaml:2", "parents")
}

// A unit that was adopted and that policy.yaml still has stays as the file has it, which is
// told; whatever else was made in the console counts. Once its lines are gone it is as it
// was adopted.
func TestAnAdoptedUnitIsThatOfTheFileUntilItsLinesAreGone(t *testing.T) {
	const born = "units:\n- {\"id\":\"a\",\"parent\":\"tinh\",\"name\":\"Adopted\",\"networks\":[\"198.51.100.0/24\"]}\n- {\"id\":\"c\",\"parent\":\"tinh\",\"kind\":\"school\",\"name\":\"New\"}\n"
	var lines strings.Builder // a file that is read in pieces
	for i := range 4000 {
		fmt.Fprintf(&lines, "- {id: th-%d, parent: tinh, kind: school, name: Trường %d}\n", i, i)
	}
	for _, file := range []string{consoleFile, consoleFile + lines.String()} {
		p, problems, o := loadBoth(t, file, born)
		if p == nil || len(problems) != 1 || len(p.Rejected()) != 1 {
			t.Fatal(problems)
		}
		if said := strings.ReplaceAll(problems[0].Error(), filepath.Dir(o.Path)+"/", ""); !strings.Contains(said, "console.yaml:2") || !strings.Contains(said, "policy.yaml:7") {
			t.Errorf("what is told is %s", said)
		}
		of := func(p *policy.Policy, id string) policy.Group { g, _ := p.GroupOf(id); return p.Group(g) }
		if a, c := of(p, "a"), of(p, "c"); a.Name == "Adopted" || c.Name != "New" || policy.Above(p, "c") != "tinh" {
			t.Errorf("a is %+v, c %+v", a, c)
		}
		if home := policy.OfFile(p, "a"); !strings.Contains(home, "policy.yaml:7") || policy.OfFile(p, "c") != "" || policy.OfFile(p, "none") != "" {
			t.Errorf("a is at home in %q, c in %q", home, policy.OfFile(p, "c"))
		}
		before, after, _ := strings.Cut(file, "- {id: a,")
		_, after, _ = strings.Cut(after, "\n")
		write(t, o.Path, before+after)
		if p, problems = o.Load(); len(problems) > 0 {
			t.Fatal(problems)
		}
		if a := of(p, "a"); a.Name != "Adopted" || policy.OfFile(p, "a") != "" {
			t.Errorf("without its lines a is %+v", a)
		}
	}
}

// So does a unit of a table, whose row is as it was when it was last good.
func TestAnAdoptedRowIsThatOfTheTableUntilItIsGone(t *testing.T) {
	const head, a, b = "id,parent,name,level,networks\n", "a,tinh,Trường A,Tiểu học,10.1.0.0/16\n", "b,tinh,Trường B,Tiểu học,10.2.0.0/16\n"
	const adopted = `{"id":"a","parent":"tinh","kind":"school","name":"Adopted","networks":["10.1.0.0/16"]}`
	dir := t.TempDir()
	o := &policy.Origin{Path: filepath.Join(dir, "policy.yaml"), Console: filepath.Join(dir, "console.yaml"), Feeds: feeds, Zone: hanoi}
	write(t, o.Path, "units_csv: [schools.csv]\nunits: [{id: tinh, kind: province}]\n")
	write(t, filepath.Join(dir, "schools.csv"), head+a+b)
	store := policy.NewStore(filepath.Join(dir, "policy"))
	f := func(name string, told int) {
		t.Helper()
		o.Before = store.Rows()
		p, problems := o.Load()
		if p == nil || len(problems) != told || len(p.Rejected()) != told {
			t.Fatal(problems)
		}
		g, _ := p.GroupOf("a")
		if of := p.Group(g); of.Name != name {
			t.Errorf("a is %q, want %q", of.Name, name)
		}
		if _, ok := p.GroupOf("c"); told > 0 && (!ok || !strings.Contains(problems[0].Error(), "schools.csv:2")) {
			t.Errorf("c is there: %v; %v", ok, problems)
		}
		if _, err := store.Save(p); err != nil {
			t.Fatal(err)
		}
	}
	f("Trường A", 0)
	write(t, o.Console, "units:\n- "+adopted+"\n- {\"id\":\"c\",\"parent\":\"tinh\",\"kind\":\"school\",\"name\":\"New\"}\n")
	f("Trường A", 1)
	write(t, filepath.Join(dir, "schools.csv"), head+b)
	f("Adopted", 0)
}

// A decision about a name compiles nothing; one about a category does, and so does
// what is made in the console.
func TestDecisionsAboutNamesCompileNothing(t *testing.T) {
	const name, other = "decisions:\n- {\"block\":\"x.example\",\"number\":1,\"unit\":\"a\"}\n", "- {\"allow\":\"service.example\",\"number\":2,\"unit\":\"a\"}\n"
	const term, more = "- {\"block\":\"category:games\",\"number\":3,\"unit\":\"a\"}\n", "- {\"block\":\"service:zalo\",\"number\":3,\"unit\":\"a\"}\n"
	p, problems, o := loadBoth(t, consoleFile, "")
	if p == nil {
		t.Fatal(problems)
	}
	f := func(text string, same bool) {
		t.Helper()
		write(t, o.Console, text)
		if o.Unchanged(p) != same {
			t.Errorf("unchanged with %q: %v", text, !same)
		}
	}
	f("", true)
	f(name, true)
	f(name+other, true)
	f(name+term, false)
	f(consoleBorn+name, false)
	write(t, o.Console, consoleBorn+name+term)
	if p, problems = o.Load(); p == nil {
		t.Fatal(problems)
	}
	f(consoleBorn+name+term, true)
	f(consoleBorn+"decisions:\n"+term+other, true)
	f(consoleBorn+name+term+more, false)
	f(consoleBorn+name, false)
	f(strings.Replace(consoleBorn, "192.0.2.128/25", "192.0.2.192/26", 1)+name+term, false)
}

// Decisions for units and categories that are not there are kept, and told.
func TestDecisionsWithoutAUnitAreToldAndHarmNothing(t *testing.T) {
	p, problems, o := loadBoth(t, consoleFile, `decisions:
- {"block":"x.example","number":1,"unit":"gone"}
- {"block":"y.example","number":2,"unit":"a"}
- {"block":"category:games","number":3,"unit":"gone"}
- {"block":"category:gone","number":4,"unit":"a"}
- {"block":"edu.vn","number":5,"unit":"a"}
`)
	if p == nil {
		t.Fatal(problems)
	}
	entries, problems := policy.Decided(o.Console, hanoi)
	overlay, left, err := policy.OverlayOf(p, entries)
	if err != nil || len(problems) > 0 || overlay.Len() != 1 || len(left) != 4 {
		t.Fatalf("%d entries, left out %+v, %v, %v", overlay.Len(), left, problems, err)
	}
	w := &world{t, p, newList(t, p)}
	w.wants("a", "y.example", "block own local nxdomain 15")

	write(t, o.Console, "decisions:\n- {\"block\":\"x.example\",\"number\":1,\"unit\":\"a\"}\n- nothing\n- {\"unit\":\"a\"}\n- {\"block\":\"z.example\",\"unit\":\"a\",\"until\":\"soon\"}\n- {\"allow\":\"w.example\",\"unit\":\"a\",\"new\":\"of a later program\"}\n")
	entries, problems = policy.Decided(o.Console, hanoi)
	if len(entries) != 2 || len(problems) != 3 || problems[0].Line != 3 || problems[2].Line != 5 {
		t.Errorf("%+v, %v", entries, problems)
	}
}

// However a policy is shared out between the file and the console, it decides alike.
func TestTheHomeOfAUnitDecidesNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 2))
	const schools = 3000 // many enough to be read in pieces
	var units []string
	for i := range schools {
		units = append(units, fmt.Sprintf("- {\"id\":\"s%d\",\"parent\":\"tinh\",\"name\":\"Trường %d\",\"profile\":\"hoc\",\"networks\":[\"10.%d.%d.0/24\"],\"block\":[\"n%d.example\"],\"rules\":[{\"during\":\"sang\",\"block\":[\"social\"]}]}\n", i, i, i>>8, i&255, i%97))
	}
	one, problems, _ := loadBoth(t, consoleFile+strings.Join(units, ""), "")
	if one == nil {
		t.Fatal(problems)
	}
	var file, console strings.Builder
	for _, u := range units {
		if rng.IntN(2) == 0 {
			file.WriteString(u)
		} else {
			console.WriteString(u)
		}
	}
	two, problems, _ := loadBoth(t, consoleFile+file.String(), "units:\n"+console.String())
	if two == nil {
		t.Fatal(problems)
	}
	a, b := &world{t, one, newList(t, one)}, &world{t, two, newList(t, two)}
	for range 2000 {
		unit, text := fmt.Sprintf("s%d", rng.IntN(schools)), []string{fmt.Sprintf("n%d.example", rng.IntN(97)), "bet.example", "social.example", "phish.example"}[rng.IntN(4)]
		moment := fmt.Sprintf("2026-09-%02d %02d:00", 1+rng.IntN(28), rng.IntN(24))
		got := b.tell(b.at(moment).Decide(b.group(unit), name(t, text), dns.TypeA))
		if want := a.tell(a.at(moment).Decide(a.group(unit), name(t, text), dns.TypeA)); got != want {
			t.Fatalf("%s, %s asks %s: %s, from one file %s", moment, unit, text, got, want)
		}
	}
}

// TestTheOnlyEntryOfAPolicyMakesADecisionVoid.
func TestTheOnlyEntryOfAPolicyMakesADecisionVoid(t *testing.T) {
	w := newWorld(t, "units:\n- {id: a, allow: [chess.example]}\n")
	void, err := policy.Void(w.at(monday), policy.OverlayEntry{Unit: "a", Name: "chess.example"})
	if err != nil || void == nil || !strings.HasSuffix(void.Place, ":2") {
		t.Errorf("%+v, %v; want the place of line 2", void, err)
	}
}

// What a file, or what was decided before, makes void is told with its line before it
// is decided; what has its effect is not.
func TestAVoidDecisionIsToldWithItsLine(t *testing.T) {
	p, problems, o := loadBoth(t, `
timetables: {gio-hoc: {days: all, from: "07:00", to: "17:00"}}
profiles: {thi: {only: [lesson.example]}, hoc: {block: [games]}}
units:
- {id: tinh, kind: province, lock: [gambling], allow: [open.example, "service:zalo"]}
- {id: a, parent: tinh, profile: hoc, allow: [chess.example, social]}
- {id: b, parent: tinh, profile: thi}
- {id: c, parent: tinh, profile: hoc, rules: [{during: gio-hoc, block: [game.example]}]}
`, "decisions:\n- {\"allow\":\"news.example\",\"number\":7,\"unit\":\"a\"}\n- {\"allow\":\"category:ads\",\"number\":8,\"unit\":\"a\"}\n"+
		"- {\"allow\":\"category:gambling\",\"number\":9,\"unit\":\"a\"}\n") // locked since
	if p == nil || len(problems) > 0 {
		t.Fatal(problems)
	}
	w := &world{t, p, newList(t, p)}
	f := func(e policy.OverlayEntry, place, by string) {
		t.Helper()
		void, err := policy.Void(w.at(monday), e)
		switch {
		case err != nil:
			t.Errorf("%+v: %v", e, err)
		case by == "" && void != nil:
			t.Errorf("%+v is void by %s", e, void.By)
		case by != "" && void == nil:
			t.Errorf("%+v has its effect", e)
		case void != nil && (strings.TrimPrefix(void.Place, filepath.Dir(o.Path)+"/") != place || !strings.Contains(void.By.EN, by) || void.By.VI == ""):
			t.Errorf("%+v is void by %q at %q, want %q at %q", e, void.By, void.Place, by, place)
		}
	}
	allow := func(unit, name string) policy.OverlayEntry {
		return policy.OverlayEntry{Unit: unit, Name: name, Allow: true}
	}
	block := func(unit, name string) policy.OverlayEntry { return policy.OverlayEntry{Unit: unit, Name: name} }
	f(allow("a", "bet.example"), "policy.yaml:5", "tinh locks gambling")
	w.wants("a", "bet.example", "block lock gambling nxdomain 15")
	f(allow("tinh", "bet.example"), "policy.yaml:5", "tinh locks gambling")
	f(allow("a", "category:gambling"), "policy.yaml:5", "tinh locks gambling")
	f(allow("a", "game.example"), "", "")
	f(block("a", "www.chess.example"), "policy.yaml:6", "a allows chess.example")
	f(block("tinh", "chess.example"), "", "") // it holds for the others
	f(block("a", "open.example"), "", "")
	f(block("tinh", "x.open.example"), "policy.yaml:5", "tinh allows open.example")
	f(block("a", "time.windows.com"), "", "never blocked")
	f(block("a", "social.example"), "policy.yaml:6", "a allows social")
	f(block("a", "category:social"), "policy.yaml:6", "a allows social")
	f(block("c", "category:social"), "", "")
	f(allow("a", "category:games"), "", "") // nothing locks it
	f(allow("c", "category:ads"), "", "")
	f(block("a", "www.news.example"), "", "decision 7")
	f(block("a", "category:ads"), "", "decision 8")
	f(allow("a", "www.news.example"), "", "") // it says the same
	f(block("b", "www.news.example"), "", "")
	f(allow("b", "game.example"), "policy.yaml:3", "only")
	f(allow("c", "game.example"), "", "") // shut in lessons only
	later := allow("a", "bet.example")
	later.From, later.Until = now.AddDate(0, 1, 0), now.AddDate(0, 2, 0)
	f(later, "policy.yaml:5", "tinh locks gambling")
	if _, err := policy.Void(w.at(monday), allow("gone", "x.example")); err == nil {
		t.Error("a unit that is not there has a decision")
	}
}

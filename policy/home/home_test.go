package home_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist/domain"
	"lachan/policy"
	"lachan/policy/home"
)

var hanoi = time.FixedZone("+07", 7*60*60)

// A place is a folder with policy.yaml, a table and console.yaml.
type place struct {
	t      *testing.T
	origin *policy.Origin
}

func newPlace(t *testing.T) *place {
	dir := t.TempDir()
	return &place{t, &policy.Origin{
		Path: filepath.Join(dir, "policy.yaml"), Console: filepath.Join(dir, "console.yaml"), Zone: hanoi,
	}}
}

func (p *place) write(name, text string) {
	p.t.Helper()
	if err := os.WriteFile(filepath.Join(filepath.Dir(p.origin.Path), name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) read(name string) string {
	p.t.Helper()
	text, err := os.ReadFile(filepath.Join(filepath.Dir(p.origin.Path), name))
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}

// load is the policy with what was decided.
func (p *place) load() *policy.Policy {
	p.t.Helper()
	base, problems := p.origin.Load()
	if base == nil || len(problems) > 0 {
		p.t.Fatal(problems)
	}
	entries, problems := policy.Decided(p.origin.Console, hanoi)
	overlay, _, err := policy.OverlayOf(base, entries)
	if err != nil || len(problems) > 0 {
		p.t.Fatal(problems, err)
	}
	with, err := base.With(overlay)
	if err != nil {
		p.t.Fatal(err)
	}
	return with
}

// some is one of a few, or nothing.
func some(rng *rand.Rand, texts ...string) string {
	if rng.IntN(2) == 0 {
		return ""
	}
	return texts[rng.IntN(len(texts))]
}

var names = []string{"a.example", "b.a.example", "c.b.a.example", "d.example", "x.d.example", "www.google.com", "chat.zalo.me", "www.tiktok.com", "www.facebook.com", "time.windows.com", "e.example"}

// written is a policy of many shapes, and the ids in it.
func written(rng *rand.Rand, schools int) (file, table string, ids []string) {
	var b strings.Builder
	b.WriteString(`# Chính sách của tỉnh
profiles:
  hs: {block: [gambling, adult, social]} # học sinh
  thi: {only: [e.example]}
timetables: {sang: {days: mon-sat, from: "07:00", to: "11:30"}}
calendar:
  terms: [{from: 2026-09-05, to: 2027-05-31}]
  holidays: [{from: 2027-02-01, to: 2027-02-14}]
units_csv: [units.csv]
units:
- {id: tinh, kind: province, lock: [phishing], block: ["service:tiktok"]}
`)
	ids = []string{"tinh"}
	csv := "id,parent,name,networks,profile,students\n"
	for i := range schools {
		id := fmt.Sprintf("s%d", i)
		ids = append(ids, id)
		switch rng.IntN(4) {
		case 0:
			csv += fmt.Sprintf("%s,tinh,\"Trường số %d, cơ sở 2\",10.0.%d.0/24,%s,%d\n", id, i, i, some(rng, "hs", "thi"), 100+i)
			continue
		case 1: // a line each
			fmt.Fprintf(&b, "- {id: %s, parent: tinh, profile: hs, networks: [10.0.%d.0/24]%s%s}\n", id, i,
				some(rng, ", allow: [b.a.example, {service: facebook, why: 'vì \"thế\"'}]", ", block: [d.example], code: 0123"),
				some(rng, ", students: 420, contact: [mailto:it@school.example]", ", level: primary"))
		case 2:
			fmt.Fprintf(&b, "- id: %s\n  parent: tinh\n  name: 'Trường %d'\n  # của xã\n  networks:\n    - 10.0.%d.0/24\n  profile: hs\n%s%s\n", id, i, i,
				some(rng, "  rules:\n  - {during: sang, block: [games, e.example]}\n", "  rules: [{during: sang, profile: thi}]\n"),
				some(rng, "  block:\n  - a.example # tạm\n  - name: x.d.example\n    until: 2026-10-01\n", "  calendar: {terms: [{from: 2026-09-07, to: 2027-05-31}]}\n"))
		case 3:
			fmt.Fprintf(&b, "- {id: %s, parent: tinh, profile: hs,\n  groups: [{id: gv, profile: giao-vien, networks: [10.0.%d.0/28], allow: [social]}]}\n", id, i)
			ids = append(ids, id+"/gv")
		}
	}
	return b.String(), csv, ids
}

// decided are decisions of all kinds about units.
func decided(rng *rand.Rand, ids []string, count int) string {
	var b strings.Builder
	b.WriteString("decisions:\n")
	for i := range count {
		name := names[rng.IntN(len(names))]
		if rng.IntN(4) == 0 {
			name = []string{"service:zalo", "service:tiktok", "category:games", "category:social"}[rng.IntN(4)]
		}
		when := ""
		if from := 1 + rng.IntN(20); rng.IntN(2) == 0 {
			when = fmt.Sprintf(`,"from":"2026-09-%02dT09:40:00+07:00","until":"2026-09-%02d"`, from, from+3)
		}
		fmt.Fprintf(&b, `- {"unit":%q,%q:%q%s,"why":"vì \"thế\": {x} # y","number":%d}`+"\n", ids[rng.IntN(len(ids))], []string{"allow", "block"}[rng.IntN(2)], name, when, 100+i)
	}
	return b.String()
}

// same asks both policies 10,000 times about a unit, a name and a minute.
func same(t *testing.T, what string, before, after *policy.Policy, ids []string, rng *rand.Rand) {
	t.Helper()
	if before.NumGroups() != after.NumGroups() {
		t.Fatalf("%s: %d units, before %d", what, after.NumGroups(), before.NumGroups())
	}
	tell := func(p *policy.Policy, unit, name string, at time.Time) string {
		g, ok := p.GroupOf(unit)
		var n domain.Name
		if err := n.SetText(name); err != nil || !ok {
			t.Fatalf("%s: unit %s: %v, name %s: %v", what, unit, ok, name, err)
		}
		d := p.At(nil, at, 1).Decide(g, &n, 1)
		of := p.Group(policy.GroupID(d.Unit))
		return fmt.Sprint(d.Action, d.Reply, d.Layer, p.CategoryCode(d.Category), d.Excepted, d.Explicit, of.UnitID(), p.Group(g))
	}
	for range 10_000 {
		unit, name := ids[rng.IntN(len(ids))], names[rng.IntN(len(names))]
		at := time.Date(2026, 9, 1, 0, rng.IntN(30*24*60), 0, 0, hanoi)
		if was, is := tell(before, unit, name, at), tell(after, unit, name, at); was != is {
			t.Fatalf("%s: %s asks %s at %s: %s, before %s", what, unit, name, at, is, was)
		}
	}
}

// Units that were adopted, and then all of it exported, decide as they did.
func TestAdoptedAndExportedAllDecidesAsBefore(t *testing.T) {
	for seed := range uint64(2) {
		rng := rand.New(rand.NewPCG(seed, 18))
		p := newPlace(t)
		file, table, ids := written(rng, 60)
		p.write("policy.yaml", file)
		p.write("units.csv", table)
		decisions := decided(rng, ids, 80)
		p.write("console.yaml", decisions)
		before := p.load()
		born := ""
		for _, id := range ids {
			if rng.IntN(2) == 0 || strings.Contains(id, "/") {
				continue
			}
			a, err := home.Adopt(p.load(), p.origin, id)
			if err != nil {
				t.Fatal(err)
			}
			if a.Text == "" {
				t.Fatalf("%s: nothing to delete: %+v", id, a)
			}
			name := filepath.Base(a.File)
			lines := slices.Collect(strings.Lines(p.read(name)))
			if got := strings.TrimRight(strings.Join(lines[a.First-1:a.Last], ""), "\n"); got != a.Text {
				t.Fatalf("%s: to delete is %q, lines %d to %d are %q", id, a.Text, a.First, a.Last, got)
			}
			p.write(name, strings.Join(slices.Delete(lines, a.First-1, a.Last), ""))
			born += "- " + string(a.Unit) + "\n"
			p.write("console.yaml", "units:\n"+born+decisions)
		}
		after := p.load()
		same(t, "adopted", before, after, ids, rng)

		text, err := home.Export(p.origin, after.At(nil, time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi), 1))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), "# Chính sách của tỉnh") || !strings.Contains(string(text), "# học sinh") {
			t.Errorf("comments are lost:\n%s", text)
		}
		alone := newPlace(t)
		alone.write("policy.yaml", string(text))
		same(t, "exported", before, alone.load(), ids, rng)
	}
}

// What cannot be adopted says why, and what shares its line names the line.
func TestWhatCannotBeAdoptedSaysWhy(t *testing.T) {
	p := newPlace(t)
	p.write("policy.yaml", "units: [{id: a, groups: [{id: gv}]}, {id: b, name: null}]\n")
	p.write("console.yaml", "units:\n- {\"id\":\"c\"}\n")
	now := p.load()
	f := func(id string, want error) {
		t.Helper()
		if _, err := home.Adopt(now, p.origin, id); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", id, err, want)
		}
	}
	f("gone", home.ErrNoUnit)
	f("c", home.ErrConsole)
	f("a/gv", home.ErrWithin)
	a, err := home.Adopt(now, p.origin, "b")
	if err != nil || a.Text != "" || a.First != 1 || string(a.Unit) != `{"id":"b","name":null}` {
		t.Errorf("%+v, %v", a, err)
	}
	p.write("policy.yaml", "# another\nunits: [{id: x}]\n")
	f("b", home.ErrChanged)
}

// A decision that a lock has made void, or whose unit is gone, is no entry that stops the
// file from being loaded.
func TestAnExportCanBeLoaded(t *testing.T) {
	p := newPlace(t)
	p.write("policy.yaml", "units: [{id: a, lock: [gambling], allow: [x.example]}] # chỉ một\n")
	p.write("console.yaml", `profiles:
  "thi": {"block":["games"]}
calendar: {"terms":[{"from":"2026-09-05","to":"2027-05-31"}]}
decisions:
- {"unit":"a","allow":"category:gambling","number":1}
- {"unit":"gone","block":"y.example","number":2}
- {"unit":"a","block":"z.example","number":3,"who":"acc_1"}
`)
	now := p.load()
	text, err := home.Export(p.origin, now.At(nil, time.Now(), 1))
	if err != nil {
		t.Fatal(err)
	}
	alone := newPlace(t)
	alone.write("policy.yaml", string(text))
	same(t, "exported", now, alone.load(), []string{"a"}, rand.New(rand.NewPCG(1, 1)))
	for _, want := range []string{"# 1: a, category:gambling", "# 2: gone, y.example", "{name: z.example, who: acc_1, why: decision 3}"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestALongExportSaysAllOfIt: units are written in parts, and comments and what stands
// around them stay.
func TestALongExportSaysAllOfIt(t *testing.T) {
	p := newPlace(t)
	var file, console strings.Builder
	file.WriteString("# đầu tệp\n\nprofiles: {hs: {block: [gambling]}}\n# các trường\nunits: # mọi trường\n")
	const many = 4000 // it is read in pieces
	var ids []string
	for i := range many {
		fmt.Fprintf(&file, "  # trường số %d\n  - {id: s%d, name: \"Trường: %d\", profile: hs, block: [n%d.example]} # cuối dòng %d\n", i, i, i, i%7, i)
		if i%100 == 0 {
			fmt.Fprintf(&file, "  - id: t%d\n    networks: [10.0.%d.0/24]\n    groups:\n      - {id: gv}\n", i, i/100)
			ids = append(ids, fmt.Sprintf("t%d/gv", i))
		}
		ids = append(ids, fmt.Sprintf("s%d", i))
	}
	file.WriteString("# sau các trường\ntimetables: {sang: {days: all}}\n# cuối tệp\n")
	console.WriteString("decisions:\n")
	for i := range 300 {
		fmt.Fprintf(&console, "- {\"unit\":%q,\"block\":%q,\"number\":%d}\n", ids[i*3], names[i%len(names)], i+1)
	}
	p.write("policy.yaml", file.String())
	p.write("console.yaml", console.String())
	now := p.load()
	text, err := home.Export(p.origin, now.At(nil, time.Now(), 1))
	if err != nil {
		t.Fatal(err)
	}
	alone := newPlace(t)
	alone.write("policy.yaml", string(text))
	same(t, "exported", now, alone.load(), ids, rand.New(rand.NewPCG(1, 1)))
	if got := strings.Count(string(text), "units:"); got != 1 {
		t.Errorf("%d lists of units", got)
	}
	for i := range many {
		for _, want := range []string{fmt.Sprintf("# trường số %d\n", i), fmt.Sprintf("# cuối dòng %d\n", i)} {
			if strings.Count(string(text), want) != 1 {
				t.Fatalf("not once: %q", want)
			}
		}
	}
	for _, want := range []string{"# đầu tệp", "# các trường", "# mọi trường", "# sau các trường", "# cuối tệp", "timetables: {sang: {days: all}}"} {
		if strings.Count(string(text), want+"\n") != 1 {
			t.Errorf("not once: %q", want)
		}
	}
}

// TestALongExportWhosePartsNeedEachOther: a piece that says nothing by itself is read with
// all the others, so that what is wrong with it is told of the file as it is.
func TestALongExportWhosePartsNeedEachOther(t *testing.T) {
	p := newPlace(t)
	p.write("policy.yaml", "units:\n- {id: dau}\n")
	now := p.load()
	var file strings.Builder
	file.WriteString("units:\n- {id: dau, block: &chung [a.example]}\n")
	for i := range 4000 {
		fmt.Fprintf(&file, "- {id: s%d, name: \"Trường số %d của xã\"}\n", i, i)
	}
	p.write("policy.yaml", file.String()+"- {id: cuoi, block: *chung}\n")
	text, err := home.Export(p.origin, now.At(nil, time.Now(), 1))
	if err != nil || !strings.Contains(string(text), "block: *chung") {
		t.Errorf("%d bytes, %v", len(text), err)
	}
	p.write("policy.yaml", file.String()+"- {id: [cuoi\n")
	if _, err := home.Export(p.origin, now.At(nil, time.Now(), 1)); err == nil || !strings.Contains(err.Error(), "line 400") {
		t.Errorf("a mistake at the end: %v", err)
	}
}

// TestWhatPolicyNamesIsFoundWithItsLine: also in a file of so many units that it is read in
// pieces.
func TestWhatPolicyNamesIsFoundWithItsLine(t *testing.T) {
	for _, schools := range []int{1, 5_000} {
		p := newPlace(t)
		var text strings.Builder
		text.WriteString("# lớp\nprofiles:\n  hs: {block: [gambling]}\n  \"thi\":\n    only: [\"olm.vn\"]\nunits:\n")
		for i := range schools {
			fmt.Fprintf(&text, "- {id: s%d, name: Trường số %d của huyện}\n", i, i)
		}
		text.WriteString("timetables: {sang: {days: mon-sat, from: \"07:00\"}}\ncalendar:\n  terms: [{from: 2026-09-05, to: 2027-05-31}]\n")
		p.write("policy.yaml", text.String())
		list, err := home.NamedIn(p.origin)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range list {
			got = append(got, fmt.Sprintf("%s %s %s:%d %s", n.Kind, n.Name, filepath.Base(n.File), n.Line, n.Value))
		}
		want := []string{
			`profile hs policy.yaml:3 {"block":["gambling"]}`,
			`profile thi policy.yaml:4 {"only":["olm.vn"]}`,
			fmt.Sprintf(`timetable sang policy.yaml:%d {"days":"mon-sat","from":"07:00"}`, schools+7),
			fmt.Sprintf(`calendar  policy.yaml:%d {"terms":[{"from":"2026-09-05","to":"2027-05-31"}]}`, schools+9),
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d schools:\n%s\nwant\n%s", schools, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	}
	if list, err := home.NamedIn(newPlace(t).origin); err != nil || len(list) != 0 {
		t.Errorf("without a file: %v, %v", list, err)
	}
}

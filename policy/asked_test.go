package policy_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"lachan/internal/wording"
	"lachan/policy"
)

const asked = `profiles:
  it: {block: [gambling]}
  chat: {default: deny, allow: [olm.vn]}
  rieng: {only: [hoc.example]}
  khong: {default: deny}
units:
- {id: tinh, name: Tỉnh Lào Cai, kind: province, level: none}
- id: th-1
  parent: tinh
  name: Trường Một
  links: [k7f3q9x2m4w8z1c5]
  profile: chat
  groups:
  - {id: gv, name: Giáo viên, profile: it}
  - {id: hs, name: Học sinh, rules: [{during: gio-hoc, profile: rieng}]}
- {id: th-2, parent: tinh, name: Trường Hai, profile: it, allow: [mo.example]}
`

// TestWhereAUnitIs: what is above it, below it, and the line that it is written in.
func TestWhereAUnitIs(t *testing.T) {
	text := strings.Replace(asked, ", level: none", "", 1)
	text = strings.Replace(text, "hs, name: Học sinh, rules: [{during: gio-hoc, profile: rieng}]", "hs, name: Học sinh, profile: rieng", 1)
	w := newWorld(t, text)
	p := w.policy
	line := func(id string) int { // of the text, counted from 1
		return 1 + strings.Count(text[:strings.Index(text, "id: "+id[strings.LastIndexByte(id, '/')+1:])], "\n")
	}
	f := func(id, above string, below ...string) {
		t.Helper()
		file, at, ok := policy.Written(p, id)
		known := len(below) > 0
		if ok != known || known && (filepath.Base(file) != "policy.yaml" || at != line(id)) || !known && (file != "" || at != 0) {
			t.Errorf("%s is written in %s:%d, %v", id, file, at, ok)
		}
		if place := policy.Place(p, id); known != strings.HasSuffix(place, fmt.Sprint("policy.yaml:", at)) || !known && place != "" {
			t.Errorf("the place of %s is %q", id, place)
		}
		if got := policy.Above(p, id); got != above {
			t.Errorf("above %s is %q, want %q", id, got, above)
		}
		var got []string
		for g, below := range policy.Below(p, id) {
			of := p.Group(g)
			if got = append(got, below); of.UnitID() != below {
				t.Errorf("below %s is %q, which is %q", id, below, of.UnitID())
			}
		}
		if slices.Sort(got); !slices.Equal(got, below) {
			t.Errorf("below %s are %q, want %q", id, got, below)
		}
		for range policy.Below(p, id) { // whoever wants one gets no more
			break
		}
	}
	f("tinh", "", "th-1", "th-1/gv", "th-1/hs", "th-2", "tinh")
	f("th-1", "tinh", "th-1", "th-1/gv", "th-1/hs")
	f("th-1/gv", "th-1", "th-1/gv")
	f("th-2", "tinh", "th-2")
	f("th-3", "")
	f("gv", "")
	number := 0
	for g := range policy.Below(p, "th-2", "") { // one of them stands for all
		if int(g) != number {
			t.Fatalf("number %d comes after %d", g, number)
		}
		number++
	}
	if number != p.NumGroups() {
		t.Errorf("of %d units %d are below everything", p.NumGroups(), number)
	}
	var two []string
	for _, id := range policy.Below(p, "th-2", "th-1/gv", "nobody") {
		two = append(two, id)
	}
	if slices.Sort(two); !slices.Equal(two, []string{"th-1/gv", "th-2"}) {
		t.Errorf("below two of them are %q", two)
	}
	for g, want := range map[string][2]string{
		"": {"", ""}, "tinh": {"tinh", "Tỉnh Lào Cai"}, "th-1": {"th-1", "Trường Một"}, "th-1/gv": {"th-1/gv", "Trường Một"}, "th-2": {"th-2", "Trường Hai"},
	} {
		if id, school := policy.UnitOf(p, w.group(g)); id != want[0] || school != want[1] {
			t.Errorf("%q is %q of %q, want %q", g, id, school, want)
		}
	}
	if files := policy.SecretFiles(p); len(files) != 1 || filepath.Base(files[0]) != "policy.yaml" {
		t.Errorf("secrets are in %q", files)
	}
	if files := policy.SecretFiles(newWorld(t, "units: [{id: a}]").policy); len(files) != 0 {
		t.Errorf("without any they are in %q", files)
	}
	for _, token := range []string{"links", "link_tokens"} {
		if files := policy.SecretFiles(newWorld(t, "units: [{id: a, "+token+": [k7f3q9x2m4w8z1c5]}, {id: b, "+token+": [k7f3q9x2m4w8z1c6]}]").policy); len(files) != 1 {
			t.Errorf("%s are in %q", token, files)
		}
	}
	// What shuts all but the names of a rule is no profile that a unit could have.
	if got := policy.Profiles(newWorld(t, "units: [{id: a, rules: [{during: gio-hoc, only: [hoc.example]}]}]").policy); slices.ContainsFunc(got, func(name string) bool { return strings.Contains(name, "only") }) {
		t.Errorf("profiles %q", got)
	}
	if got := policy.Profiles(p); !slices.IsSorted(got) || !slices.Contains(got, "it") || !slices.Contains(got, "rieng") || slices.Contains(got, "") || len(slices.Compact(slices.Clone(got))) != len(got) {
		t.Errorf("profiles %q", got)
	}
}

// TestAUnitThatIsNotThereIsToldWithThoseThatMayBeMeant, and with nothing if there are none.
func TestAUnitThatIsNotThereIsToldWithThoseThatMayBeMeant(t *testing.T) {
	p := newWorld(t, "units: [{id: th-kim-dong}, {id: th-hoa-sen}]").policy
	none := wording.Text{VI: "không có", EN: "there is none"}
	if got := policy.NoUnit(none, p, "xyz", nil, ""); got != none {
		t.Errorf("%q", got)
	}
	got := policy.NoUnit(none, p, "th-kim-dnog", nil, "")
	for _, said := range []string{got.VI, got.EN} {
		if !strings.Contains(said, `"th-kim-dong"`) || strings.Contains(said, "hoa-sen") {
			t.Errorf("%q", said)
		}
	}
	if !strings.HasPrefix(got.VI, none.VI) || !strings.HasPrefix(got.EN, none.EN) {
		t.Errorf("%q", got)
	}
}

// TestProfilesThatLetNothingElseThroughAreTold: those alone that somebody has, at some time,
// and that have no entry for the name, of their own if nothing else counts for them.
func TestProfilesThatLetNothingElseThroughAreTold(t *testing.T) {
	w := newWorld(t, `profiles:
  it: {block: [gambling]}
  chat: {default: deny, allow: [olm.vn]}
  rieng: {only: [hoc.example]}
  khong: {default: deny}
units:
- {id: a, profile: chat}
- {id: b, profile: it, allow: [mo.example], rules: [{during: gio-hoc, only: [lesson.example]}]}
- {id: c, profile: rieng}
`)
	f := func(text string, want ...string) {
		t.Helper()
		got := policy.DeniedBy(w.policy, name(t, text))
		got = slices.DeleteFunc(got, func(profile string) bool { return profile == "" })
		if slices.Sort(got); !slices.Equal(got, want) {
			t.Errorf("%s is denied by %q, want %q", text, got, want)
		}
	}
	f("x.example", "chat", "only:8", "rieng")
	f("olm.vn", "only:8", "rieng")
	f("www.olm.vn", "only:8", "rieng")
	f("mo.example", "only:8", "rieng") // a unit has an entry, which does not count where only some names resolve
	f("hoc.example", "only:8")
	f("x.hoc.example", "only:8")
	f("lesson.example", "rieng")
	f("vn", "chat", "only:8", "rieng")
}

// TestAProfileOfNobodyDeniesNothing: clients that no unit claims are no unit.
func TestAProfileOfNobodyDeniesNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "policy.yaml")
	write(t, path, "profiles: {it: {block: [gambling]}, khong: {default: deny}}\nunits: [{id: a, profile: it}]\n")
	p, problems := policy.Load(path, nil, hanoi, policy.Unknown{Profile: "khong"})
	if p == nil {
		t.Fatal(problems)
	}
	if got := policy.DeniedBy(p, name(t, "x.example")); len(got) > 0 {
		t.Errorf("x.example is denied by %q, which no unit has", got)
	}
}

// TestTheFirstOfTwoEntriesForANameIsTold as the one that decides.
func TestTheFirstOfTwoEntriesForANameIsTold(t *testing.T) {
	w := newWorld(t, "units: [{id: a, block: [{name: x.example, why: một}, {name: x.example, why: hai}]}]\n")
	why, err := w.at(monday).Explain(w.group("a"), "x.example", dns.TypeA)
	if err != nil {
		t.Fatal(err)
	}
	_, decides, _ := strings.Cut(why.String(), "* own")
	if line, _, _ := strings.Cut(decides, "\n"); !strings.Contains(line, "một") {
		t.Error(why)
	}
}

// TestWhatIsAnsweredHereHidesTheFilter: the explanation of a name of the server's own, one
// of a client that nobody claims, and notes beside an explanation.
func TestWhatIsAnsweredHereHidesTheFilter(t *testing.T) {
	w := newWorld(t, "profiles: {p: {block: [gambling]}}\nunits: [{id: a, profile: p}]")
	e, err := w.at(monday).Explain(w.group("a"), "bet.example", 1)
	if err != nil || e.Action != "block" {
		t.Fatal(e, err)
	}
	steps := len(e.Steps)
	e.Note("answer", wording.Text{VI: "thêm", EN: "more"})
	if last := e.Steps[len(e.Steps)-1]; len(e.Steps) != steps+1 || last.Layer != "answer" || last.Decides || last.VI != "thêm" || last.EN != "more" {
		t.Errorf("steps %+v", e.Steps)
	}
	was := e
	e.AnsweredHere(wording.Text{VI: "tên của máy", EN: "a name of the server"})
	if e.Action != "local" || e.Layer != "local" || e.Category != "" || e.Document != nil || e.EDE != 0 || len(e.Steps) != 1 || !e.Steps[0].Decides ||
		e.Steps[0].EN != "a name of the server" || e.Steps[0].VI != "tên của máy" || e.Reply == was.Reply || e.Result == was.Result || e.Result.VI == "" {
		t.Errorf("%+v", e)
	}
	if e.Name != was.Name || e.Type != was.Type || !e.Time.Equal(was.Time) || e.Profile != was.Profile || !slices.Equal(e.Units, was.Units) {
		t.Errorf("%+v, was %+v", e, was)
	}
	at := time.Date(2026, 9, 7, 10, 0, 0, 0, hanoi)
	r := policy.ExplainRefused(at, "bet.example", 28)
	if r.Name != "bet.example" || r.Type != "AAAA" || !r.Time.Equal(at) || r.Action != "refused" || r.Layer != "client" || r.Reply != "refused" ||
		len(r.Steps) != 1 || !r.Steps[0].Decides || r.Steps[0].Layer != "client" || r.Result.VI == "" || r.Result.EN == "" {
		t.Errorf("%+v", r)
	}
	for l, want := range map[wording.Language]string{wording.Vietnamese: r.Result.VI, wording.English: r.Result.EN} {
		lines := strings.Split(r.In(l), "\n")
		if len(lines) != 4 || lines[0] != "bet.example AAAA, 2026-09-07 10:00 Mon" || !strings.HasPrefix(lines[1], "* client      ") || lines[2] != "= "+want {
			t.Errorf("%q", lines)
		}
	}
	if _, err := w.at(monday).Explain(w.group("a"), "a..example", 1); err == nil || !strings.Contains(err.Error(), `"a..example"`) {
		t.Errorf("a name that is none: %v", err)
	}
}

// TestWhatAClientMayKnowOfAnExplanation: a line each, and nothing of lists, notes and
// places.
func TestWhatAClientMayKnowOfAnExplanation(t *testing.T) {
	f := func(e policy.Explanation, want ...string) {
		t.Helper()
		e.Name, e.Type, e.Result = "a.example", "A", policy.Sentence{VI: "vi", EN: "en"}
		e.Steps = []policy.Step{{Layer: "name", Sentence: policy.Sentence{VI: "secret", EN: "secret"}}}
		want = append(append([]string{"a.example A"}, want...), e.Short()[len(e.Short())-1])
		if got := e.Short(); !slices.Equal(got, want) || strings.Contains(strings.Join(got, " "), "secret") {
			t.Errorf("%q, want %q", got, want)
		}
		if last := e.Short()[len(e.Short())-1]; !strings.Contains(last, "vi") || !strings.Contains(last, "en") {
			t.Errorf("the result is %q", last)
		}
	}
	f(policy.Explanation{Action: "pass", Layer: "default"}, "action: pass", "layer: default")
	f(policy.Explanation{Action: "block", Reply: "page", Layer: "own", Category: "games"}, "action: block page", "layer: own", "category: games")
	f(policy.Explanation{Action: "block", Layer: "lock", Document: &policy.Order{Feed: "x"}}, "action: block", "layer: lock")
	f(policy.Explanation{Action: "block", Layer: "lock", Document: &policy.Order{Document: "12/A05"}}, "action: block", "layer: lock", "order: 12/A05")
	f(policy.Explanation{Action: "block", Layer: "lock", Document: &policy.Order{Authority: "A05"}}, "action: block", "layer: lock", "order:  A05")
	f(policy.Explanation{Action: "block", Layer: "lock", Document: &policy.Order{Document: "12/A05", Authority: "A05"}}, "action: block", "layer: lock", "order: 12/A05 A05")
}

// TestMomentsThatDifferInAnythingBlockedAreNotAlike.
func TestMomentsThatDifferInAnythingBlockedAreNotAlike(t *testing.T) {
	of := func() policy.Blocked { return policy.Blocked{Codes: []string{"a"}, Names: []string{"n.example"}} }
	one := of()
	for what, change := range map[string]func(b *policy.Blocked){
		"codes": func(b *policy.Blocked) { b.Codes = append(b.Codes, "b") }, "names": func(b *policy.Blocked) { b.Names = nil },
		"default": func(b *policy.Blocked) { b.Default = true }, "only": func(b *policy.Blocked) { b.Only = true },
	} {
		other := of()
		if !one.Equal(&other) {
			t.Error("equal ones are not alike")
		}
		if change(&other); one.Equal(&other) || other.Equal(&one) {
			t.Errorf("%s: they are alike", what)
		}
	}
	for want, s := range map[bool]*policy.Shift{true: {}, false: {Opened: []string{"x"}}} {
		if s.Nothing() != want {
			t.Errorf("%+v: nothing is %v", s, !want)
		}
	}
	if s := (&policy.Shift{Blocked: []string{"x"}}); s.Nothing() {
		t.Errorf("%+v is nothing", s)
	}
}

// TestAFolderThatCannotBeWrittenKeepsNoPolicy: what is wrong is told, and what was kept stays.
func TestAFolderThatCannotBeWrittenKeepsNoPolicy(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, "units: [{id: a, block: [x.example]}]")
	overlay, err := w.policy.NewOverlay([]policy.OverlayEntry{{Unit: "a", Name: "y.example"}})
	if err != nil {
		t.Fatal(err)
	}
	with, err := w.policy.With(overlay)
	if err != nil {
		t.Fatal(err)
	}
	if overlay.Len() != 1 || policy.OverlayDigest(w.policy) != "" || policy.OverlayDigest(with) != overlay.Digest() || len(overlay.Digest()) != 64 {
		t.Errorf("an overlay of %d with the digest %q", overlay.Len(), policy.OverlayDigest(with))
	}
	s := policy.NewStore(filepath.Join(dir, "policies"))
	serial, err := s.Save(with)
	if err != nil || serial != 1 {
		t.Fatal(serial, err)
	}
	again, err := s.OpenSerial(1)
	if err != nil || policy.OverlayDigest(again) != overlay.Digest() {
		t.Errorf("opened again its overlay is another: %v", err)
	}
	if _, err := s.OpenSerial(2); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("one that is not there: %v", err)
	}
	without, err := s.Overlaid(1, w.policy)
	if err != nil || policy.OverlayDigest(without) != overlay.Digest() {
		t.Errorf("with the overlay beside it: %v", err)
	}
	if err := os.Remove(filepath.Join(dir, "policies", "00000001.over")); err != nil {
		t.Fatal(err)
	}
	if plain, err := s.Overlaid(1, with); err != nil || policy.OverlayDigest(plain) != "" {
		t.Errorf("with none beside it: %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "policies", "00000001.over"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if p, err := s.Overlaid(1, with); !errors.Is(err, policy.ErrDamaged) || p != nil {
		t.Errorf("with a damaged one: %v", err)
	}
	other := newWorld(t, "units: [{id: b}]").policy
	if p, err := other.With(overlay); !errors.Is(err, policy.ErrDamaged) || p != nil {
		t.Errorf("an overlay of another policy: %v", err)
	}
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if n, err := policy.NewStore(file).Save(with); err == nil || n != 0 {
		t.Errorf("into a file: %d, %v", n, err)
	}
	if n, err := policy.NewStore(filepath.Join(dir, "alone")).SaveAlone(w.policy); err != nil || n != 1 {
		t.Errorf("alone: %d, %v", n, err)
	}
	for name, ok := range map[string]bool{"alone": true, "none": false} {
		p, n, damaged := policy.NewStore(filepath.Join(dir, name)).OpenLatestReadOnly()
		if (p != nil) != ok || len(damaged) > 0 || (n > 0) != ok {
			t.Errorf("%s: serial %d, %v", name, n, damaged)
		}
		if _, err := os.Stat(filepath.Join(dir, name)); ok == errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestADayOfLessonsWhateverTheHour: only the timetable of lessons is open, on days of lessons
// and on others, and a group of another policy is an unknown client.
func TestADayOfLessonsWhateverTheHour(t *testing.T) {
	w := newWorld(t, `
calendar: {holidays: [{from: 2026-11-20}]}
timetables: {toi: {days: all, from: "18:00", to: "22:00", on: any}}
units:
- {id: a, rules: [{during: gio-hoc, block: [games]}, {during: toi, block: [social]}]}
`)
	for _, moment := range []string{"2026-09-07 03:00", "2026-09-07 10:00", "2026-09-07 20:00"} {
		at, err := time.ParseInLocation("2006-01-02 15:04", moment, hanoi)
		if err != nil {
			t.Fatal(err)
		}
		r := policy.InLessons(w.policy, w.list, at)
		for text, want := range map[string]policy.Action{"game.example": policy.Block, "social.example": policy.Pass} {
			if d := r.Decide(w.group("a"), name(t, text), 1); d.Action != want {
				t.Errorf("in lessons, at %s: %s %v", moment, text, d.Action)
			}
			if d := r.Decide(policy.GroupID(1<<20), name(t, text), 1); d != r.Decide(0, name(t, text), 1) {
				t.Errorf("a group of another policy: %+v", d)
			}
		}
	}
	for text, want := range map[string]bool{"games": true, "co-bac": true, "Cờ bạc": true, "service:zalo": true, "none": false, "": false} {
		if got := policy.NamesCategory(w.policy, text); got != want {
			t.Errorf("%q names a category: %v", text, got)
		}
	}
	if files := policy.FilesOf(w.policy); len(files) != 1 || filepath.Base(files[0].Path) != "policy.yaml" {
		t.Errorf("made of %v", files)
	}
}

// TestAZonesAliasMayLeadBelow: "*.x" is the name below x, if that is no name too long.
func TestAZonesAliasMayLeadBelow(t *testing.T) {
	long := strings.Repeat(strings.Repeat("x", 61)+".", 4) + "y"
	f := func(of, want string, fits bool, data ...string) {
		t.Helper()
		got := ""
		target, ok := policy.AliasOf(data, name(t, of))
		if target != nil {
			got = target.String()
		}
		if got != want || ok != fits {
			t.Errorf("%s, %q: %q, %v; want %q, %v", of, data, got, ok, want, fits)
		}
	}
	f("a.example", "b.example", true, "CNAME b.example.")
	f("a.example", "a.example.b.example", true, "CNAME *.b.example.")
	f("a.example", "b.example", true, "A 192.0.2.1", "CNAME b.example.", "CNAME c.example.")
	f("a.example", "", true, "A 192.0.2.1", "CNAME", "CNAME ", "XNAME b.example.")
	f("a.example", "c.example", true, "CNAME b..example.", "CNAME c.example.")
	f(long, "", false, "CNAME *.b.example.")
	f(long, "b.example", true, "CNAME b.example.")
	if target, fits := policy.AliasOf([]string{"CNAME *.b.example."}, nil); target != nil || !fits {
		t.Errorf("of an address: %v, %v", target, fits)
	}
	if target, fits := policy.AliasOf([]string{"CNAME b.example."}, nil); target == nil || !fits {
		t.Errorf("of an address: %v, %v", target, fits)
	}
}

// TestWhetherANameIsInAListIsTold: by its entries, or that there is none, and not both.
func TestWhetherANameIsInAListIsTold(t *testing.T) {
	w := newWorld(t, "units: [{id: a}]")
	of := func(text string) (said []string) {
		e, err := w.at(monday).Explain(w.group("a"), text, 1)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range e.Steps {
			if s.Layer == "name" {
				said = append(said, s.EN)
			}
		}
		return said
	}
	one, both, none := of("order.example"), of("both.example"), of("free.example")
	if len(one) == 0 || len(both) != 2 || len(none) != 1 || one[0] == none[0] || !strings.Contains(one[0], "order.example") || strings.Contains(none[0], "free.example") {
		t.Errorf("%q, %q, %q", one, both, none)
	}
}

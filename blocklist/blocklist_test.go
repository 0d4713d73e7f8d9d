package blocklist_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/domain"
	"lachan/blocklist/format"
)

// feeds are the tags of the tests: feed "a" has bit 0, "b" bit 1; a category
// that an entry names itself has bit 2.
func tags(feed, category string) blocklist.Set {
	if category != "" {
		return blocklist.Of(2)
	}
	return blocklist.Of(int(feed[0] - 'a'))
}

func source(name string, rules ...format.Rule) blocklist.Source {
	return blocklist.Source{Name: name, Digest: fmt.Sprint(rules), Rules: func(emit func(format.Rule) error) error {
		for _, r := range rules {
			if err := emit(r); err != nil {
				return err
			}
		}
		return nil
	}}
}

func compile(t testing.TB, o blocklist.Options, sources ...blocklist.Source) *blocklist.List {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.snap")
	if _, err := blocklist.Compile(context.Background(), path, sources, o); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	return s.Bind(tags, nil)
}

func name(t testing.TB, text string) *domain.Name {
	t.Helper()
	var n domain.Name
	if err := n.SetText(text); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return &n
}

const (
	typeA     = 1
	typeTXT   = 16
	typeAAAA  = 28
	typeSVCB  = 64
	typeHTTPS = 65
)

func TestClassify(t *testing.T) {
	monday := time.Date(2026, 9, 7, 0, 0, 0, 0, time.UTC)
	l := compile(t, blocklist.Options{},
		source("a",
			format.Rule{Name: "tree.example"},
			format.Rule{Name: "exact.example", Scope: format.Exact},
			format.Rule{Name: "below.example", Scope: format.Below},
			format.Rule{Name: "both.example"},
			format.Rule{Name: "ok.both.example", Allow: true},
			format.Rule{Name: "hard.both.example", Important: true},
			format.Rule{Name: "hard.both.example", Allow: true},
			format.Rule{Name: "gone.example"},
			format.Rule{Name: "gone.example", Bad: true},
			format.Rule{Name: "v6.example", Types: []uint16{typeAAAA}},
			format.Rule{Name: "not-v6.example", Types: []uint16{typeAAAA}, NotTypes: true},
			format.Rule{Name: "most.example", DenyAllow: []string{"free.most.example"}},
			format.Rule{Name: "week.example", From: monday, Until: monday.AddDate(0, 0, 7)},
			format.Rule{Name: "own.example", Category: "drugs"},
			format.Rule{Regex: `^ads?[0-9]*\.`},
		),
		source("b", format.Rule{Name: "both.example"}, format.Rule{Name: "tree.example"}),
	)
	at := monday
	f := func(text string, qtype uint16, want ...int) {
		t.Helper()
		if got := l.Classify(name(t, text), qtype, at.Unix()); got != blocklist.Of(want...) {
			t.Errorf("%s type %d: tags %v, want %v", text, qtype, got, want)
		}
	}
	f("tree.example", typeA, 0, 1)
	f("x.tree.example", typeA, 0, 1)
	f("badtree.example", typeA) // a suffix of letters is not a suffix of labels
	f("example", typeA)
	f("exact.example", typeA, 0)
	f("x.exact.example", typeA)
	f("below.example", typeA)
	f("x.below.example", typeA, 0)
	f("y.x.below.example", typeA, 0)
	f("both.example", typeA, 0, 1)
	f("ok.both.example", typeA, 1)       // an exception lifts its own feed's rules only
	f("x.ok.both.example", typeA, 1)     // and those below it
	f("hard.both.example", typeA, 0, 1)  // an important rule is not lifted by a plain exception
	f("gone.example", typeA)             // a bad filter cancels its twin
	f("v6.example", typeA)               // a rule for AAAA alone
	f("v6.example", typeAAAA, 0)         //
	f("v6.example", typeHTTPS, 0)        // and for the hints of addresses
	f("v6.example", typeSVCB, 0)         //
	f("v6.example", typeTXT)             //
	f("not-v6.example", typeA, 0)        //
	f("not-v6.example", typeAAAA)        //
	f("most.example", typeA, 0)          //
	f("free.most.example", typeA)        //
	f("x.free.most.example", typeA)      //
	f("x.most.example", typeA, 0)        //
	f("own.example", typeA, 2)           // an entry's own category
	f("ad12.anything.example", typeA, 0) // an expression
	f("had12.anything.example", typeA)   //
	f("ads.both.example", typeA, 0, 1)   // an expression and names together
	f("week.example", typeA, 0)          //
	at = monday.Add(-time.Second)        //
	f("week.example", typeA)             // not yet
	at = monday.AddDate(0, 0, 7)         //
	f("week.example", typeA)             // no longer
	f("not.in.any.list.test", typeA)     //
}

func TestClassifyAddress(t *testing.T) {
	l := compile(t, blocklist.Options{}, source("a",
		format.Rule{Prefix: netip.MustParsePrefix("192.0.2.7/32")},
		format.Rule{Prefix: netip.MustParsePrefix("198.51.100.0/23")},
		format.Rule{Prefix: netip.MustParsePrefix("2001:db8:bad::/48")},
	), source("b", format.Rule{Prefix: netip.MustParsePrefix("198.51.100.9/32")}))
	f := func(addr string, want ...int) {
		t.Helper()
		if got := l.ClassifyAddr(netip.MustParseAddr(addr), 0); got != blocklist.Of(want...) {
			t.Errorf("%s: tags %v, want %v", addr, got, want)
		}
	}
	f("192.0.2.7", 0)
	f("::ffff:192.0.2.7", 0)
	f("192.0.2.8")
	f("198.51.101.255", 0)
	f("198.51.100.9", 0, 1)
	f("198.51.102.0")
	f("2001:db8:bad:1::1", 0)
	f("2001:db8:bae::1")
	if m := l.MatchesAddr(netip.MustParseAddr("198.51.101.1"), 0); len(m) != 1 || m[0].Entry != "198.51.100.0/23" || m[0].Feed != "a" {
		t.Errorf("matches of an address: %+v", m)
	}
}

func TestMatchesNameFeedAndEntry(t *testing.T) {
	l := compile(t, blocklist.Options{},
		source("a", format.Rule{Name: "both.example", Document: "12/CV"}, format.Rule{Name: "ok.both.example", Allow: true}),
		source("b", format.Rule{Name: "both.example"}))
	m := l.Matches(name(t, "ok.both.example"), typeA, 0)
	if len(m) != 3 {
		t.Fatalf("matches: %+v, want three", m)
	}
	if m[0].Feed != "a" || m[0].Entry != "both.example" || m[0].Document != "12/CV" || !m[0].Lifted {
		t.Errorf("first: %+v, want feed a's both.example, lifted", m[0])
	}
	if m[1].Feed != "b" || m[1].Lifted {
		t.Errorf("second: %+v, want feed b's rule, not lifted", m[1])
	}
	if !m[2].Allow || m[2].Entry != "ok.both.example" {
		t.Errorf("third: %+v, want the exception", m[2])
	}
}

// generated is n names under three public-looking parents, in a scrambled
// order so that sorting has work.
func generated(feed string, n int) blocklist.Source {
	return blocklist.Source{Name: feed, Digest: fmt.Sprint(n), Rules: func(emit func(format.Rule) error) error {
		for i := range n {
			if err := emit(format.Rule{Name: fmt.Sprintf("n%d.%c.example", i*7919%n, 'a'+i%3)}); err != nil {
				return err
			}
		}
		return nil
	}}
}

func TestCompileSpillsAndFindsEveryName(t *testing.T) {
	const n = 30_011
	small := compile(t, blocklist.Options{Memory: 64 << 10}, generated("a", n), generated("b", n/2))
	var d domain.Name
	for i := range n {
		if err := d.SetText(fmt.Sprintf("n%d.%c.example", i*7919%n, 'a'+i%3)); err != nil {
			t.Fatal(err)
		}
		if !small.Classify(&d, typeA, 0).Has(0) {
			t.Fatalf("%s is not found", d.String())
		}
	}
}

func TestSameInputSameOctets(t *testing.T) {
	octets := func(memory int) []byte {
		path := filepath.Join(t.TempDir(), "x.snap")
		if _, err := blocklist.Compile(t.Context(), path, []blocklist.Source{generated("a", 5000), generated("b", 4000)}, blocklist.Options{Memory: memory}); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	if !bytes.Equal(octets(0), octets(0)) {
		t.Error("two compilations of the same sources differ")
	}
	if !bytes.Equal(octets(0), octets(32<<10)) {
		t.Error("a compilation in little memory differs from one in much")
	}
}

func TestEmptySnapshotKnowsNoName(t *testing.T) {
	l := compile(t, blocklist.Options{})
	if got := l.Classify(name(t, "a.example"), typeA, 0); !got.Empty() {
		t.Errorf("tags %v of an empty list", got)
	}
	var none *blocklist.List
	if got := none.Classify(name(t, "a.example"), typeA, 0); !got.Empty() {
		t.Errorf("tags %v of no list", got)
	}
}

func TestClassifyDoesNotAllocate(t *testing.T) {
	l := compile(t, blocklist.Options{}, generated("a", 1000),
		source("b", format.Rule{Name: "x.test", Allow: true}))
	hit, miss, addr := name(t, "n1.b.example"), name(t, "www.lesson.test"), netip.MustParseAddr("192.0.2.1")
	if n := testing.AllocsPerRun(100, func() {
		l.Classify(hit, typeA, 0)
		l.Classify(miss, typeA, 0)
		l.ClassifyAddr(addr, 0)
	}); n != 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

func TestStoreKeepsTwoAndSetsDamagedAside(t *testing.T) {
	dir := t.TempDir()
	store := blocklist.NewStore(dir)
	for i := range 4 {
		if _, _, err := store.Update(t.Context(), nil, []blocklist.Source{generated("a", 10+i)}, blocklist.Options{}); err != nil {
			t.Fatal(err)
		}
	}
	files, _ := filepath.Glob(filepath.Join(dir, "*.snap"))
	if len(files) != 2 {
		t.Fatalf("files %v, want the last two snapshots", files)
	}
	data, err := os.ReadFile(files[1])
	if err != nil {
		t.Fatal(err)
	}
	data[len(data)/2] ^= 1
	if err := os.WriteFile(files[1], data, 0o600); err != nil {
		t.Fatal(err)
	}
	lists, damaged := store.OpenLatest()
	if lists == nil || len(damaged) != 1 || lists.Keys() != 12 {
		t.Fatalf("lists %v, damaged %v, want those before the damaged", lists, damaged)
	}
	if _, err := os.Stat(files[1] + ".damaged"); err != nil {
		t.Error(err)
	}
}

func TestStoreLaysASmallChangeOverWhatIsCompiled(t *testing.T) {
	dir := t.TempDir()
	store := blocklist.NewStore(dir)
	large := generated("a", 3000)
	first, _, err := store.Update(t.Context(), nil, []blocklist.Source{large, source("b")}, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	now := []blocklist.Source{large, source("b", format.Rule{Name: "fresh.test"})}
	if first.UpToDate(now) {
		t.Error("lists are up to date with what they do not hold")
	}
	second, _, err := store.Update(t.Context(), first, now, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	again, damaged := store.OpenLatest()
	for what, l := range map[string]*blocklist.Lists{"updated": second, "opened again": again} {
		if !l.UpToDate(now) || !l.Bind(tags, nil).Classify(name(t, "x.fresh.test"), typeA, 0).Has(1) {
			t.Errorf("%s: the new name is not there (damaged: %v)", what, damaged)
		}
	}
	if second.Base() != first.Base() {
		t.Error("one name more made everything compile anew")
	}
	if third, _, err := store.Update(t.Context(), second, []blocklist.Source{generated("a", 5000), source("b")}, blocklist.Options{}); err != nil || third.Base() == first.Base() {
		t.Errorf("thousands of names more did not compile anew: %v", err)
	}
}

// overlaid is base with what the changed sources change laid over it.
func overlaid(t testing.TB, base, changed []blocklist.Source) *blocklist.List {
	t.Helper()
	dir := t.TempDir()
	if _, err := blocklist.Compile(context.Background(), filepath.Join(dir, "base.snap"), base, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(filepath.Join(dir, "base.snap"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Overlay(context.Background(), filepath.Join(dir, "over.snap"), changed, 1000, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	over, err := blocklist.Open(filepath.Join(dir, "over.snap"))
	if err != nil {
		t.Fatal(err)
	}
	return s.Bind(tags, over)
}

func TestOverlayIsAsIfCompiledAnew(t *testing.T) {
	old := []format.Rule{
		{Name: "stays.example"}, {Name: "goes.example"}, {Name: "narrows.example"}, {Name: "shared.example"},
		{Regex: "^goes[0-9]"}, {Regex: "^stays[0-9]"},
		{Prefix: netip.MustParsePrefix("192.0.2.0/24")}, {Prefix: netip.MustParsePrefix("198.51.100.1/32")},
	}
	fresh := []format.Rule{
		{Name: "stays.example"}, {Name: "comes.example"}, {Name: "narrows.example", Scope: format.Exact},
		{Name: "ok.stays.example", Allow: true},
		{Regex: "^stays[0-9]"}, {Regex: "^comes[0-9]"},
		{Prefix: netip.MustParsePrefix("192.0.2.0/24")}, {Prefix: netip.MustParsePrefix("203.0.113.0/25")},
	}
	other := source("b", format.Rule{Name: "shared.example"}, format.Rule{Name: "goes.example"}, format.Rule{Name: "ok.stays.example"})
	over := overlaid(t, []blocklist.Source{source("a", old...), other}, []blocklist.Source{source("a", fresh...)})
	anew := compile(t, blocklist.Options{}, source("a", fresh...), other)
	for _, text := range []string{
		"stays.example", "x.stays.example", "ok.stays.example", "goes.example", "comes.example", "x.comes.example",
		"narrows.example", "x.narrows.example", "shared.example", "goes1.test", "stays1.test", "comes1.test", "none.test",
	} {
		if got, want := over.Classify(name(t, text), typeA, 0), anew.Classify(name(t, text), typeA, 0); got != want {
			t.Errorf("%s: %v with the overlay, %v compiled anew", text, got, want)
		}
	}
	for _, text := range []string{"192.0.2.9", "198.51.100.1", "203.0.113.5", "203.0.113.200"} {
		a := netip.MustParseAddr(text)
		if got, want := over.ClassifyAddr(a, 0), anew.ClassifyAddr(a, 0); got != want {
			t.Errorf("%s: %v with the overlay, %v compiled anew", a, got, want)
		}
	}
}

func TestOverlayOfALargeFeedHoldsOnlyTheChange(t *testing.T) {
	many := generated("a", 20_000)
	changed := blocklist.Source{Name: "a", Digest: "new", Rules: func(emit func(format.Rule) error) error {
		return many.Rules(func(r format.Rule) error {
			if r.Name == "n77.c.example" {
				r.Name = "fresh.example"
			}
			return emit(r)
		})
	}}
	dir := t.TempDir()
	path := filepath.Join(dir, "base.snap")
	if _, err := blocklist.Compile(t.Context(), path, []blocklist.Source{many}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	if err := s.Diff(t.Context(), dir, changed, blocklist.Options{Memory: 64 << 10}, func(c blocklist.Change) error {
		changes = append(changes, fmt.Sprintf("%s %t", c.Entry, c.Removed))
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	slices.Sort(changes)
	if len(changes) != 2 || changes[0] != "fresh.example false" {
		t.Errorf("changes %q, want one name that came and one that went", changes)
	}
	_, err = s.Overlay(t.Context(), filepath.Join(dir, "o.snap"), []blocklist.Source{changed}, 1, blocklist.Options{})
	if !errors.Is(err, blocklist.ErrTooMuch) {
		t.Errorf("two changes where one is the limit: %v", err)
	}
}

func BenchmarkClassify(b *testing.B) {
	l := compile(b, blocklist.Options{}, generated("a", 1_000_000))
	hit, miss := name(b, "n77.a.example"), name(b, "www.lesson.test")
	b.Run("hit", func(b *testing.B) {
		for b.Loop() {
			l.Classify(hit, typeA, 0)
		}
	})
	b.Run("miss", func(b *testing.B) {
		for b.Loop() {
			l.Classify(miss, typeA, 0)
		}
	})
}

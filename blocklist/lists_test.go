package blocklist_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// TestListsSayWhatTheyAreMadeOf: of the snapshot, and of what changed since.
func TestListsSayWhatTheyAreMadeOf(t *testing.T) {
	folder := t.TempDir()
	store := blocklist.NewStore(folder)
	old := []blocklist.Source{generated("a", 100), source("b", format.Rule{Name: "b.test"}, format.Rule{Name: "b.test"})}
	first, report, err := store.Update(t.Context(), nil, old, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f := func(what string, l *blocklist.Lists, sources []blocklist.Source, keys int, rules map[string]int) {
		t.Helper()
		for _, s := range sources {
			if got := l.Digest(s.Name); got != s.Digest {
				t.Errorf("%s: the digest of %s is %q, want %q", what, s.Name, got, s.Digest)
			}
		}
		if l.Digest("none") != "" || !l.UpToDate(sources) || !l.UpToDate(sources[:1]) || l.UpToDate([]blocklist.Source{sources[0], source("none")}) {
			t.Errorf("%s: up to date with its sources: %v", what, l.UpToDate(sources))
		}
		if l.Keys() != keys || !maps.Equal(l.Rules(), rules) || l.Serial() != 1 {
			t.Errorf("%s: %d keys, rules %v, serial %d", what, l.Keys(), l.Rules(), l.Serial())
		}
	}
	f("compiled", first, old, 101, map[string]int{"a": 100, "b": 2})
	if report.Keys != 101 || report.Regexes != 0 || report.Inputs != blocklist.Inputs(old) || first.Base().Inputs() != report.Inputs {
		t.Errorf("report %+v", report)
	}
	if info, err := os.Stat(filepath.Join(folder, "00000001.snap")); err != nil || info.Size() != report.Bytes {
		t.Errorf("the file has not %d bytes: %v", report.Bytes, err)
	}
	fresh := []blocklist.Source{old[0], source("b", format.Rule{Name: "c.test"}, format.Rule{Regex: "^ads[0-9]"}, format.Rule{Name: "d.test"})}
	second, report, err := store.Update(t.Context(), first, fresh, blocklist.Options{})
	if err != nil || report.Keys != 3 || report.Regexes != 1 {
		t.Fatalf("%+v: %v", report, err)
	}
	f("changed", second, fresh, 104, map[string]int{"a": 100, "b": 3})
	third, _, err := store.Update(t.Context(), first, []blocklist.Source{old[0], source("b")}, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ids := map[uint64]bool{0: true}
	for _, l := range []*blocklist.Lists{second, third} {
		if ids[l.OverlayID()] {
			t.Errorf("two overlays have the number %d", l.OverlayID())
		}
		ids[l.OverlayID()] = true
	}
	again, err := store.OpenSerial(nil, 1)
	if err != nil || again.OverlayID() != third.OverlayID() || first.OverlayID() != 0 {
		t.Errorf("opened again the overlay has another number: %v", err)
	}
}

// TestTheInputsTellSourcesApart: their names, digests and order.
func TestTheInputsTellSourcesApart(t *testing.T) {
	seen := map[string]string{}
	for _, x := range [][]blocklist.Source{
		nil, {{Name: "a", Digest: "1"}}, {{Name: "a", Digest: "2"}}, {{Name: "b", Digest: "1"}},
		{{Name: "a", Digest: "1"}, {Name: "b", Digest: "1"}}, {{Name: "b", Digest: "1"}, {Name: "a", Digest: "1"}}, {{Name: "a\" \"1", Digest: ""}},
	} {
		id, said := blocklist.Inputs(x), fmt.Sprint(x)
		if before, is := seen[id]; is || len(id) != 64 {
			t.Errorf("%s and %s have the inputs %s", before, said, id)
		}
		seen[id] = said
	}
}

// TestACompilationTellsHowFarItIsAndMayBeCalledOff: every 65536 rules.
func TestACompilationTellsHowFarItIsAndMayBeCalledOff(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dir := t.TempDir()
	many := func(n int) []blocklist.Source {
		return []blocklist.Source{{Name: "a", Rules: func(emit func(format.Rule) error) error {
			for range n {
				if err := emit(format.Rule{Name: "a.example"}); err != nil {
					return err
				}
			}
			return nil
		}}}
	}
	var told []int
	o := blocklist.Options{Progress: func(rules int) { told = append(told, rules) }}
	if _, err := blocklist.Compile(ctx, filepath.Join(dir, "x"), many(3<<16-1), o); err != nil || fmt.Sprint(told) != fmt.Sprint([]int{1 << 16, 2 << 16}) {
		t.Errorf("told %v: %v", told, err)
	}
	o.Progress = func(int) { cancel() }
	read := 0
	sources := many(3 << 16)
	rules := sources[0].Rules
	sources[0].Rules = func(emit func(format.Rule) error) error {
		return rules(func(r format.Rule) error { read++; return emit(r) })
	}
	if _, err := blocklist.Compile(ctx, filepath.Join(dir, "y"), sources, o); !errors.Is(err, context.Canceled) || read != 2<<16 {
		t.Errorf("called off after %d rules, it has read %d: %v", 1<<16, read, err)
	}
	canceled, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(canceled) != 1 {
		t.Errorf("left are %q: %v", canceled, err)
	}
	// Few rules are called off too, when they are written.
	if _, err := blocklist.Compile(ctx, filepath.Join(dir, "z"), many(5), blocklist.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("five rules: %v", err)
	}
}

// TestWhatCannotBeCompiledSaysWhatAndWhere: and what was at its path stays.
func TestWhatCannotBeCompiledSaysWhatAndWhere(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.snap")
	if err := os.WriteFile(path, []byte("before"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := func(path string, sources []blocklist.Source, parts ...string) {
		t.Helper()
		report, err := blocklist.Compile(t.Context(), path, sources, blocklist.Options{})
		if err == nil || report.Inputs != "" || report.Keys != 0 || report.Bytes != 0 || report.Regexes != 0 || report.Refused != nil {
			t.Fatalf("%v, %+v", err, report)
		}
		for _, part := range parts {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v, want %q in it", err, part)
			}
		}
	}
	f(path, []blocklist.Source{source("a", format.Rule{Name: "a..example"})}, `"a"`, `"a..example"`, "x.snap")
	none := filepath.Join(t.TempDir(), "none", "x.snap")
	f(none, []blocklist.Source{generated("a", 10)}, "x.snap")
	if _, err := os.Stat(filepath.Dir(none)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder was made: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "before" {
		t.Errorf("%q is there: %v", text, err)
	}
}

// TestAFolderOfListsHasOnlyWhole: what a compilation has left over goes, an overlay of
// another snapshot is set aside, and files of others stay.
func TestAFolderOfListsHasOnlyWhole(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "lists")
	store := blocklist.NewStore(folder)
	sources := []blocklist.Source{generated("a", 100)}
	first, _, err := store.Update(t.Context(), nil, sources, blocklist.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"notes.txt", "x.snap", "-1.snap"} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	full := 0
	o := blocklist.Options{OnFullCompile: func() { full++ }}
	changed := []blocklist.Source{source("a", format.Rule{Name: "one.test"})}
	if _, _, err := store.Update(t.Context(), first, changed, o); err != nil || full != 0 {
		t.Fatalf("compiled all %d times: %v", full, err)
	}
	before := files(t, folder)
	overlay, err := os.ReadFile(filepath.Join(folder, "00000001.over"))
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.Update(t.Context(), nil, []blocklist.Source{generated("a", 99)}, o); err != nil || full != 1 {
		t.Fatalf("compiled all %d times: %v", full, err)
	}
	if err := os.WriteFile(filepath.Join(folder, "00000002.over"), overlay, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := store.OpenSerial(nil, 2); !errors.Is(err, blocklist.ErrDamaged) {
		t.Errorf("an overlay of another snapshot: %v", err)
	}
	lists, damaged := store.OpenLatest()
	if lists == nil || lists.Keys() != 99 || len(damaged) != 1 || !errors.Is(damaged[0], blocklist.ErrDamaged) {
		t.Errorf("%v, %v; want the snapshot without that overlay", lists, damaged)
	}
	after := strings.Join(files(t, folder), " ")
	for _, name := range []string{"notes.txt", "x.snap", "-1.snap", "00000001.snap", "00000001.over", "00000002.snap", "00000002.over.damaged"} {
		if !strings.Contains(after, name) {
			t.Errorf("%s is not there: %s, before %q", name, after, before)
		}
	}
	temporary := t.TempDir()
	t.Setenv("TMPDIR", temporary)
	aside, err := blocklist.CompileAside(t.Context(), changed)
	if err != nil || aside.Keys() != 1 || aside.Serial() != 0 {
		t.Errorf("aside: %v", err)
	}
	if _, err := blocklist.CompileAside(t.Context(), []blocklist.Source{source("a", format.Rule{Name: ".."})}); err == nil {
		t.Error("a name that is none was compiled")
	}
	if left := files(t, temporary); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}

package blocklist_test

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/blocklist"
	"lachan/blocklist/format"
)

// breaksOff is a feed that cannot be read any further after n rules.
func breaksOff(feed string, n int, cause error) blocklist.Source {
	whole := generated(feed, n)
	return blocklist.Source{Name: feed, Digest: "broken", Rules: func(emit func(format.Rule) error) error {
		return errors.Join(whole.Rules(emit), cause)
	}}
}

// TestAFeedThatBreaksOffIsNotTakenForWhole reads a hundred rules, then an error.
func TestAFeedThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	cause := errors.New("the disk is gone")
	broken := breaksOff("a", 100, cause)
	dir := t.TempDir()
	base := filepath.Join(dir, "base.snap")
	if _, err := blocklist.Compile(t.Context(), base, []blocklist.Source{generated("a", 200)}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(base)
	if err != nil {
		t.Fatal(err)
	}
	f := func(what, path string, err error) {
		t.Helper()
		if !errors.Is(err, cause) || !strings.Contains(err.Error(), `"a"`) {
			t.Errorf("%s: %v, want an error that names feed and cause", what, err)
		}
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: a file is there: %v", what, err)
		}
	}
	path := filepath.Join(dir, "x.snap")
	_, err = blocklist.Compile(t.Context(), path, []blocklist.Source{generated("b", 10), broken}, blocklist.Options{})
	f("compile", path, err)
	_, err = s.Overlay(t.Context(), path, []blocklist.Source{broken}, 1000, blocklist.Options{})
	f("overlay", path, err)
	changes := 0
	err = s.Diff(t.Context(), dir, broken, blocklist.Options{}, func(blocklist.Change) error { changes++; return nil })
	if f("diff", path, err); changes > 0 {
		t.Errorf("%d changes of half a feed", changes)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("left are %q", left)
	}
}

// TestDiffHasEveryExpression takes two expressions out and adds two.
func TestDiffHasEveryExpression(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.snap")
	expressions := func(list ...string) (rules []format.Rule) {
		for _, e := range list {
			rules = append(rules, format.Rule{Regex: e})
		}
		return rules
	}
	old := []blocklist.Source{source("a", expressions("^a[0-9]", "^b[0-9]", "^c[0-9]")...), source("b", expressions("^x[0-9]")...)}
	fresh := source("a", expressions("^d[0-9]", "^b[0-9]", "^e[0-9]")...)
	if _, err := blocklist.Compile(t.Context(), path, old, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	var changes []string
	stop := errors.New("enough")
	diff := func(most int) error {
		changes = nil
		return s.Diff(t.Context(), t.TempDir(), fresh, blocklist.Options{}, func(c blocklist.Change) error {
			changes = append(changes, fmt.Sprint(c.Entry, " ", c.Removed))
			if len(changes) == most {
				return stop
			}
			return nil
		})
	}
	want := []string{"/^d[0-9]/ false", "/^e[0-9]/ false", "/^a[0-9]/ true", "/^c[0-9]/ true"}
	if err := diff(0); err != nil || !slices.Equal(changes, want) {
		t.Errorf("changes %q, want %q: %v", changes, want, err)
	}
	for most := range len(want) {
		if err := diff(most + 1); !errors.Is(err, stop) || len(changes) != most+1 {
			t.Errorf("whoever wants %d gets %d: %v", most+1, len(changes), err)
		}
	}
}

// TestASnapshotThatNobodyHasIsUnmapped looks for it in the memory of the process.
func TestASnapshotThatNobodyHasIsUnmapped(t *testing.T) {
	if runtime.GOOS != "linux" {
		return
	}
	path := filepath.Join(t.TempDir(), "to-be-unmapped.snap")
	if _, err := blocklist.Compile(t.Context(), path, []blocklist.Source{generated("a", 1000)}, blocklist.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err := blocklist.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if !isMapped(t, path) {
		t.Fatal("the snapshot is not mapped")
	}
	runtime.KeepAlive(s)
	s = nil
	for deadline := time.Now().Add(30 * time.Second); isMapped(t, path); runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("the snapshot stays mapped")
		}
		runtime.GC()
	}
}

func isMapped(t *testing.T, path string) bool {
	t.Helper()
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	defer maps.Close()
	for lines := bufio.NewScanner(maps); lines.Scan(); {
		if strings.Contains(lines.Text(), path) {
			return true
		}
	}
	return false
}

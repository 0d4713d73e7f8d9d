//go:build linux

package main

import (
	"bytes"
	"fmt"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

const code = `package p

import "sync"

var mu sync.Mutex

func f(a []int) []int {
	mu.Lock()
	defer mu.Unlock()
	if len(a) > 3 {
		return a
	}
	a = append(a,
		7)
	g()
	return a
}

func g() {}
`

func found(t *testing.T) []*mutant {
	t.Helper()
	name := filepath.Join(t.TempDir(), "p.go")
	if err := os.WriteFile(name, []byte(code), 0o600); err != nil {
		t.Fatal(err)
	}
	list, err := sitesOf(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range list {
		m.file = "p.go"
	}
	return list
}

func TestEveryKindOfChangeIsFound(t *testing.T) {
	var got []string
	for _, m := range found(t) {
		got = append(got, string(m.kind)+"|"+strings.ReplaceAll(m.text(), "\n", "|"))
		changed := m.changed()
		if bytes.Count(changed, []byte("\n")) != strings.Count(code, "\n") {
			t.Errorf("%s: lines have other numbers\n%s", m.head(), changed)
		}
		if _, err := parser.ParseFile(token.NewFileSet(), "", changed, 0); err != nil {
			t.Errorf("%s: %v", m.head(), err)
		}
	}
	for _, want := range []string{
		"condition negated|p.go f|- if len(a) > 3 {|+ if !(len(a) > 3) {|",
		"comparison shifted|p.go f|- if len(a) > 3 {|+ if len(a) >= 3 {|",
		"constant off by one|p.go f|- if len(a) > 3 {|+ if len(a) > 4 {|",
		"append dropped|p.go f|- a = append(a, 7)|+|",
		"statement dropped|p.go f|- if len(a) > 3 { return a|+ if len(a) > 3 {|",
		"lock dropped|p.go f|- func f(a []int) []int { mu.Lock()|+ func f(a []int) []int {|",
	} {
		if !slices.Contains(got, want) {
			t.Errorf("missing: %s", want)
		}
	}
	if t.Failed() {
		t.Logf("found:\n%s", strings.Join(got, "\n"))
	}
	for _, m := range found(t) {
		if m.kind == dropLock && bytes.Contains(m.changed(), []byte("lock()")) {
			t.Errorf("half a lock is left:\n%s", m.changed())
		}
	}
}

// What the collector gives back anyhow is left out, and nothing else that ends.
func TestWhatIsCollectedIsNoMutant(t *testing.T) {
	body := func(text string) (heads []string) {
		name := filepath.Join(t.TempDir(), "p.go")
		if err := os.WriteFile(name, []byte("package p\n\nfunc f() {\n"+text+"\n}\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := sitesOf(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			heads = append(heads, string(m.kind))
		}
		return heads
	}
	for text, want := range map[string]int{
		"t := time.NewTimer(d)\ndefer t.Stop()":          0,
		"t := time.AfterFunc(d, g)\ndefer t.Stop()":      1,
		"f, _ := os.Open(name)\nread(f)\nf.Close()":      1,
		"f, _ := os.Create(name)\nwrite(f)\nf.Close()":   2,
		"f, _ := os.Open(name)\ndefer other.f.Close()":   1,
		"ctx, cancel := context.WithCancel(c)\ncancel()": 1,
	} {
		if got := body(text); len(got) != want {
			t.Errorf("%q: %q, want %d", text, got, want)
		}
	}
}

func TestTheSameSeedDrawsTheSame(t *testing.T) {
	order := func(seed uint64) (heads []string) {
		for _, m := range shuffled(rand.New(rand.NewPCG(seed, 1)), found(t)) {
			heads = append(heads, m.head()+m.after())
		}
		return heads
	}
	if all := order(1); len(all) != len(found(t)) || !slices.Equal(all, order(1)) {
		t.Error("not all, or not the same")
	}
	if slices.Equal(order(1), order(2)) {
		t.Error("another seed draws the same")
	}
}

// TestEquivalentsAreWhole reads the file of this tree.
func TestEquivalentsAreWhole(t *testing.T) {
	list, err := readEquivalents("equivalent.txt")
	if err != nil || len(list) == 0 {
		t.Errorf("%d entries: %v", len(list), err)
	}
	m := found(t)[0]
	name := filepath.Join(t.TempDir(), "e.txt")
	write := func(text string) (equivalents, error) {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return readEquivalents(name)
	}
	if known, err := write("# none\n\n" + m.text() + "\n"); err == nil {
		t.Errorf("an entry without a reason is taken: %v", known)
	}
	if known, err := write("# one\n\n" + m.text() + "Nobody minds.\n"); err != nil || !known.has(m) || known.has(found(t)[1]) {
		t.Errorf("%v, %v", known, err)
	}
}

// TestOnlyWhatRunsThroughAChangeIsAsked reads profiles of two tests, one of which runs
// through lines 10 to 12 of a function of lines 8 to 20, the other through 14 to 16.
func TestOnlyWhatRunsThroughAChangeIsAsked(t *testing.T) {
	c := coverage{all: map[string][]lines{}}
	for name, counts := range map[string][2]int{"TestOne": {1, 0}, "TestTwo": {0, 1}} {
		profile := filepath.Join(t.TempDir(), "profile")
		text := fmt.Sprintf("mode: set\nlachan/a/b.go:10.2,12.3 2 %d\nlachan/a/b.go:14.2,16.3 1 %d\n", counts[0], counts[1])
		if err := os.WriteFile(profile, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		ran, err := readProfile(profile, c.all)
		if err != nil {
			t.Fatal(err)
		}
		took := time.Second
		if name == "TestTwo" {
			took = 5 * time.Second
		}
		c.tests = append(c.tests, testcase{name, took, ran})
	}
	slices.SortFunc(c.tests, func(a, b testcase) int { return int(a.took - b.took) })
	function := lines{8, 20}
	for _, tt := range []struct {
		what string
		m    mutant
		want string
	}{
		{"a line of the first", mutant{file: "a/b.go", function: "f", within: function, line: 11}, "^(TestOne)$"},
		{"a line of the second", mutant{file: "a/b.go", function: "f", within: function, line: 15}, "^(TestTwo)$"},
		{"a case", mutant{file: "a/b.go", function: "f", within: function, line: 13}, "^(TestOne)$ ^(TestTwo)$"},
		{"a constant", mutant{file: "a/b.go", line: 3}, "^(TestOne)$ ^(TestTwo)$"},
		{"another function", mutant{file: "a/b.go", function: "g", within: lines{22, 30}, line: 23}, ""},
		{"another file", mutant{file: "a/c.go", function: "f", within: function, line: 11}, ""},
	} {
		var got []string
		for _, batch := range c.batches(&tt.m) {
			got = append(got, only(batch))
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: asked %q, want %q", tt.what, s, tt.want)
		}
	}
}

package main

import (
	"strings"
	"testing"
)

// passing is a run in which all passes, but for one test that is skipped.
const passing = `{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"=== RUN   TestA\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"    a_test.go:7: chatter\n"}
{"Action":"output","Package":"p","Test":"TestA","Output":"--- PASS: TestA (0.00s)\n"}
{"Action":"pass","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestB/sub","Output":"    b_test.go:9: dig is not installed: run make tools\n"}
{"Action":"skip","Package":"p","Test":"TestB/sub"}
{"Action":"output","Package":"p","Output":"PASS\n"}
{"Action":"output","Package":"p","Output":"ok  \tp\t0.1s\n"}
{"Action":"pass","Package":"p"}
{"Action":"output","Package":"q","Output":"?   \tq\t[no test files]\n"}
{"Action":"skip","Package":"q"}
`

func TestASkipIsNamedAndFailsWhereNoneIsAllowed(t *testing.T) {
	f := func(skips, want bool) {
		t.Helper()
		var out strings.Builder
		g := newGate(&out)
		if err := g.read(strings.NewReader(passing)); err != nil {
			t.Fatal(err)
		}
		if got := g.passes(skips); got != want {
			t.Errorf("skips %v: passes %v", skips, got)
		}
		text := out.String()
		for _, wanted := range []string{
			"ok  \tp\t0.1s\n", "skipped p TestB/sub: dig is not installed: run make tools\n",
			"1 packages passed, 0 failed, 1 tests skipped\n",
		} {
			if !strings.Contains(text, wanted) {
				t.Errorf("%q is not in\n%s", wanted, text)
			}
		}
		if strings.Contains(text, "chatter") || strings.Contains(text, "=== RUN") || strings.Contains(text, "PASS") {
			t.Errorf("what passes is shown:\n%s", text)
		}
	}
	f(true, true)
	f(false, false)
}

func TestWhatFailsIsShown(t *testing.T) {
	f := func(what, events string, wanted ...string) {
		t.Helper()
		var out strings.Builder
		g := newGate(&out)
		if err := g.read(strings.NewReader(events)); err != nil {
			t.Fatal(err)
		}
		if g.passes(true) {
			t.Errorf("%s passes", what)
		}
		for _, w := range wanted {
			if !strings.Contains(out.String(), w) {
				t.Errorf("%s: %q is not in\n%s", what, w, &out)
			}
		}
	}
	fails := `{"Action":"output","Package":"r","Test":"TestA","Output":"    a_test.go:7: want 3\n"}
{"Action":"fail","Package":"r","Test":"TestA"}
{"Action":"output","Package":"r","Output":"FAIL\tr\t0.1s\n"}
{"Action":"fail","Package":"r"}
`
	f("a test that fails", passing+fails, "want 3", "FAIL\tr\t0.1s", "FAILED 1 packages: r")
	f("a panic", passing+`{"Action":"output","Package":"r","Test":"TestA","Output":"panic: no\n"}
{"Action":"fail","Package":"r"}
`, "panic: no")
	f("code that does not compile", passing+`{"ImportPath":"r","Action":"build-output","Output":"r.go:1: undefined\n"}
{"Action":"fail","Package":"r"}
`, "r.go:1: undefined")
	f("a package without an end", passing+`{"Action":"start","Package":"r"}
{"Action":"output","Package":"r","Test":"TestA","Output":"so far\n"}
`, "NO END r TestA\nso far")
	f("no events", "go: no module\n", "go: no module", "no package passed")
}

// The tests that took longest are named, so that the gate stays short.
func TestTheSlowestAreNamed(t *testing.T) {
	events := `{"Action":"pass","Package":"p","Test":"TestQuick","Elapsed":4.9}
{"Action":"pass","Package":"p","Test":"TestSlow/part","Elapsed":30}
{"Action":"pass","Package":"p","Test":"TestSlow","Elapsed":31.2}
{"Action":"pass","Package":"q","Test":"TestSlower","Elapsed":64}
{"Action":"pass","Package":"p","Elapsed":70}
`
	var out strings.Builder
	g := newGate(&out)
	if err := g.read(strings.NewReader(events)); err != nil {
		t.Fatal(err)
	}
	if !g.passes(false) {
		t.Error("a slow test fails the gate")
	}
	if want := "  64 s q TestSlower\n  31 s p TestSlow\n1 packages passed"; !strings.Contains(out.String(), want) {
		t.Errorf("%q is not in\n%s", want, out.String())
	}
}

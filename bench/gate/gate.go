package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// An event is one line of go test -json; see go doc test2json.
type event struct {
	Action  string
	Package string
	Test    string // "" if the event is of the package
	Output  string
	Elapsed float64 // seconds, in the event that ends a test or a package
}

// A test is one of a package; "" is the package itself.
type test struct{ pkg, name string }

// A gate shows the events of a run and keeps what is told in the end.
type gate struct {
	out     io.Writer
	said    map[test]*strings.Builder // by tests that have not ended
	passed  int                       // packages
	failed  []string                  // packages
	skipped map[test]string           // why
	took    map[test]float64          // seconds, of tests of packages, not of their parts
}

func newGate(out io.Writer) *gate {
	return &gate{out: out, said: map[test]*strings.Builder{}, skipped: map[test]string{}, took: map[test]float64{}}
}

// read takes in all events. Lines that are none are shown as they are.
func (g *gate) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		var e event
		switch {
		case len(line) == 0:
		case json.Unmarshal(line, &e) != nil || e.Action == "":
			fmt.Fprintf(g.out, "%s", line)
		default:
			g.take(e)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the events: %w", err)
		}
	}
}

// take takes in one event.
func (g *gate) take(e event) {
	of := test{e.Package, e.Test}
	switch e.Action {
	case "start":
		g.said[of] = &strings.Builder{}
	case "build-output":
		fmt.Fprint(g.out, e.Output)
	case "output":
		g.output(of, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			g.ended(e)
			return
		}
		if !strings.Contains(e.Test, "/") {
			g.took[of] = e.Elapsed
		}
		text := g.text(of)
		delete(g.said, of)
		if e.Action == "fail" {
			fmt.Fprint(g.out, text)
		}
		if e.Action == "skip" {
			g.skipped[of] = reason(text)
		}
	}
}

// output keeps what a test says until it is known how it ends.
func (g *gate) output(of test, text string) {
	for _, frame := range []string{"=== RUN", "=== PAUSE", "=== CONT", "=== NAME"} {
		if strings.HasPrefix(text, frame) {
			return
		}
	}
	if of.name == "" && (text == "PASS\n" || text == "FAIL\n") {
		return
	}
	if g.said[of] == nil {
		g.said[of] = &strings.Builder{}
	}
	g.said[of].WriteString(text)
}

func (g *gate) text(of test) string {
	if said := g.said[of]; said != nil {
		return said.String()
	}
	return ""
}

// ended shows the last line of a package. If it failed, so may have tests that have
// no end.
func (g *gate) ended(e event) {
	for _, of := range g.open() {
		if of.pkg != e.Package {
			continue
		}
		if of.name != "" && e.Action == "fail" || of.name == "" {
			fmt.Fprint(g.out, g.text(of))
		}
		delete(g.said, of)
	}
	switch e.Action {
	case "pass":
		g.passed++
	case "fail":
		g.failed = append(g.failed, e.Package)
	}
}

// open lists the tests that have no end yet, those of a package before itself.
func (g *gate) open() []test {
	return slices.SortedFunc(maps.Keys(g.said), func(a, b test) int {
		return cmp.Or(cmp.Compare(a.pkg, b.pkg), -cmp.Compare(a.name, b.name))
	})
}

// reason is what a test said when it was skipped, without its place.
func reason(text string) string {
	for line := range strings.Lines(text) {
		if _, why, ok := strings.Cut(line, ".go:"); ok {
			_, why, _ = strings.Cut(why, ": ")
			return strings.TrimSpace(why)
		}
	}
	return "no reason given"
}

// passes tells how the run ended, and reports whether it is good.
func (g *gate) passes(skips bool) bool {
	good := true
	for _, of := range g.open() {
		fmt.Fprintf(g.out, "NO END %s %s\n%s", of.pkg, of.name, g.text(of))
		good = false
	}
	if len(g.failed) > 0 {
		fmt.Fprintf(g.out, "FAILED %d packages: %s\n", len(g.failed), strings.Join(g.failed, " "))
		good = false
	}
	if g.passed == 0 {
		fmt.Fprintln(g.out, "FAILED no package passed")
		good = false
	}
	byName := func(a, b test) int { return cmp.Or(cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.name, b.name)) }
	for _, of := range slices.SortedFunc(maps.Keys(g.skipped), byName) {
		fmt.Fprintf(g.out, "skipped %s %s: %s\n", of.pkg, of.name, g.skipped[of])
	}
	for _, of := range g.slowest() {
		fmt.Fprintf(g.out, "%4.0f s %s %s\n", g.took[of], of.pkg, of.name)
	}
	fmt.Fprintf(g.out, "%d packages passed, %d failed, %d tests skipped\n", g.passed, len(g.failed), len(g.skipped))
	if len(g.skipped) > 0 && !skips {
		fmt.Fprintln(g.out, "FAILED every test has to run here: install what is missing (make tools, as root)")
		good = false
	}
	return good
}

// What slow tests are named in the end: so many at most, and none that is quicker.
const (
	slowNamed = 20
	slow      = 5 // seconds
)

// slowest lists the tests that took longest, the longest first.
func (g *gate) slowest() []test {
	all := slices.SortedFunc(maps.Keys(g.took), func(a, b test) int {
		return cmp.Or(cmp.Compare(g.took[b], g.took[a]), cmp.Compare(a.pkg, b.pkg), cmp.Compare(a.name, b.name))
	})
	all = all[:min(len(all), slowNamed)]
	for i, of := range all {
		if g.took[of] < slow {
			return all[:i]
		}
	}
	return all
}

package history_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/history"
)

// saw waits until a page has so many allowed queries of school a.
func saw(t *testing.T, n *node, count string) {
	t.Helper()
	page := ""
	for deadline := time.Now().Add(10 * time.Second); time.Now().Before(deadline); <-time.After(time.Millisecond) {
		if page = n.exposed(); strings.Contains(page, allowed+count+"\n") {
			return
		}
	}
	t.Errorf("want %s allowed in\n%s", count, page)
}

// next is a recorder that starts with what a kill has left of another one,
// while the same process counts on.
func (n *node) next(dir string) *node {
	n.t.Helper()
	saved := copied(n.t, dir)
	n.stop()
	return runCounting(n.t, saved, n.counters)
}

func TestAKillOfTheRecorderAloneLosesNothing(t *testing.T) {
	dir := t.TempDir()
	n := run(t, dir)
	a := newSchool(n.counters, "a")
	a.allow(5)
	saw(t, n, "5")
	for i := range 3 {
		a.allow(1)
		saw(t, n, []string{"6", "8", "10"}[i])
		a.allow(1)
		n = n.next(n.dir)
	}
	saw(t, n, "11")
}

func TestAnEpochThatIsGoneCostsWhatWasNotWritten(t *testing.T) {
	n := run(t, t.TempDir())
	newSchool(n.counters, "a").allow(5)
	saw(t, n, "5")
	saved := copied(t, n.dir)
	n.stop()
	n = run(t, saved)
	newSchool(n.counters, "a").allow(2)
	saw(t, n, "7")
}

func TestAFinalTickIsTakenOnce(t *testing.T) {
	n := run(t, t.TempDir())
	a := newSchool(n.counters, "a")
	a.allow(5)
	saw(t, n, "5")
	a.allow(2) // while the recorder is away
	dir := copied(t, n.dir)
	n.stop()
	if err := history.WriteFinal(dir, n.counters.Epoch(), n.counters.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})); err != nil {
		t.Fatal(err)
	}
	unknown := newCounters() // began and ended while it was away
	newSchool(unknown, "a").allow(10)
	if err := history.WriteFinal(dir, unknown.Epoch(), unknown.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})); err != nil {
		t.Fatal(err)
	}
	finals, _ := filepath.Glob(filepath.Join(dir, "final-*"))
	again := map[string][]byte{}
	for _, name := range finals {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		again[filepath.Base(name)] = content
	}
	for range 3 {
		n = run(t, dir)
		saw(t, n, "17")
		if left, _ := filepath.Glob(filepath.Join(dir, "final-*")); len(left) > 0 || len(again) != 2 {
			t.Errorf("%v are left of %d", left, len(again))
		}
		dir = copied(t, n.dir)
		n.stop()
		for name, content := range again { // as if it had been killed before they were removed
			if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestDamagedEpochsCountNothingTwice(t *testing.T) {
	n := run(t, t.TempDir())
	a := newSchool(n.counters, "a")
	a.allow(5)
	saw(t, n, "5")
	dir := copied(t, n.dir)
	n.stop()
	if err := os.WriteFile(filepath.Join(dir, "epochs"), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	a.allow(2)
	n = runCounting(t, dir, n.counters)
	saw(t, n, "7")
	if !n.holds(history.ConditionDamaged) {
		t.Error("nothing says that epochs were damaged")
	}
	a.allow(1)
	saw(t, n, "8")
}

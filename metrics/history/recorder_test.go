package history_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/history"
)

// A node is a recorder that runs, and what it records.
type node struct {
	t          *testing.T
	dir        string
	counters   *metrics.Counters
	sent       metrics.Sent
	aggregator *metrics.Aggregator
	conditions *metrics.Conditions
	recorder   *history.Recorder
	log        bytes.Buffer // read it after stop
	stop       func()
}

func run(t *testing.T, dir string) *node {
	t.Helper()
	return runCounting(t, dir, newCounters())
}

// runCounting is a recorder of counters that count elsewhere.
func runCounting(t *testing.T, dir string, counters *metrics.Counters) *node {
	t.Helper()
	n := &node{t: t, dir: dir, counters: counters, conditions: &metrics.Conditions{}}
	n.aggregator = metrics.NewAggregator(n.counters.Node(), metrics.BuildInfo{})
	n.aggregator.Live(n.counters.Epoch())
	n.recorder = history.NewRecorder(dir, n.aggregator, n.conditions, history.Options{
		Refresh: n.refresh, Log: slog.New(slog.NewTextHandler(&n.log, nil)),
	})
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.recorder.Run(ctx)
	}()
	n.stop = func() { cancel(); <-ended }
	t.Cleanup(n.stop)
	return n
}

// refresh brings the aggregator what was counted until now.
func (n *node) refresh(context.Context) {
	n.aggregator.SetSchools(n.counters.InForce())
	if err := n.aggregator.Absorb(n.counters.Tick(nil, &n.sent, metrics.ResolverReadings{})); err != nil {
		n.t.Error(err)
	}
}

// exposed is the page of odometers.
func (n *node) exposed() string {
	n.t.Helper()
	o, err := n.recorder.Totals(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	var page strings.Builder
	if err := o.Write(&page); err != nil {
		n.t.Fatal(err)
	}
	return page.String()
}

func (n *node) holds(condition string) bool {
	for _, c := range n.conditions.List() {
		if c.Name == condition {
			return true
		}
	}
	return false
}

const allowed = `lachan_school_queries_total{node="nut-1",school="a",group="",decision="allowed",category="none"} `

func TestWhatIsExposedIsOnTheDisk(t *testing.T) {
	dir := t.TempDir()
	n := run(t, dir)
	a := newSchool(n.counters, "a")
	for i := 1; i < 20; i++ {
		a.allow(1)
		_ = n.exposed()
	}
	seen := n.exposed() // the newest scrape before the power goes
	saved := copied(t, dir)
	n.stop()
	after := run(t, saved)
	page := after.exposed()
	series, _, _ := strings.Cut(seen[strings.Index(seen, allowed)+len(allowed):], "\n")
	if !strings.Contains(page, allowed+series+"\n") {
		t.Errorf("shown before the cut: %s; after it:\n%s", series, page)
	}
}

// copied is a directory with what a power cut would leave of dir.
func copied(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(to, "lock")); err != nil {
		t.Fatal(err)
	}
	return to
}

func TestTheLastTickIsMadeWhenToldToStop(t *testing.T) {
	dir := t.TempDir()
	n := run(t, dir)
	a := newSchool(n.counters, "a")
	_ = n.exposed()
	a.allow(7)
	n.stop()
	if o, err := n.recorder.Totals(t.Context()); err != nil || o == nil {
		t.Errorf("after the end: %v", err)
	}
	if page := run(t, dir).exposed(); !strings.Contains(page, allowed+"7\n") {
		t.Errorf("the next start has\n%s", page)
	}
}

func TestANodeWithoutSchoolsTicksToo(t *testing.T) {
	n := run(t, t.TempDir())
	before := time.Now().Add(-time.Second)
	_ = n.exposed()
	if newest := n.recorder.Newest(); newest.Before(before) {
		t.Errorf("the newest tick is of %s", newest)
	}
	if _, _, ok := n.recorder.Span(); ok {
		t.Error("there is something to send")
	}
}

func TestDamageIsSetAsideAndCountingGoesOn(t *testing.T) {
	f := func(what string, harm func(dir string), want string, wantAside ...string) {
		t.Helper()
		dir := t.TempDir()
		store, counters := open(t, dir), newCounters()
		a := newSchool(counters, "a")
		a.allow(1)
		for at := start; at.Before(start.Add(8 * time.Hour)); at = at.Add(5 * time.Minute) {
			ticked(t, store, at, counters)
		}
		if err := store.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		closed(t, store)
		store = open(t, dir) // another segment of the log
		restore(t, store, newCounters())
		a.allow(1)
		// So early that the memory of the TSDB is not compacted after it, which would
		// begin another segment.
		ticked(t, store, start.Add(8*time.Hour-4*time.Minute), counters)
		closed(t, store)
		harm(dir)

		n := run(t, dir)
		newSchool(n.counters, "a").allow(1)
		if page := n.exposed(); !strings.Contains(page, allowed+want+"\n") {
			t.Errorf("%s: want %s allowed in\n%s", what, want, page)
		}
		aside, err := filepath.Glob(filepath.Join(dir, "damaged-*", "*"))
		if err != nil || n.holds(history.ConditionDamaged) != (len(aside) > 0) || n.holds(history.ConditionWrite) {
			t.Errorf("%s: set aside %v, conditions %v", what, aside, n.conditions.List())
		}
		n.stop()
		told := strings.Count(n.log.String(), `msg="history set aside"`)
		for i := range aside {
			aside[i] = filepath.Base(aside[i])
			if strings.HasPrefix(aside[i], "0") {
				aside[i] = "a block"
			}
		}
		if !slices.Equal(aside, wantAside) || told != len(wantAside) {
			t.Errorf("%s: set aside %q, want %q; %d told", what, aside, wantAside, told)
		}
	}
	blocks := func(dir string) []string {
		found, err := filepath.Glob(filepath.Join(dir, "0*"))
		if err != nil || len(found) == 0 {
			t.Fatalf("no blocks in %s: %v", dir, err)
		}
		return found
	}
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f("nothing", func(string) {}, "3")
	f("a block without an index", func(dir string) { write(filepath.Join(blocks(dir)[0], "index"), "") }, "3", "a block")
	f("a block of nonsense", func(dir string) { write(filepath.Join(blocks(dir)[0], "index"), strings.Repeat("nonsense", 100)) }, "3", "a block")
	f("a block without its description", func(dir string) { write(filepath.Join(blocks(dir)[0], "meta.json"), "{") }, "3")
	f("chunks of nonsense", func(dir string) {
		for _, b := range blocks(dir) {
			name := filepath.Join(b, "chunks", "000001")
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			write(name, string(text[:8])+strings.Repeat("\xff", len(text)-8))
		}
	}, "3")
	f("a torn log", func(dir string) {
		segments, _ := filepath.Glob(filepath.Join(dir, "wal", "0*"))
		newest := segments[len(segments)-1]
		text, err := os.ReadFile(newest)
		if err != nil {
			t.Fatal(err)
		}
		text = bytes.TrimRight(text, "\x00") // the rest of the page
		write(newest, string(text[:len(text)-7]))
	}, "2") // the torn tick is lost
	f("a log that is a folder", func(dir string) {
		segments, _ := filepath.Glob(filepath.Join(dir, "wal", "0*"))
		newest := segments[len(segments)-1]
		if err := os.Remove(newest); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(newest, 0o700); err != nil {
			t.Fatal(err)
		}
	}, "2")
	f("a file in place of the log", func(dir string) {
		if err := os.RemoveAll(filepath.Join(dir, "wal")); err != nil {
			t.Fatal(err)
		}
		write(filepath.Join(dir, "wal"), "")
	}, "2", "chunks_head", "wal", "wbl")
}

func TestHistoryThatCannotBeOpenedNeverStopsCounting(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(dir, nil, 0o600); err != nil { // a file where a folder should be
		t.Fatal(err)
	}
	n := run(t, dir)
	a := newSchool(n.counters, "a")
	a.allow(5)
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := n.recorder.Totals(stopped); err == nil || !strings.Contains(err.Error(), "lịch sử") {
		t.Errorf("odometers without a history: %v", err)
	}
	if _, err := n.recorder.Querier(0, 1); err == nil {
		t.Error("there is something to query")
	}
	deadline := time.After(10 * time.Second)
	for !n.holds(history.ConditionWrite) {
		select {
		case <-deadline:
			t.Fatal("no condition says that history is not written")
		case <-time.After(time.Millisecond):
		}
	}
}

package report_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/prometheus/storage"

	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// A fleet is nodes that record with the real recorder, in simulated time.
type fleet struct {
	t     testing.TB
	rand  *rand.Rand
	now   time.Time
	nodes []*recorder
	truth map[string]map[event]int64 // by month: what was ticked
}

// An event is what a node counts.
type event struct{ school, decision, category string }

// A recorder is one node: its counters, its history and its troubles.
type recorder struct {
	name     string
	dir      string
	store    *history.Store
	counters *metrics.Counters
	shard    *metrics.Shard
	schools  []metrics.School
	pending  map[event]int64 // counted since the newest tick
	dead     bool
	ahead    time.Duration // how wrong its clock is
	cut      int64         // what it wrote after this has not been told: milliseconds; 0: all has
}

// newFleet has so many nodes, schools and communes.
func newFleet(t testing.TB, start time.Time, nodes, schools, communes int) *fleet {
	t.Helper()
	f := &fleet{t: t, rand: rand.New(rand.NewPCG(3, 4)), now: start, truth: map[string]map[event]int64{}}
	for i := range nodes {
		n := &recorder{name: fmt.Sprintf("nut-%d", i+1), dir: filepath.Join(t.TempDir(), "history"), pending: map[event]int64{}}
		f.nodes = append(f.nodes, n)
	}
	for i := range schools {
		n := f.nodes[i%nodes]
		n.schools = append(n.schools, metrics.School{
			ID: fmt.Sprintf("truong-%04d", i), Province: "lao-cai", Commune: fmt.Sprintf("xa-%02d", i%communes), Level: levels[i%3][0],
		})
	}
	for _, n := range f.nodes {
		f.open(n)
	}
	t.Cleanup(func() {
		for _, n := range f.nodes {
			if err := n.store.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return f
}

// open is a process that begins.
func (f *fleet) open(n *recorder) {
	f.t.Helper()
	store, err := history.Open(n.dir, history.Options{})
	if err != nil {
		f.t.Fatal(err)
	}
	n.store, n.counters = store, metrics.New(n.name)
	n.counters.SetSchools(n.schools)
	if _, err := store.Restore(f.t.Context(), n.counters); err != nil {
		f.t.Fatal(err)
	}
	n.shard = n.counters.Shard()
}

// restart ends a process well: with a tick.
func (f *fleet) restart(n *recorder) {
	f.tick(n)
	if err := n.store.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.open(n)
}

// kill ends it without one: what was counted since the newest tick is lost. (That
// a process may be killed at any moment is shown where the files are written.)
func (f *fleet) kill(n *recorder) {
	f.t.Helper()
	if err := n.store.Close(); err != nil {
		f.t.Fatal(err)
	}
	clear(n.pending)
	f.open(n)
}

// run lets time pass: schools ask in the hours before each tick.
func (f *fleet) run(until time.Time) {
	f.t.Helper()
	for f.now.Before(until) {
		before := f.now
		f.now = nextTick(before)
		for _, n := range f.nodes {
			if n.dead {
				continue
			}
			f.ask(n)
			n.counters.Protect(f.now.Sub(before))
			f.tick(n)
			if f.now.Equal(midnight(f.now)) && f.now.Weekday() == time.Sunday { // days are moments here: no block waits longer than that for a merger
				if err := n.store.Compact(f.t.Context()); err != nil {
					f.t.Fatal(err)
				}
			}
		}
	}
}

// nextTick is at noon or midnight.
func nextTick(t time.Time) time.Time {
	if noon := midnight(t).Add(12 * time.Hour); noon.After(t) {
		return noon
	}
	return midnight(t).AddDate(0, 0, 1)
}

func (f *fleet) ask(n *recorder) {
	for _, s := range n.schools {
		group := n.counters.Group(s.ID, "")
		for _, c := range []struct {
			decision metrics.Decision
			category string
			most     int
		}{{metrics.DecisionAllowed, "", 90}, {metrics.DecisionExcepted, "social", 2}, {metrics.DecisionBlocked, "gambling", 9}, {metrics.DecisionBlocked, "games", 12}, {metrics.DecisionBlocked, "ads", 20}, {metrics.DecisionBlocked, "csam", 1}} {
			category := n.counters.Category(c.category)
			times := f.rand.IntN(c.most + 1)
			for range times {
				n.shard.Record(&metrics.Event{
					Group: group, Decision: c.decision, Category: category,
					Client: netip.IPv6Unspecified(), NameHash: f.rand.Uint64(), Time: f.now.UnixNano(),
				})
			}
			if c.category == "" {
				c.category = "none"
			}
			n.pending[event{s.ID, c.decision.String(), c.category}] += int64(times)
		}
	}
}

// tick writes what a node has counted. From now on it is true.
func (f *fleet) tick(n *recorder) {
	f.t.Helper()
	if _, err := n.store.Tick(f.t.Context(), f.now.Add(n.ahead), n.counters.Totals()); err != nil {
		f.t.Fatal(err)
	}
	month := f.now.Add(-time.Second).Format("01/2006")
	if f.truth[month] == nil {
		f.truth[month] = map[event]int64{}
	}
	for what, times := range n.pending {
		f.truth[month][what] += times
	}
	clear(n.pending)
}

// Querier reads the histories of all nodes as one, as far as they have told it.
func (f *fleet) Querier(mint, maxt int64) (storage.Querier, error) {
	var all []storage.Querier
	for _, n := range f.nodes {
		until := maxt
		if n.cut != 0 {
			until = min(until, n.cut)
		}
		q, err := n.store.Querier(mint, max(mint, until))
		if err != nil {
			return nil, err
		}
		all = append(all, q)
	}
	return storage.NewMergeQuerier(all, nil, storage.ChainedSeriesMerge), nil
}

func (f *fleet) report(unit, period string) *report.Model {
	f.t.Helper()
	p, err := figures.ParsePeriod(period, figures.Calendar{Zone: hanoi})
	if err != nil {
		f.t.Fatal(err)
	}
	m, err := report.Build(f.t.Context(), engine.NewLocal(f, engine.Limits{}), f.spec(unit, p))
	if err != nil {
		f.t.Fatal(err)
	}
	return m
}

func (f *fleet) spec(unit string, p figures.Period) figures.Spec {
	spec := figures.Spec{Unit: unit, Period: p, Now: f.now, Categories: categories, Levels: levels}
	spec.Units = []figures.Unit{{ID: "lao-cai", Name: "Tỉnh Lào Cai", Rank: figures.Province}}
	for _, n := range f.nodes {
		for _, s := range n.schools {
			spec.Units = append(spec.Units, figures.Unit{ID: s.ID, Name: "Trường " + s.ID, Rank: figures.School, Province: s.Province, Commune: s.Commune, Level: s.Level})
		}
	}
	return spec
}

// happened sums the truth up over months ("" is all) and what which lets pass.
func (f *fleet) happened(month string, which func(event) bool) (sum int64) {
	for m, truth := range f.truth {
		if month != "" && m != month {
			continue
		}
		for what, times := range truth {
			if which(what) {
				sum += times
			}
		}
	}
	return sum
}

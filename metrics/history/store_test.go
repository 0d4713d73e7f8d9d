package history_test

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"lachan/metrics"
	"lachan/metrics/engine"
	"lachan/metrics/history"
)

var (
	hanoi = time.FixedZone("ICT", 7*60*60)
	start = time.Date(2026, 9, 7, 0, 0, 0, 0, hanoi) // a Monday
)

const tick = 10 * time.Second

// A school counts what a test says it has answered.
type school struct {
	counters *metrics.Counters
	shard    *metrics.Shard
	id       string
}

func newCounters() *metrics.Counters {
	return metrics.New("nut-1")
}

func newSchool(c *metrics.Counters, id string) school {
	c.SetSchools([]metrics.School{{ID: id, Province: "lao-cai", Commune: "sa-pa", Level: "primary"}})
	c.Group(id, "")
	return school{c, c.Shard(), id}
}

func (s school) allow(n int) {
	for range n {
		s.shard.Record(&metrics.Event{Group: s.counters.Group(s.id, "")})
	}
}

func (s school) block(category string, n int) {
	for range n {
		s.shard.Record(&metrics.Event{Group: s.counters.Group(s.id, ""), Decision: metrics.DecisionBlocked, Category: s.counters.Category(category)})
	}
}

func open(t *testing.T, dir string) *history.Store {
	t.Helper()
	s, err := history.Open(dir, history.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closed(t *testing.T, s *history.Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func restore(t *testing.T, s *history.Store, c *metrics.Counters) history.Restored {
	t.Helper()
	r, err := s.Restore(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func ticked(t *testing.T, s *history.Store, at time.Time, c *metrics.Counters) history.Tick {
	t.Helper()
	done, err := s.Tick(t.Context(), at, c.Totals())
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// value is what a query of one series gives; -1 when it gives none.
func value(t *testing.T, s *history.Store, query string, at time.Time) float64 {
	t.Helper()
	samples, err := engine.NewLocal(s, engine.Limits{}).Query(t.Context(), query, at)
	if err != nil {
		t.Fatal(err)
	}
	switch len(samples) {
	case 0:
		return -1
	case 1:
		return samples[0].Value
	}
	t.Fatalf("%s: %d series", query, len(samples))
	return 0
}

func TestOdometersGoOnAfterAStart(t *testing.T) {
	dir := t.TempDir()
	counters := newCounters()
	a := newSchool(counters, "a")
	store := open(t, dir)
	a.allow(3)
	a.block("gambling", 2)
	counters.Protect(tick)
	ticked(t, store, start, counters)
	closed(t, store)

	for i := range 3 { // each adds one
		counters, store = newCounters(), open(t, dir)
		a = newSchool(counters, "a")
		a.block("gambling", 1) // before history is there
		if r := restore(t, store, counters); r.Counters != 3+answers || !r.Newest.Equal(start.Add(time.Duration(i)*tick)) {
			t.Errorf("restored %d odometers of %s", r.Counters, r.Newest)
		}
		now := start.Add(time.Duration(i+1) * tick)
		ticked(t, store, now, counters)
		for query, want := range map[string]float64{
			`lachan_school_queries_total{decision="allowed"}`: 3,
			`lachan_school_queries_total{decision="blocked"}`: 2 + float64(i+1),
			`lachan_school_protected_seconds_total`:           10,
			`lachan_school_info`:                              1,
		} {
			if got := value(t, store, query, now); got != want {
				t.Errorf("start %d: %s is %v, want %v", i, query, got, want)
			}
		}
		closed(t, store)
	}
}

// TestDaysAreExact writes two days of ticks, thinned and merged, with a start
// now and then, and compares every quarter of an hour.
func TestDaysAreExact(t *testing.T) {
	const days = 2
	dir := t.TempDir()
	counters := newCounters()
	store := open(t, dir)
	a := newSchool(counters, "a")
	random := rand.New(rand.NewPCG(1, 2))
	truth := map[time.Time]float64{}
	total := 0
	for at := start; !at.After(start.Add(days * 24 * time.Hour)); at = at.Add(3 * time.Minute) {
		if hour := at.In(hanoi).Hour(); hour >= 7 && hour < 17 {
			n := random.IntN(20)
			a.allow(n)
			total += n
		}
		ticked(t, store, at, counters)
		if at.Sub(start)%history.Step == 0 {
			truth[at] = float64(total)
		}
		if at.Sub(start)%(7*time.Hour) == 0 {
			closed(t, store)
			counters, store = newCounters(), open(t, dir)
			a = newSchool(counters, "a")
			restore(t, store, counters)
		}
		if at.Sub(start)%time.Hour == 0 {
			if err := store.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	defer closed(t, store)
	for at, want := range truth {
		if got := value(t, store, `last_over_time(lachan_school_queries_total{decision="allowed"}[400d])`, at); got != want {
			t.Errorf("at %s: %v, want %v", at, got, want)
		}
	}
	if got := value(t, store, `count_over_time(lachan_school_queries_total[1d])`, start.Add(24*time.Hour)); got < 96 || got > 110 {
		t.Errorf("the first day has %v samples, want one each quarter of an hour", got)
	}
	blocks, err := filepath.Glob(filepath.Join(dir, "0*"))
	if err != nil || len(blocks) > 7 {
		t.Errorf("%d blocks are left: %v", len(blocks), err)
	}
}

// answers is how many odometers a node that has answered has of its own.
const answers = 11

func TestOnlyWhatChangesIsWritten(t *testing.T) {
	counters := newCounters()
	store := open(t, t.TempDir())
	defer closed(t, store)
	a := newSchool(counters, "a")
	a.allow(1)
	a.block("gambling", 1)
	f := func(after time.Duration, want int) {
		t.Helper()
		if done := ticked(t, store, start.Add(after), counters); done.Samples != want {
			t.Errorf("%d samples after %s, want %d", done.Samples, after, want)
		}
	}
	f(tick, 4+answers) // info, time, two counts
	f(2*tick, 0)
	a.block("gambling", 1)
	f(3*tick, 1+answers)
	f(history.Step, 0)              // the last tick of the step
	f(history.Step+tick, 4+answers) // the first of the next
	counters.SetSchools(nil)        // the school is gone
	f(history.Step+2*tick, 1)       // its place ends
	f(2*history.Step+tick, answers) // it is not written any more
	a.allow(1)                      // but a late query is
	f(2*history.Step+2*tick, 1+answers)
	counters.SetSchools([]metrics.School{{ID: "a", Commune: "ta-van"}}) // it comes back, elsewhere,
	f(2*history.Step+3*tick, 4+answers)                                 // with all it has
	for query, want := range map[string]float64{
		`lachan_school_info{commune="sa-pa"}`:             -1,
		`lachan_school_info{commune="ta-van"}`:            1,
		`lachan_school_queries_total{decision="allowed"}`: 2,
	} {
		if got := value(t, store, query, start.Add(2*history.Step+3*tick)); got != want {
			t.Errorf("%s is %v, want %v", query, got, want)
		}
	}
}

func TestASchoolThatComesBackGoesOn(t *testing.T) {
	dir := t.TempDir()
	counters := newCounters()
	a := newSchool(counters, "a")
	store := open(t, dir)
	a.allow(5)
	ticked(t, store, start, counters)
	counters.SetSchools(nil)
	for at := start; at.Before(start.Add(12 * time.Hour)); at = at.Add(5 * time.Minute) {
		ticked(t, store, at.Add(tick), counters)
	}
	if err := store.Compact(t.Context()); err != nil {
		t.Fatal(err)
	}
	closed(t, store)
	store, counters = open(t, dir), newCounters()
	defer closed(t, store)
	restore(t, store, counters)
	a = newSchool(counters, "a")
	a.allow(1)
	ticked(t, store, start.Add(13*time.Hour), counters)
	if got := value(t, store, `lachan_school_queries_total`, start.Add(13*time.Hour)); got != 6 {
		t.Errorf("it counts %v, want 6", got)
	}
}

func TestAStoreThatIsClosedIsNotRead(t *testing.T) {
	counters := newCounters()
	store := open(t, t.TempDir())
	newSchool(counters, "a").allow(5)
	ticked(t, store, start, counters)
	q, err := store.Querier(0, start.UnixMilli())
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- store.Close() }() // waits for the query
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	if _, err := store.Querier(0, start.UnixMilli()); !errors.Is(err, os.ErrClosed) {
		t.Errorf("query of a closed store: %v", err)
	}
	if _, _, ok := store.Span(); ok {
		t.Error("a closed store has a span")
	}
}

func TestEachNodeHasItsOwnOdometers(t *testing.T) {
	dir := t.TempDir()
	counters := newCounters()
	store := open(t, dir)
	newSchool(counters, "a").allow(5)
	ticked(t, store, start, counters)
	closed(t, store)
	store = open(t, dir)
	defer closed(t, store)
	renamed := metrics.New("nut-2")
	restore(t, store, renamed)
	newSchool(renamed, "a").allow(2)
	ticked(t, store, start.Add(tick), renamed)
	for query, want := range map[string]float64{
		`lachan_school_queries_total{node="nut-1"}`: 5,
		`lachan_school_queries_total{node="nut-2"}`: 2,
	} {
		if got := value(t, store, query, start.Add(tick)); got != want {
			t.Errorf("%s is %v, want %v", query, got, want)
		}
	}
}

func TestClockBehindHistory(t *testing.T) {
	f := func(what string, step time.Duration, restart bool) {
		t.Run(what, func(t *testing.T) { t.Parallel(); clockBehind(t, step, restart) })
	}
	f("ten minutes", 10*time.Minute, false)
	f("three days", 72*time.Hour, false)
	f("three days, and a start", 72*time.Hour, true)
	f("ten years", 10*365*24*time.Hour, false)
	f("ten years, and a start", 10*365*24*time.Hour, true)
}

// clockBehind puts the clock ahead by a step for some hours, and right again.
func clockBehind(t *testing.T, step time.Duration, restart bool) {
	dir := t.TempDir()
	counters := newCounters()
	store := open(t, dir)
	defer func() { closed(t, store) }()
	a := newSchool(counters, "a")
	total, at := 0, start
	run := func(ticks int) {
		for range ticks {
			a.allow(1)
			total++
			at = at.Add(time.Minute)
			ticked(t, store, at, counters)
		}
	}
	run(100)
	at = at.Add(step) // ahead
	run(300)
	at = at.Add(-step) // right again
	if restart {
		closed(t, store)
		counters, store = newCounters(), open(t, dir)
		restore(t, store, counters)
		a = newSchool(counters, "a")
	}
	run(400)
	if err := store.Compact(context.Background()); err != nil {
		t.Fatal(err)
	}
	run(50)
	if got := value(t, store, `lachan_school_queries_total`, at); got != float64(total) {
		t.Errorf("%v at the end, want %d", got, total)
	}
	if got := value(t, store, `resets(lachan_school_queries_total[36500d])`, at.Add(step+time.Hour)); got != 0 {
		t.Errorf("the odometer goes back %v times", got)
	}
	if got := value(t, store, `last_over_time(lachan_school_queries_total[36500d])`, at.Add(step+time.Hour)); got != float64(total) {
		t.Errorf("%v in the future, want %d", got, total)
	}
}

// TestHistoryIsReadWhileItIsRewound asks for it all the time that the clock is behind.
func TestHistoryIsReadWhileItIsRewound(t *testing.T) {
	counters := newCounters()
	store := open(t, t.TempDir())
	defer closed(t, store)
	newSchool(counters, "a").allow(5)
	ticked(t, store, start, counters)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error)
	var looking sync.WaitGroup
	looking.Go(func() { // at how far it goes, and at nothing else
		for ctx.Err() == nil {
			store.Span()
		}
	})
	go func() {
		asked := engine.NewLocal(store, engine.Limits{})
		for ctx.Err() == nil {
			if _, err := asked.Query(context.Background(), `lachan_school_queries_total`, start); err != nil {
				ended <- err
				return
			}
		}
		ended <- nil
	}()
	at := start.Add(-24 * time.Hour)
	for range 370 {
		at = at.Add(tick)
		ticked(t, store, at, counters)
	}
	stop()
	looking.Wait()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if _, newest, ok := store.Span(); !ok || !newest.Equal(at) {
		t.Errorf("the newest tick is of %s, want %s", newest, at)
	}
}

// TestARestoreThatWasStoppedRestoresNothing: what is read in part is no history.
func TestARestoreThatWasStoppedRestoresNothing(t *testing.T) {
	dir := t.TempDir()
	counters := newCounters()
	store := open(t, dir)
	newSchool(counters, "a").allow(5)
	ticked(t, store, start, counters)
	closed(t, store)
	store = open(t, dir)
	defer closed(t, store)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	fresh := newCounters()
	if r, err := store.Restore(ctx, fresh); !errors.Is(err, context.Canceled) || r.Counters > 0 {
		t.Errorf("restored %d counters: %v", r.Counters, err)
	}
}

// A school that is in the policy no more ends, also if it left while the program was
// down; those of another node do not.
func TestASchoolThatLeftWhileTheProgramWasDownEnds(t *testing.T) {
	f := func(node string, place, counted float64) {
		t.Helper()
		dir := t.TempDir()
		counters := newCounters()
		newSchool(counters, "a").allow(1)
		store := open(t, dir)
		ticked(t, store, start, counters)
		closed(t, store)
		store, counters = open(t, dir), metrics.New(node)
		defer closed(t, store)
		restore(t, store, counters)
		ticked(t, store, start.Add(tick), counters)
		if got := value(t, store, `lachan_school_info`, start.Add(tick)); got != place {
			t.Errorf("%s: its place is %v, want %v", node, got, place)
		}
		if got := value(t, store, `lachan_school_queries_total`, start.Add(tick)); got != counted {
			t.Errorf("%s: it has counted %v, want %v", node, got, counted)
		}
	}
	f("nut-1", -1, 1)
	f("nut-2", 1, 1)
}

// A store may be closed while it is read: each query has all that there is, or learns
// that the store is closed.
func TestAStoreIsClosedWhileItIsRead(t *testing.T) {
	counters := newCounters()
	store := open(t, t.TempDir())
	newSchool(counters, "a").allow(5)
	ticked(t, store, start, counters)
	var readers sync.WaitGroup
	reading := make(chan struct{}, 4)
	for range cap(reading) {
		readers.Go(func() {
			for first := true; ; first = false {
				q, err := store.Querier(0, start.UnixMilli())
				if errors.Is(err, os.ErrClosed) {
					return
				}
				if err == nil {
					err = q.Close()
				}
				if err != nil {
					t.Error(err)
					return
				}
				if first {
					reading <- struct{}{}
				}
			}
		})
	}
	for range cap(reading) {
		<-reading
	}
	closed(t, store)
	readers.Wait()
}

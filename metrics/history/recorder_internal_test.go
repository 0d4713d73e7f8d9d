package history

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/prometheus/util/compression"

	"lachan/metrics"
)

// TestAClockBehindHistoryIsTold ticks with a clock that goes back and is right again.
func TestAClockBehindHistoryIsTold(t *testing.T) {
	var conditions metrics.Conditions
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	var log strings.Builder
	options := Options{Log: slog.New(slog.NewTextHandler(&log, nil))}
	p := writerState{Recorder: NewRecorder(t.TempDir(), aggregator, &conditions, options)}
	p.open(t.Context())
	defer p.close()
	noon := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	f := func(at time.Time, want bool) {
		t.Helper()
		p.tick(t.Context(), at)
		list := conditions.List()
		if got := len(list) == 1 && list[0].Name == ConditionClock; got != want || len(list) > 1 {
			t.Errorf("at %s: %v", at, list)
		}
	}
	f(noon, false)
	f(noon.Add(-time.Minute+time.Millisecond), false) // a minute is nothing
	f(noon.Add(-time.Minute+time.Millisecond), true)
	f(noon.Add(-2*time.Minute), true)
	f(noon.Add(-time.Hour), true)
	f(noon.Add(-time.Hour), true) // it is told once
	f(noon.Add(time.Second), false)
	f(noon.Add(-time.Hour), true)
	if n := strings.Count(log.String(), "the clock is behind history"); n != 2 {
		t.Errorf("two times of a wrong clock are logged %d times:\n%s", n, &log)
	}
}

// TestHistoryThatComesBackIsWrittenAgain begins with a file where the directory
// should be.
func TestHistoryThatComesBackIsWrittenAgain(t *testing.T) {
	var conditions metrics.Conditions
	dir := filepath.Join(t.TempDir(), "history")
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	p := writerState{Recorder: NewRecorder(dir, aggregator, &conditions, Options{})}
	p.open(t.Context())
	f := func(written bool) {
		t.Helper()
		p.tick(t.Context(), time.Now())
		list := conditions.List()
		if got := len(list) == 0; got != written || p.shown.Load() != nil != written {
			t.Errorf("written %v, want %v: %v", got, written, list)
		}
	}
	f(false)
	if err := os.Remove(dir); err != nil {
		t.Fatal(err)
	}
	p.retry = time.Now().Add(time.Hour)
	f(false) // not yet
	p.retry = time.Now()
	f(true)
	before := p.store.Load()
	f(true)
	if p.store.Load() != before {
		t.Error("a store that is open was opened again")
	}
	if p.took <= 0 || p.done.IsZero() {
		t.Errorf("a tick took %s until %s", p.took, p.done)
	}
	p.close()
}

// TestKnownSeriesNeedNoLabels appends to a series twice.
func TestKnownSeriesNeedNoLabels(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	made := 0
	name := func() []string { made++; return []string{"__name__", "a", "empty", ""} }
	var one series
	for at := range int64(3) {
		w := write{Store: s, app: s.db.Appender(t.Context()), at: at}
		if w.append(&one, 1, name); w.err != nil || w.samples != 1 {
			t.Fatalf("%d samples: %v", w.samples, w.err)
		}
		if err := w.app.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if made != 1 {
		t.Errorf("labels were made %d times", made)
	}
}

// TestATickThatIsALittleLateHasTheTimeAtWhichItWasDue has moments around the slack.
func TestATickThatIsALittleLateHasTheTimeAtWhichItWasDue(t *testing.T) {
	due := time.Date(2026, 9, 7, 12, 0, 10, 0, time.UTC)
	f := func(late time.Duration, want time.Time) {
		t.Helper()
		if got := dueAt(due.Add(late)); !got.Equal(want) {
			t.Errorf("%s late: %s, want %s", late, got, want)
		}
	}
	f(0, due)
	f(tickSlack-1, due)
	f(tickSlack, due.Add(tickSlack))
	f(TickEvery-1, due.Add(TickEvery-1))
	f(TickEvery, due.Add(TickEvery))
}

// TestOnlyWhatAFloatHoldsExactlyIsRestored has a value on each side of the bound.
func TestOnlyWhatAFloatHoldsExactlyIsRestored(t *testing.T) {
	f := func(v float64, want int) {
		t.Helper()
		s, err := Open(t.TempDir(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		w := write{Store: s, app: s.db.Appender(t.Context()), at: 1000}
		w.append(&series{}, v, func() []string {
			return []string{
				"__name__", "lachan_school_queries_total", "node", "nut-1", "school", "a",
				"decision", "allowed", "category", "none",
			}
		})
		if err := w.app.Commit(); err != nil || w.err != nil {
			t.Fatal(err, w.err)
		}
		if r, err := s.Restore(t.Context(), metrics.New("nut-1")); err != nil || r.Counters != want {
			t.Errorf("%v: %d restored, want %d: %v", v, r.Counters, want, err)
		}
	}
	f(0, 1)
	f(1<<53-1, 1)
	f(1<<53, 0)
	f(-1, 0)
}

// TestEverySegmentThatMayHaveGrownIsSynced has logs of which some segments cannot be:
// the sync tells of those it needs.
func TestEverySegmentThatMayHaveGrownIsSynced(t *testing.T) {
	for _, c := range []struct {
		segments string // s: can be synced; x: cannot
		synced   int    // the newest at the last sync; -1: none
		good     bool
	}{
		{"", -1, false},
		{"s", -1, true},
		{"x", -1, false},
		{"x", 0, false},
		{"xs", -1, false},
		{"xs", 0, false}, // it may have grown before the next was begun
		{"xs", 1, true},
		{"sx", 0, false},
		{"sxs", 0, false},
		{"xss", 1, true},
	} {
		s := &Store{dir: t.TempDir()}
		name := func(i int) string { return filepath.Join(s.dir, "wal", fmt.Sprintf("%08d", i)) }
		if err := os.Mkdir(filepath.Dir(name(0)), 0o700); err != nil {
			t.Fatal(err)
		}
		for i, kind := range c.segments {
			err := os.WriteFile(name(i), nil, 0o600)
			if kind == 'x' {
				err = errors.Join(os.Remove(name(i)), os.Symlink("nowhere", name(i)))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if c.synced >= 0 {
			s.synced = name(c.synced)
		}
		if err := s.sync(); (err == nil) != c.good {
			t.Errorf("segments %q, synced up to %d: %v", c.segments, c.synced, err)
		} else if err == nil && s.synced != name(len(c.segments)-1) {
			t.Errorf("segments %q: synced up to %s", c.segments, s.synced)
		}
	}
}

// TestWarningsOfTheTSDBAreLogged has records on both sides of Warn.
func TestWarningsOfTheTSDBAreLogged(t *testing.T) {
	for _, c := range []struct {
		least, level slog.Level
		want         bool
	}{
		{slog.LevelDebug, slog.LevelInfo, false},
		{slog.LevelDebug, slog.LevelWarn, true},
		{slog.LevelDebug, slog.LevelError, true},
		{slog.LevelError, slog.LevelWarn, false},
		{slog.LevelError, slog.LevelError, true},
	} {
		h := fromWarn{slog.NewTextHandler(io.Discard, &slog.HandlerOptions{Level: c.least})}
		if got := h.Enabled(t.Context(), c.level); got != c.want {
			t.Errorf("%s where %s is logged: %v", c.level, c.least, got)
		}
	}
}

// TestAnEmptyHistoryTakesLittleMemory opens stores without a tick.
func TestAnEmptyHistoryTakesLittleMemory(t *testing.T) {
	inUse := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := inUse()
	const stores = 4
	for range stores {
		s, err := Open(t.TempDir(), Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
	}
	each := (inUse() - before) / stores
	t.Logf("an empty history takes %d KiB", each>>10)
	if each > 1<<20 {
		t.Errorf("an empty history takes %d bytes", each)
	}
}

// TestHowLongBlocksBecome: what is deleted at once is a tenth of what is kept at most.
func TestHowLongBlocksBecome(t *testing.T) {
	for keep, most := range map[time.Duration]time.Duration{
		time.Hour: 2 * time.Hour, 21 * time.Hour: 126 * time.Minute, 10 * day: day, 310 * day: 31 * day, 800 * day: 31 * day,
	} {
		got := settings(Options{Retention: keep})
		if got.MinBlockDuration != (2*time.Hour).Milliseconds() || got.MaxBlockDuration != most.Milliseconds() {
			t.Errorf("of %s kept: blocks of %d to %d ms, want %d at most", keep, got.MinBlockDuration, got.MaxBlockDuration, most.Milliseconds())
		}
	}
}

// TestTheTSDBIsKeptSmall: its log is cut and packed, and no samples wait in memory.
func TestTheTSDBIsKeptSmall(t *testing.T) {
	got := settings(Options{Retention: 800 * day})
	if got.WALSegmentSize != 32<<20 || got.WALCompression != compression.Snappy || got.HeadChunksWriteBufferSize != 64<<10 || got.HeadChunksWriteQueueSize != 0 {
		t.Errorf("%+v", got)
	}
}

// TestRunGoesOnAfterAPanic where it was: the store was closed, so that it can be opened.
func TestRunGoesOnAfterAPanic(t *testing.T) {
	var conditions metrics.Conditions
	broken := true
	options := Options{Refresh: func(context.Context) {
		if broken {
			panic("a fault of the program")
		}
	}}
	r := NewRecorder(t.TempDir(), metrics.NewAggregator("nut-1", metrics.BuildInfo{}), &conditions, options)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan any)
	run := func() {
		defer func() { ended <- recover() }()
		r.Run(ctx)
	}
	go run()
	canceled, cancel := context.WithTimeout(t.Context(), openTimeout)
	go func() { _, _ = r.Totals(canceled) }() // asks for a tick
	if fault := <-ended; fault == nil {
		t.Fatal("no panic")
	}
	cancel()
	if r.store.Load() != nil {
		t.Error("what has ended by a panic is open")
	}
	broken = false
	go run()
	if o, err := r.Totals(t.Context()); err != nil || o == nil || len(conditions.List()) > 0 {
		t.Errorf("after a panic: %v, %v", err, conditions.List())
	}
	stop()
	if fault := <-ended; fault != nil {
		t.Error(fault)
	}
}

// TestATickThatFailsIsMadeUpFor takes the log away from under the recorder.
func TestATickThatFailsIsMadeUpFor(t *testing.T) {
	var conditions metrics.Conditions
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	p := writerState{Recorder: NewRecorder(t.TempDir(), aggregator, &conditions, Options{})}
	p.open(t.Context())
	defer p.close()
	at := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	f := func(written bool) {
		t.Helper()
		at = at.Add(TickEvery)
		p.tick(t.Context(), at)
		list := conditions.List()
		told := len(list) == 1 && list[0].Name == ConditionWrite
		if told == written || p.store.Load() != nil != written || p.Newest().Equal(at) != written {
			t.Errorf("written %v at %s, want %v: %v", p.Newest(), at, written, list)
		}
		if _, _, ok := p.Span(); ok && !written {
			t.Error("a store that is not open has a span")
		}
		if q, err := p.Querier(0, at.UnixMilli()); (err == nil) != written {
			t.Errorf("written %v: read with %v", written, err)
		} else if err == nil {
			q.Close()
		}
	}
	f(true)
	if err := os.RemoveAll(filepath.Join(p.dir, "wal")); err != nil {
		t.Fatal(err)
	}
	f(false)
	p.retry = time.Now().Add(time.Hour)
	f(false) // not yet
	p.retry = time.Now()
	f(true)
}

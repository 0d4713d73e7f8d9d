package history

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"lachan/metrics"
)

// TestAClockBehindHistoryIsTold ticks with a clock that goes back and is right again.
func TestAClockBehindHistoryIsTold(t *testing.T) {
	var conditions metrics.Conditions
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	p := writerState{Recorder: NewRecorder(t.TempDir(), aggregator, &conditions, Options{})}
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
	f(noon.Add(-time.Minute+time.Second), false) // a minute is nothing
	f(noon.Add(-2*time.Minute), true)
	f(noon.Add(-time.Hour), true)
	f(noon.Add(time.Second), false)
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

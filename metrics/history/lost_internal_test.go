package history

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"lachan/metrics"
)

// inPlace puts a folder that is not empty where a file should be.
func inPlace(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(path, "x"), 0o700); err != nil {
		t.Fatal(err)
	}
}

// recording is what belongs to Run, with all that it logs.
func recording(t *testing.T, dir string) (p *writerState, log *strings.Builder) {
	t.Helper()
	log = new(strings.Builder)
	aggregator := metrics.NewAggregator("nut-1", metrics.BuildInfo{})
	options := Options{Log: slog.New(slog.NewTextHandler(log, nil))}
	p = &writerState{Recorder: NewRecorder(dir, aggregator, new(metrics.Conditions), options)}
	t.Cleanup(func() { p.close() })
	return p, log
}

// asked is a process that has answered so many questions of a school.
func asked(school string, times int) *metrics.Counters {
	c := metrics.New("nut-1")
	for range times {
		c.Shard().Record(&metrics.Event{Group: c.Group(school, "")})
	}
	return c
}

func tickOf(c *metrics.Counters) []byte {
	return c.Tick(nil, new(metrics.Sent), metrics.ResolverReadings{})
}

// counted is how many questions a school has asked.
func counted(p *writerState, school string) (n uint64) {
	p.aggregator.Totals().Each(func(of metrics.Counter, value uint64) {
		if of.School() == school {
			n += value
		}
	})
	return n
}

// TestAFinalTickIsCountedWhenItsProcessEnds, and that of another process when that ends, or
// at the next tick.
func TestAFinalTickIsCountedWhenItsProcessEnds(t *testing.T) {
	p, log := recording(t, t.TempDir())
	p.open(t.Context())
	a, b, c := asked("a", 3), asked("b", 5), asked("c", 7)
	for _, of := range []*metrics.Counters{a, b} {
		if err := WriteFinal(p.dir, of.Epoch(), tickOf(of)); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.aggregator.Absorb(tickOf(c)); err != nil {
		t.Fatal(err)
	}
	f := func(what string, want ...uint64) {
		t.Helper()
		for i, school := range []string{"a", "b", "c"} {
			if got := counted(p, school); got != want[i] {
				t.Errorf("%s: %s has asked %d, want %d", what, school, got, want[i])
			}
		}
	}
	f("at first", 0, 0, 7)
	p.Ended(a.Epoch())
	f("a has ended", 3, 0, 7)
	p.Ended(c.Epoch()) // which has left nothing
	f("c has ended", 3, 0, 7)
	at := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	for range 3 {
		at = at.Add(TickEvery)
		p.tick(t.Context(), at)
		f("at a tick", 3, 5, 7)
	}
	for _, of := range []*metrics.Counters{a, b, c} {
		if err := p.aggregator.Absorb(tickOf(of)); !errors.Is(err, metrics.ErrEpoch) {
			t.Errorf("a tick of one that has ended: %v", err)
		}
	}
	left, _ := filepath.Glob(filepath.Join(p.dir, finalPrefix+"*"))
	if len(left) > 0 || strings.Contains(log.String(), "level=ERROR") || strings.Contains(log.String(), "level=WARN") {
		t.Errorf("left are %q:\n%s", left, log)
	}
}

// TestAFinalTickThatTheDiskDoesNotGiveIsTold: its process has ended all the same, and the
// others are counted.
func TestAFinalTickThatTheDiskDoesNotGiveIsTold(t *testing.T) {
	p, log := recording(t, t.TempDir())
	lost, other := asked("a", 3), asked("b", 5)
	inPlace(t, filepath.Join(p.dir, finalPrefix+lost.Epoch().String()))
	if err := WriteFinal(p.dir, other.Epoch(), tickOf(other)); err != nil {
		t.Fatal(err)
	}
	p.open(t.Context())
	p.tick(t.Context(), time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC))
	if got := counted(p, "b"); got != 5 {
		t.Errorf("%d of 5 are counted", got)
	}
	for _, line := range []string{"read final tick", "remove final tick"} {
		if !strings.Contains(log.String(), line) {
			t.Errorf("%q is not logged:\n%s", line, log)
		}
	}
	if strings.Contains(log.String(), "set aside") || len(p.conditions.List()) > 0 {
		t.Errorf("%v:\n%s", p.conditions.List(), log)
	}
	if err := WriteFinal(filepath.Join(p.dir, "wal", "00000000"), other.Epoch(), nil); !errors.Is(err, syscall.ENOTDIR) || !strings.Contains(err.Error(), "final tick") {
		t.Errorf("into a file: %v", err)
	}
	inPlace(t, filepath.Join(p.dir, finalPrefix+other.Epoch().String()))
	if err := WriteFinal(p.dir, other.Epoch(), nil); err == nil || !strings.Contains(err.Error(), "final tick") {
		t.Errorf("over a folder: %v", err)
	}
}

// TestEpochsThatTheDiskDoesNotGiveStopWriting: history is not written past them, neither at
// the start nor later, and counting goes on.
func TestEpochsThatTheDiskDoesNotGiveStopWriting(t *testing.T) {
	dir := t.TempDir()
	epochs := filepath.Join(dir, epochsFile)
	inPlace(t, epochs)
	p, log := recording(t, dir)
	f := func(what string, want bool) {
		t.Helper()
		list := p.conditions.List()
		failing := len(list) == 1 && list[0].Name == ConditionWrite && strings.Contains(list[0].Text, "epochs")
		if failing != want || len(list) > 0 != want || (p.store.Load() == nil) != want {
			t.Errorf("%s: %v, open: %v", what, list, p.store.Load() != nil)
		}
	}
	p.open(t.Context())
	f("at the start", true)
	at := time.Date(2026, 9, 7, 12, 0, 0, 0, time.UTC)
	tick := func() {
		p.retry = time.Time{}
		at = at.Add(TickEvery)
		p.tick(t.Context(), at)
	}
	c := asked("a", 3)
	if err := p.aggregator.Absorb(tickOf(c)); err != nil {
		t.Fatal(err)
	}
	tick()
	f("later", true)
	if err := os.RemoveAll(epochs); err != nil {
		t.Fatal(err)
	}
	tick()
	f("they are given again", false)
	inPlace(t, epochs)
	if err := p.aggregator.Absorb(tickOf(asked("b", 5))); err != nil {
		t.Fatal(err)
	}
	tick()
	f("they cannot be written", true)
	if got := counted(p, "a") + counted(p, "b"); got != 8 {
		t.Errorf("%d of 8 are counted", got)
	}
	if err := os.RemoveAll(epochs); err != nil {
		t.Fatal(err)
	}
	tick()
	f("they can", false)
	if n := strings.Count(log.String(), "history is not written"); n != 2 {
		t.Errorf("two failures are logged %d times:\n%s", n, log)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, damagedPrefix+"*")); len(found) > 0 {
		t.Errorf("set aside are %q", found)
	}
}

// TestEpochsThatAreDamagedAreSetAsideAndTold: counting goes on without them.
func TestEpochsThatAreDamagedAreSetAsideAndTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, epochsFile), []byte("nonsense"), 0o600); err != nil {
		t.Fatal(err)
	}
	p, log := recording(t, dir)
	p.open(t.Context())
	if list := p.conditions.List(); p.store.Load() == nil || len(list) != 1 || list[0].Name != ConditionDamaged {
		t.Errorf("open %v, %v", p.store.Load() != nil, list)
	}
	if n := strings.Count(log.String(), "history set aside"); n != 1 || !strings.Contains(log.String(), filepath.Join(dir, epochsFile)) {
		t.Errorf("told %d times:\n%s", n, log)
	}
}

// TestACallerWaitsForCountersForAWhileOnly: not for a history that does not run, nor once
// its context is done; what was shown last is there after the end.
func TestACallerWaitsForCountersForAWhileOnly(t *testing.T) {
	p, _ := recording(t, t.TempDir())
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if o, err := p.Totals(canceled); o != nil || err == nil || err.Error() != textNotOpen.String() {
		t.Errorf("before the start: %v", err)
	}
	if q, err := p.Querier(0, 1); q != nil || err == nil || err.Error() != textNotOpen.String() {
		t.Errorf("a query before the start: %v", err)
	}
	if _, _, ok := p.Span(); ok || !p.Newest().IsZero() {
		t.Error("before the start there is something")
	}
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() { defer close(ended); p.Run(ctx) }()
	first, err := p.Totals(t.Context())
	if err != nil || first == nil || p.Newest().IsZero() {
		t.Fatalf("while it runs: %v", err)
	}
	stop()
	<-ended
	began := time.Now()
	if o, err := p.Totals(t.Context()); err != nil || o == nil {
		t.Errorf("after the end: %v", err)
	}
	if took := time.Since(began); took >= openTimeout {
		t.Errorf("after the end nothing is waited for, yet it took %s", took)
	}
}

// TestWhatCannotBeMovedIsNotSetAside, and the error names it.
func TestWhatCannotBeMovedIsNotSetAside(t *testing.T) {
	dir := t.TempDir()
	file, gone := filepath.Join(dir, "file"), filepath.Join(dir, "gone")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := move(gone, filepath.Join(dir, "to")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), gone) {
		t.Errorf("what is not there: %v", err)
	}
	if err := move(dir, file); !errors.Is(err, syscall.ENOTDIR) || !strings.Contains(err.Error(), dir) {
		t.Errorf("into a file: %v", err)
	}
	cause := errors.New("invalid checksum")
	if err := error(&blockError{"b", cause}); !errors.Is(err, cause) || !strings.Contains(err.Error(), "b: invalid checksum") {
		t.Error(err)
	}
}

// TestOnlyNumbersAreHistory: what merging and thinning cannot read is an error, and never
// left out.
func TestOnlyNumbersAreHistory(t *testing.T) {
	chunk := chunkenc.NewHistogramChunk()
	app, err := chunk.Appender()
	if err != nil {
		t.Fatal(err)
	}
	if _, _, app, err = app.AppendHistogram(nil, 0, 1, &histogram.Histogram{}, false); err != nil || app == nil {
		t.Fatal(err)
	}
	cause := errors.New("invalid checksum")
	part := func(of chunks.Iterator) storage.ChunkSeries {
		return &storage.ChunkSeriesEntry{
			Lset: labels.FromStrings("__name__", "x"), ChunkIteratorFn: func(chunks.Iterator) chunks.Iterator { return of },
		}
	}
	number, err := samples{{1, 2}}.chunk()
	if err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string]chunks.Iterator{
		"histogram":        storage.NewListChunkSeriesIterator(chunks.Meta{Chunk: chunk}),
		"invalid checksum": failedChunks{cause},
	} {
		merged := concatenate(part(storage.NewListChunkSeriesIterator(number)), part(bad)).Iterator(nil)
		if merged.Next() || merged.Err() == nil || !strings.Contains(merged.Err().Error(), what) || !strings.Contains(merged.Err().Error(), "merge") || merged.At().Chunk != nil {
			t.Errorf("%s: merged: %v", what, merged.Err())
		}
	}
	if _, ok, err := lastOf(storage.NewListChunkSeriesIterator(chunks.Meta{Chunk: chunk})); ok || err == nil {
		t.Errorf("the last of a histogram: %v", err)
	}
	if _, ok, err := lastOf(failedChunks{cause}); ok || !errors.Is(err, cause) {
		t.Errorf("the last of what cannot be read: %v", err)
	}
	if _, ok, err := lastOf(storage.NewListChunkSeriesIterator()); ok || err != nil {
		t.Errorf("the last of nothing: %v", err)
	}
	if last, ok, err := lastOf(storage.NewListChunkSeriesIterator(number)); !ok || err != nil || last != (sample{1, 2}) {
		t.Errorf("the last of one: %v, %v", last, err)
	}
	c := thinChunks{block: &thinBlock{step: Step}}
	for _, read := range [][]chunks.Meta{nil, {{Ref: 2}}} {
		c.block.series = read
		if got, _, err := c.ChunkOrIterable(chunks.Meta{Ref: 1}); got != nil || err == nil || !strings.Contains(err.Error(), "1") {
			t.Errorf("a chunk of another series: %v", err)
		}
	}
	c.ChunkReader = oneChunk{chunk}
	c.block.series = []chunks.Meta{{Ref: 1}}
	if got, _, err := c.ChunkOrIterable(chunks.Meta{Ref: 1}); got != nil || err == nil || !strings.Contains(err.Error(), "histogram") {
		t.Errorf("a histogram is thinned: %v", err)
	}
}

// oneChunk has the same chunk for every reference.
type oneChunk struct{ chunkenc.Chunk }

func (o oneChunk) ChunkOrIterable(chunks.Meta) (chunkenc.Chunk, chunkenc.Iterable, error) {
	return o.Chunk, nil, nil
}

func (o oneChunk) Close() error { return nil }

// TestAStoreThatIsClosedRestoresAndTicksNothing.
func TestAStoreThatIsClosedRestoresAndTicksNothing(t *testing.T) {
	s := written(t, Options{}, Step)
	dir := s.dir
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	c := metrics.New("nut-1")
	if r, err := s.Restore(t.Context(), c); err == nil || r.Counters != 0 || !r.Newest.IsZero() || !strings.Contains(err.Error(), dir) {
		t.Errorf("restored %+v: %v", r, err)
	}
	n := 0
	c.Totals().Each(func(metrics.Counter, uint64) { n++ })
	if n > 0 {
		t.Errorf("%d counters are restored", n)
	}
	if err := os.RemoveAll(filepath.Join(dir, "wal")); err != nil {
		t.Fatal(err)
	}
	if err := s.sync(); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("a log without a segment: %v", err)
	}
	if err := syncFile(filepath.Join(dir, "none")); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "log") {
		t.Errorf("a file that is not there: %v", err)
	}
}

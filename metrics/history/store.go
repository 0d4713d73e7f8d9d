// Package history keeps what was counted, for as long as reports ask for it: an
// embedded Prometheus TSDB in the directory of the state. FORMAT.md says what
// lies on disk.
//
// A Store is that directory. A Recorder is its life in a running node: it
// restores the counters, ticks them every ten seconds, and keeps counting in
// memory when the disk does not take them. No answer waits for anything here.
package history

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/util/compression"

	"lachan/metrics"
	"lachan/metrics/engine"
)

const (
	// Step is how finely history is kept once it is older than a few hours: of
	// the ticks between two multiples of it, the last one stays. All edges of
	// days are multiples, in every time zone there is.
	Step = 15 * time.Minute

	// OldStep is how finely it is kept once it is older than OldAfter: what a year is
	// compared with. Edges of days are multiples in nearly all time zones, those of lessons
	// if they are at half hours.
	OldStep = 30 * time.Minute
	// OldAfter is the age, from the newest block, at which history is thinned to OldStep.
	OldAfter = 400 * 24 * time.Hour

	blockRange    = 2 * time.Hour       // of the newest blocks
	maxBlockRange = 31 * 24 * time.Hour // of the oldest

	anyTime = 200 * 365 * 24 * time.Hour // as far as a clock can be wrong
)

// Options of a Store.
type Options struct {
	// Retention is how long history is kept. Default 800 days.
	Retention time.Duration
	// Quiet reports whether this is a good time to merge blocks, which takes the
	// processor for some seconds. Default always.
	Quiet func() bool
	// Log takes what the TSDB has to say from Warn on. Default none.
	Log *slog.Logger
	// Refresh asks the processes that count for what they have counted until now,
	// and returns once that has been absorbed, or will not be soon. A Recorder
	// calls it before each tick. Default none.
	Refresh func(context.Context)
}

// Limits bound the queries that others ask of a node's history, so that they do not
// slow the node down.
func Limits() engine.Limits {
	return engine.Limits{Samples: 5_000_000, Timeout: 30 * time.Second, Lookback: Step + 2*TickEvery}
}

// A Store is a history on disk. One goroutine ticks; queries may come from any
// number. Made by Open.
type Store struct {
	dir     string
	options Options

	mu     sync.RWMutex // held for reading while db is read, for writing while it is closed
	db     *tsdb.DB
	closed bool // for good; guarded by mu

	clock  clock
	newest atomic.Int64                // of clock, for other goroutines
	series map[metrics.Counter]*series // written since the start, or since a write went wrong
	places map[metrics.School]*series  // where the newest tick said that schools belong
	inTick map[string]bool             // schools in force at the newest tick, by id
	synced string                      // the newest WAL segment at the last fsync
}

// A series is one series of the store as the newest tick left it.
type series struct {
	ref   storage.SeriesRef
	value uint64
}

// Open opens the history in dir, which is made when it is not there. What a
// process that was killed left unfinished is repaired.
func Open(dir string, o Options) (*Store, error) {
	if o.Retention == 0 {
		o.Retention = 800 * 24 * time.Hour
	}
	if o.Quiet == nil {
		o.Quiet = func() bool { return true }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Store{dir: dir, options: o, clock: clock{newest: math.MinInt64}}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// open opens the TSDB, with nothing known of what is in it.
func (s *Store) open() (err error) {
	log := slog.New(fromWarn{s.options.Log.Handler()})
	s.db, err = tsdb.Open(s.dir, log, nil, settings(s.options), nil)
	if err != nil {
		return fmt.Errorf("open history %s: %w", s.dir, err)
	}
	s.series, s.inTick, s.synced = map[metrics.Counter]*series{}, nil, ""
	was := s.places
	s.places = map[metrics.School]*series{}
	for school := range was {
		s.places[school] = &series{}
	}
	return nil
}

// settings keep the memory of the TSDB small: it has few series, and answers
// come first.
func settings(o Options) *tsdb.Options {
	t := tsdb.DefaultOptions()
	t.RetentionDuration = 0 // see retention, which is careful with a clock that is wrong
	t.BlocksToDelete = (&retention{keep: o.Retention}).deletable
	t.MinBlockDuration = blockRange.Milliseconds()
	t.MaxBlockDuration = max(blockRange, min(maxBlockRange, o.Retention/10)).Milliseconds()
	t.OutOfOrderTimeWindow = anyTime.Milliseconds() // only ever used after a rewind
	t.WALCompression = compression.Snappy
	t.WALSegmentSize = 32 << 20
	t.WALReplayConcurrency = 1
	t.StripeSize = 512
	t.HeadChunksWriteBufferSize = 64 << 10
	t.HeadChunksWriteQueueSize = 0
	t.NewCompactorFunc = func(
		ctx context.Context, r prometheus.Registerer, l *slog.Logger,
		ranges []int64, pool chunkenc.Pool, _ *tsdb.Options,
	) (tsdb.Compactor, error) {
		leveled, err := tsdb.NewLeveledCompactorWithOptions(ctx, r, l, ranges, pool, tsdb.LeveledCompactorOptions{
			MergeFunc: concatenate, EnableOverlappingCompaction: true,
		})
		return &compactor{LeveledCompactor: leveled, quiet: o.Quiet}, err
	}
	return t
}

// Close closes the store once the open queries have ended. Ticks are on disk
// already.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	if err := s.db.Close(); err != nil {
		return fmt.Errorf("close history %s: %w", s.dir, err)
	}
	return nil
}

// Querier reads what was ticked from mint to maxt, in milliseconds since 1970,
// both inclusive. Until it is closed the store stays open.
func (s *Store) Querier(mint, maxt int64) (storage.Querier, error) {
	s.mu.RLock()
	if s.closed {
		s.mu.RUnlock()
		return nil, fmt.Errorf("query history %s: %w", s.dir, os.ErrClosed)
	}
	before := s.db.Blocks()
	q, err := s.db.Querier(mint, maxt)
	if err != nil {
		s.mu.RUnlock()
		return nil, fmt.Errorf("query history %s: %w", s.dir, err)
	}
	var held []string
	for _, b := range s.db.Blocks() {
		if slices.Contains(before, b) && b.OverlapsClosedInterval(mint, maxt) {
			held = append(held, b.Dir())
		}
	}
	return &querier{q, held, sync.OnceFunc(s.mu.RUnlock)}, nil
}

// A querier keeps the store open until it is closed.
type querier struct {
	storage.Querier
	held    []string // directories of blocks that stay mapped until it is closed
	release func()
}

// Close ends the querier, and gives the memory of the blocks back that it has read.
func (q *querier) Close() error {
	defer q.release()
	giveBack(q.held)
	return q.Querier.Close()
}

// Compact merges the blocks that can be merged now, and thins those old enough. The
// store does so by itself; a caller that writes many days at once calls it in between.
func (s *Store) Compact(ctx context.Context) error {
	return s.db.Compact(ctx)
}

// Span returns the times of the oldest and the newest tick; !ok if there is none.
func (s *Store) Span() (oldest, newest time.Time, ok bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.closed {
		return time.Time{}, time.Time{}, false
	}
	first, err := s.db.StartTime()
	last := s.newest.Load()
	if err != nil || first > last {
		return time.Time{}, time.Time{}, false
	}
	return time.UnixMilli(first), time.UnixMilli(last), true
}

// A Tick is the result of one tick.
type Tick struct {
	At      time.Time // its time in history, see Store.Tick
	Samples int       // written
}

// ErrTick is the cause of every error of Store.Tick.
var ErrTick = errors.New("history was not written")

// Tick writes counters, which are on disk when it returns. It writes those that have
// changed since the tick before, and all of them once each Step.
//
// The time in history never goes back: while the clock is behind the newest
// tick, as on a machine that starts with a wrong clock, ticks come right after
// the newest. When that has lasted for rewindAfter ticks, it is history that
// is wrong: what lies in the future is deleted and ticks have the time of the
// clock again. What was counted is kept in every case.
//
// After an error the counters go on; the store must be opened again.
func (s *Store) Tick(ctx context.Context, at time.Time, o *metrics.Totals) (Tick, error) {
	ts, rewind := s.clock.stamp(at.UnixMilli())
	if rewind {
		if err := s.rewind(ctx, ts); err != nil {
			return Tick{}, fmt.Errorf("%w: delete what is after %s: %w", ErrTick, at.UTC().Format(time.RFC3339), err)
		}
	}
	w := write{Store: s, app: s.db.Appender(ctx), at: ts, totals: o, all: s.inTick == nil || s.clock.turns(ts)}
	w.schools()
	o.Each(w.counter)
	if w.err != nil {
		return Tick{}, errors.Join(fmt.Errorf("%w: %w", ErrTick, w.err), w.app.Rollback())
	}
	if err := w.app.Commit(); err != nil {
		return Tick{}, fmt.Errorf("%w: commit: %w", ErrTick, err)
	}
	if err := s.sync(); err != nil {
		return Tick{}, fmt.Errorf("%w: %w", ErrTick, err)
	}
	s.clock.newest = ts
	s.newest.Store(ts)
	return Tick{At: time.UnixMilli(ts), Samples: w.samples}, nil
}

// everything matches all series.
func everything() *labels.Matcher {
	return labels.MustNewMatcher(labels.MatchNotEqual, model.MetricNameLabel, "")
}

// rewind deletes everything after a time in milliseconds. The head of the TSDB is
// first written to blocks, one of them with what is to be deleted alone: a head takes
// no sample older than its newest.
func (s *Store) rewind(ctx context.Context, at int64) error {
	head := s.db.Head()
	for _, part := range [][2]int64{{head.MinTime(), at}, {at + 1, head.MaxTime()}} {
		if head.NumSeries() == 0 || part[0] > part[1] {
			continue
		}
		if err := s.db.CompactHead(tsdb.NewRangeHead(head, part[0], part[1])); err != nil {
			return err
		}
	}
	s.mu.Lock() // readers see a block before or after, not while it is changed
	defer s.mu.Unlock()
	if err := s.db.Delete(ctx, at, math.MaxInt64, everything()); err != nil {
		return err
	}
	if err := s.db.CleanTombstones(); err != nil {
		return err
	}
	if err := s.db.Close(); err != nil {
		return err
	}
	for _, log := range []string{"wal", "wbl", "chunks_head"} { // what they hold is in blocks, or is gone
		if err := os.RemoveAll(filepath.Join(s.dir, log)); err != nil {
			return err
		}
	}
	return s.open()
}

// fromWarn passes on records from Warn on: compactions are not worth a line.
type fromWarn struct{ slog.Handler }

func (h fromWarn) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && h.Handler.Enabled(ctx, level)
}

package history

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/model/value"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"lachan/metrics"
)

// Restored is what Store.Restore found.
type Restored struct {
	Counters int
	Newest   time.Time // of the newest tick; zero when there is none
}

// Restore adds the values of the newest tick to counters, also for schools that are
// no longer in force, as long as history has them. It reads the blocks from the
// newest to the oldest, and of each series only the last chunk. It is called once,
// before the first tick, and counting may go on meanwhile. After an error nothing is
// restored.
func (s *Store) Restore(ctx context.Context, counters *metrics.Counters) (Restored, error) {
	r := restoring{db: s.db, seen: map[string]bool{}}
	head := int64(math.MinInt64)
	blocks := s.db.Blocks()
	for _, b := range blocks {
		head = max(head, b.MaxTime())
	}
	if err := r.between(ctx, head, math.MaxInt64); err != nil {
		return Restored{}, fmt.Errorf("restore from %s: %w", s.dir, err)
	}
	for i := len(blocks) - 1; i >= 0; i-- {
		if err := r.between(ctx, blocks[i].MinTime(), blocks[i].MaxTime()-1); err != nil {
			return Restored{}, &blockError{blocks[i].Dir(), err}
		}
	}
	restored := 0
	for _, f := range r.found {
		s.clock.newest = max(s.clock.newest, f.last.at)
		if school, ok := metrics.SchoolOf(f.labels.Get); ok {
			if f.labels.Get("node") == counters.Node() && !value.IsStaleNaN(f.last.value) {
				s.places[school] = &series{}
			}
		} else if v := f.last.value; v >= 0 && v < 1<<53 && counters.Restore(f.labels.Get, uint64(v)) {
			restored++
		}
	}
	s.newest.Store(s.clock.newest)
	_, newest, _ := s.Span()
	return Restored{Counters: restored, Newest: newest}, nil
}

// A restoring is a restore under way.
type restoring struct {
	db    *tsdb.DB
	seen  map[string]bool // series whose newest sample is found
	found []found
}

type found struct {
	labels labels.Labels
	last   sample
}

// between finds the last samples of the series that have one in a stretch of time
// and none after it.
func (r *restoring) between(ctx context.Context, mint, maxt int64) error {
	q, err := r.db.ChunkQuerier(mint, maxt)
	if err != nil {
		return err
	}
	defer q.Close()
	set := q.Select(ctx, false, nil, everything())
	var it chunks.Iterator
	var key []byte
	for set.Next() {
		l := set.At().Labels()
		key = l.Bytes(key)
		if r.seen[string(key)] {
			continue
		}
		it = set.At().Iterator(it)
		last, ok, err := lastOf(it)
		if err != nil {
			return fmt.Errorf("series %s: %w", l, err)
		}
		if ok {
			r.seen[string(key)] = true
			r.found = append(r.found, found{l.Copy(), last})
		}
	}
	return set.Err()
}

// lastOf is the last sample of a series; !ok when it has none.
func lastOf(it chunks.Iterator) (last sample, ok bool, err error) {
	var newest chunks.Meta
	for it.Next() {
		newest = it.At()
	}
	if err := it.Err(); err != nil || newest.Chunk == nil {
		return sample{}, false, err
	}
	var all samples
	if err := all.read(newest.Chunk.Iterator(nil)); err != nil || len(all) == 0 {
		return sample{}, false, err
	}
	return all[len(all)-1], true, nil
}

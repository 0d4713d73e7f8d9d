package history

import (
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"lachan/metrics"
)

const day = 24 * time.Hour

// block is one that begins at a time and is two hours long.
func block(t *testing.T, at time.Duration, change func(*tsdb.BlockMeta)) *tsdb.Block {
	t.Helper()
	series := storage.NewListSeries(labels.FromStrings("a", "b"), []chunks.Sample{
		point{at: at.Milliseconds(), value: 1}, point{at: (at + 2*time.Hour).Milliseconds() - 1, value: 2},
	})
	dir, err := tsdb.CreateBlock([]storage.Series{series}, t.TempDir(), blockRange.Milliseconds(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if change != nil {
		name := filepath.Join(dir, "meta.json")
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var meta tsdb.BlockMeta
		if err := json.Unmarshal(text, &meta); err != nil {
			t.Fatal(err)
		}
		change(&meta)
		if text, err = json.Marshal(meta); err == nil {
			err = os.WriteFile(name, text, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	b, err := tsdb.OpenBlock(slog.New(slog.DiscardHandler), dir, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = b.Close() })
	return b
}

// A point is a sample as the TSDB takes it.
type point struct {
	chunks.Sample
	at    int64
	value float64
}

func (p point) T() int64                 { return p.at }
func (p point) ST() int64                { return 0 }
func (p point) F() float64               { return p.value }
func (p point) Type() chunkenc.ValueType { return chunkenc.ValFloat }

// TestABlockADayGoesAtMost has blocks of ten days, of which five are kept.
func TestABlockADayGoesAtMost(t *testing.T) {
	var all []*tsdb.Block
	for d := range 10 {
		all = append(all, block(t, time.Duration(d)*day, nil))
	}
	all[0], all[3] = all[3], all[0] // in no order
	merged := block(t, 9*day+4*time.Hour, func(m *tsdb.BlockMeta) { m.Compaction.Deletable = true })
	later, monthLater := block(t, 50*day, nil), block(t, 9*day+maxBlockRange, nil)
	synctest.Test(t, func(t *testing.T) {
		r := retention{keep: 5*day - time.Millisecond}
		f := func(blocks []*tsdb.Block, want ...*tsdb.Block) {
			t.Helper()
			wanted := map[ulid.ULID]struct{}{}
			for _, b := range want {
				wanted[b.Meta().ULID] = struct{}{}
			}
			if got := r.deletable(blocks); !maps.Equal(got, wanted) {
				t.Errorf("gone are %v, want %v", got, wanted)
			}
		}
		f(all, all[3]) // the oldest, wherever it stands
		rest := append(slices.Clone(all[1:3]), all[0])
		rest = append(rest, all[4:]...)
		f(rest)
		f(append(rest, merged), merged) // what has been merged goes whenever, and is the newest of nothing
		time.Sleep(day - time.Second)
		f(rest)
		time.Sleep(time.Second)
		f(rest, all[1])
		time.Sleep(day)
		jumped := append(slices.Clone(rest[1:]), later)
		f(jumped) // by more than a month: a clock may be wrong
		time.Sleep(day - time.Second)
		f(jumped)
		time.Sleep(time.Second)
		f(jumped, all[2])
		time.Sleep(day)
		f(nil) // nothing is there, nothing goes
		r = retention{keep: 5 * day}
		f(all[4:]) // as old as what is kept may be
		r.keep -= time.Millisecond
		f(all[4:], all[4])
		r = retention{keep: 5 * day}
		f(all[4:])
		f(append(slices.Clone(all[4:]), monthLater), all[4]) // a month is no jump yet
	})
}

// TestWhatIsOldGoes is a store that keeps a day, and is written for three.
func TestWhatIsOldGoes(t *testing.T) {
	s := written(t, Options{Retention: day}, 3*day)
	oldest, _, ok := s.Span()
	if first := time.UnixMilli(0).Add(Step); !ok || !oldest.After(first) {
		t.Errorf("history begins at %s, as it did before any of it was old", oldest)
	}
}

// TestBlocksAreMergedAtQuietTimes writes as many blocks as may wait for one, and more.
func TestBlocksAreMergedAtQuietTimes(t *testing.T) {
	var quiet atomic.Bool // the TSDB asks too
	s := written(t, Options{Quiet: quiet.Load}, manyBlocks*blockRange)
	blocks := func() int {
		if err := s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		return len(blockDirs(s.dir))
	}
	waiting := blocks()
	if waiting > manyBlocks || waiting < manyBlocks-2 {
		t.Errorf("%d blocks wait for a quiet time", waiting)
	}
	quiet.Store(true)
	if merged := blocks(); merged > waiting/2 {
		t.Errorf("%d blocks are left of %d at a quiet time", merged, waiting)
	}
	busy := written(t, Options{Quiet: func() bool { return false }}, 2*manyBlocks*blockRange)
	if n := len(blockDirs(busy.dir)); n > manyBlocks+1 {
		t.Errorf("%d blocks wait though no time is quiet", n)
	}
}

// written is a store with a tick each Step for a while from 1970 on.
func written(t *testing.T, o Options, length time.Duration) *Store {
	t.Helper()
	s, err := Open(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	counters := metrics.New("nut-1")
	counters.SetSchools([]metrics.School{{ID: "a"}})
	for at := Step; at <= length; at += Step {
		if _, err := s.Tick(t.Context(), time.UnixMilli(0).Add(at), counters.Totals()); err != nil {
			t.Fatal(err)
		}
		if at%blockRange == 0 {
			if err := s.Compact(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	return s
}

// TestPartsThatOverlapComeInOrder merges samples of two blocks.
func TestPartsThatOverlapComeInOrder(t *testing.T) {
	s := samples{{10, 1}, {20, 2}, {30, 3}, {15, 4}, {20, 5}, {25, 6}}
	want := samples{{10, 1}, {15, 4}, {20, 5}, {25, 6}, {30, 3}} // of two at one time the one read last
	packed, err := s.pack()
	if err != nil || len(packed) != 1 {
		t.Fatalf("%d chunks: %v", len(packed), err)
	}
	var got samples
	if err := got.read(packed[0].Chunk.Iterator(nil)); err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, want %v: %v", got, want, err)
	}
	if packed[0].MinTime != 10 || packed[0].MaxTime != 30 {
		t.Errorf("from %d to %d", packed[0].MinTime, packed[0].MaxTime)
	}
}

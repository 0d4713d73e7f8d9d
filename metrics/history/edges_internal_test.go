package history

import (
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"

	"lachan/metrics"
)

// TestWhichBlockIsThinnedNext has blocks of a day, by the day that they end.
func TestWhichBlockIsThinnedNext(t *testing.T) {
	const old = int(OldAfter / day)
	itself, wider := 1, 2 // parents: the one that a thinned block has, and others
	for _, c := range []struct {
		ends    []int
		parents map[int]int // by block: what parents it has
		want    int         // -1: none
	}{
		{nil, nil, -1},
		{[]int{1}, nil, -1},
		{[]int{1, old + 1}, nil, -1}, // as old as a block may be
		{[]int{1, old + 2}, nil, 0},
		{[]int{old + 2, 1}, nil, 1},
		{[]int{2, 1, old + 9}, nil, 1},
		{[]int{2, 1, old + 9}, map[int]int{1: itself}, 0},
		{[]int{2, 1, old + 9}, map[int]int{0: itself, 1: itself}, -1},
		{[]int{1, old + 9}, map[int]int{0: wider}, 0}, // it has been merged, not thinned
	} {
		dir := t.TempDir()
		var names []string
		for i, end := range c.ends {
			id := ulid.Make()
			meta := tsdb.BlockMeta{ULID: id, Version: 1, MinTime: day.Milliseconds() * int64(end-1), MaxTime: day.Milliseconds() * int64(end)}
			parent := tsdb.BlockDesc{ULID: ulid.Make(), MinTime: meta.MinTime, MaxTime: meta.MaxTime}
			switch c.parents[i] {
			case itself:
				meta.Compaction.Parents = []tsdb.BlockDesc{parent}
			case wider:
				half := parent
				half.MaxTime -= day.Milliseconds() / 2
				meta.Compaction.Parents = []tsdb.BlockDesc{half}
			}
			text, err := json.Marshal(meta)
			if err != nil {
				t.Fatal(err)
			}
			names = append(names, filepath.Join(dir, id.String()))
			if err := os.Mkdir(names[i], 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(names[i], "meta.json"), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		got, err := oldBlock(dir)
		want := ""
		if c.want >= 0 {
			want = names[c.want]
		}
		if err != nil || got != want {
			t.Errorf("blocks that end on days %v, parents %v: %q, %v; want %q", c.ends, c.parents, got, err, want)
		}
	}
}

// TestABlockWhoseDescriptionIsDamagedIsNamed, and none is thinned meanwhile.
func TestABlockWhoseDescriptionIsDamagedIsNamed(t *testing.T) {
	dir := t.TempDir()
	block := filepath.Join(dir, ulid.Make().String())
	if err := os.Mkdir(block, 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := oldBlock(dir); got != "" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without one: %q, %v", got, err)
	}
	if err := os.WriteFile(filepath.Join(block, "meta.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := oldBlock(dir); got != "" || err == nil || !strings.Contains(err.Error(), block) {
		t.Errorf("with half of one: %q, %v", got, err)
	}
}

// TestOneSeriesIsRewoundLikeMany keeps what is before the moment.
func TestOneSeriesIsRewoundLikeMany(t *testing.T) {
	s, err := Open(t.TempDir(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var one series
	for at := int64(1); at <= 5; at++ {
		w := write{Store: s, app: s.db.Appender(t.Context()), at: at * Step.Milliseconds()}
		w.append(&one, float64(at), func() []string { return []string{"__name__", "a"} })
		if err := w.app.Commit(); err != nil || w.err != nil {
			t.Fatal(err, w.err)
		}
	}
	if err := s.rewind(t.Context(), 7*Step.Milliseconds()/2); err != nil {
		t.Fatal(err)
	}
	q, err := s.Querier(0, 10*Step.Milliseconds())
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	last, n := 0.0, 0
	for set := q.Select(t.Context(), true, nil, everything()); set.Next(); {
		for it := set.At().Iterator(nil); it.Next() != chunkenc.ValNone; n++ {
			_, last = it.At()
		}
	}
	if n != 3 || last != 3 {
		t.Errorf("%d samples are left, the last is %v", n, last)
	}
}

// TestOneTickIsASpan: it is there to be sent.
func TestOneTickIsASpan(t *testing.T) {
	s := written(t, Options{}, Step)
	if oldest, newest, ok := s.Span(); !ok || !oldest.Equal(newest) || !newest.Equal(time.UnixMilli(0).Add(Step)) {
		t.Errorf("from %s to %s, %v", oldest, newest, ok)
	}
}

// TestTheOldestBlockIsRestoredToo has a school in each of three blocks.
func TestTheOldestBlockIsRestoredToo(t *testing.T) {
	dir := t.TempDir()
	for i, school := range []string{"a", "b", "c"} {
		at := time.Duration(i) * day
		list := []storage.Series{storage.NewListSeries(
			labels.FromStrings("__name__", "lachan_school_queries_total", "node", "nut-1", "school", school, "decision", "allowed", "category", "none"),
			[]chunks.Sample{point{at: (at + Step).Milliseconds(), value: 1}, point{at: (at + 2*Step).Milliseconds(), value: 2}},
		)}
		if _, err := tsdb.CreateBlock(list, dir, blockRange.Milliseconds(), slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	counters := metrics.New("nut-1")
	if r, err := s.Restore(t.Context(), counters); err != nil || r.Counters != 3 || !r.Newest.Equal(time.UnixMilli(0).Add(2*day+2*Step)) {
		t.Errorf("%d counters of 3 schools, the newest of %s: %v", r.Counters, r.Newest, err)
	}
	counters.Totals().Each(func(of metrics.Counter, value uint64) {
		if value != 2 {
			t.Errorf("%s has %d, want what the newest tick had", of.School(), value)
		}
	})
}

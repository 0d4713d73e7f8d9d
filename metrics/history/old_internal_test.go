package history

import (
	"log/slog"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// TestOldBlocksAreThinnedOnce has blocks of ten days with a sample each quarter of an hour:
// the old ones keep that at the end of each half hour, whatever edge a report asks for is
// there, a block is written anew once, and the newer ones stay as they are.
func TestOldBlocksAreThinnedOnce(t *testing.T) {
	dir := t.TempDir()
	const each = 10 * day
	// The oldest block begins 20 days before the time from which on blocks stay.
	begins := []time.Duration{0, each, OldAfter, OldAfter + each, OldAfter + 2*each}
	for _, from := range begins {
		var list []storage.Series
		for _, school := range []string{"a", "b", "c"} {
			var points []chunks.Sample
			for at := from + Step; at < from+each; at += Step {
				points = append(points, point{at: at.Milliseconds(), value: float64(at / Step)})
			}
			list = append(list, storage.NewListSeries(labels.FromStrings("__name__", "x", "school", school), points))
		}
		if _, err := tsdb.CreateBlock(list, dir, each.Milliseconds(), slog.New(slog.DiscardHandler)); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	held := func() (samples []uint64, names []string) {
		t.Helper()
		if err := s.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, b := range s.db.Blocks() {
			samples = append(samples, b.Meta().Stats.NumSamples)
			names = append(names, filepath.Base(b.Dir()))
		}
		return samples, names
	}
	perBlock := uint64(3 * (each/Step - 1))
	got, names := held()
	if len(got) != len(begins)-1 { // the two old ones are merged first
		t.Errorf("there are %d blocks: %v", len(got), got)
	}
	for i, n := range got {
		want := perBlock
		if i == 0 {
			want = uint64(3 * 2 * each / OldStep) // the last half hour ends with a quarter
		}
		if n != want {
			t.Errorf("block %d has %d samples, want %d", i, n, want)
		}
	}
	if again, names2 := held(); !slices.Equal(again, got) || !slices.Equal(names2, names) {
		t.Errorf("blocks are written again: %v, %v", again, names2)
	}
	q, err := s.Querier(0, each.Milliseconds())
	if err != nil {
		t.Fatal(err)
	}
	defer q.Close()
	set := q.Select(t.Context(), true, nil, labels.MustNewMatcher(labels.MatchEqual, "school", "b"))
	found := map[int64]float64{}
	for set.Next() {
		for it := set.At().Iterator(nil); it.Next() != chunkenc.ValNone; {
			at, v := it.At()
			found[at] = v
		}
	}
	for at := OldStep; at < each; at += OldStep {
		if v, there := found[at.Milliseconds()]; !there || v != float64(at/Step) {
			t.Fatalf("at %s an old block says %v, %v", at, v, there)
		}
	}
	t.Logf("%d samples of the old blocks stay of %d", got[0], 2*perBlock)
}

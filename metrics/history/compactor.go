package history

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/oklog/ulid/v2"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// manyBlocks is how many blocks may wait for a quiet time: two days of them. A
// machine that is switched off at night has none.
const manyBlocks = 24

// A compactor thins samples as they move from the memory of the TSDB into a block,
// and merges blocks at quiet times.
type compactor struct {
	*tsdb.LeveledCompactor
	quiet func() bool
}

// Plan returns the blocks in dir to merge now.
func (c *compactor) Plan(dir string) ([]string, error) {
	if !c.quiet() && len(blockDirs(dir)) <= manyBlocks {
		return nil, nil
	}
	return c.LeveledCompactor.Plan(dir)
}

// Write writes a block with the last sample of each Step.
func (c *compactor) Write(
	dest string,
	b tsdb.BlockReader,
	mint, maxt int64,
	base *tsdb.BlockMeta,
) ([]ulid.ULID, error) {
	return c.LeveledCompactor.Write(dest, &thinBlock{BlockReader: b}, mint, maxt, base)
}

// blockDirs lists the directories of blocks in the directory of a TSDB.
func blockDirs(dir string) (dirs []string) {
	entries, _ := os.ReadDir(dir) // an error: no blocks are seen
	for _, e := range entries {
		if _, err := ulid.ParseStrict(e.Name()); err == nil && e.IsDir() {
			dirs = append(dirs, filepath.Join(dir, e.Name()))
		}
	}
	return dirs
}

// concatenate merges one series of several blocks. Its samples are packed again,
// as thinned blocks hold few of each series and a chunk costs space by itself.
func concatenate(parts ...storage.ChunkSeries) storage.ChunkSeries {
	return &storage.ChunkSeriesEntry{
		Lset: parts[0].Labels(),
		ChunkIteratorFn: func(chunks.Iterator) chunks.Iterator {
			packed, err := repack(parts)
			if err != nil {
				return failedChunks{fmt.Errorf("merge %s: %w", parts[0].Labels(), err)}
			}
			return storage.NewListChunkSeriesIterator(packed...)
		},
	}
}

func repack(parts []storage.ChunkSeries) ([]chunks.Meta, error) {
	var all samples
	for _, part := range parts {
		it := part.Iterator(nil)
		for it.Next() {
			if err := all.read(it.At().Chunk.Iterator(nil)); err != nil {
				return nil, err
			}
		}
		if err := it.Err(); err != nil {
			return nil, err
		}
	}
	return all.pack()
}

// failedChunks is an iterator that has only an error.
type failedChunks struct{ err error }

func (f failedChunks) At() chunks.Meta { return chunks.Meta{} }
func (f failedChunks) Next() bool      { return false }
func (f failedChunks) Err() error      { return f.err }

// A retention decides which blocks are deleted. A wrong clock does little harm: it
// deletes one block a day at most, and none after time has jumped by a month.
type retention struct {
	keep    time.Duration
	dropped time.Time // when it last deleted a block for its age
	newest  int64     // the end of the newest block it has seen
}

// deletable returns the blocks that have been merged into others, and the oldest
// block if it is older than what is kept.
func (r *retention) deletable(blocks []*tsdb.Block) map[ulid.ULID]struct{} {
	gone := map[ulid.ULID]struct{}{}
	var oldest *tsdb.Block
	newest := r.newest
	for _, b := range blocks {
		meta := b.Meta()
		if meta.Compaction.Deletable {
			gone[meta.ULID] = struct{}{}
			continue
		}
		newest = max(newest, meta.MaxTime)
		if oldest == nil || meta.MaxTime < oldest.MaxTime() {
			oldest = b
		}
	}
	jumped := r.newest != 0 && newest-r.newest > maxBlockRange.Milliseconds()
	r.newest = newest
	if oldest == nil || newest-oldest.MaxTime() <= r.keep.Milliseconds() {
		return gone
	}
	if now := time.Now(); jumped || now.Sub(r.dropped) < 24*time.Hour {
		if jumped {
			r.dropped = now
		}
		return gone
	}
	r.dropped = time.Now()
	gone[oldest.Meta().ULID] = struct{}{}
	return gone
}

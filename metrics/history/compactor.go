package history

import (
	"encoding/json"
	"fmt"
	"math"
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
// merges blocks at quiet times, and thins blocks again that are old.
type compactor struct {
	*tsdb.LeveledCompactor
	quiet func() bool
	old   string // the directory of the old block that Plan has returned last; "" if it returned others
}

// Plan returns the blocks in dir to merge now, or else an old one to thin.
func (c *compactor) Plan(dir string) ([]string, error) {
	c.old = ""
	quiet := c.quiet()
	if !quiet && len(blockDirs(dir)) <= manyBlocks {
		return nil, nil
	}
	plan, err := c.LeveledCompactor.Plan(dir)
	if err != nil || len(plan) > 0 || !quiet {
		return plan, err
	}
	if c.old, err = oldBlock(dir); c.old == "" {
		return nil, err
	}
	return []string{c.old}, nil
}

// Compact merges blocks, or writes the old one anew with fewer samples.
func (c *compactor) Compact(dest string, dirs []string, open []*tsdb.Block) ([]ulid.ULID, error) {
	if len(dirs) != 1 || dirs[0] != c.old {
		return c.LeveledCompactor.Compact(dest, dirs, open)
	}
	for _, b := range open {
		if meta := b.Meta(); b.Dir() == c.old {
			thin := &thinBlock{BlockReader: b, step: OldStep}
			return c.LeveledCompactor.Write(dest, thin, meta.MinTime, meta.MaxTime, &meta)
		}
	}
	return nil, fmt.Errorf("thin block %s: it is not open", c.old)
}

// oldBlock is the directory of the oldest block that is to be thinned; "" if there is none.
// A block that was thinned has one parent, of the same time, which no other block has.
func oldBlock(dir string) (string, error) {
	found, oldest, newest := "", int64(math.MaxInt64), int64(math.MinInt64)
	for _, block := range blockDirs(dir) {
		text, err := os.ReadFile(filepath.Join(block, "meta.json"))
		if err != nil {
			return "", fmt.Errorf("look for old blocks: %w", err)
		}
		var meta tsdb.BlockMeta
		if err := json.Unmarshal(text, &meta); err != nil {
			return "", fmt.Errorf("look for old blocks: read %s: %w", block, err)
		}
		newest = max(newest, meta.MaxTime)
		parents := meta.Compaction.Parents
		thinned := len(parents) == 1 && parents[0].MinTime == meta.MinTime && parents[0].MaxTime == meta.MaxTime
		if !thinned && meta.MaxTime < oldest {
			found, oldest = block, meta.MaxTime
		}
	}
	if found == "" || newest-oldest <= OldAfter.Milliseconds() {
		return "", nil
	}
	return found, nil
}

// Write writes a block with the last sample of each Step.
func (c *compactor) Write(
	dest string,
	b tsdb.BlockReader,
	mint, maxt int64,
	base *tsdb.BlockMeta,
) ([]ulid.ULID, error) {
	return c.LeveledCompactor.Write(dest, &thinBlock{BlockReader: b, step: Step}, mint, maxt, base)
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

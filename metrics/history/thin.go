package history

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
)

// A thinBlock shows a block to the compactor with one chunk for each series:
// the last sample of each step. It relies on the compactor, which reads the chunk of
// a series before the next series.
type thinBlock struct {
	tsdb.BlockReader
	step   time.Duration
	series []chunks.Meta // the original chunks of the series read last
}

// Index is the index of the block, with one chunk a series.
func (b *thinBlock) Index() (tsdb.IndexReader, error) {
	index, err := b.BlockReader.Index()
	return thinIndex{index, b}, err
}

// Chunks are the chunks of the block, thinned.
func (b *thinBlock) Chunks() (tsdb.ChunkReader, error) {
	reader, err := b.BlockReader.Chunks()
	return thinChunks{reader, b}, err
}

type thinIndex struct {
	tsdb.IndexReader
	block *thinBlock
}

// Series returns the labels of a series, and one chunk in place of all its own.
func (i thinIndex) Series(ref storage.SeriesRef, b *labels.ScratchBuilder, metas *[]chunks.Meta) error {
	if err := i.IndexReader.Series(ref, b, metas); err != nil || metas == nil || len(*metas) == 0 {
		return err
	}
	i.block.series = append(i.block.series[:0], *metas...)
	one := (*metas)[0]
	for _, m := range *metas {
		one.MinTime, one.MaxTime = min(one.MinTime, m.MinTime), max(one.MaxTime, m.MaxTime)
	}
	*metas = append((*metas)[:0], one)
	return nil
}

type thinChunks struct {
	tsdb.ChunkReader
	block *thinBlock
}

// ChunkOrIterable returns the chunk that Series has announced.
func (c thinChunks) ChunkOrIterable(one chunks.Meta) (chunkenc.Chunk, chunkenc.Iterable, error) {
	if len(c.block.series) == 0 || c.block.series[0].Ref != one.Ref {
		return nil, nil, fmt.Errorf("chunk %d is not of the series read last", one.Ref)
	}
	var all samples
	for _, meta := range c.block.series {
		chunk, iterable, err := c.ChunkReader.ChunkOrIterable(meta)
		if err != nil {
			return nil, nil, err
		}
		if chunk != nil {
			iterable = chunk
		}
		if err := all.read(iterable.Iterator(nil)); err != nil {
			return nil, nil, err
		}
	}
	packed, err := all.thin(c.block.step).chunk()
	return packed.Chunk, nil, err
}

// chunkSamples is how many samples make a chunk of a merged block.
const chunkSamples = 240

type sample struct {
	at    int64
	value float64
}

// samples are those of one series.
type samples []sample

// read adds the samples of a chunk. History has no histograms.
func (s *samples) read(it chunkenc.Iterator) error {
	for kind := it.Next(); kind != chunkenc.ValNone; kind = it.Next() {
		if kind != chunkenc.ValFloat {
			return fmt.Errorf("samples of kind %s in history", kind)
		}
		at, v := it.At()
		*s = append(*s, sample{at, v})
	}
	return it.Err()
}

// inOrder sorts by time, which is needed only where blocks overlap; of two
// samples at the same time the one read last stays.
func (s samples) inOrder() samples {
	later := func(a, b sample) int { return cmp.Compare(a.at, b.at) }
	if !slices.IsSortedFunc(s, later) {
		slices.SortStableFunc(s, later)
	}
	kept := s[:0]
	for i := range s {
		if i+1 == len(s) || s[i+1].at != s[i].at {
			kept = append(kept, s[i])
		}
	}
	return kept
}

// thin keeps the last sample of each step.
func (s samples) thin(step time.Duration) samples {
	of := func(at int64) int64 { return (at - 1) / step.Milliseconds() }
	s = s.inOrder()
	kept := s[:0]
	for i := range s {
		if i+1 == len(s) || of(s[i+1].at) != of(s[i].at) {
			kept = append(kept, s[i])
		}
	}
	return kept
}

// pack makes chunks of samples.
func (s samples) pack() (packed []chunks.Meta, err error) {
	for part := range slices.Chunk(s.inOrder(), chunkSamples) {
		meta, err := part.chunk()
		if err != nil {
			return nil, err
		}
		packed = append(packed, meta)
	}
	return packed, nil
}

// chunk packs samples into one chunk; there is at least one of them.
func (s samples) chunk() (chunks.Meta, error) {
	chunk := chunkenc.NewXORChunk()
	app, err := chunk.Appender()
	if err != nil {
		return chunks.Meta{}, err
	}
	for _, x := range s {
		app.Append(0, x.at, x.value)
	}
	chunk.Compact()
	return chunks.Meta{Chunk: chunk, MinTime: s[0].at, MaxTime: s[len(s)-1].at}, nil
}

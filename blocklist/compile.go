package blocklist

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/bits"
	"path/filepath"
	"slices"

	"github.com/bits-and-blooms/bloom/v3"

	"lachan/blocklist/domain"
	"lachan/blocklist/expression"
	"lachan/blocklist/format"
	"lachan/blocklist/sorter"
	"lachan/internal/durable"
)

// A Source is one feed as the compiler reads it.
type Source struct {
	Name string
	// Digest identifies the rules: equal digests, equal rules. It covers the
	// bytes of the list and the settings they are read with.
	Digest string
	// First: where all sources together have too many expressions, those of this one
	// are taken in before others.
	First bool
	// Rules hands every rule to emit, and stops when that returns an error.
	Rules func(emit func(format.Rule) error) error
}

// Options of Compile.
type Options struct {
	// Memory bounds the bytes of rules held at a time. Default 64 MiB; the rest is
	// sorted in temporary files beside the snapshot.
	Memory int
	// OnFullCompile, unless nil, is called by Store.Update before it compiles all
	// sources and not only what changed: long work begins.
	OnFullCompile func()
	// Progress, unless nil, is called now and then with the number of rules read.
	Progress func(rules int)
}

// A Report says what was compiled.
type Report struct {
	Inputs  string
	Keys    int // distinct names and prefixes
	Regexes int
	Bytes   int64     // of the snapshot
	Refused []Refusal // by feed
}

// Inputs returns the digest by which a snapshot says what it was made of.
func Inputs(sources []Source) string {
	h := sha256.New()
	fmt.Fprintf(h, "layout %d\n", version)
	for _, s := range sources {
		fmt.Fprintf(h, "%q %q\n", s.Name, s.Digest)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Compile writes the snapshot of the sources to path. The same sources in the
// same order give the same bytes. It streams: its memory is bounded by o.Memory
// plus about 3 bytes a name. The file appears at path whole and synced; on an
// error what was at path stays.
func Compile(ctx context.Context, path string, sources []Source, o Options) (Report, error) {
	c := newCompiler(ctx, filepath.Dir(path), o)
	c.report.Inputs = Inputs(sources)
	err := c.readAll(sources)
	if err == nil {
		err = c.write(path)
	}
	if err := errors.Join(err, c.sorter.Close()); err != nil {
		return Report{}, fmt.Errorf("compile %s: %w", filepath.Base(path), err)
	}
	return c.report, nil
}

func newCompiler(ctx context.Context, dir string, o Options) *compiler {
	if o.Memory == 0 {
		o.Memory = 64 << 20
	}
	return &compiler{
		ctx:     ctx,
		options: o,
		specs:   newSpecs(),
		sorter:  sorter.New(dir, o.Memory),
		bits:    [families]map[int]bool{{}, {}, {}, {}},
	}
}

// A compiler gathers the rules of a snapshot and writes it.
type compiler struct {
	ctx     context.Context
	options Options
	specs   *specs
	sorter  *sorter.Sorter
	report  Report
	meta    meta
	bits    [families]map[int]bool // lengths of prefixes that occur
	name    domain.Name
	read    int
}

// readAll takes in the rules of all sources.
func (c *compiler) readAll(sources []Source) error {
	for i := range sources {
		if err := c.readSource(i, &sources[i]); err != nil {
			return err
		}
	}
	c.boundExpressions(sources)
	return nil
}

// boundExpressions leaves out the expressions for which there is no room. Sources
// that come first have theirs taken in first, then the others in their order.
func (c *compiler) boundExpressions(sources []Source) {
	var budget expression.Budget
	taken := make([]bool, len(c.meta.Regexes))
	refused := map[int]*Refusal{}
	for _, first := range []bool{true, false} {
		for i, r := range c.meta.Regexes {
			feed := c.specs.list[r.Spec].Feed
			if sources[feed].First != first {
				continue
			}
			if taken[i] = budget.Take(r.Expr); taken[i] {
				continue
			}
			if refused[feed] == nil {
				refused[feed] = &Refusal{Feed: sources[feed].Name, Example: r.Expr}
			}
			refused[feed].Expressions++
		}
	}
	kept := c.meta.Regexes[:0]
	for i, r := range c.meta.Regexes {
		if taken[i] {
			kept = append(kept, r)
		}
	}
	c.meta.Regexes = kept
	for _, feed := range slices.Sorted(maps.Keys(refused)) {
		c.meta.Refused = append(c.meta.Refused, *refused[feed])
	}
}

// readSource takes in all rules of a feed.
func (c *compiler) readSource(feed int, s *Source) error {
	before := c.read
	if err := s.Rules(func(r format.Rule) error { return c.add(feed, &r) }); err != nil {
		return fmt.Errorf("read feed %q: %w", s.Name, err)
	}
	c.meta.Feeds = append(c.meta.Feeds, feedMeta{s.Name, s.Digest, uint64(c.read - before)})
	return nil
}

// longestFirst returns the numbers of a set in falling order.
func longestFirst(set map[int]bool) []int {
	list := slices.Sorted(maps.Keys(set))
	slices.Reverse(list)
	return list
}

// add takes in one rule.
func (c *compiler) add(feed int, r *format.Rule) error {
	if c.read++; c.read&0xFFFF == 0 {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		if c.options.Progress != nil {
			c.options.Progress(c.read)
		}
	}
	id := c.specs.number(feed, r)
	switch {
	case r.Regex != "":
		c.meta.Regexes = append(c.meta.Regexes, regex{id, r.Regex})
		return nil
	case r.Prefix.IsValid():
		k := keyOf(r.Prefix.Addr().Unmap(), r.Prefix.Bits())
		if r.Client {
			k.client()
		}
		c.noteLength(k.bytes())
		return c.sorter.Add(k.hash(), k.bytes(), id)
	}
	if r.Name == format.Every {
		key, hash := keyOfAll()
		return c.sorter.Add(hash, key, id)
	}
	if err := c.name.SetText(r.Name); err != nil {
		return fmt.Errorf("name %q: %w", r.Name, err)
	}
	return c.sorter.Add(c.name.Hash(c.name.Labels()), c.name.Suffix(c.name.Labels()), id)
}

// noteLength notes the length of the prefix that a key stands for. It does
// nothing for the key of a name.
func (c *compiler) noteLength(key []byte) {
	if family, ok := familyOf(key); ok {
		c.bits[family][int(key[1])] = true
	}
}

// rulesets calls f for each key that some rule holds for, in order, with the
// specs of its rules.
func (c *compiler) rulesets(f func(hash uint64, key []byte, set []uint32) error) error {
	var hash uint64
	var key []byte
	var set []uint32
	flush := func() error {
		if live := c.specs.cancel(set); len(live) > 0 {
			return f(hash, key, live)
		}
		return nil
	}
	err := c.sorter.Each(func(r *sorter.Record) error {
		if len(set) > 0 && (r.Hash != hash || string(r.Key) != string(key)) {
			if err := flush(); err != nil {
				return err
			}
			set = set[:0]
		}
		if len(set) == 0 {
			hash, key = r.Hash, append(key[:0], r.Key...)
		}
		if len(set) == 0 || set[len(set)-1] != r.Spec {
			set = append(set, r.Spec)
		}
		return nil
	})
	if err != nil || len(set) == 0 {
		return err
	}
	return flush()
}

// write makes two passes over the sorted records: one to count the keys, which
// sizes the Bloom filter and the directory, and one to lay them down.
func (c *compiler) write(path string) (err error) {
	c.meta.Inputs = c.report.Inputs
	for family := range c.bits {
		c.meta.PrefixBits[family] = longestFirst(c.bits[family])
	}
	keys := uint64(0)
	if err := c.rulesets(func(uint64, []byte, []uint32) error { keys++; return c.ctx.Err() }); err != nil {
		return err
	}
	file, err := durable.Create(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	h := &header{keys: keys, bloomBits: max(64, keys*bloomBitsPerKey)}
	if keys > keysPerBucket {
		h.bucketBits = uint32(bits.Len64((keys - 1) / keysPerBucket))
	}
	filter := bloom.New(uint(h.bloomBits), bloomHashes)
	out := newSectionWriter(file.File)
	directory, err := c.writeArena(out, h, filter)
	if err != nil {
		return err
	}
	h.directory = out.section(func() {
		for _, offset := range directory {
			out.write(binary.LittleEndian.AppendUint32(out.scratch[:0], offset))
		}
	})
	h.bloom = out.section(func() {
		for _, word := range filter.BitSet().Words() {
			out.write(binary.LittleEndian.AppendUint64(out.scratch[:0], word))
		}
	})
	text, err := json.Marshal(&c.meta)
	if err != nil {
		return err
	}
	h.meta = out.section(func() { out.write(text) })
	if err := out.finish(h); err != nil {
		return err
	}
	c.report.Keys, c.report.Regexes, c.report.Refused = int(keys), len(c.meta.Regexes), c.meta.Refused
	c.report.Bytes = int64(out.offset)
	return file.Commit(path)
}

// writeArena writes the entries in order, adds their keys to the Bloom filter,
// and returns the directory.
func (c *compiler) writeArena(out *sectionWriter, h *header, filter *bloom.BloomFilter) ([]uint32, error) {
	numbers := map[string]uint32{}
	directory := make([]uint32, 1<<h.bucketBits+1)
	bucket := 0
	var entry []byte
	var err error
	h.arena = out.section(func() {
		begin := out.offset
		err = c.rulesets(func(hash uint64, key []byte, set []uint32) error {
			at := out.offset - begin
			if at > math.MaxUint32 {
				return fmt.Errorf("more than %d bytes of names", uint32(math.MaxUint32))
			}
			for to := bucketOf(hash, h.bucketBits); bucket < to; bucket++ {
				directory[bucket+1] = uint32(at)
			}
			for _, l := range locations(hash) {
				filter.BitSet().Set(uint(l % h.bloomBits))
			}
			entry = append(append(entry[:0], byte(len(key))), key...)
			entry = binary.AppendUvarint(entry, uint64(c.ruleset(numbers, set)))
			out.write(entry)
			return c.ctx.Err()
		})
		for ; bucket < len(directory)-1; bucket++ {
			directory[bucket+1] = uint32(out.offset - begin)
		}
	})
	c.meta.Specs = c.specs.list
	return directory, err
}

// bucketOf returns the bucket of a hash: its first bits.
func bucketOf(hash uint64, bucketBits uint32) int { return int(hash >> 1 >> (63 - bucketBits)) }

// ruleset returns the number of a ruleset, a new one for a new set.
func (c *compiler) ruleset(numbers map[string]uint32, set []uint32) uint32 {
	var buf [64]byte
	key := buf[:0]
	for _, id := range set {
		key = binary.LittleEndian.AppendUint32(key, id)
	}
	id, ok := numbers[string(key)]
	if !ok {
		id = uint32(len(c.meta.Rulesets))
		numbers[string(key)] = id
		c.meta.Rulesets = append(c.meta.Rulesets, slices.Clone(set))
	}
	return id
}

package blocklist

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"sync/atomic"

	"github.com/bits-and-blooms/bloom/v3"

	"lachan/blocklist/expression"
	"lachan/blocklist/format"
)

// A Snapshot is a compiled file, mapped read-only: a Bloom filter in front of
// the exact names. It is immutable and may be used by any number of goroutines.
type Snapshot struct {
	header      *header
	meta        meta
	filter      *bloom.BloomFilter
	directory   []byte          // part of the mapping
	arena       []byte          // part of the mapping
	mapping     []byte          // nil if the snapshot is not a file
	expressions *expression.Set // numbered as in meta

	falsePositives atomic.Uint64
}

// Open maps the snapshot at path and checks every byte of it. An error that
// wraps ErrDamaged means the file must not be used.
func Open(path string) (*Snapshot, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open snapshot: %w", err)
	}
	defer file.Close()
	data, unmap, err := mapFile(file)
	if err != nil {
		return nil, fmt.Errorf("map snapshot %s: %w", path, err)
	}
	s, err := decode(data)
	if err != nil {
		unmap(data)
		return nil, fmt.Errorf("open snapshot %s: %w", path, err)
	}
	s.mapping = data
	dropPages(data)
	runtime.AddCleanup(s, unmap, data)
	return s, nil
}

// decode makes a snapshot of the bytes of a whole file, which it keeps.
func decode(data []byte) (*Snapshot, error) {
	h, err := decodeHeader(data)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{header: h, directory: h.directory.of(data), arena: h.arena.of(data)}
	if err := json.Unmarshal(h.meta.of(data), &s.meta); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if err := s.checkMeta(); err != nil {
		return nil, err
	}
	words := make([]uint64, (h.bloomBits+63)/64)
	for i, raw := 0, h.bloom.of(data); i < len(words); i++ {
		words[i] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	s.filter = bloom.FromWithM(words, uint(h.bloomBits), bloomHashes)
	exprs := make([]string, len(s.meta.Regexes))
	for i, r := range s.meta.Regexes {
		exprs[i] = r.Expr
	}
	if s.expressions, err = expression.Compile(exprs); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return s, nil
}

// checkMeta checks that no number in the meta part leads outside its table.
func (s *Snapshot) checkMeta() error {
	for i := range s.meta.Specs {
		if f := s.meta.Specs[i].Feed; f < 0 || f >= len(s.meta.Feeds) || s.meta.Specs[i].Scope > format.Below {
			return fmt.Errorf("%w: rule kind %d", ErrDamaged, i)
		}
	}
	for i, set := range s.meta.Rulesets {
		for _, id := range set {
			if int(id) >= len(s.meta.Specs) {
				return fmt.Errorf("%w: ruleset %d", ErrDamaged, i)
			}
		}
	}
	for _, r := range s.meta.Regexes {
		if int(r.Spec) >= len(s.meta.Specs) {
			return fmt.Errorf("%w: expression %q", ErrDamaged, r.Expr)
		}
	}
	for family, lengths := range s.meta.PrefixBits {
		for _, n := range lengths {
			if n < 0 || n > [2]int{32, 128}[family%2] {
				return fmt.Errorf("%w: prefix of %d bits", ErrDamaged, n)
			}
		}
	}
	return nil
}

// Inputs returns the digest of what the snapshot was compiled from, see Inputs.
func (s *Snapshot) Inputs() string { return s.meta.Inputs }

// Keys counts the distinct names and prefixes.
func (s *Snapshot) Keys() int { return int(s.header.keys) }

// Rules counts the rules of each feed as compiled.
func (s *Snapshot) Rules() map[string]int {
	n := map[string]int{}
	for _, f := range s.meta.Feeds {
		n[f.Name] = int(f.Rules)
	}
	return n
}

// Digest returns the digest of a feed's rules as they were compiled, "" if the
// feed is not in the snapshot.
func (s *Snapshot) Digest(feed string) string {
	if i := s.feed(feed); i >= 0 {
		return s.meta.Feeds[i].Digest
	}
	return ""
}

// FalsePositives counts the look-ups that the Bloom filter let through without a
// rule for the name.
func (s *Snapshot) FalsePositives() uint64 { return s.falsePositives.Load() }

// lookup finds the ruleset of a key. Only what the Bloom filter lets through
// touches the mapping.
func (s *Snapshot) lookup(hash uint64, key []byte) (ruleset uint32, ok bool) {
	at := locations(hash)
	if !s.filter.TestLocations(at[:]) {
		return 0, false
	}
	if ruleset, ok = s.exact(hash, key); !ok {
		s.falsePositives.Add(1)
	}
	runtime.KeepAlive(s) // the mapping lives as long as s
	return ruleset, ok
}

// prefetch reads what lookup of a key without a rule reads in most cases. The
// number means nothing.
func (s *Snapshot) prefetch(hash uint64) uint64 {
	at, words := locations(hash), s.filter.BitSet().Words()
	return words[at[0]%s.header.bloomBits/64] + words[at[1]%s.header.bloomBits/64]
}

// exact finds a key among those of its bucket.
func (s *Snapshot) exact(hash uint64, key []byte) (ruleset uint32, ok bool) {
	b := bucketOf(hash, s.header.bucketBits)
	from := binary.LittleEndian.Uint32(s.directory[4*b:])
	to := binary.LittleEndian.Uint32(s.directory[4*b+4:])
	if from > to || uint64(to) > uint64(len(s.arena)) {
		return 0, false
	}
	for rest := s.arena[from:to]; len(rest) > 0; {
		found, id, size := s.entry(rest)
		if size == 0 {
			return 0, false
		}
		if string(found) == string(key) {
			return id, true
		}
		rest = rest[size:]
	}
	return 0, false
}

// entry reads the entry at the beginning of arena; its size is 0 if it is not
// whole.
func (s *Snapshot) entry(arena []byte) (key []byte, ruleset uint32, size int) {
	end := 1 + int(arena[0])
	if end == 1 || end >= len(arena) {
		return nil, 0, 0
	}
	id, n := uint64(arena[end]), 1
	if id >= 0x80 {
		id, n = binary.Uvarint(arena[end:])
	}
	if n <= 0 || id >= uint64(len(s.meta.Rulesets)) {
		return nil, 0, 0
	}
	return arena[1:end], uint32(id), end + n
}

// entries yields every key in order. A key is part of the mapping: it must not
// be kept longer than the snapshot. At its end the walk gives back the memory
// that it has mapped in.
func (s *Snapshot) entries(yield func(key []byte, ruleset uint32) bool) {
	for rest := s.arena; len(rest) > 0; {
		key, ruleset, size := s.entry(rest)
		if size == 0 || !yield(key, ruleset) {
			break
		}
		rest = rest[size:]
	}
	dropPages(s.mapping)
	runtime.KeepAlive(s)
}

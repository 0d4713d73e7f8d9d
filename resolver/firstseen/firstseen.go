// Package firstseen tells domains that nobody has asked for before, and remembers which were
// without remembering any: in a stable Bloom filter (Deng and Rafiei, 2006), whose places are
// chosen by a secret of this node, and in which what is not asked for any more fades.
//
// A name counts by its registered domain: content delivery makes new names every minute. A
// filter that begins empty learns for a while, in which nothing is new.
package firstseen

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/dchest/siphash"

	"lachan/blocklist/domain"
)

const (
	// FreshFor is how long a domain is new after it was first asked for.
	FreshFor = 10 * time.Minute
	// Learns is how long a filter that began empty takes everything for known.
	Learns = 7 * 24 * time.Hour
	// Forgets is how long a filter may be asked nothing until it learns anew: what has become
	// common meanwhile it does not know.
	Forgets = 14 * 24 * time.Hour

	// The filter has 2^22 cells of two bits: 1 MiB. A domain has three cells, which are full
	// when it is asked for; each domain that comes new empties thirty others by one. So one in
	// seventy that is new is taken for known once the filter is in balance, and a domain that
	// is not asked for again is forgotten after some 400,000 new ones.
	cells  = 1 << 22
	perOne = 3
	fades  = 30
	full   = 3
	inWord = 32 // cells of a uint64

	// freshDomains is how many domains may be new at a time: some 256 KiB. When more are, as when
	// somebody asks for names at random, they are new and not taken note of: so nobody makes a
	// domain known before its time, nor the filter forget others.
	freshDomains = 1 << 13
)

// A Filter is safe for use by any number of goroutines.
type Filter struct {
	mu      sync.Mutex
	key     [2]uint64
	words   []uint64                 // mu
	random  *rand.PCG                // mu
	began   time.Time                // when this process began it
	heard   time.Time                // mu; when it was asked last
	learned time.Duration            // mu; at most Learns
	fresh   map[uint64]time.Duration // mu; by hash of a domain: how long after began it is new
	swept   time.Duration            // mu; when fresh was looked through
	crowded bool                     // mu; the last that came new found no room
	added   uint64                   // mu; domains that came new
}

// New begins a filter with a secret.
func New(key [16]byte, now time.Time) *Filter {
	return newFilter(key, now, now, 0, make([]uint64, cells/inWord))
}

func newFilter(key [16]byte, now, heard time.Time, learned time.Duration, words []uint64) *Filter {
	f := &Filter{words: words, began: now, heard: heard, learned: learned, fresh: map[uint64]time.Duration{}}
	f.key[0], f.key[1] = binary.LittleEndian.Uint64(key[:]), binary.LittleEndian.Uint64(key[8:])
	f.random = rand.NewPCG(f.key[0], uint64(now.UnixNano())^f.key[1])
	return f
}

// First notes that a name is asked for, and reports whether its domain is new, and until when.
// Within a process only how much time has passed counts, not what a clock says that is set.
func (f *Filter) First(n *domain.Name, now time.Time) (until time.Time, first bool) {
	suffix := registered(n)
	if suffix == nil {
		return time.Time{}, false
	}
	hash := siphash.Hash(f.key[0], f.key[1], suffix)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.learn(now)
	age := now.Sub(f.began)
	if f.known(hash) {
		f.fill(hash)
		end, is := f.fresh[hash]
		return now.Add(end - age), is && age < end
	}
	if f.learned >= Learns && !f.begin(hash, age) {
		return now.Add(FreshFor), true
	}
	f.fade()
	f.fill(hash)
	f.added++
	return now.Add(FreshFor), f.learned >= Learns
}

// learn counts how long it has heard what is asked. The lock is held.
func (f *Filter) learn(now time.Time) {
	passed := now.Sub(f.heard)
	switch {
	case passed > Forgets:
		f.learned = 0
	case passed > 0:
		f.learned = min(f.learned+passed, Learns)
	}
	f.heard = now
}

// registered is the registered domain of a name in wire form; nil if it has none.
func registered(n *domain.Name) []byte {
	labels := domain.Registered(n)
	if labels == 0 || string(n.Suffix(1)) == "\x04arpa" {
		return nil
	}
	return n.Suffix(labels)
}

// begin notes that a domain is new from now on, if there is room. The lock is held.
func (f *Filter) begin(hash uint64, age time.Duration) bool {
	if len(f.fresh) >= freshDomains && age-f.swept > time.Second {
		f.swept = age
		for of, end := range f.fresh {
			if age >= end {
				delete(f.fresh, of)
			}
		}
	}
	if f.crowded = len(f.fresh) >= freshDomains; f.crowded {
		return false
	}
	f.fresh[hash] = age + FreshFor
	return true
}

// cellsOf are the cells of a domain.
func cellsOf(hash uint64) (at [perOne]uint32) {
	step := hash>>32 | 1
	for i := range at {
		at[i] = uint32((hash + uint64(i)*step) % cells)
	}
	return at
}

func (f *Filter) known(hash uint64) bool {
	for _, at := range cellsOf(hash) {
		if f.words[at/inWord]>>(at%inWord*2)&full == 0 {
			return false
		}
	}
	return true
}

func (f *Filter) fill(hash uint64) {
	for _, at := range cellsOf(hash) {
		f.words[at/inWord] |= full << (at % inWord * 2)
	}
}

// fade takes one from cells in a row that begins anywhere.
func (f *Filter) fade() {
	from := uint32(f.random.Uint64() % cells)
	for i := range uint32(fades) {
		at := (from + i) % cells
		shift := at % inWord * 2
		if value := f.words[at/inWord] >> shift & full; value > 0 {
			f.words[at/inWord] -= 1 << shift
		}
	}
}

// Added is how many domains have come new so far.
func (f *Filter) Added() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.added
}

// Crowded reports whether more domains come new than there is room for.
func (f *Filter) Crowded() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.crowded
}

// Learning reports whether it takes everything for known as yet.
func (f *Filter) Learning() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.learned < Learns
}

// The image of a filter; FORMAT.md draws it.
const (
	magic      = "LCSEEN02"
	headerSize = 8 + 16 + 8 + 8
	// ImageSize is how many bytes an image has.
	ImageSize = headerSize + cells/4 + 4
)

// ErrDamaged is the error of an image that is none.
var ErrDamaged = errors.New("what was seen first is damaged")

// Image is the filter as it is kept, and how many domains had come new by then. It has no name.
func (f *Filter) Image() (image []byte, added uint64) {
	image = make([]byte, 0, ImageSize)
	image = append(image, magic...)
	image = binary.LittleEndian.AppendUint64(image, f.key[0])
	image = binary.LittleEndian.AppendUint64(image, f.key[1])
	f.mu.Lock()
	image = binary.LittleEndian.AppendUint64(image, uint64(f.learned/time.Second))
	image = binary.LittleEndian.AppendUint64(image, uint64(f.heard.Unix()))
	f.mu.Unlock()
	const piece = 1 << 12 // words for which nobody waits long
	for from := 0; from < len(f.words); from += piece {
		f.mu.Lock()
		for _, w := range f.words[from : from+piece] {
			image = binary.LittleEndian.AppendUint64(image, w)
		}
		added = f.added
		f.mu.Unlock()
	}
	return binary.LittleEndian.AppendUint32(image, crc32.Checksum(image, castagnoli())), added
}

// Read is a filter of an image. What is not exactly one is ErrDamaged.
func Read(image []byte, now time.Time) (*Filter, error) {
	if len(image) != ImageSize || string(image[:8]) != magic {
		return nil, ErrDamaged
	}
	if binary.LittleEndian.Uint32(image[ImageSize-4:]) != crc32.Checksum(image[:ImageSize-4], castagnoli()) {
		return nil, ErrDamaged
	}
	learned := binary.LittleEndian.Uint64(image[24:])
	heard := int64(binary.LittleEndian.Uint64(image[32:]))
	if learned > uint64(Learns/time.Second) || heard < 0 || heard > 1<<40 {
		return nil, ErrDamaged
	}
	words := make([]uint64, cells/inWord)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(image[headerSize+8*i:])
	}
	f := newFilter([16]byte(image[8:24]), now, time.Unix(heard, 0), time.Duration(learned)*time.Second, words)
	return f, nil
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

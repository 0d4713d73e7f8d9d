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
	"strings"
	"sync"
	"time"

	"github.com/dchest/siphash"
	"golang.org/x/net/publicsuffix"

	"lachan/blocklist/domain"
)

const (
	// FreshFor is how long a domain is new after it was first asked for.
	FreshFor = 10 * time.Minute
	// Learns is how long a filter that began empty takes everything for known.
	Learns = 7 * 24 * time.Hour

	// The filter has 2^22 cells of two bits: 1 MiB. A domain has three cells, which are full
	// when it is asked for; each domain that comes new empties thirty others by one. So one in
	// seventy that is new is taken for known once the filter is in balance, and a domain that
	// is not asked for again is forgotten after some 400,000 new ones.
	cells  = 1 << 22
	perOne = 3
	fades  = 30
	full   = 3
	inWord = 32 // cells of a uint64

	// freshDomains is how many domains may be new at a time: 64 KiB. When more are, some are
	// known too early.
	freshDomains = 1 << 12
)

// A Filter is safe for use by any number of goroutines.
type Filter struct {
	mu     sync.Mutex
	key    [2]uint64
	born   int64            // Unix seconds
	words  []uint64         // mu
	random *rand.PCG        // mu
	fresh  map[uint64]int64 // mu; by hash of a domain: Unix nanoseconds until which it is new
	swept  int64            // mu; when fresh was looked through
	added  uint64           // mu; domains that came new
}

// New begins a filter with a secret.
func New(key [16]byte, now time.Time) *Filter {
	return newFilter(key, now.Unix(), make([]uint64, cells/inWord))
}

func newFilter(key [16]byte, born int64, words []uint64) *Filter {
	f := &Filter{born: born, words: words, fresh: map[uint64]int64{}}
	f.key[0], f.key[1] = binary.LittleEndian.Uint64(key[:]), binary.LittleEndian.Uint64(key[8:])
	f.random = rand.NewPCG(f.key[0], uint64(born)^f.key[1])
	return f
}

// First notes that a name is asked for, and reports whether its domain is new, and until when.
func (f *Filter) First(n *domain.Name, now time.Time) (until time.Time, first bool) {
	suffix := registered(n)
	if suffix == nil {
		return time.Time{}, false
	}
	hash := siphash.Hash(f.key[0], f.key[1], suffix)
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.known(hash) {
		f.fade()
		f.added++
		if learning := now.Unix() < f.born+int64(Learns/time.Second); !learning {
			f.begin(hash, now.UnixNano())
		}
	}
	f.fill(hash)
	end, is := f.fresh[hash]
	if !is || now.UnixNano() >= end {
		return time.Time{}, false
	}
	return time.Unix(0, end), true
}

// registered is the registered domain of a name in wire form; nil if it has none.
func registered(n *domain.Name) []byte {
	name, err := publicsuffix.EffectiveTLDPlusOne(domain.Text(n.Suffix(min(n.Labels(), 6))))
	if err != nil || strings.HasSuffix(name, ".arpa") {
		return nil
	}
	return n.Suffix(strings.Count(name, ".") + 1)
}

// begin notes that a domain is new from now on, if there is room. The lock is held.
func (f *Filter) begin(hash uint64, now int64) {
	if len(f.fresh) >= freshDomains && now-f.swept > int64(time.Second) {
		f.swept = now
		for of, end := range f.fresh {
			if now >= end {
				delete(f.fresh, of)
			}
		}
	}
	if len(f.fresh) < freshDomains {
		f.fresh[hash] = now + int64(FreshFor)
	}
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

// The image of a filter; FORMAT.md draws it.
const (
	magic      = "LCSEEN01"
	headerSize = 8 + 16 + 8
	imageSize  = headerSize + cells/4 + 4
)

// ErrDamaged is the error of an image that is none.
var ErrDamaged = errors.New("what was seen first is damaged")

// Image is the filter as it is kept, and how many domains had come new by then. It has no name.
func (f *Filter) Image() (image []byte, added uint64) {
	image = make([]byte, 0, imageSize)
	image = append(image, magic...)
	image = binary.LittleEndian.AppendUint64(image, f.key[0])
	image = binary.LittleEndian.AppendUint64(image, f.key[1])
	image = binary.LittleEndian.AppendUint64(image, uint64(f.born))
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
func Read(image []byte) (*Filter, error) {
	if len(image) != imageSize || string(image[:8]) != magic {
		return nil, ErrDamaged
	}
	if binary.LittleEndian.Uint32(image[imageSize-4:]) != crc32.Checksum(image[:imageSize-4], castagnoli()) {
		return nil, ErrDamaged
	}
	words := make([]uint64, cells/inWord)
	for i := range words {
		words[i] = binary.LittleEndian.Uint64(image[headerSize+8*i:])
	}
	return newFilter([16]byte(image[8:24]), int64(binary.LittleEndian.Uint64(image[24:])), words), nil
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }

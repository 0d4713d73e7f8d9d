package blocklist

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"slices"
)

// The layout of a snapshot is documented byte by byte in FORMAT.md.
const (
	magic      = "LACHAN\x00S"
	version    = 3 // lists compiled by 2 may have more expressions than there may be in all
	headerSize = 128

	bloomBitsPerKey = 12
	bloomHashes     = 4
	keysPerBucket   = 4 // at most, on average
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// ErrDamaged is wrapped by every error that means the bytes of a snapshot are
// not what the compiler wrote.
var ErrDamaged = errors.New("snapshot is damaged")

// ErrVersion means that another version of the program compiled a snapshot.
var ErrVersion = fmt.Errorf("%w: another layout", ErrDamaged)

// A section says where a part of the file is.
type section struct {
	offset, size uint64
	crc          uint32
}

// A header is the first headerSize bytes.
type header struct {
	keys       uint64 // distinct names and prefixes
	bloomBits  uint64
	bucketBits uint32 // the directory has 1<<bucketBits buckets
	arena      section
	directory  section
	bloom      section
	meta       section
}

func (h *header) sections() [4]*section {
	return [4]*section{&h.arena, &h.directory, &h.bloom, &h.meta}
}

func (h *header) encode() []byte {
	b := make([]byte, 0, headerSize)
	b = append(b, magic...)
	b = binary.LittleEndian.AppendUint32(b, version)
	b = binary.LittleEndian.AppendUint32(b, h.bucketBits)
	b = binary.LittleEndian.AppendUint64(b, h.keys)
	b = binary.LittleEndian.AppendUint64(b, h.bloomBits)
	for _, s := range h.sections() {
		b = binary.LittleEndian.AppendUint64(b, s.offset)
		b = binary.LittleEndian.AppendUint64(b, s.size)
		b = binary.LittleEndian.AppendUint32(b, s.crc)
	}
	b = append(b, make([]byte, headerSize-4-len(b))...)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b, castagnoli))
}

// decodeHeader checks data, a whole snapshot file, against its header and
// checksums. After it every section lies within data.
func decodeHeader(data []byte) (*header, error) {
	if len(data) < headerSize || string(data[:8]) != magic {
		return nil, fmt.Errorf("%w: no header", ErrDamaged)
	}
	if v := binary.LittleEndian.Uint32(data[8:]); v != version {
		return nil, fmt.Errorf("%w: version %d, this program reads %d", ErrVersion, v, version)
	}
	if crc32.Checksum(data[:headerSize-4], castagnoli) != binary.LittleEndian.Uint32(data[headerSize-4:]) {
		return nil, fmt.Errorf("%w: checksum of the header", ErrDamaged)
	}
	h := &header{
		bucketBits: binary.LittleEndian.Uint32(data[12:]),
		keys:       binary.LittleEndian.Uint64(data[16:]),
		bloomBits:  binary.LittleEndian.Uint64(data[24:]),
	}
	size := uint64(len(data))
	for i, s := range h.sections() {
		at := data[32+20*i:]
		s.offset = binary.LittleEndian.Uint64(at)
		s.size = binary.LittleEndian.Uint64(at[8:])
		s.crc = binary.LittleEndian.Uint32(at[16:])
		if s.offset > size || s.size > size-s.offset {
			return nil, fmt.Errorf("%w: section %d lies outside the file", ErrDamaged, i)
		}
		if checksum(s.of(data)) != s.crc {
			return nil, fmt.Errorf("%w: checksum of section %d", ErrDamaged, i)
		}
	}
	if h.bucketBits > 30 || h.directory.size != 4*(1<<h.bucketBits+1) ||
		h.bloomBits == 0 || h.bloom.size != (h.bloomBits+63)/64*8 {
		return nil, fmt.Errorf("%w: sizes do not agree", ErrDamaged)
	}
	return h, nil
}

// checksum computes the CRC in pieces. The file may have to come from the disk,
// and a goroutine cannot be preempted within one piece, while the garbage
// collector may have stopped all others.
func checksum(data []byte) (crc uint32) {
	for piece := range slices.Chunk(data, 1<<18) {
		crc = crc32.Update(crc, castagnoli, piece)
	}
	return crc
}

func (s *section) of(data []byte) []byte { return data[s.offset : s.offset+s.size] }

// locations returns the bits of the Bloom filter for a key with hash h.
func locations(h uint64) [bloomHashes]uint64 {
	step := h>>32 | h<<32 | 1
	return [bloomHashes]uint64{h, h + step, h + 2*step, h + 3*step}
}

// meta is the part of a snapshot that is JSON.
type meta struct {
	Inputs   string     `json:"inputs"`         // digest of all inputs, see Inputs
	Base     string     `json:"base,omitempty"` // of an overlay: Inputs of the snapshot it is made for
	Feeds    []feedMeta `json:"feeds"`
	Specs    []spec     `json:"specs"`
	Rulesets [][]uint32 `json:"rulesets"` // sorted numbers of specs
	Regexes  []regex    `json:"regexes,omitempty"`
	Refused  []Refusal  `json:"refused,omitempty"`

	// PrefixBits are the lengths of prefixes that occur, longest first: of IPv4
	// and IPv6 addresses in answers, then of clients.
	PrefixBits [families][]int `json:"prefix_bits"`
}

type feedMeta struct {
	Name   string `json:"name"`
	Digest string `json:"digest"` // of the rules, see Source
	Rules  uint64 `json:"rules"`  // rules that were read, duplicates included
}

// A Refusal is expressions of a feed that are not in the lists, as all feeds
// together would have too many.
type Refusal struct {
	Feed        string `json:"feed"`
	Expressions int    `json:"expressions"`
	Example     string `json:"example"` // the first of them
}

type regex struct {
	Spec uint32 `json:"spec"`
	Expr string `json:"expr"`
}

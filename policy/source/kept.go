package source

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"hash/crc32"
	"maps"
	"slices"
	"sync"
)

// Kept are pieces of the list of units as they were decoded, by the digest of their
// text. Of a country where one school changes all others are there. They are of one
// build of the program, which may read the same text differently from another.
type Kept struct {
	build string
	had   map[[sha256.Size]byte]string // encoded units; read only

	mu  sync.Mutex
	met map[[sha256.Size]byte]string // mu; those that a policy was made of since
}

const keptMagic = "LACHAN\x00U1"

// ReadKept reads what Bytes has written, by the same build. What is damaged or of
// another build is as nothing.
func ReadKept(data []byte, build string) *Kept {
	k := &Kept{build: build, had: map[[sha256.Size]byte]string{}, met: map[[sha256.Size]byte]string{}}
	head := keptMagic + build + "\n"
	rest, ok := bytes.CutPrefix(data, []byte(head))
	if !ok || len(rest) < 4 || crc32.Checksum(rest[4:], castagnoli) != binary.LittleEndian.Uint32(rest) {
		return k
	}
	for rest = rest[4:]; len(rest) >= sha256.Size+4; {
		size := uint64(binary.LittleEndian.Uint32(rest[sha256.Size:]))
		body := rest[sha256.Size+4:]
		if size > uint64(len(body)) {
			break
		}
		k.had[[sha256.Size]byte(rest)] = string(body[:size])
		rest = body[size:]
	}
	return k
}

// Bytes are the pieces that a policy was made of since Kept was read.
func (k *Kept) Bytes() []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	head := keptMagic + k.build + "\n"
	data := append([]byte(head), 0, 0, 0, 0)
	order := slices.SortedFunc(maps.Keys(k.met), func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	for _, digest := range order {
		data = append(data, digest[:]...)
		data = binary.LittleEndian.AppendUint32(data, uint32(len(k.met[digest])))
		data = append(data, k.met[digest]...)
	}
	binary.LittleEndian.PutUint32(data[len(head):], crc32.Checksum(data[len(head)+4:], castagnoli))
	return data
}

// Changed reports whether Bytes would be other than what was read.
func (k *Kept) Changed() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.met) != len(k.had) {
		return true
	}
	for digest := range k.met {
		if _, had := k.had[digest]; !had {
			return true
		}
	}
	return false
}

// units are those of a piece, if it is kept; k may be nil.
func (k *Kept) units(p Piece) ([]Unit, bool) {
	if k == nil {
		return nil, false
	}
	digest := sha256.Sum256(p.items)
	text, ok := k.had[digest]
	if !ok {
		return nil, false
	}
	units, ok := decodeUnits(text, p.line)
	if ok {
		k.mu.Lock()
		k.met[digest] = text
		k.mu.Unlock()
	}
	return units, ok
}

// keep takes note of what a piece was decoded to; k may be nil.
func (k *Kept) keep(p Piece, units []Unit) {
	if k == nil {
		return
	}
	digest, text := sha256.Sum256(p.items), encodeUnits(units, p.line)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.met[digest] = text
}

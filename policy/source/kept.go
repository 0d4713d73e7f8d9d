package source

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"sync"
)

// Kept are pieces of the list of units as they were decoded, by the digest of their
// text. Of a country where one school changes all others are there. They are of one
// build of the program, which may read the same text differently from another.
type Kept struct {
	path   string
	head   string
	had    map[pieceID]string // records of the file; read only
	size   int64              // of the file; -1 if it is not to be added to
	counts Counts

	mu    sync.Mutex
	met   map[pieceID]string // mu; records that a policy was made of since
	fresh []pieceID          // mu; those of met that are not in the file
}

// pieceID is the SHA-256 of the text of a piece.
type pieceID = [sha256.Size]byte

// Counts are how much of what a policy is made of was kept. They are for tables that
// grow, and may be too low or too high.
type Counts struct{ Units, Networks, Entries int }

const (
	keptMagic  = "LACHAN\x00U2"
	recordHead = sha256.Size + 8 // digest, size, checksum of all of the record but itself
	// The file may have so many bytes besides the pieces in use and a quarter as much before
	// it is written anew without the others.
	keptSlack = 1 << 20
)

// ReadKept reads what Save has written, by the same build. What is damaged or of
// another build is as nothing.
func ReadKept(path, build string) *Kept {
	k := &Kept{path: path, head: keptMagic + build + "\n", had: map[pieceID]string{}, met: map[pieceID]string{}, size: -1}
	text := readText(path)
	rest, ok := strings.CutPrefix(text, k.head)
	if !ok {
		return k
	}
	for len(rest) >= recordHead {
		size := uint64(binary.LittleEndian.Uint32([]byte(rest[sha256.Size : sha256.Size+4])))
		if size > uint64(len(rest)-recordHead) {
			break
		}
		k.had[pieceID([]byte(rest[:sha256.Size]))] = rest[:recordHead+size]
		rest = rest[recordHead+size:]
	}
	for _, record := range k.had {
		k.counts.add(countsOf(record[recordHead:]))
	}
	if len(rest) == 0 {
		k.size = int64(len(text))
	}
	return k
}

// readText is what a file says; "" if it cannot be read.
func readText(path string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	var text strings.Builder
	if info, err := file.Stat(); err == nil {
		text.Grow(int(info.Size()))
	}
	if _, err := file.WriteTo(&text); err != nil {
		return ""
	}
	return text.String()
}

// Counts are those of all that is kept; k may be nil.
func (k *Kept) Counts() Counts {
	if k == nil {
		return Counts{}
	}
	return k.counts
}

func (c *Counts) add(more Counts) {
	c.Units += more.Units
	c.Networks += more.Networks
	c.Entries += more.Entries
}

// Save writes the pieces that a policy was made of since Kept was read: those that are
// new behind the others, or all into a new file if most of the old one is of no use.
// Nobody depends on it: what cannot be written is decoded again.
func (k *Kept) Save() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	used, added := len(k.head), 0
	for _, record := range k.met {
		used += len(record)
	}
	for _, id := range k.fresh {
		added += len(k.met[id])
	}
	switch {
	case k.size < 0 || k.size+int64(added) > int64(used+used/4+keptSlack):
		return k.rewrite()
	case added == 0:
		return nil
	}
	file, err := os.OpenFile(k.path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for _, id := range k.fresh {
		_, failed := file.WriteString(k.met[id])
		err = errors.Join(err, failed)
	}
	return errors.Join(err, file.Close())
}

// rewrite puts a file with all that was met in place of the one before.
func (k *Kept) rewrite() error {
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(k.path+".new", os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(k.head)
	for _, record := range k.met {
		_, failed := file.WriteString(record)
		err = errors.Join(err, failed)
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return err
	}
	return os.Rename(k.path+".new", k.path) // it need not last
}

// units are those of a piece, if it is kept, in a room; see decodeUnits. k may be nil.
func (k *Kept) units(p Piece, in *room) ([]Unit, bool) {
	if k == nil {
		return nil, false
	}
	id := pieceID(sha256.Sum256(p.items))
	record, ok := k.had[id]
	if !ok || checksumOf(record) != binary.LittleEndian.Uint32([]byte(record[recordHead-4:recordHead])) {
		return nil, false
	}
	units, ok := decodeUnits(record[recordHead:], p.line, in)
	if ok {
		k.mu.Lock()
		k.met[id] = record
		k.mu.Unlock()
	}
	return units, ok
}

// keep takes note of what a piece was decoded to; k may be nil.
func (k *Kept) keep(p Piece, units []Unit) {
	if k == nil {
		return
	}
	id, body := pieceID(sha256.Sum256(p.items)), encodeUnits(units, p.line)
	record := binary.LittleEndian.AppendUint32(id[:], uint32(len(body)))
	record = append(append(record, 0, 0, 0, 0), body...)
	binary.LittleEndian.PutUint32(record[recordHead-4:], checksumOf(string(record)))
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, met := k.met[id]; !met {
		k.met[id] = string(record)
		k.fresh = append(k.fresh, id)
	}
}

// checksumOf is the checksum of a record but for its own bytes.
func checksumOf(record string) (crc uint32) {
	var part [4 << 10]byte
	for _, text := range []string{record[:recordHead-4], record[recordHead:]} {
		for len(text) > 0 {
			n := copy(part[:], text)
			crc = crc32.Update(crc, castagnoli, part[:n])
			text = text[n:]
		}
	}
	return crc
}

package fleet

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
)

// A ListDelta is a file by which the text of a list comes of the one before. It has what the list
// is, in a line of JSON, and what AppendDelta has written after that, compressed (gzip).
type ListDelta struct {
	SHA256 string `json:"sha256"` // of the file
	Size   int64  `json:"size"`   // of the file, in bytes
	From   string `json:"from"`   // SHA-256 of the text before
}

// MaxDeltaText bounds the texts that deltas are made of, in bytes: both are in memory then.
const MaxDeltaText = 16 << 20

// ErrDelta is the error of a delta that cannot be one of the text that is there.
var ErrDelta = errors.New("the delta is not one of this text")

// AppendDelta appends to delta by what a text becomes another. It has pieces, each of which is an
// offset, a length and a number n, as uvarints, and n bytes: so many bytes of the text before from
// the offset on, and after them these.
func AppendDelta(delta, before, after []byte) []byte {
	seed := maphash.MakeSeed()
	at := map[uint64]int{}
	for offset := 0; offset < len(before); {
		line := firstLine(before[offset:])
		at[maphash.Bytes(seed, line)] = offset
		offset += len(line)
	}
	var insert []byte
	from, length := 0, 0
	flush := func() {
		if length+len(insert) > 0 {
			delta = binary.AppendUvarint(delta, uint64(from))
			delta = binary.AppendUvarint(delta, uint64(length))
			delta = binary.AppendUvarint(delta, uint64(len(insert)))
			delta = append(delta, insert...)
		}
		insert, length = insert[:0], 0
	}
	for len(after) > 0 {
		line := firstLine(after)
		after = after[len(line):]
		if len(insert) == 0 && bytes.HasPrefix(before[from+length:], line) {
			length += len(line)
			continue
		}
		offset, known := at[maphash.Bytes(seed, line)]
		if !known || !bytes.HasPrefix(before[offset:], line) {
			insert = append(insert, line...)
			continue
		}
		flush()
		from, length = offset, len(line)
	}
	flush()
	return delta
}

// firstLine is the first line of a text, with its end.
func firstLine(text []byte) []byte {
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		return text[:i+1]
	}
	return text
}

// ApplyDelta is the text that a delta makes of the one before, which has so many bytes. Reading it
// fails with ErrDelta where the delta cannot be one of that; what it is worth a digest says.
func ApplyDelta(delta io.Reader, before io.ReaderAt, size int64) io.Reader {
	return &applied{delta: bufio.NewReader(delta), before: before, size: size}
}

type applied struct {
	delta  *bufio.Reader
	before io.ReaderAt
	size   int64
	from   int64 // of the piece, what is still to come of before
	left   int64
	insert int64 // and of what is inserted
}

// Read is io.Reader.
func (a *applied) Read(to []byte) (int, error) {
	if len(to) == 0 {
		return 0, nil
	}
	if a.left == 0 && a.insert == 0 {
		if err := a.next(); err != nil {
			return 0, err
		}
	}
	if a.left > 0 {
		n, err := a.before.ReadAt(to[:min(int64(len(to)), a.left)], a.from)
		a.from, a.left = a.from+int64(n), a.left-int64(n)
		if n > 0 {
			err = nil // what is missing shows with the next read
		}
		return n, err
	}
	n, err := a.delta.Read(to[:min(int64(len(to)), a.insert)])
	a.insert -= int64(n)
	if err != nil && n == 0 {
		return 0, fmt.Errorf("%w: %w", ErrDelta, noEOF(err))
	}
	return n, nil
}

// next begins a piece. The error is io.EOF after the last one.
func (a *applied) next() error {
	if _, err := a.delta.Peek(1); err != nil {
		return err
	}
	var is [3]uint64
	for i := range is {
		n, err := binary.ReadUvarint(a.delta)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDelta, noEOF(err))
		}
		is[i] = n
	}
	size := uint64(a.size)
	if is[0] > size || is[1] > size-is[0] || is[2] > MaxDeltaText || is[1]+is[2] == 0 {
		return fmt.Errorf("%w: a piece of %d bytes from %d on, of %d", ErrDelta, is[1], is[0], size)
	}
	a.from, a.left, a.insert = int64(is[0]), int64(is[1]), int64(is[2])
	return nil
}

// noEOF is an error in the middle of something.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

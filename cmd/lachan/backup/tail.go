package backup

import (
	"bytes"
	"hash"
	"io"
)

// A tailing reader hands on what it reads. It keeps the last bytes apart, which are to be
// the trailer, and the digest of all before them.
type tailing struct {
	from io.Reader
	last []byte // at most a trailer, not in hash yet
	hash hash.Hash
}

func (t *tailing) Read(p []byte) (int, error) {
	n, err := t.from.Read(p)
	t.last = append(t.last, p[:n]...)
	if over := len(t.last) - trailerLength; over > 0 {
		t.hash.Write(t.last[:over])
		t.last = append(t.last[:0], t.last[over:]...)
	}
	return n, err
}

// whole reports whether what was read ends with the digest of all before.
func (t *tailing) whole() bool { return bytes.Equal(t.last, trailer(t.hash.Sum(nil))) }

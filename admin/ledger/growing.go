package ledger

import (
	"crypto/ed25519"
	"crypto/sha256"
	"errors"
	"hash"
	"os"
)

// growing is the segment that is written to.
type growing struct {
	file   *os.File
	size   int64 // of what is confirmed
	sum    hash.Hash
	begins seal // as far as it is known
	unsure bool // the file may have more than is confirmed
}

// growIn is a segment that has a text, and begins after the record of a head.
func growIn(file *os.File, text []byte, after Head) growing {
	begins := seal{First: after.Seq + 1, Prev: after.Hash}
	g := growing{file: file, size: int64(len(text)), sum: sha256.New(), begins: begins}
	_, _ = g.sum.Write(text) // it never fails
	return g
}

// flush puts text on disk, or leaves the file as it was.
func (g *growing) flush(text []byte) error {
	_, err := g.file.Write(text)
	if err == nil {
		err = g.file.Sync()
	}
	if err != nil {
		g.unsure = true
		return errors.Join(err, g.restore())
	}
	g.size += int64(len(text))
	_, _ = g.sum.Write(text) // it never fails
	return nil
}

// restore cuts off the file what is not confirmed. Until that has worked, nothing is
// written. The file is opened anew: what one that could not be synced says later is not
// to be trusted.
func (g *growing) restore() error {
	if !g.unsure {
		return nil
	}
	file, err := os.OpenFile(g.file.Name(), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(file.Truncate(g.size), file.Sync()); err != nil {
		return errors.Join(err, file.Close())
	}
	_ = g.file.Close() // nothing of it is wanted any more
	g.file, g.unsure = file, false
	return nil
}

// seal seals the segment, which ends in the record of a head.
func (g *growing) seal(end Head, key ed25519.PrivateKey) error {
	s := g.begins
	s.Last, s.Hash, s.Size, s.SHA256 = end.Seq, end.Hash, int(g.size), hexOf(g.sum)
	return s.write(g.file.Name(), key)
}

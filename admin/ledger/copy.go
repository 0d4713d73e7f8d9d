package ledger

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
)

// A Copy is the ledger of others in a folder of this node: its records were written and
// signed elsewhere, and are the same here byte for byte. What this node keeps about them,
// seals, head and checkpoints, it signs itself. Its methods may be called by any number of
// goroutines; one process has it open.
type Copy struct {
	ledger  *Ledger
	writers []ed25519.PublicKey // whose records are taken
	former  []ed25519.PublicKey // commit of the ledger; whose are if one of the writers has signed a later one
}

// ErrForged is wrapped by the error of a record that none of the writers has signed.
var ErrForged = errors.New("no key of the ledger's writers has signed it")

// ErrFollow is wrapped by the error of a record that does not come after the last one that
// is here: its number, or the digest of the one before, is another.
var ErrFollow = errors.New("it does not follow the last record here")

// ErrUnvouched is the error of a record that a former writer has signed, and no writer one after it.
var ErrUnvouched = fmt.Errorf("%w: a former one has, and no other one after it", ErrForged)

// OpenCopy opens the copy in a folder, which is made if it is not there. Records are taken
// if one of the writers has signed them. Records taken from a former
// writer stay.
func OpenCopy(dir string, writers ...ed25519.PublicKey) (*Copy, error) {
	l, _, err := openFolder(dir)
	if err != nil {
		return nil, fmt.Errorf("open the copy of a ledger: %w", err)
	}
	if l.keys, err = known(dir, l.keys, writers); err == nil {
		err = l.read()
	}
	if err != nil {
		return nil, fmt.Errorf("open the copy of a ledger: %w", errors.Join(err, l.lock.Close()))
	}
	if err := os.Remove(filepath.Join(dir, consoleFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.fail(err) // of a version that wrote it for copies too
	}
	l.beside = func() error { return nil } // the holder of several copies makes one text of all
	go l.keep()
	l.touch()
	return &Copy{ledger: l, writers: slices.Clone(writers)}, nil
}

// Vouched has records taken that one of some former writers has signed, where one of the writers
// has signed a record after them: what is signed has the digest of all that is before it.
func (c *Copy) Vouched(former ...ed25519.PublicKey) error {
	c.ledger.commit.Lock()
	defer c.ledger.commit.Unlock()
	keys, err := known(c.ledger.dir, c.ledger.keys, former)
	if err != nil {
		return fmt.Errorf("keep the keys of former writers: %w", err)
	}
	c.ledger.keys, c.former = keys, slices.Clone(former)
	return nil
}

// Take takes lines that follow each other, without the ends of lines, in as many whole
// groups as they have; the rest of a group comes again with what follows. When it returns,
// those taken are on disk and in the state. The error is ErrFollow or ErrForged for the
// first line that is not as it has to be: of it, and of those after it, nothing is taken,
// nor of the rest of its group.
func (c *Copy) Take(lines ...[]byte) (taken int, err error) {
	c.ledger.commit.Lock()
	defer c.ledger.commit.Unlock()
	return take(c.ledger, c.writers, c.former, lines)
}

// take is Copy.Take of records that some keys have signed, or former ones before them. commit is
// held.
func take(l *Ledger, writers, former []ed25519.PublicKey, lines [][]byte) (taken int, err error) {
	if err := l.room(); err != nil {
		return 0, fmt.Errorf("take records: %w", err)
	}
	now := l.now.Load()
	end, more, vouched := now.head, 0, true
	var whole Head // after the last whole group
	var text bytes.Buffer
	var records, group []Record
	size := 0
	for i, line := range lines {
		r, wrong := checkTaken(line, end, more, writers)
		vouched = wrong == nil
		if errors.Is(wrong, ErrForged) && signedBy(line, former) {
			wrong = nil
		}
		if wrong != nil {
			err = fmt.Errorf("take record %d: %w", end.Seq+1, wrong)
			break
		}
		text.Write(append(line, '\n'))
		group = append(group, r)
		end, more = Head{Seq: r.Seq, Hash: digest(line)}, r.More
		if more == 0 && vouched {
			records, group = append(records, group...), nil
			taken, whole, size = i+1, end, text.Len()
		}
	}
	if err == nil && !vouched {
		err = fmt.Errorf("take record %d: %w", now.head.Seq+uint64(taken)+1, ErrUnvouched)
	}
	if taken == 0 {
		return 0, err
	}
	text.Truncate(size)
	if failed := l.growing.flush(text.Bytes()); failed != nil {
		return 0, fmt.Errorf("take records: %w", failed)
	}
	stand(l, now.state.with(records...), whole)
	l.touch()
	return taken, err
}

// checkTaken reads a line and says what is wrong with it after a head.
func checkTaken(line []byte, last Head, more int, writers []ed25519.PublicKey) (r Record, err error) {
	if len(line) > mostLine || bytes.IndexByte(line, '\n') >= 0 {
		return r, fmt.Errorf("%w: it is no line", ErrFollow)
	}
	if r, err = read(line); err != nil {
		return r, fmt.Errorf("%w: %w", ErrFollow, err)
	}
	if err := follows(&r, last, more); err != nil {
		return r, fmt.Errorf("%w: %w", ErrFollow, err)
	}
	if !signedBy(line, writers) {
		return r, ErrForged
	}
	return r, nil
}

// Records yields the records after a number, in their order.
func (c *Copy) Records(after uint64) iter.Seq2[Record, error] { return c.ledger.Records(after) }

// State is the fold of all records that were taken.
func (c *Copy) State() *State { return c.ledger.State() }

// End is the number of the last record that was taken, and the digest of its line; 0 and
// "" if there is none.
func (c *Copy) End() (seq uint64, hash string) {
	head := c.ledger.now.Load().head
	return head.Seq, head.Hash
}

// Damage is what is wrong with what lies on disk; none if nothing is.
func (c *Copy) Damage() []error { return c.ledger.Damage() }

// Close closes the copy. Nothing may be taken any more.
func (c *Copy) Close() error { return c.ledger.Close() }

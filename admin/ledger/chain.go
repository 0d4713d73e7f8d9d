package ledger

import "fmt"

// A Chain has records of a ledger in a chain of their own, such as those of one area. Its
// records are the same assignments, numbered and signed anew; each names its number in the
// ledger. A chain may be made again at any time: the ledger is the truth.
type Chain struct {
	ledger *Ledger
	end    Head
}

// Continue continues a chain of a ledger whose last record has this number and digest, 0
// and "" if there is none yet.
func Continue(l *Ledger, seq uint64, hash string) *Chain {
	return &Chain{l, Head{Seq: seq, Hash: hash}}
}

// Link makes the lines of records that count together or not at all.
func (c *Chain) Link(group ...Record) (lines [][]byte, err error) {
	end := c.end
	for i, r := range group {
		r.From, r.Seq, r.Prev, r.More = r.Seq, end.Seq+1, end.Hash, len(group)-1-i
		line, err := r.line(c.ledger.key)
		if err != nil {
			return nil, fmt.Errorf("link record %d: %w", r.From, err)
		}
		lines = append(lines, line)
		end = Head{Seq: r.Seq, Hash: digest(line)}
	}
	c.end = end
	return lines, nil
}

// End is the number of the last record and the digest of its line.
func (c *Chain) End() (seq uint64, hash string) { return c.end.Seq, c.end.Hash }

// ParseLink is the number of a record in its chain, its number in the ledger, and the
// digest of its line. That it is signed the caller has to know.
func ParseLink(line []byte) (seq, from uint64, hash string, err error) {
	r, err := read(line)
	if err != nil {
		return 0, 0, "", fmt.Errorf("read a record of a chain: %w", err)
	}
	return r.Seq, r.From, digest(line), nil
}

// Knows reports whether a line of a chain is of a record that the ledger has, or has lost. It
// is not of one that the ledger has still to write, nor of another than that of its number:
// then the chain was made of a ledger that had more.
func Knows(l *Ledger, line []byte) (bool, error) {
	is, err := read(line)
	if err != nil {
		return false, fmt.Errorf("read a record of a chain: %w", err)
	}
	if is.From == 0 || is.From > l.State().Seq() {
		return false, nil
	}
	for r, err := range l.Records(is.From - 1) {
		if err != nil {
			return false, err
		}
		return r.Seq != is.From || same(&r, &is), nil
	}
	return true, nil
}

package transfer

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
)

// A change is the sum of the steps of an IXFR: a record that one step removes and
// another adds again is neither.
type change struct {
	removed map[string]struct{}
	added   map[string]struct{}
}

func newChange() *change {
	return &change{removed: map[string]struct{}{}, added: map[string]struct{}{}}
}

func (c *change) size() int { return len(c.removed) + len(c.added) }

// remove and add return errWhole for a change that cannot be right, as far as that
// shows without the copy.
func (c *change) remove(line string) error { return move(line, c.added, c.removed) }
func (c *change) add(line string) error    { return move(line, c.removed, c.added) }

func move(line string, from, to map[string]struct{}) error {
	if _, ok := from[line]; ok {
		delete(from, line)
		return nil
	}
	if _, ok := to[line]; ok {
		return fmt.Errorf("%w: the same change twice", errWhole)
	}
	to[line] = struct{}{}
	return nil
}

// apply writes the copy good with the change and another SOA record. It returns
// errWhole unless all records to remove were there, none to add was, and the copy
// is in order.
func (c *change) apply(good io.Reader, soa string, w io.Writer) error {
	in, out := newLineReader(good), newLineWriter(w)
	if _, ok := in.next(); !ok {
		return fmt.Errorf("%w: empty copy", errWhole)
	}
	out.line(soa)
	coming := slices.Sorted(maps.Keys(c.added))
	var before []byte
	gone := 0
	for line, ok := in.next(); ok; line, ok = in.next() {
		if bytes.Compare(line, before) <= 0 {
			return fmt.Errorf("%w: the copy is not in order", errWhole)
		}
		before = append(before[:0], line...)
		for len(coming) > 0 && coming[0] < string(line) {
			out.line(coming[0])
			coming = coming[1:]
		}
		if len(coming) > 0 && coming[0] == string(line) {
			return fmt.Errorf("%w: a record that comes was there", errWhole)
		}
		if _, goes := c.removed[string(line)]; goes {
			gone++
			continue
		}
		out.write(line)
	}
	if in.err != nil {
		return fmt.Errorf("read zone copy: %w", in.err)
	}
	if gone < len(c.removed) {
		return fmt.Errorf("%w: %d records that go were not there", errWhole, len(c.removed)-gone)
	}
	for _, line := range coming {
		out.line(line)
	}
	return out.flush()
}

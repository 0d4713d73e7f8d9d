package format

import (
	"bytes"

	"lachan/blocklist/format/lines"
)

// maxRecordLines bounds a record, so that one that is never closed does not
// swallow the rest of the list.
const maxRecordLines = 20

// A record gathers the lines of an entry that goes over several: parentheses
// in a zone, quotes in a csv. The zero record is empty.
type record struct {
	number int    // of the first line
	text   []byte // the lines, each followed by "\n"
	lines  int
}

// append adds a line.
func (e *record) append(number int, line []byte) {
	if e.lines == 0 {
		e.number, e.text = number, e.text[:0]
	}
	e.text = append(append(e.text, line...), '\n')
	e.lines++
}

func (e *record) full() bool { return e.lines == maxRecordLines || len(e.text) > lines.Max }

// finish makes the whole record the current line, with the number of its first
// one; its other lines count as comments.
func (c *collector) finish(e *record) {
	c.sum.Comments += e.lines - 1
	c.number, c.text = e.number, e.text
	e.lines = 0
}

// abandon rejects each line of a record that is not closed.
func (c *collector) abandon(e *record, why Reason) {
	text := e.text
	for i := range e.lines {
		c.number = e.number + i
		c.text, text, _ = bytes.Cut(text, []byte("\n"))
		c.refuse(why, "")
	}
	e.lines = 0
}

package release

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"lachan/blocklist/format"
)

// A list is a header, then its rows in the order of their bytes, each once, each
// followed by "\n".

// Header is the first line of a list.
const Header = "ten_mien,nhom,so_van_ban,ngay_van_ban,co_quan,hieu_luc_tu,hieu_luc_den,muc_khan,ghi_chu"

// ErrDelta means that a delta is not one, or not of this list.
var ErrDelta = errors.New("delta that cannot be used")

// MaxChangeBytes bounds the deltas that lead to a version, unpacked; beyond it the
// snapshot is shorter.
const MaxChangeBytes = 64 << 20

// Changes are the sum of deltas: for each row that they name, whether it is in the
// list (true) or not.
type Changes struct {
	rows  map[string]bool
	bytes int
}

// Read adds a delta to those before it. Its lines are rows to add, after a "+", and
// rows to remove, after a "-".
func (c *Changes) Read(r io.Reader) error {
	if c.rows == nil {
		c.rows = map[string]bool{}
	}
	lines := newScanner(r)
	for lines.Scan() {
		line := lines.Bytes()
		if len(line) < 2 || line[0] != '+' && line[0] != '-' {
			return fmt.Errorf("%w: line %q", ErrDelta, line[:min(len(line), 40)])
		}
		if c.bytes += len(line); c.bytes > MaxChangeBytes {
			return fmt.Errorf("%w: more than %d bytes", ErrDelta, MaxChangeBytes)
		}
		c.rows[string(line[1:])] = line[0] == '+'
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrDelta, err)
	}
	return nil
}

// Apply writes the list old to w with the changes made. The result is right if
// its digest is that of the version: Apply does not check that a row to remove was
// there.
func (c *Changes) Apply(old io.Reader, w io.Writer) error {
	out := bufio.NewWriter(w)
	lines := newScanner(old)
	if !lines.Scan() {
		return errors.Join(fmt.Errorf("%w: the list has no header", ErrDelta), lines.Err())
	}
	writeLine(out, lines.Bytes())
	coming := slices.Sorted(maps.Keys(c.rows))
	coming = slices.DeleteFunc(coming, func(row string) bool { return !c.rows[row] })
	for lines.Scan() {
		row := lines.Bytes()
		for len(coming) > 0 && coming[0] < string(row) {
			writeLine(out, []byte(coming[0]))
			coming = coming[1:]
		}
		if _, changed := c.rows[string(row)]; !changed {
			writeLine(out, row)
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("%w: %w", ErrDelta, err)
	}
	for _, row := range coming {
		writeLine(out, []byte(row))
	}
	return out.Flush()
}

// Diff returns the delta from one list to another, both as rows in order, and how
// many rows it adds and removes.
func Diff(old, new []string) (delta []byte, added, removed int) {
	var b bytes.Buffer
	for len(old) > 0 || len(new) > 0 {
		switch {
		case len(new) == 0 || len(old) > 0 && old[0] < new[0]:
			b.WriteString("-" + old[0] + "\n")
			old = old[1:]
			removed++
		case len(old) == 0 || new[0] < old[0]:
			b.WriteString("+" + new[0] + "\n")
			new = new[1:]
			added++
		default:
			old, new = old[1:], new[1:]
		}
	}
	return b.Bytes(), added, removed
}

// writeLine leaves the error to the Flush of w.
func writeLine(w *bufio.Writer, line []byte) {
	_, _ = w.Write(line)
	_ = w.WriteByte('\n')
}

func newScanner(r io.Reader) *bufio.Scanner {
	s := bufio.NewScanner(r)
	s.Buffer(nil, format.MaxLine+2)
	s.Split(scanLines)
	return s
}

// scanLines is bufio.ScanLines, but "\r" is a part of the line, and a last line
// without an end is left out.
func scanLines(data []byte, atEnd bool) (advance int, line []byte, err error) {
	if i := bytes.IndexByte(data, '\n'); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEnd && len(data) > 0 {
		return 0, nil, io.ErrUnexpectedEOF
	}
	return 0, nil, nil
}

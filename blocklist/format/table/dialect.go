package table

import (
	"strings"
)

// Within is the last row, blank ones not counted, that may be the header: what is
// above it is a title.
const Within = 20

// A Dialect is how the rows of one csv are written. The zero Dialect knows
// nothing yet.
type Dialect struct {
	separator byte // 0 until a row has one
	settled   bool // no row will change it: it was said, or the header has come
	rows      int  // that may have been the header
}

// Split splits a row into cells without the white space around them. Until the
// header has come, isHeader decides between separators: a title may have a comma
// where the table has semicolons. open reports that the last cell is quoted and
// goes on in the next line.
func (d *Dialect) Split(row string, isHeader func(cells []string) bool) (cells []string, open bool) {
	if separator := said(row); separator != 0 && !d.settled {
		d.separator, d.settled = separator, true
		return nil, false
	}
	if d.separator == 0 {
		d.separator = Separator(row)
	}
	cells, open = Split(row, d.separator)
	if d.settled || open || IsBlank(cells) || IsComment(cells) {
		return cells, open
	}
	d.rows++
	if d.settled = d.rows > Within || isHeader(cells); d.settled {
		return cells, false
	}
	for _, other := range []byte(separators) {
		if other == d.separator || strings.IndexByte(row, other) < 0 {
			continue
		}
		if split, open := Split(row, other); !open && isHeader(split) {
			d.separator, d.settled = other, true
			return split, false
		}
	}
	return cells, false
}

// said reads the line by which Excel is told the separator, "sep=;"; it returns 0 if
// the row is another one.
func said(row string) (separator byte) {
	row = strings.Trim(strings.TrimPrefix(row, "\ufeff"), `" `)
	if len(row) < 5 || !strings.EqualFold(row[:4], "sep=") {
		return 0
	}
	rest := strings.TrimRight(row[4:], ";,")
	if rest == "" {
		rest = row[4:]
	}
	return rest[0]
}

// IsComment reports whether a row is one that its author has marked as no entry. What a
// formula leaves that cannot be computed is no mark.
func IsComment(cells []string) bool {
	return len(cells) > 0 && strings.HasPrefix(cells[0], "#") && !IsError(cells[0])
}

// IsError reports whether a cell is what a formula shows that cannot be computed
// (ECMA-376 part 1, 18.17.3).
func IsError(cell string) bool {
	switch cell {
	case "#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return false
}

// Trim cuts the empty cells off the end of a row.
func Trim(cells []string) []string {
	for len(cells) > 0 && cells[len(cells)-1] == "" {
		cells = cells[:len(cells)-1]
	}
	return cells
}

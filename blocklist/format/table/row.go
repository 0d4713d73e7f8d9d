// Package table reads the table that an authority fills in: the cells of a row
// of csv, the headings that name its columns, and dates as people write them.
package table

import (
	"slices"
	"strings"
)

// separators are what spreadsheets of different languages put between cells.
const separators = ",;\t"

// Separator returns the separator that a row of csv has most of, 0 if it has
// none.
func Separator(row string) (separator byte) {
	most := 0
	for _, c := range []byte(separators) {
		if n := strings.Count(row, string(c)); n > most {
			separator, most = c, n
		}
	}
	return separator
}

// Split splits a row of csv into cells (RFC 4180) without the white space
// around them. Only a quote that begins a cell has a meaning; open reports that
// the last one is not closed.
func Split(row string, separator byte) (cells []string, open bool) {
	for {
		row = strings.TrimLeft(row, " ")
		var cell string
		if strings.HasPrefix(row, `"`) {
			if cell, row, open = quotedCell(row[1:]); open {
				return nil, true
			}
		}
		end := strings.IndexByte(row, separator)
		if separator == 0 || end < 0 {
			return append(cells, strings.TrimSpace(cell+row)), false
		}
		cells = append(cells, strings.TrimSpace(cell+row[:end]))
		row = row[end+1:]
	}
}

// quotedCell reads up to the closing quote; two quotes stand for one.
func quotedCell(text string) (cell, rest string, open bool) {
	var b strings.Builder
	for {
		before, after, closed := strings.Cut(text, `"`)
		b.WriteString(before)
		if !closed {
			return "", "", true
		}
		rest, doubled := strings.CutPrefix(after, `"`)
		if !doubled {
			return b.String(), rest, false
		}
		b.WriteByte('"')
		text = rest
	}
}

// IsBlank reports whether all cells of a row are empty.
func IsBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return cell != "" })
}

// Cell returns the cell of a column, "" if the row or the table does not have
// it.
func Cell(cells []string, column int) string {
	if column < 0 || column >= len(cells) {
		return ""
	}
	return cells[column]
}

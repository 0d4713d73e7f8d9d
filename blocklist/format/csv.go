package format

import (
	"bytes"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/unicode/norm"
)

// A table reads the csv that an authority fills in, as a spreadsheet saves it:
// separated by commas, semicolons or tabs, quoted with '"'. The header may
// stand below a title and names the columns in any order, in Vietnamese with
// or without its marks, or in English. Without a header the first column is the
// name. Every entry covers all below it.
type table struct {
	*run
	separator byte // 0 until a row has one
	columns   columns
	header    []string // the cells of the header; nil before it
	headerRow int      // rows, when the header came
	headerAt  int      // number of its line
	judged    bool     // its columns were looked at
	rows      int      // without blank ones
	held      []heldRow
	open      record // its quotes are not closed
	zone      *time.Location
}

// A heldRow is one that stands where the header may still come: what is above
// that is a title, unless it has a site in it.
type heldRow struct {
	number int
	text   []byte
	cells  []string
}

// headerWithin is the last row, blank ones not counted, that may be the header.
const headerWithin = 20

func newTable(p *run) *table {
	t := &table{run: p, columns: nameOnly, zone: p.options.Zone}
	if t.zone == nil {
		t.zone = time.FixedZone("UTC+7", 7*60*60)
	}
	return t
}

// entry reads a line. A tab at its beginning is an empty cell, so it takes the
// line as it stands.
func (t *table) entry([]byte) {
	t.text = inUTF8(t.text)
	text := t.text
	if t.open.lines > 0 {
		t.open.append(t.number, t.text)
		text = t.open.text
	}
	if t.separator == 0 {
		t.separator = separatorOf(string(text))
	}
	cells, open := splitRow(string(text), t.separator)
	switch {
	case !open && t.open.lines > 0:
		t.finish(&t.open)
		t.row(cells)
	case !open:
		t.row(cells)
	case t.open.lines == 0:
		t.open.append(t.number, t.text)
	case t.open.full():
		t.end()
	}
}

// inUTF8 is a line as UTF-8: what is not, a spreadsheet of a Vietnamese Windows
// has saved in its code page.
func inUTF8(line []byte) []byte {
	if utf8.Valid(line) {
		return line
	}
	decoded, err := charmap.Windows1258.NewDecoder().Bytes(line)
	if err != nil {
		return line
	}
	return norm.NFC.Bytes(decoded)
}

// end reads what is still held, and rejects a row that is still open.
func (t *table) end() {
	t.release(false)
	t.abandon(&t.open, BadQuotes)
}

// row reads the cells of a row: part of the header, or what may stand above it,
// or an entry.
func (t *table) row(cells []string) {
	if isBlank(cells) || strings.HasPrefix(cells[0], "#") || strings.HasPrefix(cells[0], "sep=") {
		t.comment()
		return
	}
	t.rows++
	columns, isHeader := headerOf(cells)
	lost, isLost := lostLetters(cells)
	switch {
	case t.header == nil && t.rows <= headerWithin && isLost && !slices.ContainsFunc(cells, isSite):
		t.refuse(LostLetters, lost)
	case t.header == nil && t.rows <= headerWithin && isHeader:
		t.release(true)
		t.columns, t.header, t.headerRow, t.headerAt = columns, cells, t.rows, t.number
		t.comment()
	case t.header == nil && t.rows < headerWithin:
		t.held = append(t.held, heldRow{t.number, bytes.Clone(t.text), cells})
	case t.header != nil && t.rows == t.headerRow+1 && isHeader:
		t.header = twoRows(t.header, cells)
		t.columns, _ = headerOf(t.header)
		t.comment()
	default:
		t.release(false)
		t.judgeHeader()
		t.item(cells)
	}
}

// isBlank reports whether all cells of a row are empty.
func isBlank(cells []string) bool {
	return !slices.ContainsFunc(cells, func(cell string) bool { return cell != "" })
}

// judgeHeader refuses the headings that must not go unread: entries that are to
// end would stay for ever.
func (t *table) judgeHeader() {
	if t.judged {
		return
	}
	t.judged = true
	number, text := t.number, t.text
	for _, heading := range t.header {
		if t.columns.headed(heading) == nil && tellsOfTime(columnName(heading)) {
			t.number, t.text = t.headerAt, []byte(heading)
			t.refuse(UnknownColumn, heading)
		}
	}
	t.number, t.text = number, text
}

// release reads the rows that were held, as entries; titled is that a header
// has come below them.
func (t *table) release(titled bool) {
	number, text := t.number, t.text
	for _, h := range t.held {
		t.number, t.text = h.number, h.text
		if titled && !slices.ContainsFunc(h.cells, isSite) {
			t.comment()
			continue
		}
		t.item(h.cells)
	}
	t.number, t.text, t.held = number, text, nil
}

// item reads the cells of an entry.
func (t *table) item(cells []string) {
	r := Rule{
		Scope:    Tree,
		Category: cellAt(cells, t.columns.category),
		Document: cellAt(cells, t.columns.document),
		Order:    t.order(cells),
	}
	if bad, ok := t.dates(cells, &r); !ok {
		t.refuse(BadDate, bad)
		return
	}
	// People put several names into one cell.
	cell := cellAt(cells, t.columns.name)
	names := strings.FieldsFunc(cell, func(c rune) bool {
		return unicode.IsSpace(c) || c == ',' || c == ';'
	})
	if len(names) == 0 || len(names) > 1 && !slices.ContainsFunc(names, isSite) {
		t.refuse(NoName, cell)
		return
	}
	for _, name := range names {
		t.site([]byte(name), r)
	}
}

// cellAt is the cell of a column, "" if the row or the table has none.
func cellAt(cells []string, column int) string {
	if column < 0 || column >= len(cells) {
		return ""
	}
	return cells[column]
}

// separatorOf is the separator that a row has most of, 0 if it has none.
func separatorOf(row string) (separator byte) {
	most := 0
	for _, c := range []byte(",;\t") {
		if n := strings.Count(row, string(c)); n > most {
			separator, most = c, n
		}
	}
	return separator
}

// splitRow splits a row into cells (RFC 4180) without the white space around
// them. Only a quote that begins a cell has a meaning; open tells that the last
// one is not closed.
func splitRow(row string, separator byte) (cells []string, open bool) {
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

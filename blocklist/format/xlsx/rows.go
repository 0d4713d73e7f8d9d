package xlsx

import (
	"errors"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// rows calls take for each row of a sheet that has a value, in order. Merged
// cells are still empty but for the first.
func (b *Book) rows(s Sheet, take func(number int, cells []string) error) error {
	r := rowReader{book: b, take: take}
	return b.tags(s.part, r.tag)
}

// A rowReader puts rows together from the tags of a sheet.
type rowReader struct {
	book   *Book
	take   func(number int, cells []string) error
	number int // of the row
	begun  bool
	hidden bool
	cells  []string
	column int // of the cell
	cell   cell
}

// A cell is one as the sheet writes it.
type cell struct {
	open  bool // its end has not come
	kind  string
	style int
	richText
}

func (r *rowReader) tag(t *tag) error {
	if t.name == "row" && t.start {
		if err := r.startRow(t); err != nil {
			return err
		}
	}
	if t.name == "c" && t.start {
		r.startCell(t)
	}
	if r.cell.open {
		if err := r.cell.add(t); err != nil {
			return err
		}
	}
	if t.name == "c" && t.end {
		r.endCell()
	}
	if t.name == "row" && t.end {
		return r.endRow()
	}
	return nil
}

func (r *rowReader) startRow(t *tag) error {
	next := r.number + 1
	if at, err := strconv.Atoi(t.attribute("r")); err == nil {
		next = at
	}
	if next <= r.number || next > maxRows {
		return errors.New("rows out of order")
	}
	hidden := t.attribute("hidden")
	r.hidden = hidden == "1" || hidden == "true"
	r.begun, r.number, r.column, r.cells = true, next, -1, make([]string, 0, len(r.cells))
	return nil
}

func (r *rowReader) endRow() error {
	if !r.begun {
		return errors.New("a row ends that has not begun")
	}
	r.begun = false
	if !slices.ContainsFunc(r.cells, func(cell string) bool { return cell != "" }) {
		return nil
	}
	if r.hidden {
		if hidden := &r.book.hidden; hidden.Count == 0 {
			hidden.First = r.number
		}
		r.book.hidden.Count++
	}
	return r.take(r.number, r.cells)
}

func (r *rowReader) startCell(t *tag) {
	r.column++
	if at, _, ok := reference(t.attribute("r")); ok {
		r.column = at
	}
	style, _ := strconv.Atoi(t.attribute("s"))
	r.cell = cell{open: true, kind: t.attribute("t"), style: style, richText: richText{bytes: r.cell.bytes[:0]}}
}

func (r *rowReader) endCell() {
	r.cell.open = false
	if r.column < 0 || r.column >= MaxColumns {
		return
	}
	for r.column >= len(r.cells) {
		r.cells = append(r.cells, "")
	}
	r.cells[r.column] = r.book.text(&r.cell)
}

// text returns what a cell says: a date as csv writes it, a whole number
// without the digits that a spreadsheet adds, and with the zeros before it that its
// format shows.
func (b *Book) text(c *cell) string {
	written := string(c.bytes)
	switch c.kind {
	case "s":
		if i, err := strconv.Atoi(written); err == nil && 0 <= i && i < len(b.shared) {
			return b.shared[i]
		}
		return ""
	case "", "n":
	default:
		return written // a text of its own or of a formula, a truth value, an error, an ISO date
	}
	n, err := strconv.ParseFloat(written, 64)
	if err != nil || math.Abs(n) >= 1e15 {
		return written
	}
	if 0 <= c.style && c.style < len(b.dates) && b.dates[c.style] {
		return b.date(n)
	}
	text := strconv.FormatFloat(n, 'f', -1, 64)
	if 0 <= c.style && c.style < len(b.digits) && n >= 0 && n == math.Trunc(n) && len(text) < b.digits[c.style] {
		return strings.Repeat("0", b.digits[c.style]-len(text)) + text
	}
	return text
}

// date writes a number of days, of which the fraction is the time of day.
func (b *Book) date(days float64) string {
	if days < 0 || days > 1e7 {
		return strconv.FormatFloat(days, 'f', -1, 64)
	}
	whole, part := math.Modf(days)
	seconds := int(math.Round(part * 24 * 60 * 60))
	at := time.Date(1899, 12, 30+int(whole)+b.epoch, 0, 0, seconds, 0, time.UTC)
	if seconds == 0 {
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04:05")
}

// reference reads where a cell is: "B3" is column 1, row 3.
func reference(text string) (column, row int, ok bool) {
	letters := 0
	for letters < len(text) && letters < 4 && 'A' <= text[letters] && text[letters] <= 'Z' {
		column = column*26 + int(text[letters]-'A') + 1
		letters++
	}
	row, err := strconv.Atoi(text[letters:])
	return column - 1, row, err == nil && 1 <= letters && letters <= 3 && row >= 1
}

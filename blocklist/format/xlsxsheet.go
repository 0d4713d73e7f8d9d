package format

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
)

// rows calls take for every row of a sheet that has a value, in order.
func (b *book) rows(s sheet, take func(number int, cells []string) error) error {
	r := rowReader{book: b, take: take}
	return b.tags(s.part, r.tag)
}

// A rowReader puts rows together.
type rowReader struct {
	book   *book
	take   func(number int, cells []string) error
	number int // of the row
	cells  []string
	column int // of the cell
	cell   cell
}

// A cell is one of a sheet as it is written.
type cell struct {
	kind  string
	style int
	written
}

func (r *rowReader) tag(t *tag) error {
	r.cell.tag(t)
	if t.name == "row" && t.start {
		if err := r.startRow(t); err != nil {
			return err
		}
	}
	if t.name == "c" && t.start {
		r.startCell(t)
	}
	if t.name == "c" && t.end {
		r.endCell()
	}
	if t.name == "row" && t.end && strings.Join(r.cells, "") != "" {
		return r.take(r.number, r.cells)
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
	r.number, r.column, r.cells = next, -1, make([]string, 0, len(r.cells))
	return nil
}

func (r *rowReader) startCell(t *tag) {
	r.column++
	if at, _, ok := placeOf(t.attribute("r")); ok {
		r.column = at
	}
	style, _ := strconv.Atoi(t.attribute("s"))
	r.cell = cell{kind: t.attribute("t"), style: style}
}

func (r *rowReader) endCell() {
	if r.column < 0 || r.column >= maxColumns {
		return
	}
	for r.column >= len(r.cells) {
		r.cells = append(r.cells, "")
	}
	r.cells[r.column] = r.book.text(&r.cell)
}

// text is what a cell says: a date as csv writes it, a whole number without
// the digits that a spreadsheet adds.
func (b *book) text(c *cell) string {
	switch c.kind {
	case "s":
		if i, err := strconv.Atoi(c.written.text); err == nil && 0 <= i && i < len(b.strings) {
			return b.strings[i]
		}
		return ""
	case "inlineStr":
		return c.written.text
	case "", "n":
	default:
		return c.written.text // formula's text, truth, error, ISO date
	}
	n, err := strconv.ParseFloat(c.written.text, 64)
	if err != nil || math.Abs(n) >= 1e15 {
		return c.written.text
	}
	if 0 <= c.style && c.style < len(b.dates) && b.dates[c.style] {
		return b.date(n)
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// date writes a number of days, of which the fraction is the time of day.
func (b *book) date(days float64) string {
	if days < 0 || days > 1e7 {
		return strconv.FormatFloat(days, 'f', -1, 64)
	}
	whole, part := math.Modf(days)
	seconds := int(math.Round(part * 24 * 60 * 60))
	at := time.Date(1899, 12, 30+int(whole)+b.from, 0, 0, seconds, 0, time.UTC)
	if seconds == 0 {
		return at.Format("2006-01-02")
	}
	return at.Format("2006-01-02 15:04:05")
}

// placeOf reads the place of a cell: "B3" is column 1, row 3.
func placeOf(place string) (column, row int, ok bool) {
	letters := 0
	for letters < len(place) && 'A' <= place[letters] && place[letters] <= 'Z' {
		column = column*26 + int(place[letters]-'A') + 1
		letters++
	}
	row, err := strconv.Atoi(place[letters:])
	return column - 1, row, err == nil && 1 <= letters && letters <= 3 && row >= 1
}

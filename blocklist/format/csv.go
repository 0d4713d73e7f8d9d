package format

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"lachan/blocklist/format/lines"
	"lachan/blocklist/format/site"
	"lachan/blocklist/format/table"
	"lachan/internal/charset"
)

// A tableReader reads the csv that an authority fills in, as a spreadsheet
// saves it: separated by commas, semicolons or tabs, quoted with '"'. The
// header may stand below a title and names the columns in any order, in
// Vietnamese with or without its marks, or in English. Without a header the
// first column is the name. Every entry covers all below its name.
type tableReader struct {
	*collector
	dialect   table.Dialect
	columns   table.Columns
	header    []string // the cells of the header; nil before it
	headerRow int      // rows, when the header came
	headerAt  int      // number of its line
	judged    bool     // judgeHeader has looked at its columns
	nameless  bool     // there is a header, and none of its columns is that of names
	rows      int      // without blank ones
	held      []heldRow
	open      record // its quotes are not closed
	zone      *time.Location
	mayName   func(category string) bool // Options.MayName
}

// A heldRow is one after which the header may still come. Then it is part of a
// title, unless it has a site in it.
type heldRow struct {
	number int
	text   []byte
	cells  []string
	told   bool // it has been rejected
}

// headerWithin is the last row, blank ones not counted, that may be the header.
const headerWithin = table.Within

func newTableReader(c *collector, o *Options) *tableReader {
	t := &tableReader{collector: c, columns: table.NameOnly(), zone: o.Zone, mayName: o.MayName}
	if t.zone == nil {
		t.zone = time.FixedZone("UTC+7", 7*60*60)
	}
	return t
}

// entry reads a line. A tab at its beginning is an empty cell, so it takes the
// line as it stands.
func (t *tableReader) entry([]byte) {
	t.text = lines.ToUTF8(t.text)
	text := t.text
	if t.open.lines > 0 {
		t.open.append(t.number, t.text)
		text = t.open.text
	}
	cells, open := t.dialect.Split(string(text), isHeader)
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

func isHeader(cells []string) bool {
	_, ok := table.Header(cells)
	return ok
}

// end reads what is still held, and rejects a row that is still open.
func (t *tableReader) end() {
	t.releaseEntries()
	t.abandon(&t.open, BadQuotes)
}

// row reads the cells of a row: part of the header, or what may stand above it,
// or an entry.
func (t *tableReader) row(cells []string) {
	if table.IsBlank(cells) || table.IsComment(cells) {
		t.comment()
		return
	}
	t.rows++
	switch {
	case t.header == nil && t.rows <= headerWithin:
		t.early(cells)
	case t.header != nil && t.rows == t.headerRow+1 && isHeader(cells):
		t.header = table.TwoRows(t.header, cells)
		t.columns, _ = table.Header(t.header)
		t.comment()
	default:
		t.below(cells)
	}
}

// early takes one of the rows of which one may be the header.
func (t *tableReader) early(cells []string) {
	if charset.MisreadTCVN3(table.Beginnings(cells)) {
		t.err = ErrTCVN3
		return
	}
	columns, isHeader := table.Header(cells)
	lost, isLost := table.LostLetters(cells)
	switch {
	case isLost && !slices.ContainsFunc(cells, site.Is):
		t.refuse(LostLetters, lost)
	case isHeader:
		t.releaseTitle()
		t.columns, t.header, t.headerRow, t.headerAt = columns, cells, t.rows, t.number
		t.comment()
	case t.rows < headerWithin:
		t.held = append(t.held, heldRow{number: t.number, text: bytes.Clone(t.text), cells: cells})
	default:
		t.below(cells)
	}
}

// below takes a row that is below the header, or in a table without one.
func (t *tableReader) below(cells []string) {
	t.releaseEntries()
	t.judgeHeader()
	t.item(cells)
}

// judgeHeader rejects unknown headings that tell of time: if they were ignored,
// entries that are to end would stay forever.
func (t *tableReader) judgeHeader() {
	if t.judged {
		return
	}
	t.judged = true
	number, text := t.number, t.text
	for _, heading := range t.header {
		if !table.Knows(heading) && table.TellsOfTime(heading) {
			t.number, t.text = t.headerAt, []byte(heading)
			t.refuse(UnknownColumn, heading)
		}
	}
	t.number, t.text = number, text
}

// releaseTitle counts the held rows above a header as its title; those with a
// site are entries.
func (t *tableReader) releaseTitle() {
	t.release(func(h *heldRow) bool { return !slices.ContainsFunc(h.cells, site.Is) })
}

// releaseEntries reads the held rows as entries: no header has come.
func (t *tableReader) releaseEntries() {
	if len(t.held) > 0 {
		t.judgeColumns()
	}
	t.release(func(*heldRow) bool { return false })
}

// judgeColumns looks at the held rows of a table without a header that is known. If
// their first cells are no sites and others are, there is one with other words: then
// no row is read, since what is in the first column, often a running number, is no
// name.
func (t *tableReader) judgeColumns() {
	var headings *heldRow
	first, others := 0, 0
	for i := range t.held {
		h := &t.held[i]
		switch at := slices.IndexFunc(h.cells, site.Is); {
		case at == 0:
			first++
		case at > 0:
			others++
		case headings == nil && len(table.Trim(h.cells)) > 1:
			headings = h
		}
	}
	if t.nameless = first == 0 && others > 0; t.nameless && headings != nil {
		number, text := t.number, t.text
		t.number, t.text = headings.number, headings.text
		blank := func(cell string) bool { return cell == "" }
		t.refuse(NoNameColumn, strings.Join(slices.DeleteFunc(slices.Clone(headings.cells), blank), ", "))
		t.number, t.text = number, text
		headings.told = true
	}
}

func (t *tableReader) release(isTitle func(*heldRow) bool) {
	number, text := t.number, t.text
	for i := range t.held {
		h := &t.held[i]
		t.number, t.text = h.number, h.text
		if h.told {
			continue
		}
		if isTitle(h) {
			t.comment()
			continue
		}
		t.item(h.cells)
	}
	t.number, t.text, t.held = number, text, nil
}

// item reads the cells of an entry.
func (t *tableReader) item(cells []string) {
	if t.nameless {
		t.refuse(NoNameColumn, "")
		return
	}
	r := Rule{
		Scope:    Tree,
		Category: table.Cell(cells, t.columns.Category),
		Document: table.Cell(cells, t.columns.Document),
		Order:    t.order(cells),
	}
	if t.mayName != nil && !t.mayName(r.Category) {
		t.refuse(OtherCategory, r.Category)
		return
	}
	if bad, ok := t.dates(cells, &r); !ok {
		t.refuse(BadDate, bad)
		return
	}
	// People put several names into one cell.
	cell := table.Cell(cells, t.columns.Name)
	between := func(c rune) bool { return unicode.IsSpace(c) || c == ',' || c == ';' }
	if strings.ContainsFunc(cell, between) && !t.costs.chargeCell(cell) {
		t.refuse(TooManyNamesInCells, strconv.Itoa(MaxCrowded>>20))
		return
	}
	names := strings.FieldsFunc(cell, between)
	isNone := func(name string) bool { return !site.Is(name) }
	switch {
	case len(names) == 0 || len(names) > 1 && !slices.ContainsFunc(names, site.Is):
		t.refuse(NoName, cell)
		return
	case len(names) > 1 && slices.ContainsFunc(names, isNone): // a slip within a name makes another one
		t.refuse(SpaceInName, cell)
		return
	}
	for _, name := range names {
		t.site([]byte(name), r)
	}
}

// dates sets from when until when r holds; the last day counts whole. If a cell
// cannot be read, or the end is not after the beginning, it returns that cell.
func (t *tableReader) dates(cells []string, r *Rule) (bad string, ok bool) {
	from, until := table.Cell(cells, t.columns.From), table.Cell(cells, t.columns.Until)
	if r.From, _, ok = table.Date(from, t.zone); !ok {
		return from, false
	}
	day := false
	if r.Until, day, ok = table.Date(until, t.zone); !ok {
		return until, false
	}
	if day {
		r.Until = r.Until.AddDate(0, 0, 1)
	}
	if !r.Until.IsZero() && !r.From.Before(r.Until) {
		return until, false
	}
	return "", true
}

// order returns what the row says of the document that ordered the entry, nil
// if nothing.
func (t *tableReader) order(cells []string) *Order {
	o := Order{
		Authority: table.Cell(cells, t.columns.Authority),
		Urgency:   table.Cell(cells, t.columns.Urgency),
		Note:      table.Cell(cells, t.columns.Note),
	}
	if date, _, ok := table.Date(table.Cell(cells, t.columns.Date), t.zone); ok {
		o.Date = date // the entry holds even if the day of its document cannot be read
	}
	if o == (Order{}) {
		return nil
	}
	return &o
}

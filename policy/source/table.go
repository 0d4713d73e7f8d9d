package source

import (
	"bytes"
	"errors"
	"strconv"
	"strings"
	"unicode"

	"lachan/blocklist/format/table"
	"lachan/blocklist/format/xlsx"
	"lachan/internal/charset"
	"lachan/internal/wording"
	"lachan/internal/yamlfile"
)

// A Table is what was read of a table of units: csv or xlsx, as offices save it.
// Whole are mistakes because of which none of it is read, Mistakes those of
// rows, and Remarks what is worth knowing.
type Table struct {
	Rows                     []Row
	Nameless                 bool // some line is that of a unit that cannot be told
	Whole, Mistakes, Remarks yamlfile.Problems
}

// oldBook is what workbooks begin with that only older programs write.
const oldBook = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"

// ReadTable reads units from a table. Its first row names the columns, in any order,
// in Vietnamese or English; a title may stand above, and a second row of headings or
// the numbers of the columns below. Networks within a cell are separated by spaces,
// commas or semicolons. What a spreadsheet leaves behind means nothing: blank rows,
// empty columns, cells that a row lacks at its end. Rows of no unit, such as totals,
// are left out and told.
func ReadTable(file string, data []byte) *Table {
	t := &Table{}
	r := tableReader{Table: t, file: file}
	switch {
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		r.workbook(data)
	case bytes.HasPrefix(data, []byte(oldBook)):
		t.Whole.Add(file, 0, textOldBook)
	default:
		text := strings.TrimPrefix(string(charset.Text(data)), "\ufeff")
		unclosed := func(number int) {
			t.Nameless = true
			t.Mistakes.Add(file, number, textCSVSyntax)
		}
		table.Rows(text, isHeader, r.row, unclosed)
	}
	r.end()
	return t
}

// A tableReader reads the rows of one table.
type tableReader struct {
	*Table
	file    string
	above   [][]string // rows above the header
	columns []column   // by cell; nil before the header
	header  []string
	at      int   // the row of the header
	judged  bool  // judgeHeader has looked at it
	besides []int // rows of no unit
}

// end tells what is known when all rows are read.
func (r *tableReader) end() {
	switch {
	case r.columns == nil && len(r.Whole) == 0:
		r.noHeader()
	case r.columns != nil:
		r.judgeHeader()
	}
	if len(r.besides) > 0 {
		r.Remarks.Add(r.file, r.besides[0], textBesides.With(len(r.besides), numbers(r.besides)))
	}
}

// workbook reads the first visible sheet with the header of a table, else the first
// one. The numbers are those of its rows.
func (r *tableReader) workbook(data []byte) {
	book, err := xlsx.Open(bytes.NewReader(data), int64(len(data)))
	if errors.Is(err, xlsx.ErrNotWorkbook) {
		r.Whole.Add(r.file, 0, textNoBook)
		return
	}
	var sheet xlsx.Sheet
	if err == nil {
		sheet = book.FirstSheet(table.Within, isHeader)
		err = book.Rows(sheet, func(number int, cells []string) error {
			for i := range cells {
				cells[i] = strings.TrimSpace(cells[i])
			}
			if !table.IsBlank(cells) && !table.IsComment(cells) {
				r.row(number, cells)
			}
			return nil
		})
	}
	if err != nil {
		r.Whole.Add(r.file, 0, textBadBook.With(err))
		return
	}
	if hidden := book.HiddenRows(); hidden.Count > 0 {
		r.Remarks.Add(r.file, hidden.First, textHiddenRows.With(hidden.Count))
	}
	for _, other := range book.Sheets() {
		if other == sheet {
			continue
		}
		if filled, err := book.HasValues(other); err == nil && filled {
			r.Remarks.Add(r.file, 0, textOtherSheet.With(sheet.Name, other.Name))
		}
	}
}

// row reads a row that is not blank: what stands above the header, the header, or a
// unit.
func (r *tableReader) row(number int, cells []string) {
	switch {
	case r.columns == nil:
	case !r.judged && isSecondHeader(r.header, r.columns, cells):
		r.header = bothHeadings(r.header, cells)
		r.columns = columnsOf(r.header)
		return
	case !r.judged && areNumbers(cells):
		return
	default:
		r.judgeHeader()
		r.unit(number, cells)
		return
	}
	if len(r.above) >= table.Within || len(r.Whole) > 0 {
		return
	}
	if charset.MisreadTCVN3(strings.Join(cells, " ")) {
		r.Whole.Add(r.file, number, textTableTCVN3)
		return
	}
	if !isHeader(cells) {
		r.above = append(r.above, cells)
		return
	}
	r.header, r.columns, r.at = cells, columnsOf(cells), number
}

// judgeHeader reports columns that are there twice or are not known. One that is
// nearly the name of another is a mistake: nothing of a school may be lost to a
// slip of the pen.
func (r *tableReader) judgeHeader() {
	if r.judged {
		return
	}
	r.judged = true
	number, seen := r.at, map[column]bool{}
	for i, c := range r.columns {
		heading := r.header[i]
		switch {
		case c == columnUnknown:
			known := strings.Join(columnNames(), ", ")
			near := Nearest(wording.Text{}, heading, columnNames())
			if near.EN != "" && heading == table.ColumnName(heading) {
				r.Whole.Add(r.file, number, wording.Join(textCSVColumn.With(heading, known), near))
			} else {
				r.Remarks.Add(r.file, number, textColumnIgnored.With(heading, known))
			}
		case c != columnNone && seen[c]:
			r.Whole.Add(r.file, number, textCSVColumnTwice.With(heading))
		}
		seen[c] = true
	}
}

// noHeader reports a table without a header that is known, with the headings that
// there are.
func (r *tableReader) noHeader() {
	known := strings.Join(columnNames(), ", ")
	for _, cells := range r.above {
		if trimmed := table.Trim(cells); len(trimmed) > 1 || len(r.above) == 1 {
			r.Whole.Add(r.file, 0, textNoHeader.With(strings.Join(trimmed, ", "), known))
			return
		}
	}
	r.Whole.Add(r.file, 1, textCSVHeader.With(known))
}

// unit reads the row of a unit.
func (r *tableReader) unit(number int, cells []string) {
	if isBeside(r.columns, cells) {
		r.besides = append(r.besides, number)
		return
	}
	row := Row{File: r.file, Line: number}
	fail := func(text wording.Text) {
		r.Mistakes.Add(r.file, number, text)
		row.Mistake = true
	}
	if trimmed := table.Trim(cells); len(trimmed) > len(r.columns) {
		fail(textCSVFields.With(len(trimmed), len(table.Trim(r.header))))
		cells = cells[:len(r.columns)]
	}
	for i, cell := range cells {
		if cell == "" || i >= len(r.columns) {
			continue
		}
		if table.IsError(cell) && r.columns[i] > columnNone {
			fail(textCellError.With(r.header[i], cell))
			continue
		}
		if problem := row.set(r.columns[i], cell); problem != nil {
			fail(*problem)
		}
	}
	if row.ID == "" {
		if !row.Mistake {
			fail(textRowWithoutID)
		}
		r.Nameless = true
		return
	}
	r.Rows = append(r.Rows, row)
}

// set puts a cell into the row.
func (r *Row) set(c column, cell string) *wording.Text {
	switch c {
	case columnID:
		r.ID = cell
	case columnParent:
		r.Parent = cell
	case columnName:
		r.Name = cell
	case columnLevel:
		r.Level = cell
	case columnCode:
		r.Code = cell
	case columnType:
		r.Type = typeOf(cell)
	case columnProfile:
		r.Profile = cell
	case columnNetworks:
		r.Networks = items(cell)
	case columnLinks:
		r.Links = items(cell)
	case columnLinkTokens:
		r.LinkTokens = items(cell)
	case columnRADIUSIDs:
		r.RADIUSIDs = items(cell)
	case columnContact:
		for _, item := range items(cell) {
			if strings.Contains(item, "@") && !strings.Contains(item, ":") {
				item = "mailto:" + item
			}
			r.Contact = append(r.Contact, item)
		}
	case columnKind:
		if err := r.Kind.UnmarshalText([]byte(cell)); err != nil {
			text := textKind.With(cell)
			return &text
		}
	case columnStudents:
		students, err := strconv.ParseUint(ungrouped(cell), 10, 31)
		if err != nil {
			text := TextStudents.With(cell)
			return &text
		}
		r.Students = int(students)
	}
	return nil
}

// ungrouped is a number without the points and spaces that set thousands apart; a
// text with other points stays as it is.
func ungrouped(cell string) string {
	parts := strings.FieldsFunc(cell, func(c rune) bool { return c == '.' || unicode.IsSpace(c) })
	for i, part := range parts {
		if i > 0 && len(part) != 3 {
			return cell
		}
	}
	return strings.Join(parts, "")
}

// items reads what is separated by spaces or punctuation.
func items(field string) []string {
	return strings.FieldsFunc(field, func(c rune) bool { return c == ';' || c == ',' || unicode.IsSpace(c) })
}

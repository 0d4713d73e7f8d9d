package format

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"lachan/blocklist/format/xlsx"
)

// A workbook is read as the table of csv: its first visible sheet that has the heading
// of a table, else its first one, row by row.
// Each further sheet that is not empty is rejected, so that its author learns
// that it was not read. Line numbers are those of rows, as a spreadsheet shows
// them.

// Why a whole workbook is refused.
var (
	ErrXLSX    = xlsx.ErrDamaged
	ErrNoBook  = xlsx.ErrNotWorkbook
	ErrTCVN3   = errors.New("table in a font of TCVN3 (.VnTime), whose letters are not Unicode")
	ErrOldBook = errors.New("workbook of the old kind (xls) or with a password")
)

// What files begin with: every zip file, and workbooks of the old kind.
const (
	zipMark = "PK\x03\x04"
	oldMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
)

// maxWorkbook bounds a workbook that is not a file, in bytes.
const maxWorkbook = 256 << 20

// workbook reads r from its beginning; in has what was not read of r yet.
func (p *parser) workbook(r io.Reader, in io.Reader) error {
	whole, size, err := inPlace(r, in)
	if err != nil {
		return fmt.Errorf("read workbook: %w", err)
	}
	book, err := xlsx.Open(whole, size)
	if err != nil {
		return err
	}
	if err := p.sheets(book); err != nil && p.err == nil {
		return fmt.Errorf("%w (row %d)", err, p.sum.Lines)
	}
	return p.err
}

// inPlace gives access to all of r where it lies, or to a copy in memory of
// what is left of it.
func inPlace(r io.Reader, in io.Reader) (io.ReaderAt, int64, error) {
	type place interface {
		io.ReaderAt
		io.Seeker
	}
	if file, ok := r.(place); ok {
		size, err := file.Seek(0, io.SeekEnd)
		return file, size, err
	}
	whole, err := io.ReadAll(io.LimitReader(in, maxWorkbook+1))
	if err == nil && len(whole) > maxWorkbook {
		err = fmt.Errorf("%w: more than %d bytes", ErrXLSX, maxWorkbook)
	}
	return bytes.NewReader(whole), int64(len(whole)), err
}

// sheets reads one sheet as a table, and rejects the others.
func (p *parser) sheets(book *xlsx.Book) error {
	t := newTableReader(p.collector, &p.options)
	read := book.FirstSheet(headerWithin, isHeader)
	err := book.Rows(read, func(number int, cells []string) error {
		t.sheetRow(number, cells)
		return p.err
	})
	if err != nil {
		return err
	}
	t.end()
	if hidden := book.HiddenRows(); hidden.Count > 0 {
		p.number, p.text = hidden.First, nil
		p.refuse(HiddenRows, strconv.Itoa(hidden.Count))
	}
	for _, other := range book.Sheets() {
		if other == read {
			continue
		}
		filled, err := book.HasValues(other)
		if err != nil {
			return err
		}
		if filled {
			p.number, p.text = max(p.sum.Lines, 1), []byte(other.Name)
			p.refuse(OtherSheet, other.Name)
		}
	}
	return p.err
}

// sheetRow reads a row of a sheet. Rows that a sheet leaves out are blank.
func (t *tableReader) sheetRow(number int, cells []string) {
	t.sum.Comments += number - t.sum.Lines - 1
	t.sum.Lines = number
	t.number, t.text = number, rowText(cells)
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	t.row(cells)
}

// rowText returns the beginning of a row as a line of csv, long enough for a
// Reject.
func rowText(cells []string) []byte {
	var text []byte
	for i, cell := range cells {
		if i > 0 {
			text = append(text, ", "...)
		}
		text = append(text, cell[:min(len(cell), MaxRejectText)]...)
		text = bytes.TrimLeft(text, ", ")
		if len(text) > MaxRejectText {
			break
		}
	}
	return bytes.TrimRight(text, ", ")
}

package format

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// A workbook (ECMA-376 part 1, SpreadsheetML) is read as the table of csv: the
// first sheet that is shown, row by row. What is in other sheets is rejected, a
// sheet at a time, so that nobody believes it was read. Lines are rows, with
// the numbers that a spreadsheet shows.

// Why a whole workbook is refused.
var (
	ErrXLSX    = errors.New("workbook (xlsx) that cannot be read")
	ErrNoBook  = errors.New("zip file that is no workbook (xlsx)")
	ErrOldBook = errors.New("workbook of the old kind (xls) or with a password")
)

// What files begin with: every zip file, and what was before it.
const (
	zipMark = "PK\x03\x04"
	oldMark = "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"
)

const (
	maxWorkbook = 256 << 20 // octets of one that is not a file
	maxColumns  = 256       // beyond these nothing is looked for
	maxRows     = 1 << 20   // what spreadsheets have
)

// workbook reads r from its beginning; in is what of r was not read yet.
func (p *run) workbook(r io.Reader, in io.Reader) error {
	whole, size, err := inPlace(r, in)
	if err != nil {
		return fmt.Errorf("read workbook: %w", err)
	}
	packed, err := zip.NewReader(whole, size)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrXLSX, err)
	}
	b, err := openBook(packed)
	if errors.Is(err, ErrNoBook) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w: %w", ErrXLSX, err)
	}
	err = b.read(p)
	if err != nil && p.err == nil {
		return fmt.Errorf("%w: row %d: %w", ErrXLSX, p.sum.Lines, err)
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
		err = fmt.Errorf("%w: more than %d octets", ErrXLSX, maxWorkbook)
	}
	return bytes.NewReader(whole), int64(len(whole)), err
}

// read reads the first sheet that is shown as a table, and rejects the others.
func (b *book) read(p *run) error {
	t := newTable(p)
	merged, err := b.merges(b.shown[0])
	if err != nil {
		return err
	}
	err = b.rows(b.shown[0], func(number int, cells []string) error {
		t.sheetRow(number, merged.fill(number, cells))
		return p.err
	})
	if err != nil {
		return err
	}
	t.end()
	for _, other := range b.shown[1:] {
		filled := false
		err := b.rows(other, func(int, []string) error {
			filled = true
			return io.EOF
		})
		if err != nil && err != io.EOF {
			return err
		}
		if filled {
			p.number, p.text = max(p.sum.Lines, 1), []byte(other.name)
			p.refuse(OtherSheet, other.name)
		}
	}
	return p.err
}

// sheetRow reads a row of a sheet. Rows that a sheet leaves out are blank.
func (t *table) sheetRow(number int, cells []string) {
	t.sum.Comments += number - t.sum.Lines - 1
	t.sum.Lines = number
	t.number, t.text = number, []byte(strings.Trim(strings.Join(cells, ", "), ", "))
	for i := range cells {
		cells[i] = strings.TrimSpace(cells[i])
	}
	t.row(cells)
}

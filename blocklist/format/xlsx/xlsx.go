// Package xlsx reads the cells of a workbook (ECMA-376 part 1, SpreadsheetML)
// as text, row by row.
//
// It is a reader of its own although the module writes workbooks with
// github.com/xuri/excelize/v2, because lists come from strangers and some hold
// hundreds of thousands of rows. Measured with version 2.11.1, streaming rows
// (Rows, parts above 1 MiB unzipped to disk), on one machine:
//
//	                                        this package    excelize
//	200,000 rows of 4 cells                 2.7 s, 17 MB    15 s, 18 MB
//	the same with its merged cells          2.7 s, 17 MB    44 s, 977 MB
//	a bomb of 124 KB, 4 million cells       3.7 s, 18 MB    16 s, 261 MB
//	the same with its merged cells          3.7 s, 18 MB    37 s, 3.1 GB
//
// GetMergeCells and GetCellStyle load a whole sheet, so memory follows what a
// sheet unpacks to. Without the style a stream either gives a date as it is
// shown, "09-01-26", whose day and month cannot be told apart, or as a bare
// number. What excelize has more of (formulas, charts, writing) no list needs.
//
// Bounds: a text has at most maxText bytes, shared texts maxShared together, all
// that is unpacked maxUnpacked, and all cells that are handed out maxHanded.
package xlsx

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
)

// Why a workbook is refused.
var (
	ErrDamaged     = errors.New("workbook (xlsx) that cannot be read")
	ErrNotWorkbook = errors.New("zip file that is no workbook (xlsx)")
)

var (
	errUnpacks  = errors.New("unpacks to too much")
	errLongText = errors.New("a cell with more text than spreadsheets allow")
)

// Bounds of a workbook, in bytes: a small file may unpack to a huge one.
const (
	maxUnpacked = 1 << 30    // of all parts that are read
	maxHanded   = 256 << 20  // of all cells that are handed out: what is shared is small, however often it is
	maxShared   = 32 << 20   // of the texts that cells share, with the memory to find them
	maxText     = 3 * 32_767 // of one text: Excel allows 32,767 UTF-16 units, of up to 3 bytes in UTF-8
)

// Bounds of a sheet.
const (
	MaxColumns = 256     // cells further right are not read
	maxRows    = 1 << 20 // what spreadsheets have
)

// Open reads all of a workbook but its sheets. The error is ErrNotWorkbook or
// ErrDamaged.
func Open(r io.ReaderAt, size int64) (*Book, error) {
	packed, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	b, err := openBook(packed)
	return b, damaged(err)
}

// Sheets returns the visible sheets in the order in which they are shown, at
// least one.
func (b *Book) Sheets() []Sheet { return b.sheets }

// Rows calls take for each row of a sheet that has a value, in order, with its
// number, counted from 1, and its cells from the first column on. Merged cells
// all have the value of their first one. cells may be kept and changed.
//
// The error is ErrDamaged or what take returned.
func (b *Book) Rows(s Sheet, take func(number int, cells []string) error) error {
	merged, err := b.merges(s)
	if err != nil {
		return damaged(err)
	}
	b.hidden = Hidden{}
	var taken error
	err = b.rows(s, func(number int, cells []string) error {
		cells = merged.fill(number, cells)
		for _, cell := range cells {
			b.handed += int64(len(cell))
		}
		if b.handed > maxHanded {
			return errUnpacks
		}
		taken = take(number, cells)
		return taken
	})
	if taken != nil {
		return taken
	}
	return damaged(err)
}

// Hidden counts the rows with values that a sheet has and does not show: hidden by
// hand, or by a filter.
type Hidden struct {
	First int // the number of the first one
	Count int
}

// HiddenRows are those of the sheet that Rows has read last.
func (b *Book) HiddenRows() Hidden { return b.hidden }

// Bounds of what is looked at for the beginning of a table.
const (
	maxCovers = 16
	maxLooked = 64 << 10 // tags of a sheet
)

// FirstSheet is the first sheet of which one of the first rows that are not empty is so,
// as a cover may stand before a table; without any it is the first one. Merged cells are
// empty here but for the first.
func (b *Book) FirstSheet(within int, is func(cells []string) bool) Sheet {
	for _, s := range b.sheets[:min(len(b.sheets), maxCovers)] {
		rows, tags, found := 0, 0, false
		r := rowReader{book: b, take: func(_ int, cells []string) error {
			rows++
			if found = is(cells); found || rows == within {
				return io.EOF
			}
			return nil
		}}
		// What cannot be read is told when it is read whole.
		_ = b.tags(s.part, func(t *tag) error {
			if tags++; tags > maxLooked {
				return io.EOF
			}
			return r.tag(t)
		})
		if found {
			return s
		}
	}
	return b.sheets[0]
}

// HasValues reports whether a sheet has a cell that is not empty.
func (b *Book) HasValues(s Sheet) (found bool, err error) {
	err = b.rows(s, func(int, []string) error {
		found = true
		return io.EOF
	})
	if found {
		return true, nil
	}
	return false, damaged(err)
}

// damaged makes an error of reading one of the two that are exported.
func damaged(err error) error {
	if err == nil || errors.Is(err, ErrNotWorkbook) {
		return err
	}
	return fmt.Errorf("%w: %w", ErrDamaged, err)
}

package xlsx

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// A Book is an open workbook: its sheets, and what their cells point to.
type Book struct {
	zip    *zip.Reader
	left   int64 // bytes that may still be unpacked
	handed int64 // bytes of cells that were handed out
	sheets []Sheet
	shared []string // the texts that cells share
	dates  []bool   // by style: the number is a date
	digits []int    // by style: how many digits a number is shown with at least
	epoch  int      // the day that dates are counted from, after 1899-12-30
	hidden Hidden   // of the sheet that Rows has read last
}

// A Sheet is one of a Book.
type Sheet struct {
	Name string // as its tab shows it
	part string // of the zip file
}

// epoch1904 is the epoch of books that count from 1904.
const epoch1904 = 1462

// maxStyles is how many styles spreadsheets allow.
const maxStyles = 64 << 10

// openBook reads all of a book but its sheets.
func openBook(z *zip.Reader) (*Book, error) {
	b := &Book{zip: z, left: maxUnpacked}
	parts, kinds, err := b.relations()
	if err != nil {
		return nil, err
	}
	err = b.tags("xl/workbook.xml", func(t *tag) error {
		switch {
		case t.name == "workbookPr" && (t.attribute("date1904") == "1" || t.attribute("date1904") == "true"):
			b.epoch = epoch1904
		case t.name == "sheet" && t.start:
			part, state := parts[t.attribute("id")], t.attribute("state")
			if part != "" && (state == "" || state == "visible") {
				b.sheets = append(b.sheets, Sheet{t.attribute("name"), part})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(b.sheets) == 0 {
		return nil, errors.New("no sheet")
	}
	if err := b.readShared(kinds["sharedStrings"]); err != nil {
		return nil, err
	}
	return b, b.readStyles(kinds["styles"])
}

// relations returns the parts that the book is made of, by ID and by kind.
func (b *Book) relations() (byID, byKind map[string]string, err error) {
	byID, byKind = map[string]string{}, map[string]string{}
	err = b.tags("xl/_rels/workbook.xml.rels", func(t *tag) error {
		if t.name == "Relationship" && t.start {
			target := t.attribute("Target")
			if !strings.HasPrefix(target, "/") {
				target = path.Join("/xl", target)
			}
			byID[t.attribute("Id")], byKind[path.Base(t.attribute("Type"))] = target[1:], target[1:]
		}
		return nil
	})
	return byID, byKind, err
}

// readShared reads the texts that cells share.
func (b *Book) readShared(part string) error {
	if part == "" {
		return nil
	}
	const header = 16 // bytes of a string besides its text
	left := maxShared
	var text richText
	return b.tags(part, func(t *tag) error {
		if err := text.add(t); err != nil {
			return err
		}
		if t.name != "si" || !t.end {
			return nil
		}
		if left -= len(text.bytes) + header; left < 0 {
			return errUnpacks
		}
		b.shared = append(b.shared, string(text.bytes))
		text.bytes = text.bytes[:0]
		return nil
	})
}

// A richText joins the runs that a text is written in, leaving out those that
// say how it is pronounced.
type richText struct {
	bytes    []byte
	phonetic bool
}

// add appends the text that t ends, if it ends one.
func (r *richText) add(t *tag) error {
	switch {
	case t.name == "rPh":
		r.phonetic = t.start && !t.end
	case t.end && !r.phonetic && (t.name == "t" || t.name == "v"):
		r.bytes = append(r.bytes, t.content()...)
	}
	if len(r.bytes) > maxText {
		return errLongText
	}
	return nil
}

// readStyles finds the styles that show numbers as dates, or with zeros before them.
func (b *Book) readStyles(part string) error {
	if part == "" {
		return nil
	}
	own := map[int]string{} // by ID: the book's own number formats
	inCellStyles := false
	return b.tags(part, func(t *tag) error {
		id, _ := strconv.Atoi(t.attribute("numFmtId"))
		switch {
		case t.name == "cellXfs":
			inCellStyles = t.start && !t.end
		case t.name == "numFmt" && t.start && len(own) < maxStyles:
			own[id] = t.attribute("formatCode")
		case t.name == "xf" && t.start && inCellStyles && len(b.dates) < maxStyles:
			code, known := own[id]
			b.dates = append(b.dates, known && isDateCode(code) || !known && isDateFormat(id))
			b.digits = append(b.digits, digitsOf(code))
		}
		return nil
	})
}

// isDateFormat reports whether a built-in number format shows dates (ECMA-376
// part 1, 18.8.30).
func isDateFormat(id int) bool {
	return 14 <= id && id <= 22 || 27 <= id && id <= 36 || 45 <= id && id <= 47 || 50 <= id && id <= 58
}

// maxDigits bounds the zeros before a number: codes of offices have about ten.
const maxDigits = 15

// digitsOf is how many digits a number format shows at least that has zeros alone, as
// codes are given that begin with a zero; 0 of any other.
func digitsOf(code string) int {
	if strings.Trim(code, "0") != "" || len(code) > maxDigits {
		return 0
	}
	return len(code)
}

// isDateCode reports whether a number format of the book's own shows dates: it
// has a day, a year or an hour outside quotes and brackets.
func isDateCode(code string) bool {
	quoted, bracket := false, false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\\' || c == '_' || c == '*':
			i++
		case c == '[' || c == ']':
			bracket = c == '['
		case !bracket && strings.IndexByte("dDyYhH", c) >= 0:
			return true
		}
	}
	return false
}

// tags calls take for each tag of a part, until take returns an error.
func (b *Book) tags(part string, take func(*tag) error) error {
	in, err := b.open(part)
	if err != nil {
		return err
	}
	defer in.Close()
	m := markup{in: bufio.NewReaderSize(&budgetReader{in, &b.left}, maxTag)}
	for {
		t, err := m.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("part %s: %w", part, err)
		}
		if err := take(t); err != nil {
			return err
		}
	}
}

// open opens a part by its name, in any case.
func (b *Book) open(name string) (io.ReadCloser, error) {
	for _, f := range b.zip.File {
		if strings.EqualFold(f.Name, name) {
			return f.Open()
		}
	}
	return nil, fmt.Errorf("%w: no part %s", ErrNotWorkbook, name)
}

// A budgetReader returns an error when nothing is left of the bytes allowed.
type budgetReader struct {
	r    io.Reader
	left *int64
}

// Read reads what is left.
func (b *budgetReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		return 0, errUnpacks
	}
	return n, err
}

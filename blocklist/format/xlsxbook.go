package format

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

// A book is a workbook that is open: its sheets, and what their cells point to.
type book struct {
	zip     *zip.Reader
	left    int64    // octets that may still be unpacked of it
	shown   []sheet  // at least one
	strings []string // of cells that share them
	dates   []bool   // by style: the number is a date
	from    int      // day that dates are counted from, after 1899-12-30
}

// A sheet is one of a book.
type sheet struct{ name, part string }

// sheet1904 is the day 0 of books that count from 1904.
const sheet1904 = 1462

// Bounds of a workbook: a small file may unpack to a huge one.
const (
	maxUnpacked = 1 << 30 // of all that is read, together
	maxStrings  = 4 << 20
	maxStyles   = 64 << 10 // what spreadsheets have
)

var errUnpacks = errors.New("unpacks to too much")

// openBook reads all of a book but its sheets.
func openBook(z *zip.Reader) (*book, error) {
	b := &book{zip: z, left: maxUnpacked}
	parts, kinds, err := b.relations()
	if err != nil {
		return nil, err
	}
	err = b.tags("xl/workbook.xml", func(t *tag) error {
		switch {
		case t.name == "workbookPr" && (t.attribute("date1904") == "1" || t.attribute("date1904") == "true"):
			b.from = sheet1904
		case t.name == "sheet" && t.start:
			part, state := parts[t.attribute("id")], t.attribute("state")
			if part != "" && (state == "" || state == "visible") {
				b.shown = append(b.shown, sheet{t.attribute("name"), part})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(b.shown) == 0 {
		return nil, errors.New("no sheet")
	}
	if err := b.readStrings(kinds["sharedStrings"]); err != nil {
		return nil, err
	}
	return b, b.readStyles(kinds["styles"])
}

// relations are the parts that the book is made of, by ID and by kind.
func (b *book) relations() (byID, byKind map[string]string, err error) {
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

// readStrings reads the texts that cells share.
func (b *book) readStrings(name string) error {
	if name == "" {
		return nil
	}
	var w written
	return b.tags(name, func(t *tag) error {
		w.tag(t)
		if t.name != "si" || !t.end {
			return nil
		}
		if len(b.strings) == maxStrings {
			return errUnpacks
		}
		b.strings = append(b.strings, w.take())
		return nil
	})
}

// A written text is put together from the runs that it is written in, without
// what says how it is spoken.
type written struct {
	text   string
	spoken bool
}

func (w *written) tag(t *tag) {
	switch {
	case t.name == "rPh":
		w.spoken = t.start && !t.end
	case t.end && !w.spoken && (t.name == "t" || t.name == "v"):
		w.text += t.content()
	}
}

func (w *written) take() string {
	text := w.text
	w.text = ""
	return text
}

// readStyles finds the styles that show numbers as dates.
func (b *book) readStyles(name string) error {
	if name == "" {
		return nil
	}
	own := map[int]bool{}
	ofCells := false
	return b.tags(name, func(t *tag) error {
		id, _ := strconv.Atoi(t.attribute("numFmtId"))
		switch {
		case t.name == "cellXfs":
			ofCells = t.start && !t.end
		case t.name == "numFmt" && t.start && len(own) < maxStyles:
			own[id] = isDateCode(t.attribute("formatCode"))
		case t.name == "xf" && t.start && ofCells && len(b.dates) < maxStyles:
			date, known := own[id]
			b.dates = append(b.dates, date || !known && isDateFormat(id))
		}
		return nil
	})
}

// isDateFormat tells whether a built-in number format shows dates (ECMA-376
// part 1, 18.8.30).
func isDateFormat(id int) bool {
	return 14 <= id && id <= 22 || 27 <= id && id <= 36 || 45 <= id && id <= 47 || 50 <= id && id <= 58
}

// isDateCode tells whether a number format of the book's own shows dates: it
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

// tags calls take for every tag of a part, until that returns an error.
func (b *book) tags(part string, take func(*tag) error) error {
	in, err := b.open(part)
	if err != nil {
		return err
	}
	defer in.Close()
	m := markup{in: bufio.NewReaderSize(&spending{in, &b.left}, maxTag)}
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

func (b *book) open(name string) (io.ReadCloser, error) {
	for _, f := range b.zip.File {
		if strings.EqualFold(f.Name, name) {
			return f.Open()
		}
	}
	return nil, fmt.Errorf("%w: no part %s", ErrNoBook, name)
}

// A spending reader gives an error when what is left is spent.
type spending struct {
	r    io.Reader
	left *int64
}

// Read reads what is left.
func (s *spending) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if *s.left -= int64(n); *s.left < 0 {
		return 0, errUnpacks
	}
	return n, err
}

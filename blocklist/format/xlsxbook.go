package format

import (
	"archive/zip"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

// A book is a workbook that is open: its sheets, and what their cells point to.
type book struct {
	zip     *zip.Reader
	shown   []sheet  // at least one
	strings []string // of cells that share them
	dates   []bool   // by style: the number is a date
	from    int      // day that dates are counted from, after 1899-12-30
}

// A sheet is one of a book.
type sheet struct{ name, part string }

// sheet1904 is the day 0 of books that count from 1904.
const sheet1904 = 1462

// openBook reads all of a book but its sheets.
func openBook(z *zip.Reader) (*book, error) {
	b := &book{zip: z}
	var w struct {
		Properties struct {
			Date1904 string `xml:"date1904,attr"`
		} `xml:"workbookPr"`
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	if err := b.part("xl/workbook.xml", &w); err != nil {
		return nil, err
	}
	if d := w.Properties.Date1904; d == "1" || d == "true" {
		b.from = sheet1904
	}
	parts, kinds, err := b.relations()
	if err != nil {
		return nil, err
	}
	for _, s := range w.Sheets {
		if part := parts[s.ID]; part != "" && (s.State == "" || s.State == "visible") {
			b.shown = append(b.shown, sheet{s.Name, part})
		}
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
	var r struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Type   string `xml:"Type,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	err = b.part("xl/_rels/workbook.xml.rels", &r)
	byID, byKind = map[string]string{}, map[string]string{}
	for _, x := range r.List {
		target := path.Join("xl", x.Target)
		if strings.HasPrefix(x.Target, "/") {
			target = x.Target[1:]
		}
		byID[x.ID], byKind[path.Base(x.Type)] = target, target
	}
	return byID, byKind, err
}

// readStrings reads the texts that cells share. A text is the runs it is
// written in, without what says how it is spoken.
func (b *book) readStrings(name string) error {
	if name == "" {
		return nil
	}
	var s struct {
		Items []richText `xml:"si"`
	}
	if err := b.part(name, &s); err != nil {
		return err
	}
	for _, item := range s.Items {
		b.strings = append(b.strings, item.String())
	}
	return nil
}

type richText struct {
	Text []string `xml:"t"`
	Runs []string `xml:"r>t"`
}

func (r *richText) String() string { return strings.Join(r.Text, "") + strings.Join(r.Runs, "") }

// readStyles finds the styles that show numbers as dates.
func (b *book) readStyles(name string) error {
	if name == "" {
		return nil
	}
	var s struct {
		Codes []struct {
			ID   int    `xml:"numFmtId,attr"`
			Code string `xml:"formatCode,attr"`
		} `xml:"numFmts>numFmt"`
		Cells []struct {
			Format int `xml:"numFmtId,attr"`
		} `xml:"cellXfs>xf"`
	}
	if err := b.part(name, &s); err != nil {
		return err
	}
	own := map[int]bool{}
	for _, c := range s.Codes {
		own[c.ID] = isDateCode(c.Code)
	}
	for _, c := range s.Cells {
		date, known := own[c.Format]
		b.dates = append(b.dates, date || !known && isDateFormat(c.Format))
	}
	return nil
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

// part reads a part whole.
func (b *book) part(name string, into any) error {
	in, err := b.open(name, maxPart)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := xml.NewDecoder(in).Decode(into); err != nil {
		return fmt.Errorf("part %s: %w", name, err)
	}
	return nil
}

// open opens a part that unpacks to at most max octets.
func (b *book) open(name string, max int64) (io.ReadCloser, error) {
	for _, f := range b.zip.File {
		if !strings.EqualFold(f.Name, name) {
			continue
		}
		if f.UncompressedSize64 > uint64(max) {
			return nil, fmt.Errorf("part %s: %w", name, errUnpacks)
		}
		in, err := f.Open()
		if err != nil {
			return nil, fmt.Errorf("part %s: %w", name, err)
		}
		return struct {
			io.Reader
			io.Closer
		}{&bounded{in, max}, in}, nil
	}
	return nil, fmt.Errorf("no part %s", name)
}

// A bounded reader gives an error, not an end, to who reads past its bound.
type bounded struct {
	r    io.Reader
	left int64
}

var errUnpacks = errors.New("unpacks to too much")

// Read reads up to the bound.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errUnpacks
	}
	return n, err
}

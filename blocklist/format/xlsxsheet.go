package format

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// A cell is one of a sheet as it is written.
type cell struct {
	Place string   `xml:"r,attr"`
	Type  string   `xml:"t,attr"`
	Style int      `xml:"s,attr"`
	Value string   `xml:"v"`
	Own   richText `xml:"is"`
}

// elements calls take for each start of an element of a part, which may read on
// from d, until the part ends or take returns an error.
func (b *book) elements(name string, take func(d *xml.Decoder, e xml.StartElement) error) error {
	in, err := b.open(name, maxSheet)
	if err != nil {
		return err
	}
	defer in.Close()
	d := xml.NewDecoder(in)
	for {
		token, err := d.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if e, ok := token.(xml.StartElement); ok {
			if err := take(d, e); err != nil {
				return err
			}
		}
	}
}

// rows calls take for every row of a sheet that has a value, in order.
func (b *book) rows(s sheet, take func(number int, cells []string) error) error {
	number := 0
	return b.elements(s.part, func(d *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "row" {
			return nil
		}
		next := number + 1
		if at, err := strconv.Atoi(attribute(e, "r")); err == nil {
			next = at
		}
		if next <= number || next > maxRows {
			return errors.New("rows out of order")
		}
		number = next
		cells, err := b.cells(d)
		if err != nil || strings.Join(cells, "") == "" {
			return err
		}
		return take(number, cells)
	})
}

// cells reads the cells of a row, of which the start is read.
func (b *book) cells(d *xml.Decoder) (cells []string, err error) {
	for column := 0; ; column++ {
		token, err := d.Token()
		if err != nil {
			return nil, err
		}
		e, ok := token.(xml.StartElement)
		if _, end := token.(xml.EndElement); end {
			return cells, nil
		}
		if !ok {
			column--
			continue
		}
		var c cell
		if err := d.DecodeElement(&c, &e); err != nil {
			return nil, err
		}
		if at, _, ok := placeOf(c.Place); ok {
			column = at
		}
		for column >= len(cells) && column < maxColumns {
			cells = append(cells, "")
		}
		if column < maxColumns {
			cells[column] = b.text(&c)
		}
	}
}

// text is what a cell says: a date as csv writes it, a whole number without
// the digits that a spreadsheet adds.
func (b *book) text(c *cell) string {
	switch c.Type {
	case "s":
		if i, err := strconv.Atoi(c.Value); err == nil && 0 <= i && i < len(b.strings) {
			return b.strings[i]
		}
		return ""
	case "inlineStr":
		return c.Own.String()
	case "", "n":
	default:
		return c.Value // formula's text, truth, error, ISO date
	}
	n, err := strconv.ParseFloat(c.Value, 64)
	if err != nil || math.Abs(n) >= 1e15 {
		return c.Value
	}
	if 0 <= c.Style && c.Style < len(b.dates) && b.dates[c.Style] {
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

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

package test

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
)

// This file makes workbooks that cost their reader much. Each is a zip file with all
// that a workbook needs, so that it is read until it meets the bound that it is about.

// hostileBook is a workbook with these texts and rows.
func hostileBook(texts, rows string) string {
	return book(part{head: texts}, part{head: `<worksheet><sheetData>` + rows + `</sheetData></worksheet>`})
}

// bookOfRuns has one text in as many runs as fit into a cell.
func bookOfRuns(version int) string {
	runs := strings.Repeat(`<r><t>x</t></r>`, 80_000) + fmt.Sprintf(`<r><t>%d</t></r>`, version)
	return hostileBook(`<sst><si>`+runs+`</si></sst>`, `<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
}

// bookOfTexts shares more texts than may be kept, and uses none.
func bookOfTexts(version int) string {
	text := `<si><t>` + strings.Repeat("x", 90_000) + `</t></si>`
	return book(
		part{head: `<sst>`, again: text, times: 1000, tail: fmt.Sprintf(`<si><t>%d</t></si></sst>`, version)},
		part{head: `<worksheet><sheetData/></worksheet>`})
}

// bookOfCells has one long text, and cells that come to more than 1 GiB with it.
func bookOfCells(version int) string {
	return book(
		part{head: `<sst><si><t>` + strings.Repeat("x", 90_000) + fmt.Sprint(version) + `</t></si></sst>`},
		part{
			head:  `<worksheet><sheetData>`,
			again: `<row>` + strings.Repeat(`<c t="s"><v>0</v></c>`, 250) + `</row>`, times: 60,
			tail: `</sheetData></worksheet>`,
		})
}

// bookThatUnpacks has a sheet of more than 1 GiB, in about a MiB.
func bookThatUnpacks() string {
	return book(
		part{head: `<sst/>`},
		part{
			head:  `<worksheet><sheetData>`,
			again: strings.Repeat(`<row>`+strings.Repeat(" ", 32<<10)+`</row>`, 32), times: 1050,
			tail: `</sheetData></worksheet>`,
		})
}

// A part is a file of a workbook: head, then again as often as times says, then tail.
type part struct {
	head, again string
	times       int
	tail        string
}

// book is a workbook with these texts and this sheet.
func book(texts, sheet part) string {
	const kind = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range []struct {
		name string
		part
	}{
		{"xl/workbook.xml", part{head: `<workbook xmlns:r="` + kind + `"><sheets><sheet name="a" r:id="r1"/></sheets></workbook>`}},
		{"xl/_rels/workbook.xml.rels", part{head: `<Relationships>` +
			`<Relationship Id="a" Type="` + kind + `/sharedStrings" Target="sharedStrings.xml"/>` +
			`<Relationship Id="r1" Type="` + kind + `/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`}},
		{"xl/sharedStrings.xml", texts},
		{"xl/worksheets/sheet1.xml", sheet},
	} {
		p.pack(w, p.name)
	}
	if err := w.Close(); err != nil {
		panic(err) // to memory
	}
	return b.String()
}

// pack writes the part. What comes again is compressed once, so that a part of many
// GiB would take no longer.
func (p part) pack(w *zip.Writer, name string) {
	var packed bytes.Buffer
	header := &zip.FileHeader{Name: name, Method: zip.Deflate}
	add := func(text string, times int, end func(*flate.Writer) error) {
		var once bytes.Buffer
		f, err := flate.NewWriter(&once, flate.DefaultCompression)
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err == nil {
			err = end(f)
		}
		if err != nil {
			panic(err) // to memory
		}
		for range times {
			packed.Write(once.Bytes())
			header.CRC32 = crc32.Update(header.CRC32, crc32.IEEETable, []byte(text))
			header.UncompressedSize64 += uint64(len(text))
		}
	}
	add(p.head, 1, (*flate.Writer).Flush)
	add(p.again, p.times, (*flate.Writer).Flush)
	add(p.tail, 1, (*flate.Writer).Close)
	header.CompressedSize64 = uint64(packed.Len())
	f, err := w.CreateRaw(header)
	if err == nil {
		_, err = packed.WriteTo(f)
	}
	if err != nil {
		panic(err) // to memory
	}
}

// Package pdf draws a report as PDF, in the form of decree 30/2020/NĐ-CP,
// annex I: A4, margins, sizes of letters, page numbers. Liberation Serif, which
// is as wide as Times New Roman, is embedded, only the letters that are used.
package pdf

import (
	"embed"
	"fmt"
	"io"
	"strconv"

	"codeberg.org/go-pdf/fpdf"

	"lachan/metrics/report"
)

//go:embed font/*.ttf
var fonts embed.FS

// Margins in millimetres and sizes in points, within the ranges of annex I.
const (
	marginTop, marginBottom, marginLeft, marginRight = 20.0, 20.0, 30.0, 17.0

	bodySize   = 13.0
	tableSize  = 11.0
	annexSize  = 10.0
	footerSize = 9.0

	indent    = 10.0 // of the first line of a paragraph: 1 cm
	paragraph = 2.2  // between paragraphs: 6 pt
)

// lineHeight is the distance of lines of a size, in millimetres.
func lineHeight(size float64) float64 { return size * 0.3528 * 1.2 }

// Write writes the report. The same model gives the same bytes.
func Write(w io.Writer, m *report.Model) error {
	d := &document{canvas: canvas{fpdf.New("P", "mm", "A4", "")}, model: m}
	if err := d.prepare(); err != nil {
		return err
	}
	d.AddPage()
	d.fit()
	d.head()
	for _, s := range m.Sections {
		d.section(s)
	}
	d.signature()
	for _, a := range m.Annexes {
		d.annex(a)
	}
	if err := d.Output(w); err != nil {
		return fmt.Errorf("write report as PDF: %w", err)
	}
	return nil
}

// A document is what has been drawn of a report.
type document struct {
	canvas
	model  *report.Model
	width  float64 // between the margins
	bottom float64 // where the page ends
	table  float64 // size of letters in tables
	behind bool    // after the signature: in the annexes
}

func (d *document) prepare() error {
	for _, style := range [][2]string{{"", "Regular"}, {"B", "Bold"}, {"I", "Italic"}, {"BI", "BoldItalic"}} {
		font, err := fonts.ReadFile("font/LiberationSerif-" + style[1] + ".ttf")
		if err != nil {
			return fmt.Errorf("read font: %w", err)
		}
		d.AddUTF8FontFromBytes("serif", style[0], font)
	}
	d.SetCatalogSort(true)
	d.SetCreationDate(d.model.Data.AsOf)
	d.SetModificationDate(d.model.Data.AsOf)
	d.SetTitle(drawable(d.model.Title+". "+d.model.Subject), true)
	d.SetKeywords(d.model.Seal().String(), false)
	d.SetLang("vi-VN")
	d.SetMargins(marginLeft, marginTop, marginRight)
	d.SetAutoPageBreak(false, marginBottom)
	d.SetHeaderFunc(d.pageNumber)
	d.SetFooterFunc(d.foot)
	d.SetCellMargin(0)
	d.table = tableSize
	return nil
}

// fit takes over the size of the page that was begun.
func (d *document) fit() {
	width, height := d.GetPageSize()
	d.width = width - marginLeft - marginRight
	d.bottom = height - marginBottom
	d.SetXY(marginLeft, marginTop)
}

// pageNumber stands in the middle of the upper margin, on all pages but the
// first.
func (d *document) pageNumber() {
	if d.PageNo() == 1 {
		return
	}
	width, _ := d.GetPageSize()
	d.SetFont("serif", "", bodySize)
	d.at(width/2, 12, middle, strconv.Itoa(d.PageNo()))
}

// foot says on drafts what they are, and of which figures.
func (d *document) foot() {
	width, height := d.GetPageSize()
	d.SetFont("serif", "I", footerSize)
	if d.model.Draft {
		d.at(marginLeft, height-10, start, "DỰ THẢO")
	}
	if d.behind || d.model.Draft {
		d.at(width-marginRight, height-10, end, "Mã băm số liệu: "+d.model.Hash)
	}
}

// need begins a new page when so much does not fit on this one.
func (d *document) need(height float64) {
	if d.GetY()+height <= d.bottom {
		return
	}
	width, _ := d.GetPageSize()
	orientation := "P"
	if width > 250 {
		orientation = "L"
	}
	d.addPage(orientation)
}

func (d *document) addPage(orientation string) {
	d.AddPageFormat(orientation, fpdf.SizeType{Wd: 210, Ht: 297})
	d.fit()
}

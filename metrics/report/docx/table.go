package docx

import (
	"fmt"
	"strings"

	"lachan/metrics/report"
)

// table is a table with a frame. Its heads are repeated on every page.
func (b *body) table(t *report.Table) {
	if t.Title != "" {
		b.add(paragraph("Body", run(t.Title, "<w:i/>")))
	}
	size := b.cells
	defer func() { b.cells = size }()
	if len(t.Columns) > 7 {
		b.cells = 9
	}
	widths := b.widths(t)
	b.add(`<w:tbl><w:tblPr><w:tblW w:w="`, fmt.Sprint(b.width), `" w:type="dxa"/><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		b.add(`<w:`, side, ` w:val="single" w:sz="4" w:space="0" w:color="000000"/>`)
	}
	b.add(`</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="50" w:type="dxa"/><w:right w:w="50" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		b.add(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, w))
	}
	b.add(`</w:tblGrid><w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
	for i, c := range t.Columns {
		b.cell(widths[i], "center", c.Head, true)
	}
	b.add(`</w:tr>`)
	for _, row := range t.Rows {
		b.add(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, c := range row.Cells {
			align := "left"
			if t.Columns[i].Number {
				align = "right"
			}
			b.cell(widths[i], align, c.Text, row.Kind != report.Plain)
		}
		b.add(`</w:tr>`)
	}
	b.add(`</w:tbl>`, paragraph("Cell"))
}

func (b *body) cell(width int, align, text string, bold bool) {
	properties := size(b.cells)
	if bold {
		properties = "<w:b/>" + properties
	}
	b.add(fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr>`, width),
		`<w:p><w:pPr><w:pStyle w:val="Cell"/><w:jc w:val="`, align, `"/></w:pPr>`, run(text, properties), `</w:p></w:tc>`)
}

// widths shares the width of the page out: to each column of numbers what its
// longest one needs, and what is left by weight.
func (b *body) widths(t *report.Table) []int {
	digit := int(b.cells * 10.4) // half the size, and a little
	widths := make([]int, len(t.Columns))
	left, weights := b.width, 0.0
	for i, c := range t.Columns {
		most := 3 * digit
		for _, row := range t.Rows {
			if cell := row.Cells[i]; c.Number && cell.Value != nil {
				points := strings.Count(cell.Text, ".") + strings.Count(cell.Text, ",")
				most = max(most, len(cell.Text)*digit-points*digit/2)
			}
		}
		widths[i] = most + 120
		left -= widths[i]
		weights += c.Weight
	}
	for i, c := range t.Columns {
		widths[i] += int(float64(left) * c.Weight / weights)
	}
	return widths
}

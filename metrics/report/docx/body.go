package docx

import (
	"fmt"
	"strings"

	"lachan/metrics/report"
)

// Sizes of A4 and margins in twentieths of a point; 57 are a millimetre.
const (
	short, long                      = 11906, 16838
	top, bottom, leftSide, rightSide = 1134, 1134, 1701, 964
	shortText                        = short - leftSide - rightSide
	longText                         = long - leftSide - rightSide
)

// A body is what has been written of the text of a document.
type body struct {
	strings.Builder
	charts []string // the parts that charts are in
	width  int      // between the margins, in twentieths of a point
	cells  float64
}

// document is the part with the text, and those with its charts.
func document(m *report.Model) (text string, charts []string) {
	b := &body{width: shortText, cells: 11}
	b.WriteString(declaration + `<w:document` + namespaces + `><w:body>`)
	b.head(m)
	for _, s := range m.Sections {
		b.add(paragraph("Heading1", run(s.Number+". "+s.Title, "")))
		b.blocks(s.Blocks)
	}
	b.add(paragraph("Closing", run(m.Closing, "")))
	b.signature(m)
	b.cells = 10
	wide := false
	for i, a := range m.Annexes {
		b.add(`<w:p><w:pPr>` + section(wide, i == 0) + `</w:pPr></w:p>`)
		wide, b.width = a.Landscape, shortText
		if wide {
			b.width = longText
		}
		b.add(paragraph("Title", run(a.Number, "")), paragraph("Title", run(a.Title, "")),
			paragraph("Centred", run(m.Enclosed, "<w:i/>")), paragraph("Centred"))
		b.blocks(a.Blocks)
	}
	b.add(section(wide, len(m.Annexes) == 0), `</w:body></w:document>`)
	return b.String(), b.charts
}

func (b *body) add(parts ...string) {
	for _, p := range parts {
		b.WriteString(p)
	}
}

// section ends pages of one orientation. The first page of all has no number.
func section(wide, first bool) string {
	page := fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d"/>`, short, long)
	if wide {
		page = fmt.Sprintf(`<w:pgSz w:w="%d" w:h="%d" w:orient="landscape"/>`, long, short)
	}
	title := ""
	if first {
		title = `<w:titlePg/>`
	}
	return `<w:sectPr><w:headerReference w:type="default" r:id="rId3"/><w:headerReference w:type="first" r:id="rId4"/>` +
		`<w:footerReference w:type="default" r:id="rId5"/><w:footerReference w:type="first" r:id="rId5"/>` + page +
		fmt.Sprintf(`<w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="567" w:footer="454" w:gutter="0"/>`, top, rightSide, bottom, leftSide) +
		title + `</w:sectPr>`
}

// head is the upper part of the first page: a table without a frame.
func (b *body) head(m *report.Model) {
	rule := func(share string) string { // a line under what is above it
		return `<w:p><w:pPr><w:pStyle w:val="Centred"/><w:pBdr><w:top w:val="single" w:sz="6" w:space="1" w:color="000000"/></w:pBdr><w:ind w:left="` + share + `" w:right="` + share + `"/></w:pPr></w:p>`
	}
	left := ""
	if m.Head.Parent != "" {
		left = paragraph("Centred", run(m.Head.Parent, size(12)))
	}
	left += paragraph("Centred", run(m.Head.Office, "<w:b/>"+size(12))) + rule("1100")
	right := paragraph("Centred", run(report.Nation, "<w:b/>"+size(12))) + paragraph("Centred", run(report.Motto, "<w:b/>")) + rule("1250")
	number := paragraph("Centred", run(m.Head.Number, ""))
	if m.Draft {
		number += paragraph("Centred", run("DỰ THẢO", "<w:b/>"))
	}
	b.columns(
		[]int{b.width * 41 / 100, b.width * 59 / 100},
		[][]string{{left, right}, {number, paragraph("Centred", run(m.Head.Place, "<w:i/>"))}},
	)
	b.add(
		paragraph("Centred"), paragraph("Title", run(m.Title, size(14))), paragraph("Title", run(m.Subject, "")),
		rule("3300"),
	)
	for i, why := range m.Provisional {
		if i == 0 {
			b.add(paragraph("Body", run("SỐ LIỆU TẠM THỜI", "<w:b/><w:i/>"+size(12))))
		}
		b.add(paragraph("Body", run("- "+why, "<w:i/>"+size(12))))
	}
	if len(m.To) > 0 {
		b.add(paragraph("Centred", run("Kính gửi: "+strings.Join(m.To, "; ")+".", "")))
	}
	for _, line := range m.Opening {
		b.add(paragraph("Body", run(line, "")))
	}
}

// columns is a table without a frame.
func (b *body) columns(widths []int, rows [][]string) {
	b.add(`<w:tbl><w:tblPr><w:tblW w:w="`, fmt.Sprint(b.width), `" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`)
	for _, w := range widths {
		b.add(fmt.Sprintf(`<w:gridCol w:w="%d"/>`, w))
	}
	b.add(`</w:tblGrid>`)
	for _, row := range rows {
		b.add(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, cell := range row {
			b.add(fmt.Sprintf(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, widths[i]), cell, `</w:tc>`)
		}
		b.add(`</w:tr>`)
	}
	b.add(`</w:tbl>`)
}

// signature draws the recipients and the signature.
func (b *body) signature(m *report.Model) {
	left := paragraph("Normal", run("Nơi nhận:", "<w:b/><w:i/>"+size(12)))
	for _, line := range m.Recipients {
		left += paragraph("Normal", run(line, size(11)))
	}
	right := ""
	for _, line := range []string{m.Signature.Capacity, m.Signature.Position, "", "", "", "", m.Signature.Signer} {
		if line != "" || right != "" {
			right += paragraph("Title", run(line, ""))
		}
	}
	b.columns([]int{b.width / 2, b.width / 2}, [][]string{{left, right}})
}

func (b *body) blocks(blocks []report.Block) {
	for _, block := range blocks {
		switch block.Kind {
		case report.TableKind:
			b.table(block.Table)
		case report.ChartKind:
			b.chart(block.Chart)
		case report.Heading:
			b.add(paragraph("Heading2", run(block.Text, "")))
		case report.Item:
			b.add(paragraph("Body", run("- "+block.Text, "")))
		default:
			b.add(paragraph("Body", run(block.Text, "")))
		}
	}
}

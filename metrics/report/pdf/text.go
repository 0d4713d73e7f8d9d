package pdf

import "lachan/metrics/report"

// paragraph draws a text over the whole width, justified, over as many pages
// as it needs.
func (d *document) paragraph(text string, first float64) {
	points, _ := d.GetFontSize()
	height := lineHeight(points)
	lines := d.lines(text, d.width, first)
	for i, words := range lines {
		d.need(height)
		x, width := marginLeft, d.width
		if i == 0 {
			x, width = x+first, width-first
		}
		d.line(words, x, d.GetY()+height*0.8, width, i < len(lines)-1)
		d.SetY(d.GetY() + height)
	}
	d.SetY(d.GetY() + paragraph)
}

// section draws one of the numbered parts.
func (d *document) section(s report.Section) {
	d.SetFont("serif", "B", bodySize)
	d.need(4 * lineHeight(bodySize))
	d.paragraph(s.Number+". "+s.Title, indent)
	d.blocks(s.Blocks)
}

// annex begins on a page of its own.
func (d *document) annex(s report.Section) {
	d.behind, d.table = true, annexSize
	orientation := "P"
	if s.Landscape {
		orientation = "L"
	}
	d.addPage(orientation)
	d.SetFont("serif", "B", bodySize)
	y := d.centred(s.Number, marginLeft, d.GetY(), d.width)
	y = d.centred(s.Title, marginLeft, y, d.width)
	d.SetFont("serif", "I", bodySize)
	y = d.centred(d.model.Enclosed, marginLeft, y, d.width)
	d.SetY(y + paragraph)
	d.blocks(s.Blocks)
}

func (d *document) blocks(blocks []report.Block) {
	for i, b := range blocks {
		switch b.Kind {
		case report.TableKind:
			d.drawTable(b.Table)
		case report.ChartKind:
			d.drawChart(b.Chart)
		case report.Heading:
			d.SetFont("serif", "B", bodySize)
			d.need(3*lineHeight(bodySize) + begins(blocks[i+1:]))
			d.paragraph(b.Text, indent)
		case report.Item:
			d.SetFont("serif", "", bodySize)
			d.paragraph("- "+b.Text, indent)
		default:
			d.SetFont("serif", "", bodySize)
			d.paragraph(b.Text, indent)
		}
	}
}

// begins is how much of what follows a heading has to be on its page.
func begins(blocks []report.Block) float64 {
	if len(blocks) > 0 && blocks[0].Kind == report.TableKind {
		return 35 // heads of three lines and two rows
	}
	return 0
}

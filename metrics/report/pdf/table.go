package pdf

import (
	"strings"

	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

const cellPadding = 1.0 // around what is in a cell

// drawTable draws a table; on each page that it needs, its heads come first.
func (d *document) drawTable(t *report.Table) {
	if t.Title != "" {
		d.SetFont("serif", "I", bodySize)
		d.paragraph(t.Title, 0)
	}
	head := make([]report.Cell, len(t.Columns))
	for i, c := range t.Columns {
		head[i].Text = c.Head
	}
	size := d.table
	widths := d.columnWidths(t)
	d.SetLineWidth(0.15)
	d.SetFont("serif", "B", d.table)
	headHeight := d.rowHeight(head, widths)
	d.need(headHeight + 2*(lineHeight(d.table)+2*cellPadding))
	d.drawRow(head, widths, headHeight, nil)
	for i, row := range t.Rows {
		height := d.measure(row, widths)
		together := height
		if i == len(t.Rows)-2 { // the last row, often the sum, does not stand alone
			together += d.measure(t.Rows[i+1], widths)
		}
		if d.GetY()+together > d.bottom {
			d.need(together)
			d.SetFont("serif", "B", d.table)
			d.drawRow(head, widths, headHeight, nil)
		}
		d.rowFont(row)
		d.drawRow(row.Cells, widths, height, t.Columns)
	}
	d.table = size
	d.SetY(d.GetY() + 1.5*paragraph)
}

func (d *document) measure(row report.TableRow, widths []float64) float64 {
	d.rowFont(row)
	return d.rowHeight(row.Cells, widths)
}

func (d *document) rowFont(row report.TableRow) {
	style := ""
	if row.Kind != report.Plain {
		style = "B"
	}
	d.SetFont("serif", style, d.table)
}

// smallestSize is of letters in a table that is too wide for larger ones.
const smallestSize = 7.0

// columnWidths shares the width out: to each column what its longest word or
// number needs, so that none is broken, and of what is left its weight. Where
// that is too much, letters get smaller.
func (d *document) columnWidths(t *report.Table) []float64 {
	least, sum := d.leastWidths(t)
	for ; sum > d.width && d.table > smallestSize; d.table -= 0.5 {
		least, sum = d.leastWidths(t)
	}
	weights := 0.0
	for _, c := range t.Columns {
		weights += c.Weight
	}
	for i, c := range t.Columns {
		least[i] += max(d.width-sum, 0) * c.Weight / weights
		if sum > d.width {
			least[i] *= d.width / sum
		}
	}
	return least
}

// leastWidths are the widths of the longest words, and their sum.
func (d *document) leastWidths(t *report.Table) (widths []float64, sum float64) {
	d.SetFont("serif", "B", d.table)
	widths = make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = d.longest(c.Head)
	}
	for _, row := range t.Rows {
		for i, cell := range row.Cells {
			widths[i] = max(widths[i], d.longest(cell.Text))
		}
	}
	for i := range widths {
		widths[i] += 2*cellPadding + 0.1
		sum += widths[i]
	}
	return widths, sum
}

func (d *document) longest(text string) (most float64) {
	for word := range strings.FieldsSeq(text) {
		most = max(most, d.GetStringWidth(word))
	}
	return most
}

func (d *document) rowHeight(cells []report.Cell, widths []float64) float64 {
	most := 1
	for i, c := range cells {
		most = max(most, len(d.lines(c.Text, widths[i]-2*cellPadding, 0)))
	}
	return float64(most)*lineHeight(d.table) + 2*cellPadding
}

// drawRow draws a row with its frame. Heads, which have no columns, are in the
// middle of their cells; numbers are on the right.
func (d *document) drawRow(cells []report.Cell, widths []float64, height float64, columns []report.Column) {
	x, y := marginLeft, d.GetY()
	for i, c := range cells {
		d.Rect(x, y, widths[i], height, "D")
		lines := d.lines(c.Text, widths[i]-2*cellPadding, 0)
		line := y + (height-float64(len(lines))*lineHeight(d.table))/2
		for _, words := range lines {
			base := line + lineHeight(d.table)*0.8
			switch {
			case columns == nil:
				d.at(x+widths[i]/2, base, middle, join(words))
			case columns[i].Number:
				d.at(x+widths[i]-cellPadding, base, end, join(words))
			default:
				d.at(x+cellPadding, base, start, join(words))
			}
			line += lineHeight(d.table)
		}
		x += widths[i]
	}
	d.SetY(y + height)
}

// drawChart draws a chart, whole on one page.
func (d *document) drawChart(c *report.Chart) {
	drawing := chart.Draw(c, d.width)
	d.need(drawing.Height)
	top := d.GetY()
	for _, s := range drawing.Shapes {
		if s.Text == "" {
			d.SetFillColor(int(s.Fill[0]), int(s.Fill[1]), int(s.Fill[2]))
			d.Rect(marginLeft+s.X, top+s.Y, s.W, s.H, "F")
			continue
		}
		d.SetFont("serif", "", s.Size)
		d.at(marginLeft+s.X, top+s.Y, [...]anchor{start, middle, end}[s.Anchor], s.Text)
	}
	d.SetY(top + drawing.Height + paragraph)
}

func join(words []string) string { return strings.Join(words, " ") }

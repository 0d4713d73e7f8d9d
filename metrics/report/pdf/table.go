package pdf

import (
	"strings"

	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

// This file draws tables. cellPadding is in millimetres.

const cellPadding = 1.0 // around what is in a cell

// A grid is a table that is being drawn.
type grid struct {
	*document
	size   float64   // of its letters
	widths []float64 // of its columns
}

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
	g := grid{document: d, size: d.table}
	g.fitColumns(t)
	g.SetLineWidth(0.15)
	g.SetFont("serif", "B", g.size)
	headHeight := g.rowHeight(head)
	g.need(headHeight + 2*(lineHeight(g.size)+2*cellPadding))
	g.drawRow(head, headHeight, nil)
	for i, row := range t.Rows {
		height := g.measure(row)
		together := height
		if i == len(t.Rows)-2 { // the last row, often the sum, does not stand alone
			together += g.measure(t.Rows[i+1])
		}
		if g.GetY()+together > g.bottom {
			g.need(together)
			g.SetFont("serif", "B", g.size)
			g.drawRow(head, headHeight, nil)
		}
		g.rowFont(row)
		g.drawRow(row.Cells, height, t.Columns)
	}
	g.SetY(g.GetY() + 1.5*paragraph)
}

func (g *grid) measure(row report.TableRow) float64 {
	g.rowFont(row)
	return g.rowHeight(row.Cells)
}

func (g *grid) rowFont(row report.TableRow) {
	style := ""
	if row.Kind != report.Plain {
		style = "B"
	}
	g.SetFont("serif", style, g.size)
}

// smallestSize is of letters in a table that is too wide for larger ones.
const smallestSize = 7.0

// fitColumns shares the width out: to each column what its longest word or
// number needs, so that none is broken, and of what is left its weight. Where
// that is too much, letters get smaller.
func (g *grid) fitColumns(t *report.Table) {
	least, sum := g.leastWidths(t)
	for ; sum > g.width && g.size > smallestSize; g.size -= 0.5 {
		least, sum = g.leastWidths(t)
	}
	weights := 0.0
	for _, c := range t.Columns {
		weights += c.Weight
	}
	for i, c := range t.Columns {
		least[i] += max(g.width-sum, 0) * c.Weight / weights
		if sum > g.width {
			least[i] *= g.width / sum
		}
	}
	g.widths = least
}

// leastWidths are the widths of the longest words, and their sum.
func (g *grid) leastWidths(t *report.Table) (widths []float64, sum float64) {
	g.SetFont("serif", "B", g.size)
	widths = make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		widths[i] = g.longest(c.Head)
	}
	for _, row := range t.Rows {
		for i, cell := range row.Cells {
			widths[i] = max(widths[i], g.longest(cell.Text))
		}
	}
	for i := range widths {
		widths[i] += 2*cellPadding + 0.1
		sum += widths[i]
	}
	return widths, sum
}

func (g *grid) rowHeight(cells []report.Cell) float64 {
	most := 1
	for i, c := range cells {
		most = max(most, len(g.lines(c.Text, g.widths[i]-2*cellPadding, 0)))
	}
	return float64(most)*lineHeight(g.size) + 2*cellPadding
}

// drawRow draws a row with its frame. Heads, which have no columns, are in the
// middle of their cells; numbers are on the right.
func (g *grid) drawRow(cells []report.Cell, height float64, columns []report.Column) {
	x, y := marginLeft, g.GetY()
	for i, c := range cells {
		g.Rect(x, y, g.widths[i], height, "D")
		lines := g.lines(c.Text, g.widths[i]-2*cellPadding, 0)
		line := y + (height-float64(len(lines))*lineHeight(g.size))/2
		for _, words := range lines {
			base := line + lineHeight(g.size)*0.8
			switch {
			case columns == nil:
				g.at(x+g.widths[i]/2, base, middle, join(words))
			case columns[i].Number:
				g.at(x+g.widths[i]-cellPadding, base, end, join(words))
			default:
				g.at(x+cellPadding, base, start, join(words))
			}
			line += lineHeight(g.size)
		}
		x += g.widths[i]
	}
	g.SetY(y + height)
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

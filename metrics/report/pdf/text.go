package pdf

import (
	"strings"
	"unicode/utf8"

	"codeberg.org/go-pdf/fpdf"

	"lachan/metrics/report"
)

// Which point of a text is at a place.
type anchor uint8

const (
	start anchor = iota
	middle
	end
)

// box stands for characters that the fonts cannot have.
const box = '□'

// drawable is a text without what the library cannot draw and would fail on:
// invalid UTF-8 and characters beyond the first 65,536, such as emoji. A visible
// box stands in place of each.
func drawable(text string) string {
	return strings.Map(func(r rune) rune {
		if r > 0xFFFF || r == utf8.RuneError {
			return box
		}
		return r
	}, text)
}

// A canvas draws any text.
type canvas struct{ *fpdf.Fpdf }

// GetStringWidth measures what Text draws.
func (c canvas) GetStringWidth(text string) float64 { return c.Fpdf.GetStringWidth(drawable(text)) }

// Text draws a text, with boxes for what the fonts cannot have.
func (c canvas) Text(x, y float64, text string) { c.Fpdf.Text(x, y, drawable(text)) }

// at draws one line of text that stands on y.
func (d *document) at(x, y float64, a anchor, text string) {
	if a != start {
		width := d.GetStringWidth(text)
		if a == middle {
			width /= 2
		}
		x -= width
	}
	d.Text(x, y, text)
}

// lines breaks a text where words end; the first line is shorter by first. A
// word that is longer than a line is broken anywhere.
func (d *document) lines(text string, width, first float64) (lines [][]string) {
	space := d.GetStringWidth(" ")
	var line []string
	left := width - first
	for word := range strings.FieldsSeq(text) {
		for {
			length := d.GetStringWidth(word)
			if length <= left || len(line) > 0 && length <= width {
				break
			}
			if len(line) > 0 {
				lines, line, left = append(lines, line), nil, width
				continue
			}
			fits := d.fitting(word, left)
			lines, word, left = append(lines, []string{word[:fits]}), word[fits:], width
		}
		length := d.GetStringWidth(word)
		if length > left {
			lines, line, left = append(lines, line), nil, width
		}
		line = append(line, word)
		left -= length + space
	}
	return append(lines, line)
}

// fitting is how many bytes of a word go on a line: at least one letter.
func (d *document) fitting(word string, width float64) int {
	last := 0
	for i, letter := range word {
		next := i + len(string(letter))
		if last > 0 && d.GetStringWidth(word[:next]) > width {
			break
		}
		last = next
	}
	return last
}

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

// line draws words on one line, spread over the width when it is justified.
func (d *document) line(words []string, x, y, width float64, justified bool) {
	if !justified || len(words) < 2 {
		d.Text(x, y, strings.Join(words, " "))
		return
	}
	letters := 0.0
	for _, word := range words {
		letters += d.GetStringWidth(word)
	}
	gap := (width - letters) / float64(len(words)-1)
	for _, word := range words {
		d.Text(x, y, word)
		x += d.GetStringWidth(word) + gap
	}
}

// centred draws a text in the middle of a column, over as many lines as it
// needs, and returns where it ends.
func (d *document) centred(text string, x, y, width float64) float64 {
	points, _ := d.GetFontSize()
	for _, words := range d.lines(text, width, 0) {
		d.at(x+width/2, y+lineHeight(points)*0.8, middle, strings.Join(words, " "))
		y += lineHeight(points)
	}
	return y
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

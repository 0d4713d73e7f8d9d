// Package chart is the geometry of a chart, in millimetres: HTML, PDF and DOCX
// draw the same shapes.
package chart

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"lachan/metrics/report"
	"lachan/metrics/report/figures"
)

// A Drawing is shapes on a piece of paper, the later over the earlier. The
// origin is the upper left corner.
type Drawing struct {
	Width, Height float64
	Shapes        []Shape
}

// A Shape is a filled rectangle, or, where it has a Text, a line of text that
// stands on Y.
type Shape struct {
	X, Y, W, H float64
	Fill       Colour
	Text       string
	Size       float64 // of the text, in points
	Anchor     Anchor
	Hint       string // of a rectangle: what it stands for, in a few words
}

// A Colour is red, green and blue.
type Colour [3]uint8

// An Anchor says which point of a text is at X.
type Anchor uint8

// The anchors.
const (
	Start Anchor = iota
	Middle
	End
)

// The colours of series. They differ in brightness too, for print in black.
var colours = [...]Colour{{31, 78, 121}, {197, 120, 40}, {190, 190, 190}}

var (
	black = Colour{0, 0, 0}
	pale  = Colour{225, 225, 225}
)

const (
	titleSize = 11.0
	labelSize = 9.0
	lineMM    = 4.0                // the height of a line of labels
	em        = 0.1764 * labelSize // half the size in millimetres: the width of a usual letter
)

// Draw lays a chart out on a given width.
func Draw(c *report.Chart, width float64) Drawing {
	d := Drawing{Width: width}
	if c.Title != "" {
		d.text(width/2, 5, titleSize, Middle, c.Title)
		d.Height = 7
	}
	if len(c.Series) > 1 {
		d.legend(c)
	}
	if c.Horizontal {
		d.horizontal(c)
	} else {
		d.vertical(c)
	}
	return d
}

func (d *Drawing) rect(x, y, w, h float64, fill Colour) {
	d.Shapes = append(d.Shapes, Shape{X: x, Y: y, W: w, H: h, Fill: fill})
}

func (d *Drawing) text(x, y, size float64, anchor Anchor, text string) {
	d.Shapes = append(d.Shapes, Shape{X: x, Y: y, Text: text, Size: size, Anchor: anchor, Fill: black})
}

// legend names the colours, side by side.
func (d *Drawing) legend(c *report.Chart) {
	length := 0.0
	for _, s := range c.Series {
		length += 10 + em*float64(utf8.RuneCountInString(s.Name))
	}
	x := (d.Width - length) / 2
	for i, s := range c.Series {
		d.rect(x, d.Height+0.8, 3, 3, colours[i%len(colours)])
		d.text(x+4, d.Height+3.5, labelSize, Start, s.Name)
		x += 10 + em*float64(utf8.RuneCountInString(s.Name))
	}
	d.Height += 6
}

// horizontal draws the bars of one series under one another, labels on the
// left and values after the bars.
func (d *Drawing) horizontal(c *report.Chart) {
	top, labels, values := d.Height, d.Width*0.38, 20.0
	most := float64(max(1, largest(c)))
	for i, label := range c.Labels {
		lines := wrap(label, int(labels/em))
		height := float64(len(lines))*lineMM + 2
		for j, line := range lines {
			d.text(labels-2, d.Height+1+float64(j+1)*lineMM-1, labelSize, End, line)
		}
		value := c.Series[0].Values[i]
		length := (d.Width - labels - values) * float64(value) / most
		middle := d.Height + height/2
		d.rect(labels, middle-2, max(length, 0.2), 4, colours[0])
		d.text(labels+length+1.5, middle+1.1, labelSize, Start, figures.Number(value).String())
		d.Height += height
	}
	d.rect(labels-0.1, top, 0.2, d.Height-top, black)
	d.Height += 2
}

// vertical draws groups of bars side by side over a scale.
func (d *Drawing) vertical(c *report.Chart) {
	const left, height = 22.0, 45.0
	bottom := d.Height + 2 + height
	step := niceStep(largest(c))
	scale := height / float64(step*steps)
	for i := range steps + 1 {
		y := bottom - float64(int64(i)*step)*scale
		d.rect(left, y-0.05, d.Width-left, 0.1, pale)
		d.text(left-1.5, y+1.1, labelSize, End, figures.Number(int64(i)*step).String())
	}
	group := (d.Width - left) / float64(len(c.Labels))
	bar := group * 0.8 / float64(len(c.Series))
	every := int(math.Ceil(8 * em / group)) // so that labels do not meet
	if len(c.Labels[0]) <= 2 {
		every = 1
	}
	for i, label := range c.Labels {
		x := left + float64(i)*group
		for j, s := range c.Series {
			length := float64(s.Values[i]) * scale
			d.rect(x+group*0.1+float64(j)*bar, bottom-length, bar, length, colours[j%len(colours)])
		}
		if i%every == 0 {
			d.text(x+group/2, bottom+lineMM, labelSize, Middle, label)
		}
	}
	d.rect(left, bottom-0.1, d.Width-left, 0.2, black)
	d.Height = bottom + lineMM + 3
}

// steps is how many lines the scale has above zero.
const steps = 5

// niceStep is 1, 2 or 5 times a power of ten, so that a few of them reach most.
func niceStep(most int64) int64 {
	for power := int64(1); ; power *= 10 {
		for _, step := range []int64{power, 2 * power, 5 * power} {
			if step*steps >= most || step > math.MaxInt64/10 {
				return step
			}
		}
	}
}

func largest(c *report.Chart) (most int64) {
	for _, s := range c.Series {
		for _, v := range s.Values {
			most = max(most, v)
		}
	}
	return most
}

// wrap breaks a label into lines of a given number of letters at most, where it can.
func wrap(label string, most int) (lines []string) {
	line := ""
	for word := range strings.FieldsSeq(label) {
		if line != "" && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > most {
			lines = append(lines, line)
			line = ""
		}
		line = strings.TrimSpace(line + " " + word)
	}
	return append(lines, line)
}

// SVG is the drawing as an element of HTML.
func (d Drawing) SVG() string {
	var b strings.Builder
	b.WriteString(`<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ` + number(d.Width) + " " + number(d.Height) + `" style="width:` + number(d.Width) + `mm;max-width:100%">`)
	for _, s := range d.Shapes {
		s.write(&b, `fill="`+s.Fill.hex()+`"`, s.Text)
	}
	b.WriteString("</svg>")
	return b.String()
}

// write adds a shape with one more attribute; a text is black without it.
func (s *Shape) write(b *strings.Builder, attribute, text string) {
	if s.Text == "" {
		b.WriteString(`<rect x="` + number(s.X) + `" y="` + number(s.Y) + `" width="` + number(s.W) + `" height="` + number(s.H) + `" ` + attribute)
		if s.Hint == "" {
			b.WriteString("/>")
		} else {
			b.WriteString("><title>" + escape.Replace(s.Hint) + "</title></rect>")
		}
		return
	}
	b.WriteString(`<text x="` + number(s.X) + `" y="` + number(s.Y) + `" font-size="` + number(s.Size*0.3528) +
		`" text-anchor="` + [...]string{"start", "middle", "end"}[s.Anchor] + `">` + escape.Replace(text) + `</text>`)
}

func number(f float64) string { return strconv.FormatFloat(math.Round(f*100)/100, 'f', -1, 64) }

var escape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

func (c Colour) hex() string {
	const digits = "0123456789abcdef"
	b := []byte{'#'}
	for _, v := range c {
		b = append(b, digits[v>>4], digits[v&15])
	}
	return string(b)
}

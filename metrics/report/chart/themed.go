package chart

import (
	"strings"
)

// A page of the console has a light and a dark look, and may not carry styles of its own:
// its style sheet says the colours of the classes here.

// Themed is the drawing as an element of HTML whose colours a style sheet says. The table
// beside it has the figures, so it says nothing to a reader of screens. Three digits of a
// number are parted by mark.
func (d Drawing) Themed(mark string) string {
	var b strings.Builder
	b.WriteString(`<svg class="chart" aria-hidden="true" viewBox="0 0 ` + number(d.Width) + " " + number(d.Height) + `">`)
	for i := range d.Shapes {
		s := &d.Shapes[i]
		if s.Text == "" && (s.W == 0 || s.H == 0) {
			continue // a label without a text, or a bar of nothing
		}
		text := s.Text
		if strings.Trim(text, "0123456789.") == "" {
			text = strings.ReplaceAll(text, ".", mark)
		}
		s.write(&b, `class="`+classes[s.Fill]+`"`, text)
	}
	b.WriteString("</svg>")
	return b.String()
}

// classes are what the colours are called in a style sheet.
var classes = map[Colour]string{
	colours[0]: "one", colours[1]: "two", colours[2]: "three", black: "axis", pale: "scale",
	coverColours[Covered]: "covered", coverColours[Partly]: "partly", coverColours[Unheard]: "unheard",
}

// A Cover says how much is known of a unit.
type Cover uint8

// The covers.
const (
	Covered Cover = iota
	Partly
	Unheard
)

var (
	coverColours = [...]Colour{{60, 140, 80}, {230, 190, 110}, {235, 235, 240}}
	coverSigns   = [...]string{"", "!", "–"}
)

// A Tile is a unit of a grid.
type Tile struct {
	Name  string
	Cover Cover
}

// Grid lays tiles out in rows on a given width. Each has a sign too, for those who see no
// colours.
func Grid(tiles []Tile, width float64) Drawing {
	const side, gap = 5.6, 0.8
	columns := max(1, int((width+gap)/(side+gap)))
	d := Drawing{Width: width}
	for i, t := range tiles {
		x, y := float64(i%columns)*(side+gap), float64(i/columns)*(side+gap)
		d.Shapes = append(d.Shapes, Shape{X: x, Y: y, W: side, H: side, Fill: coverColours[t.Cover], Hint: t.Name})
		if sign := coverSigns[t.Cover]; sign != "" {
			d.text(x+side/2, y+side*0.72, labelSize, Middle, sign)
		}
		d.Height = y + side
	}
	return d
}

package chart_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

// An element is what a test looks at of one.
type element struct{ name, class, title, text string }

// elements are the rectangles and texts of a drawing.
func elements(t *testing.T, svg string) (list []element) {
	t.Helper()
	d, in := xml.NewDecoder(strings.NewReader(svg)), ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list
		}
		if err != nil {
			t.Fatalf("%v: %s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			in = token.Name.Local
			if in == "rect" || in == "text" {
				list = append(list, element{name: in})
			}
			for _, a := range token.Attr {
				if a.Name.Local == "class" && in == "rect" {
					list[len(list)-1].class = a.Value
				}
				if a.Name.Local == "style" || a.Name.Local == "fill" {
					t.Errorf("a drawing with a style of its own: %s", svg)
				}
			}
		case xml.CharData:
			if in == "title" {
				list[len(list)-1].title += string(token)
			} else if in == "text" {
				list[len(list)-1].text += string(token)
			}
		case xml.EndElement:
			in = ""
		}
	}
}

// TestAGridHasASquareAndASignForEachUnit: as many a row as there is room for, and a sign
// besides the colour where something is not known.
func TestAGridHasASquareAndASignForEachUnit(t *testing.T) {
	tiles := []chart.Tile{{"Trường <Một>", chart.Covered}, {"Hai", chart.Partly}, {"Ba", chart.Unheard}}
	var got []string
	for _, e := range elements(t, chart.Grid(tiles, 100).Themed(".")) {
		got = append(got, fmt.Sprint(e.class, e.title, e.text))
	}
	want := []string{"coveredTrường <Một>", "partlyHai", "!", "unheardBa", "–"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%q, want %q", got, want)
	}
	for _, x := range []struct {
		width         float64
		tiles         int
		rows, columns int
	}{{5, 3, 3, 1}, {5.6, 3, 3, 1}, {11.9, 3, 3, 1}, {12, 3, 2, 2}, {18.5, 3, 1, 3}, {100, 0, 0, 0}} {
		d := chart.Grid(make([]chart.Tile, x.tiles), x.width)
		rows, columns := map[float64]bool{}, map[float64]bool{}
		for _, s := range d.Shapes {
			rows[s.Y], columns[s.X] = true, true
			if s.W != s.H || s.X+s.W > max(x.width, s.W)+0.01 || s.Y+s.H > d.Height+0.01 {
				t.Errorf("%v: %+v in a drawing of %v by %v", x, s, d.Width, d.Height)
			}
		}
		if len(rows) != x.rows || len(columns) != x.columns || len(d.Shapes) != x.tiles || d.Width != x.width || x.tiles == 0 && d.Height != 0 {
			t.Errorf("%v: %d rows, %d columns, %d squares", x, len(rows), len(columns), len(d.Shapes))
		}
	}
}

// TestAThemedDrawingHasClassesAndNumbersOfItsLanguage, and nothing that has no size.
func TestAThemedDrawingHasClassesAndNumbersOfItsLanguage(t *testing.T) {
	c := &report.Chart{
		Labels: []string{"Lớp 1.5", "b"},
		Series: []report.ChartSeries{{Name: "một", Values: []int64{12345, 0}}, {Name: "hai", Values: []int64{6789, 40000}}},
	}
	shown := func(mark string) (classes map[string]int, texts string) {
		classes = map[string]int{}
		for _, e := range elements(t, chart.Draw(c, 160).Themed(mark)) {
			if e.name == "rect" {
				classes[e.class]++
			} else if texts += e.text + "|"; e.text == "" {
				t.Error("a text without letters")
			}
		}
		return classes, texts
	}
	classes, dots := shown(".")
	if classes["one"] != 2 || classes["two"] != 3 || classes["three"] != 0 || classes[""] != 0 || classes["axis"] == 0 { // a bar of nothing is none; each has a key
		t.Errorf("classes %v", classes)
	}
	_, commas := shown(",")
	if !strings.Contains(dots, "0.000|") || strings.Contains(commas, "0.000|") || !strings.Contains(commas, "0,000|") || !strings.Contains(commas, "Lớp 1.5|") {
		t.Errorf("%s and %s", dots, commas)
	}
	if svg := chart.Draw(c, 160).Themed("."); !strings.Contains(svg, `viewBox="0 0 160 `) || !strings.Contains(svg, `aria-hidden="true"`) {
		t.Error(svg[:100])
	}
}

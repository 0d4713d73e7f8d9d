package statistics

import (
	"strconv"

	"lachan/internal/wording"
	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

// The charts, as elements of HTML whose colours the style sheet says.

// width is that of a chart, in millimetres: its letters can be read on a phone.
const width = 95

// complete is the share of the time, in thousandths, from which on a unit is covered.
const complete = 950

// one is a text in one language: a chart has no room for two.
func one(t wording.Text, l wording.Language) string {
	if l == wording.English && t.EN != "" {
		return t.EN
	}
	return t.VI
}

// mark parts the digits of numbers.
func mark(l wording.Language) string {
	if l == wording.English {
		return ","
	}
	return "."
}

// drawn is a chart; "" of nothing.
func drawn(c *report.Chart, l wording.Language) string {
	if len(c.Labels) == 0 {
		return ""
	}
	return chart.Draw(c, width).Themed(mark(l))
}

// DaysChart is what was answered and what was blocked by day.
func (f *Figures) DaysChart(l wording.Language) string {
	c := &report.Chart{Series: []report.ChartSeries{{Name: one(TextAllowed, l)}, {Name: one(TextBlocked, l)}}}
	if f.Hidden {
		return ""
	}
	for _, d := range f.Days {
		c.Labels = append(c.Labels, d.Day.Format("02/01"))
		c.Series[0].Values = append(c.Series[0].Values, d.Allowed.Value)
		c.Series[1].Values = append(c.Series[1].Values, d.Blocked.Value)
	}
	return drawn(c, l)
}

// HoursChart is what was blocked by hour of the day.
func (f *Figures) HoursChart(l wording.Language) string {
	c := &report.Chart{Series: []report.ChartSeries{{Name: one(TextContent, l)}, {Name: one(TextTechnical, l)}}}
	for _, h := range f.Hours {
		label := ""
		if h.Hour%3 == 0 {
			label = strconv.Itoa(h.Hour)
		}
		c.Labels = append(c.Labels, label)
		c.Series[0].Values = append(c.Series[0].Values, h.Content.Value)
		c.Series[1].Values = append(c.Series[1].Values, h.Technical.Value)
	}
	return drawn(c, l)
}

// CategoriesChart is what was blocked by category, machine traffic apart: it would dwarf
// all else.
func (f *Figures) CategoriesChart(l wording.Language) string {
	c := &report.Chart{Horizontal: true, Series: []report.ChartSeries{{Name: one(TextBlocked, l)}}}
	for _, k := range f.Categories {
		if !k.Technical {
			c.Labels = append(c.Labels, one(k.Label, l))
			c.Series[0].Values = append(c.Series[0].Values, k.Blocked.Value)
		}
	}
	return drawn(c, l)
}

// CoverageGrid is a tile for each part, in the order of their names.
func (f *Figures) CoverageGrid(l wording.Language) string {
	if len(f.Parts) == 0 {
		return ""
	}
	tiles := make([]chart.Tile, len(f.Parts))
	for i := range f.Parts {
		p := &f.Parts[i]
		tiles[i] = chart.Tile{Name: p.Name + ": " + Percent(p.Coverage, l), Cover: p.Cover()}
	}
	return chart.Grid(tiles, width).Themed(mark(l))
}

// Cover is how much is known of a part.
func (p *Part) Cover() chart.Cover {
	switch {
	case !p.Coverage.Known() || p.Coverage.PerMille == 0:
		return chart.Unheard
	case p.Coverage.PerMille < complete:
		return chart.Partly
	}
	return chart.Covered
}

// Percent is a share with one decimal: 3,4% in Vietnamese, 3.4% in English.
func Percent(r Share, l wording.Language) string {
	if l == wording.English && r.Known() {
		return strconv.FormatFloat(float64(r.PerMille)/10, 'f', 1, 64) + "%"
	}
	return r.String()
}

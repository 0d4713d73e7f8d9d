package docx

import (
	_ "embed" // of chartTemplate
	"fmt"
	"strings"
	texts "text/template"

	"lachan/metrics/report"
)

const emu = 635 // a twentieth of a point in the units of drawings

// colours are those of the charts of the other formats.
var colours = [...]string{"1F4E79", "C57828", "BEBEBE"}

// chart puts a chart in a line of its own.
func (b *body) chart(c *report.Chart) {
	b.charts = append(b.charts, chartPart(c))
	height := 3200
	if c.Horizontal {
		height = 900 + 420*len(c.Labels)
	}
	b.add(`<w:p><w:pPr><w:pStyle w:val="Centred"/></w:pPr><w:r><w:drawing>`,
		fmt.Sprintf(`<wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%[3]d" name="Biểu đồ %[3]d" descr="%[4]s"/>`,
			b.width*emu, height*emu, len(b.charts), escaped(c.Title)),
		`<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/chart">`,
		fmt.Sprintf(`<c:chart r:id="chart%d"/></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`, len(b.charts)))
}

// chartTemplate is the part of a chart. The ends of its lines, and the spaces that
// they begin with, are for readers of the template only.
//
//go:embed chart.xml.tmpl
var chartTemplate string

// chartPart is a chart with its numbers in it.
func chartPart(c *report.Chart) string {
	var packed strings.Builder
	for line := range strings.Lines(chartTemplate) {
		packed.WriteString(strings.TrimSpace(line))
	}
	functions := texts.FuncMap{
		"escaped": escaped,
		"colour":  func(series int) string { return colours[series%len(colours)] },
	}
	var b strings.Builder
	t, err := texts.New("chart").Funcs(functions).Parse(packed.String())
	if err == nil {
		err = t.Execute(&b, c)
	}
	if err != nil {
		panic(err) // the template is built in, and a test draws it
	}
	return b.String()
}

package docx

import (
	"fmt"
	"strings"

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

// chartPart is a chart with its numbers in it.
func chartPart(c *report.Chart) string {
	direction, category, value := "col", "b", "l"
	if c.Horizontal {
		direction, category, value = "bar", "l", "b"
	}
	var b strings.Builder
	b.WriteString(declaration + `<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:roundedCorners val="0"/><c:chart>` +
		`<c:title><c:tx><c:rich><a:bodyPr/><a:p><a:pPr><a:defRPr sz="1100" b="0"/></a:pPr><a:r><a:rPr lang="vi-VN" sz="1100" b="0"/><a:t>` + escaped(c.Title) + `</a:t></a:r></a:p></c:rich></c:tx><c:overlay val="0"/></c:title>` +
		`<c:autoTitleDeleted val="0"/><c:plotArea><c:layout/><c:barChart><c:barDir val="` + direction + `"/><c:grouping val="clustered"/><c:varyColors val="0"/>`)
	for i, s := range c.Series {
		series(&b, i, s, c)
	}
	b.WriteString(`<c:gapWidth val="60"/><c:axId val="1"/><c:axId val="2"/></c:barChart>` +
		`<c:catAx><c:axId val="1"/><c:scaling><c:orientation val="` + map[bool]string{false: "minMax", true: "maxMin"}[c.Horizontal] + `"/></c:scaling><c:delete val="0"/><c:axPos val="` + category + `"/>` +
		`<c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="2"/></c:catAx>` +
		`<c:valAx><c:axId val="2"/><c:scaling><c:orientation val="minMax"/><c:min val="0"/></c:scaling><c:delete val="` + map[bool]string{false: "0", true: "1"}[c.Horizontal] + `"/><c:axPos val="` + value + `"/>` +
		map[bool]string{false: `<c:majorGridlines><c:spPr><a:ln w="6350"><a:solidFill><a:srgbClr val="E1E1E1"/></a:solidFill></a:ln></c:spPr></c:majorGridlines>`}[c.Horizontal] +
		`<c:numFmt formatCode="[$-42A]#,##0" sourceLinked="0"/><c:majorTickMark val="none"/><c:minorTickMark val="none"/><c:tickLblPos val="nextTo"/><c:crossAx val="1"/></c:valAx></c:plotArea>`)
	if len(c.Series) > 1 {
		b.WriteString(`<c:legend><c:legendPos val="t"/><c:overlay val="0"/></c:legend>`)
	}
	b.WriteString(`<c:plotVisOnly val="1"/></c:chart><c:txPr><a:bodyPr/><a:p><a:pPr><a:defRPr sz="900"><a:latin typeface="Times New Roman"/></a:defRPr></a:pPr><a:endParaRPr lang="vi-VN"/></a:p></c:txPr></c:chartSpace>`)
	return b.String()
}

// series is the bars of one colour. Horizontal bars say their values.
func series(b *strings.Builder, i int, s report.ChartSeries, c *report.Chart) {
	fmt.Fprintf(b, `<c:ser><c:idx val="%d"/><c:order val="%d"/><c:tx><c:v>%s</c:v></c:tx><c:spPr><a:solidFill><a:srgbClr val="%s"/></a:solidFill></c:spPr><c:invertIfNegative val="0"/>`,
		i, i, escaped(s.Name), colours[i%len(colours)])
	if c.Horizontal {
		b.WriteString(`<c:dLbls><c:numFmt formatCode="[$-42A]#,##0" sourceLinked="0"/><c:showLegendKey val="0"/><c:showVal val="1"/><c:showCatName val="0"/><c:showSerName val="0"/><c:showPercent val="0"/><c:showBubbleSize val="0"/></c:dLbls>`)
	}
	fmt.Fprintf(b, `<c:cat><c:strLit><c:ptCount val="%d"/>`, len(c.Labels))
	for j, label := range c.Labels {
		fmt.Fprintf(b, `<c:pt idx="%d"><c:v>%s</c:v></c:pt>`, j, escaped(label))
	}
	fmt.Fprintf(b, `</c:strLit></c:cat><c:val><c:numLit><c:formatCode>General</c:formatCode><c:ptCount val="%d"/>`, len(s.Values))
	for j, value := range s.Values {
		fmt.Fprintf(b, `<c:pt idx="%d"><c:v>%d</c:v></c:pt>`, j, value)
	}
	b.WriteString(`</c:numLit></c:val></c:ser>`)
}

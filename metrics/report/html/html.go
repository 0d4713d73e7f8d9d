// Package html draws a report as one HTML page that needs nothing else: no
// script, no font, no picture from elsewhere. Printed, it is close to the PDF.
package html

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

//go:embed report.tmpl
var page string

// chartWidth is in millimetres: that of the text on A4.
const chartWidth = 163

// Write writes the report. The same model gives the same bytes.
func Write(w io.Writer, m *report.Model) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"svg":    func(c *report.Chart) template.HTML { return template.HTML(chart.Draw(c, chartWidth).SVG()) },
		"nation": func() string { return report.Nation },
		"motto":  func() string { return report.Motto },
	}).Parse(page)
	if err != nil {
		return fmt.Errorf("parse the page of a report: %w", err)
	}
	if err := t.Execute(w, m); err != nil {
		return fmt.Errorf("write report as HTML: %w", err)
	}
	return nil
}

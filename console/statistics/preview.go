package statistics

import (
	"html/template"

	"lachan/internal/wording"
	"lachan/metrics/report"
	"lachan/metrics/report/chart"
)

// A Preview is a report as a page shows it: its text, the first rows of its tables, its
// charts. The annexes are left to the files.
type Preview struct {
	Subject  string
	Draft    bool
	Reasons  []wording.Text // why figures may still change
	Sections []PreviewSection
	Missing  int // places that the officer has to fill in
	Annexes  []string
}

// A PreviewSection is a numbered part.
type PreviewSection struct {
	Number, Title string
	Blocks        []PreviewBlock
}

// A PreviewBlock is a piece of a section. Left is how many rows of its table are not shown.
type PreviewBlock struct {
	*report.Block
	Rows  []report.TableRow
	Left  int
	Chart template.HTML
}

// mostPreviewed bounds the rows of a table in a preview.
const mostPreviewed = 40

// PreviewOf makes it of a report.
func PreviewOf(m *report.Model) *Preview {
	p := &Preview{Subject: m.Subject, Draft: m.Draft, Reasons: m.Reasons}
	for i := range m.Sections {
		s := &m.Sections[i]
		shown := PreviewSection{Number: s.Number, Title: s.Title}
		for j := range s.Blocks {
			b := PreviewBlock{Block: &s.Blocks[j]}
			switch {
			case b.Kind == report.Missing:
				p.Missing++
			case b.Table != nil:
				b.Rows = b.Table.Rows[:min(mostPreviewed, len(b.Table.Rows))]
				b.Left = len(b.Table.Rows) - len(b.Rows)
			case b.Block.Chart != nil:
				b.Chart = template.HTML(chart.Draw(b.Block.Chart, width).Themed(mark(wording.Vietnamese)))
			}
			shown.Blocks = append(shown.Blocks, b)
		}
		p.Sections = append(p.Sections, shown)
	}
	for i := range m.Annexes {
		p.Annexes = append(p.Annexes, m.Annexes[i].Number+": "+m.Annexes[i].Title)
	}
	return p
}

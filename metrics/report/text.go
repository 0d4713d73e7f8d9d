package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"lachan/metrics/report/figures"
)

// WriteJSON writes the model, indented, for programs and for comparing.
func (m *Model) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	if err := e.Encode(m); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}

// WriteText writes the model as plain lines, for reading it on a terminal.
func (m *Model) WriteText(w io.Writer) error {
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.Join(parts, " ") + "\n") }
	line(m.Head.Parent)
	line(m.Head.Office)
	line(m.Head.Number, " ", m.Head.Place)
	line()
	if m.Draft {
		line("DỰ THẢO")
	}
	line(m.Title)
	line(m.Subject)
	for _, to := range m.To {
		line("Kính gửi:", to)
	}
	for _, p := range m.Opening {
		line(p)
	}
	for _, s := range m.Sections {
		line()
		s.writeText(&b)
	}
	line()
	line(m.Closing)
	line(strings.TrimSpace(m.Signature.Capacity + " " + m.Signature.Position))
	line(m.Signature.Signer)
	line("Nơi nhận:")
	for _, r := range m.Recipients {
		line(r)
	}
	for _, s := range m.Annexes {
		line()
		s.writeText(&b)
	}
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("write report as text: %w", err)
	}
	return nil
}

func (s *Section) writeText(b *strings.Builder) {
	fmt.Fprintf(b, "%s. %s\n", s.Number, s.Title)
	for _, block := range s.Blocks {
		switch block.Kind {
		case TableKind:
			block.Table.writeText(b)
		case ChartKind:
			block.Chart.writeText(b)
		case Item:
			b.WriteString("- " + block.Text + "\n")
		default:
			b.WriteString(block.Text + "\n")
		}
	}
}

func (t *Table) writeText(b *strings.Builder) {
	rows := make([][]string, 1, len(t.Rows)+1)
	for _, c := range t.Columns {
		rows[0] = append(rows[0], c.Head)
	}
	for _, r := range t.Rows {
		cells := make([]string, len(r.Cells))
		for i, c := range r.Cells {
			cells[i] = c.Text
		}
		rows = append(rows, cells)
	}
	widths := make([]int, len(t.Columns))
	for _, r := range rows {
		for i, c := range r {
			widths[i] = max(widths[i], utf8.RuneCountInString(c))
		}
	}
	if t.Title != "" {
		b.WriteString(t.Title + "\n")
	}
	for _, r := range rows {
		for i, c := range r {
			pad := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c))
			if t.Columns[i].Number {
				c = pad + c
			} else {
				c += pad
			}
			b.WriteString(c + " | ")
		}
		b.WriteString("\n")
	}
}

func (c *Chart) writeText(b *strings.Builder) {
	b.WriteString("[" + c.Title + "]\n")
	for i, label := range c.Labels {
		values := make([]string, len(c.Series))
		for j, s := range c.Series {
			values[j] = figures.Grouped(s.Values[i])
		}
		fmt.Fprintf(b, "  %s: %s\n", label, strings.Join(values, ", "))
	}
}

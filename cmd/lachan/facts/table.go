package facts

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"lachan/cmd/lachan/command"
	"lachan/internal/wording"
)

// A table is what people are shown, on a terminal or on a page.
type table struct {
	head []wording.Text
	rows [][]wording.Text
}

// same is a cell that reads alike in both languages.
func same(text string) wording.Text { return wording.Text{VI: text, EN: text} }

// print writes the table in columns.
func (t table) print(c command.Call) error {
	w := tabwriter.NewWriter(c.OutOrStdout(), 0, 0, 2, ' ', 0)
	for _, row := range append([][]wording.Text{t.head}, t.rows...) {
		for i, cell := range row {
			if i > 0 {
				fmt.Fprint(w, "\t")
			}
			fmt.Fprint(w, cell.In(c.Lang))
		}
		fmt.Fprintln(w)
	}
	return w.Flush()
}

// markdown writes the table for a page. The first column is what people type.
func (t table) markdown(l wording.Language) string {
	var b strings.Builder
	line := func(row []wording.Text, typed bool) {
		b.WriteString("|")
		for i, cell := range row {
			text := strings.ReplaceAll(cell.In(l), "|", `\|`)
			if i == 0 && typed {
				text = "`" + text + "`"
			}
			b.WriteString(" " + text + " |")
		}
		b.WriteString("\n")
	}
	line(t.head, false)
	b.WriteString("|" + strings.Repeat("---|", len(t.head)) + "\n")
	for _, row := range t.rows {
		line(row, true)
	}
	return b.String()
}

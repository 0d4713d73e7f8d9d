package evidence

import (
	"bytes"
	"encoding/csv"
	"strings"

	"lachan/internal/printable"
)

// A table is rows under heads, which spreadsheets and programs read.
type table struct {
	columns []string
	rows    [][]string
}

// mostCell bounds what is written in a cell, in characters.
const mostCell = 2000

func (t *table) row(cells ...string) {
	for i, c := range cells {
		cells[i] = harmless(printable.Line(c, mostCell))
	}
	t.rows = append(t.rows, cells)
}

// harmless is a text that no spreadsheet takes for a formula.
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// table adds a table. It begins with a byte order mark: without one spreadsheets take
// Vietnamese for something else.
func (m *maker) table(name, title, about string, t table) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	_ = w.Write(t.columns) // into memory
	_ = w.WriteAll(t.rows) // likewise
	m.add(name, title, about, b.Bytes())
}

func join(notes []string) string { return strings.Join(notes, "; ") }

func yes(is bool) string {
	if is {
		return "có"
	}
	return "không"
}

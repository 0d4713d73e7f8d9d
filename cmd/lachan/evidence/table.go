package evidence

import (
	"bytes"
	"encoding/csv"
	"strings"
	"unicode"

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

// formulas begin those of spreadsheets, of which some know the wide forms too.
const formulas = "=+-@＝＋－＠"

// harmless is a text that no spreadsheet takes for a formula: neither by its beginning nor, where
// a spreadsheet divides cells at semicolons or tabs as those of many countries do, after one.
func harmless(cell string) string {
	var b strings.Builder
	begins := true
	for _, c := range cell {
		if begins && strings.ContainsRune(formulas, c) {
			b.WriteByte('\'')
		}
		begins = c == ';' || c == '\t' || begins && unicode.IsSpace(c)
		b.WriteRune(c)
	}
	return b.String()
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

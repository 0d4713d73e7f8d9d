package format

import (
	"cmp"
	"encoding/xml"
	"slices"
	"strings"
)

// A merge is a block of cells that are shown as one. Only its first cell has a
// value; it counts for all of them.
type merge struct {
	column, row         int // of its first cell
	lastColumn, lastRow int
	value               string
}

// merges are the blocks of a sheet, in the order of their first rows.
type merges struct {
	coming []merge // that begin below the rows so far
	open   []merge // that the row in hand may be in
}

// maxMerges bounds the blocks of a sheet that are heeded.
const maxMerges = 100_000

// merges reads the blocks of a sheet, which stand behind its rows.
func (b *book) merges(s sheet) (*merges, error) {
	m := &merges{}
	err := b.elements(s.part, func(_ *xml.Decoder, e xml.StartElement) error {
		if e.Name.Local != "mergeCell" || len(m.coming) == maxMerges {
			return nil
		}
		first, last, _ := strings.Cut(attribute(e, "ref"), ":")
		c1, r1, ok1 := placeOf(first)
		c2, r2, ok2 := placeOf(last)
		if ok1 && ok2 && c1 <= c2 && r1 <= r2 && c1 < maxColumns {
			m.coming = append(m.coming, merge{column: c1, row: r1, lastColumn: min(c2, maxColumns-1), lastRow: r2})
		}
		return nil
	})
	slices.SortStableFunc(m.coming, func(a, b merge) int { return cmp.Compare(a.row, b.row) })
	return m, err
}

// fill gives the cells of a row the values of the blocks that they are in. Rows
// must come in order.
func (m *merges) fill(row int, cells []string) []string {
	m.open = slices.DeleteFunc(m.open, func(x merge) bool { return x.lastRow < row })
	for len(m.coming) > 0 && m.coming[0].row <= row {
		next := m.coming[0]
		m.coming = m.coming[1:]
		if next.row == row && next.column < len(cells) {
			next.value = cells[next.column]
			m.open = append(m.open, next)
		}
	}
	for _, x := range m.open {
		for column := x.column; column <= x.lastColumn && x.value != ""; column++ {
			for column >= len(cells) {
				cells = append(cells, "")
			}
			if cells[column] == "" {
				cells[column] = x.value
			}
		}
	}
	return cells
}

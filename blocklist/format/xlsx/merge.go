package xlsx

import (
	"cmp"
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

// merges are the blocks of a sheet.
type merges struct {
	coming []merge            // begin below the rows so far, in order
	open   [MaxColumns]*merge // by column: the one that the current row may be in
	width  int                // of those that were opened
}

// maxMerges bounds the blocks of a sheet that are read.
const maxMerges = 100_000

// merges reads the blocks of a sheet, which the file names after its rows.
func (b *Book) merges(s Sheet) (*merges, error) {
	m := &merges{}
	err := b.tags(s.part, func(t *tag) error {
		if t.name != "mergeCell" || !t.start || len(m.coming) == maxMerges {
			return nil
		}
		first, last, _ := strings.Cut(t.attribute("ref"), ":")
		c1, r1, ok1 := reference(first)
		c2, r2, ok2 := reference(last)
		if ok1 && ok2 && c1 <= c2 && r1 <= r2 && c1 < MaxColumns {
			m.coming = append(m.coming, merge{column: c1, row: r1, lastColumn: min(c2, MaxColumns-1), lastRow: r2})
		}
		return nil
	})
	slices.SortStableFunc(m.coming, func(a, b merge) int { return cmp.Compare(a.row, b.row) })
	return m, err
}

// fill gives the cells of a row the values of the blocks that they are in. Rows
// must come in order.
func (m *merges) fill(row int, cells []string) []string {
	for len(m.coming) > 0 && m.coming[0].row <= row {
		next := &m.coming[0]
		m.coming = m.coming[1:]
		if next.row < row || next.column >= len(cells) {
			continue // its first cell is empty
		}
		next.value = cells[next.column]
		for column := next.column; column <= next.lastColumn; column++ {
			m.open[column] = next
		}
		m.width = max(m.width, next.lastColumn+1)
	}
	for column := range m.width {
		block := m.open[column]
		if block == nil || block.lastRow < row || block.value == "" {
			continue
		}
		for column >= len(cells) {
			cells = append(cells, "")
		}
		if cells[column] == "" {
			cells[column] = block.value
		}
	}
	return cells
}

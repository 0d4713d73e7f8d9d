package xlsx

import (
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"lachan/metrics/report"
)

// firstRow is that of the heads, under the title of the sheet and a blank line.
const firstRow = 3

// sheet writes one table. Its heads are repeated on every printed page.
func (b *book) sheet(t named) error {
	if _, err := b.NewSheet(t.name); err != nil {
		return err
	}
	if err := b.SetDefinedName(&excelize.DefinedName{
		Name: "_xlnm.Print_Titles", Scope: t.name, RefersTo: fmt.Sprintf("'%s'!$%d:$%d", t.name, firstRow, firstRow),
	}); err != nil {
		return err
	}
	out, err := b.NewStreamWriter(t.name)
	if err != nil {
		return err
	}
	for i, c := range t.Columns {
		if err := out.SetColWidth(i+1, i+1, max(6, 7*c.Weight+4)); err != nil {
			return err
		}
	}
	if err := out.SetRow("A1", []any{excelize.Cell{StyleID: b.title, Value: t.title}}); err != nil {
		return err
	}
	head := make([]any, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = excelize.Cell{StyleID: b.head, Value: c.Head}
	}
	if err := out.SetRow(cellName(1, firstRow), head); err != nil {
		return err
	}
	sums := sums{}
	for i, row := range t.Rows {
		number := firstRow + 1 + i
		if err := out.SetRow(cellName(1, number), b.cells(row, number, &sums)); err != nil {
			return err
		}
	}
	return out.Flush()
}

// A sums knows which rows a sum is of.
type sums struct {
	since int      // the first plain row that no subtotal has summed; 0: none
	all   [][2]int // first and last of all plain rows that follow one another
}

func (b *book) cells(row report.TableRow, number int, s *sums) []any {
	if row.Kind == report.Plain {
		if s.since == 0 {
			s.since = number
			s.all = append(s.all, [2]int{number, number})
		}
		s.all[len(s.all)-1][1] = number
	}
	cells := make([]any, len(row.Cells))
	for i, c := range row.Cells {
		cells[i] = b.cell(c, row.Kind, s.formula(row.Kind, i+1))
	}
	if row.Kind == report.Subtotal {
		s.since = 0
	}
	return cells
}

// formula is the sum of a column, "" for rows that are none.
func (s *sums) formula(kind report.RowKind, column int) string {
	if len(s.all) == 0 || kind == report.Plain {
		return ""
	}
	of := s.all
	if kind == report.Subtotal {
		if of = s.all[len(s.all)-1:]; s.since == 0 {
			return "" // nothing stands above it
		}
	}
	ranges := make([]string, len(of))
	for i, r := range of {
		ranges[i] = cellName(column, r[0]) + ":" + cellName(column, r[1])
	}
	return "SUM(" + strings.Join(ranges, ",") + ")"
}

func (b *book) cell(c report.Cell, kind report.RowKind, sum string) excelize.Cell {
	text, whole, share := b.text, b.whole, b.share
	if kind != report.Plain {
		text, whole, share = b.boldText, b.boldWhole, b.boldShare
	}
	switch {
	case c.Value == nil && c.Adds:
		return excelize.Cell{StyleID: whole, Value: c.Text} // one of the signs
	case c.Value == nil:
		return excelize.Cell{StyleID: text, Value: c.Text}
	case c.Percent:
		return excelize.Cell{StyleID: share, Value: *c.Value}
	case c.Adds && sum != "":
		return excelize.Cell{StyleID: whole, Value: *c.Value, Formula: sum}
	}
	return excelize.Cell{StyleID: whole, Value: *c.Value}
}

func cellName(column, row int) string {
	name, _ := excelize.CoordinatesToCellName(column, row) // both are positive
	return name
}

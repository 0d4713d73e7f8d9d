package report

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"lachan/metrics/report/figures"
)

// tableBlock names a table, as the sheet of a workbook that holds it is called.
func tableBlock(name string, t *Table) Block {
	t.Name = name
	return Block{Kind: TableKind, Table: t}
}

// tables write the tables of the sections and of the annexes.
type tables struct{ *facts }

// categoriesTable has a subtotal for each class, so that adverts are never read
// as what pupils did. A report on a month names only what occurred.
func (ts *tables) categoriesTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Nhóm nội dung", 5, false},
		{"Số lượt bị chặn", 2, true},
		{"Tỷ lệ trong tổng số bị chặn", 2, true},
	}}
	n, sums := 0, map[figures.Class]figures.Figure{
		figures.Harmful:   ts.data.Total.Harmful,
		figures.Managed:   ts.data.Total.Managed,
		figures.Technical: ts.data.Total.Technical,
	}
	row := func(kind RowKind, no, name string, f figures.Figure) {
		t.Rows = append(
			t.Rows,
			TableRow{kind, []Cell{text(no), text(name), figure(f), ratio(figures.Share(f, ts.data.Total.Blocked))}},
		)
	}
	for class := range figures.Classes {
		for _, c := range ts.data.Categories {
			if c.Class == class && (!ts.isMonth() || c.Blocked.Value > 0 || !c.Blocked.Known()) {
				n++
				row(Plain, fmt.Sprint(n), c.Label, c.Blocked)
			}
		}
		row(
			Subtotal,
			"",
			[...]string{"Cộng nội dung gây hại", "Cộng nội dung cần quản lý", "Cộng kỹ thuật, quảng cáo"}[class],
			sums[class],
		)
	}
	row(Total, "", "Tổng số", ts.data.Total.Blocked)
	return t
}

// rowsTable is the figures of units, with their sum.
func (ts *tables) rowsTable(of string, rows []figures.Row) *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{of, 3.4, false},
		{"Số cơ sở", 1, true},
		{"Tổng số lượt truy vấn", 1.9, true},
		{"Số lượt bị chặn", 1.7, true},
		{"Nội dung gây hại", 1.5, true},
		{"Cần quản lý", 1.5, true},
		{"Kỹ thuật, quảng cáo", 1.6, true},
		{"Tỷ lệ được bảo vệ", 1.2, true},
	}}
	for i, r := range rows {
		t.Rows = append(
			t.Rows,
			TableRow{
				Cells: append(
					[]Cell{text(fmt.Sprint(i + 1)), text(r.Name), figure(r.Schools)},
					append(countCells(r.Counts), ratio(r.Coverage))...),
			},
		)
	}
	if n, sum := hiddenSum(rows); n > 0 {
		t.Rows = append(
			t.Rows,
			TableRow{
				Cells: append(
					[]Cell{text(""), text(fmt.Sprintf("Cộng %d đơn vị ẩn số liệu (*)", n)), text("")},
					append(countCells(sum), text(""))...),
			},
		)
	}
	total := append(
		[]Cell{text(""), text("Tổng số"), figure(ts.data.Coverage.Schools)},
		append(countCells(ts.data.Total), ratio(ts.data.Coverage.Time))...)
	t.Rows = append(t.Rows, TableRow{Total, total})
	return t
}

func countCells(c figures.Counts) []Cell {
	return []Cell{figure(c.Queries), figure(c.Blocked), figure(c.Harmful), figure(c.Managed), figure(c.Technical)}
}

// hiddenSum is the sum of the suppressed rows, so that the printed figures add up.
func hiddenSum(rows []figures.Row) (n int, sum figures.Counts) {
	for _, r := range rows {
		if r.Queries.Sign == figures.Suppressed {
			n++
			sum.Add(r.Hidden())
		}
	}
	return n, sum
}

func (ts *tables) levelsTable() *Table {
	t := &Table{Columns: []Column{
		{"TT", 0.3, false},
		{"Cấp học", 4, false},
		{"Số cơ sở giáo dục", 2, true},
		{"Số học sinh", 2, true},
	}}
	for i, r := range ts.data.Levels {
		t.Rows = append(
			t.Rows,
			TableRow{Cells: []Cell{text(fmt.Sprint(i + 1)), text(r.Name), figure(r.Schools), figure(r.Students)}},
		)
	}
	t.Rows = append(
		t.Rows,
		TableRow{Total, []Cell{text(""), text("Tổng số"), figure(ts.data.Coverage.Schools), figure(ts.data.Students())}},
	)
	return t
}

func (ts *tables) monthsTable() *Table {
	t := &Table{Columns: counted("Tháng")}
	for _, m := range ts.data.Months {
		t.Rows = append(t.Rows, TableRow{Cells: append([]Cell{text(m.Label)}, countCells(m.Counts)...)})
	}
	t.Rows = append(t.Rows, TableRow{Total, append([]Cell{text("Tổng số")}, countCells(ts.data.Total)...)})
	return t
}

// signed writes a change with its sign: +3,4%.
func signed(r figures.Ratio) Cell {
	c := ratio(r)
	if r.Known() && r.PerMille > 0 {
		c.Text = "+" + c.Text
	}
	return c
}

func pointer(f float64) *float64 { return &f }

func upperFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(first)) + s[size:]
}

func lowerFirst(s string) string {
	first, size := utf8.DecodeRuneInString(s)
	return string(unicode.ToLower(first)) + s[size:]
}

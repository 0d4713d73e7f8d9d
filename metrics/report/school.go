package report

import (
	"fmt"
	"time"

	"lachan/metrics/report/figures"
)

// What a report on one school has beside: its groups, its days and its hours.

// groupsTable tells pupils and teachers apart.
func (ts *tables) groupsTable() *Table {
	t := &Table{Columns: counted("Nhóm")}
	for _, g := range ts.data.Groups {
		t.Rows = append(t.Rows, TableRow{Cells: append([]Cell{text(g.Name)}, countCells(g.Counts)...)})
	}
	t.Rows = append(t.Rows, TableRow{Total, append([]Cell{text("Tổng số")}, countCells(ts.data.Total)...)})
	return t
}

// daysTable has each day of the period that is over.
func (ts *tables) daysTable() *Table {
	t := &Table{Columns: counted("Ngày")}
	var sum figures.Counts
	for _, d := range ts.data.Days {
		day := d.Day
		if at, err := time.Parse(time.DateOnly, d.Day); err == nil {
			day = figures.Date(at)
		}
		sum.Add(d.Counts)
		t.Rows = append(t.Rows, TableRow{Cells: append([]Cell{text(day)}, countCells(d.Counts)...)})
	}
	t.Rows = append(t.Rows, TableRow{Total, append([]Cell{text("Cộng các ngày trên")}, countCells(sum)...)})
	return t
}

// hours is what was blocked in each hour of the day.
func (a *annex) hours() []Block {
	h := a.data.Hours
	t := &Table{Columns: []Column{
		{"Giờ", 1.4, false},
		{contentName, 3, true},
		{technicalName, 3, true},
	}}
	content, technical := figures.Number(0), figures.Number(0)
	for hour, c := range h.Counts {
		content, technical = figures.Plus(content, c.Content), figures.Plus(technical, c.Technical)
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(fmt.Sprintf("%02d giờ - %02d giờ", hour, hour+1)), figure(c.Content), figure(c.Technical),
		}})
	}
	t.Rows = append(t.Rows, TableRow{Total, []Cell{text("Tổng số"), figure(content), figure(technical)}})
	return []Block{
		para("Số lượt bị chặn từ ngày %s đến hết ngày %s.", figures.Date(h.From), figures.Date(h.To.AddDate(0, 0, -1))),
		tableBlock("Theo giờ", t),
	}
}

// counted are the columns of a table of counts.
func counted(of string) []Column {
	return []Column{
		{of, 2.2, false},
		{"Tổng số lượt truy vấn", 2, true},
		{"Số lượt bị chặn", 2, true},
		{"Nội dung gây hại", 2, true},
		{"Cần quản lý", 2, true},
		{"Kỹ thuật, quảng cáo", 2, true},
	}
}

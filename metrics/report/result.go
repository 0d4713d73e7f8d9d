package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// results is section III.
func (w *writer) results() []Block {
	t := w.data.Total
	sum := para("Tổng số lượt truy vấn: %s; số lượt bị chặn: %s (%s). Trong đó: nội dung gây hại %s lượt, nội dung cần quản lý theo lứa tuổi và giờ học %s lượt; kỹ thuật, quảng cáo (do phần mềm tự gửi) %s lượt.%s",
		t.Queries, t.Blocked, Share(t.Blocked, t.Queries), t.Harmful, t.Managed, t.Technical, w.perThousand())
	if w.isMonth() {
		return []Block{sum}
	}
	blocks := []Block{heading("1. Tổng hợp"), sum, w.visits(), w.distinct(), heading("2. Theo nhóm nội dung"), tableBlock(w.categoriesTable())}
	if chart := w.categoriesChart(); chart != nil {
		blocks = append(blocks, Block{Kind: ChartKind, Chart: chart})
	}
	n := 3
	next := func(title string, b ...Block) {
		blocks = append(append(blocks, heading(fmt.Sprintf("%d. %s", n, title))), b...)
		n++
	}
	if w.unit.Rank != School {
		next("Theo cấp học", tableBlock(w.rowsTable("Cấp học", w.data.Levels)))
	}
	if w.unit.Rank == Operator {
		next("Theo tỉnh, thành phố", tableBlock(w.rowsTable("Tỉnh, thành phố", w.data.Provinces)))
	}
	if w.unit.Rank < Commune {
		next("Theo xã, phường, đặc khu", w.topCommunes()...)
	}
	next("Theo thời gian", w.times()...)
	next("So sánh kỳ trước và cùng kỳ", w.comparisons()...)
	next("Tên miền bị chặn nhiều nhất", w.topNames()...)
	return blocks
}

// perThousand is how much content was blocked for a thousand pupils.
func (w *writer) perThousand() string {
	pupils, content := w.pupils(), w.data.Total.Content()
	if !pupils.Known() || pupils.Value == 0 || !content.Known() {
		return fmt.Sprintf(" Số lượt chặn nội dung gây hại và nội dung cần quản lý trên 1.000 học sinh: %s.", Share(content, pupils))
	}
	return " Số lượt chặn nội dung gây hại và nội dung cần quản lý trên 1.000 học sinh: " + decimal((content.Value*10000+pupils.Value/2)/pupils.Value) + "."
}

// topCommunes are those with most harmful content; the annex has all.
func (w *writer) topCommunes() []Block {
	const most = 10
	rows := slices.Clone(w.data.Communes)
	if len(rows) <= most {
		return []Block{tableBlock(w.rowsTable("Xã, phường, đặc khu", rows))}
	}
	slices.SortStableFunc(rows, func(x, y Row) int { return cmp.Compare(y.Harmful.Value, x.Harmful.Value) })
	table := w.rowsTable("Xã, phường, đặc khu", rows[:most])
	table.Rows = table.Rows[:len(table.Rows)-1]
	table.Title = fmt.Sprintf("%d đơn vị có nhiều lượt chặn nội dung gây hại nhất trong %s đơn vị", most, grouped(int64(len(rows))))
	return []Block{tableBlock(table), para("Số liệu của từng đơn vị ở Phụ lục I.")}
}

// times is what was blocked by month and by hour.
func (w *writer) times() (blocks []Block) {
	if len(w.data.Months) > 1 && w.data.Total.Blocked.Known() {
		blocks = append(blocks, tableBlock(w.monthsTable()), Block{Kind: ChartKind, Chart: w.monthsChart()})
	}
	h := w.data.Hours
	if h == nil {
		return append(blocks, para("Theo giờ trong ngày: %s.", NoData))
	}
	content := plus(h.Lessons, h.Outside)
	return append(blocks,
		para("Từ ngày %s đến hết ngày %s, số lượt chặn nội dung gây hại và nội dung cần quản lý trong giờ học là %s (%s), ngoài giờ học là %s (%s). Số lượt bị chặn không xác định được giờ do gián đoạn số liệu: %s.",
			date(h.From), date(h.To.AddDate(0, 0, -1)), h.Lessons, Share(h.Lessons, content), h.Outside, Share(h.Outside, content), h.Unknown),
		Block{Kind: ChartKind, Chart: w.hoursChart()})
}

func (w *writer) comparisons() []Block {
	table := &Table{Columns: []Column{
		{"Chỉ tiêu", 3, false}, {"Kỳ này", 1.6, true},
	}}
	lines := []struct {
		name string
		of   func(Counts) Figure
		by   func(Comparison) Change
	}{
		{"Tổng số lượt truy vấn", func(c Counts) Figure { return c.Queries }, func(c Comparison) Change { return c.Queries }},
		{"Số lượt bị chặn", func(c Counts) Figure { return c.Blocked }, func(c Comparison) Change { return c.Blocked }},
		{"Nội dung gây hại", func(c Counts) Figure { return c.Harmful }, func(c Comparison) Change { return c.Harmful }},
	}
	for _, l := range lines {
		table.Rows = append(table.Rows, TableRow{Cells: []Cell{text(l.name), figure(l.of(w.data.Total))}})
	}
	var why []Block
	for _, c := range w.data.Compared {
		table.Columns = append(table.Columns, Column{c.Label, 2, true}, Column{"Tăng, giảm", 1.8, true})
		reasons := make(map[string][]string)
		for i, l := range lines {
			change := l.by(c)
			cell := signed(change.Ratio)
			if !change.Ratio.Known() {
				cell = text("không so sánh được")
				reasons[change.Why] = append(reasons[change.Why], lowerFirst(l.name))
			}
			table.Rows[i].Cells = append(table.Rows[i].Cells, figure(l.of(c.Counts)), cell)
		}
		for _, reason := range sortedKeys(reasons) {
			of := ""
			if len(reasons[reason]) < len(lines) {
				of = " về " + strings.Join(reasons[reason], "; ")
			}
			why = append(why, item(fmt.Sprintf("Không so sánh được với %s%s vì %s.", lowerFirst(c.Label), of, reason)))
		}
	}
	return append([]Block{tableBlock(table)}, why...)
}

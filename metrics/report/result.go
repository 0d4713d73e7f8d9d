package report

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"lachan/metrics/report/figures"
)

// results is the section on what was filtered and blocked.
type results struct{ tables }

func (r *results) blocks() []Block {
	t := r.data.Total
	sum := para("Tổng số lượt truy vấn: %s; số lượt bị chặn: %s (%s). Trong đó: nội dung gây hại %s lượt, "+
		"nội dung cần quản lý theo lứa tuổi và giờ học %s lượt; kỹ thuật, quảng cáo (do phần mềm tự gửi) "+
		"%s lượt.%s",
		t.Queries, t.Blocked, figures.Share(t.Blocked, t.Queries), t.Harmful, t.Managed, t.Technical, r.perThousand())
	if r.isMonth() {
		if len(r.data.Groups) > 1 {
			return []Block{sum, tableBlock("Theo nhóm người dùng", r.groupsTable())}
		}
		return []Block{sum}
	}
	blocks := []Block{
		heading("1. Tổng hợp"),
		sum,
		r.visits(),
		r.distinct(),
		heading("2. Theo nhóm nội dung"),
		tableBlock("Theo nhóm nội dung", r.categoriesTable()),
	}
	blocks = append(blocks, r.observed()...)
	if chart := categoriesChart(r.data); chart != nil {
		blocks = append(blocks, Block{Kind: ChartKind, Chart: chart})
	}
	n := 3
	next := func(title string, b ...Block) {
		blocks = append(append(blocks, heading(fmt.Sprintf("%d. %s", n, title))), b...)
		n++
	}
	if len(r.data.Groups) > 1 {
		next("Theo nhóm người dùng", tableBlock("Theo nhóm người dùng", r.groupsTable()))
	}
	if r.unit.Rank != figures.School {
		next("Theo cấp học", tableBlock("Theo cấp học", r.rowsTable("Cấp học", r.data.Levels)))
	}
	if r.unit.Rank == figures.Operator {
		next("Theo tỉnh, thành phố", tableBlock("Theo tỉnh, thành phố", r.rowsTable("Tỉnh, thành phố", r.data.Provinces)))
	}
	if r.unit.Rank < figures.Commune {
		next("Theo xã, phường, đặc khu", r.topCommunes()...)
	}
	next("Theo thời gian", r.times()...)
	next("So sánh kỳ trước và cùng kỳ", r.comparisons()...)
	next("Tên miền bị chặn nhiều nhất", r.topNames()...)
	return blocks
}

// perThousand is how much content was blocked for a thousand pupils.
func (r *results) perThousand() string {
	pupils, content := r.pupils(), r.data.Total.Content()
	if !pupils.Known() || pupils.Value == 0 || !content.Known() {
		return fmt.Sprintf(
			" Số lượt chặn nội dung gây hại và nội dung cần quản lý trên 1.000 học sinh: %s.",
			figures.Share(content, pupils),
		)
	}
	return " Số lượt chặn nội dung gây hại và nội dung cần quản lý trên 1.000 học sinh: " +
		figures.Decimal((content.Value*10000+pupils.Value/2)/pupils.Value) + "."
}

// topCommunes are those with most harmful content; the annex has all.
func (r *results) topCommunes() []Block {
	const most = 10
	rows := slices.Clone(r.data.Communes)
	if len(rows) <= most {
		return []Block{tableBlock("Theo xã, phường", r.rowsTable("Xã, phường, đặc khu", rows))}
	}
	slices.SortStableFunc(rows, func(x, y figures.Row) int { return cmp.Compare(y.Harmful.Value, x.Harmful.Value) })
	table := r.rowsTable("Xã, phường, đặc khu", rows[:most])
	table.Rows = table.Rows[:len(table.Rows)-1]
	table.Title = fmt.Sprintf(
		"%d đơn vị có nhiều lượt chặn nội dung gây hại nhất trong %s đơn vị",
		most,
		figures.Grouped(int64(len(rows))),
	)
	return []Block{tableBlock("Xã, phường nhiều lượt nhất", table), para("Số liệu của từng đơn vị ở Phụ lục I.")}
}

// times is what was blocked by month and by hour.
func (r *results) times() (blocks []Block) {
	if len(r.data.Months) > 1 && r.data.Total.Blocked.Known() {
		blocks = append(blocks, tableBlock("Theo tháng", r.monthsTable()), Block{Kind: ChartKind, Chart: monthsChart(r.data)})
	}
	h := r.data.Hours
	if h == nil {
		return append(blocks, para("Theo giờ trong ngày: %s.", figures.NoData))
	}
	content := figures.Plus(h.Lessons, h.Outside)
	return append(blocks,
		para(
			"Từ ngày %s đến hết ngày %s, số lượt chặn nội dung gây hại và nội dung cần quản lý trong giờ "+
				"học là %s (%s), ngoài giờ học là %s (%s). Số lượt bị chặn không xác định được giờ do gián "+
				"đoạn số liệu: %s.",
			figures.Date(h.From), figures.Date(h.To.AddDate(0, 0, -1)),
			h.Lessons, figures.Share(h.Lessons, content), h.Outside, figures.Share(h.Outside, content), h.Unknown,
		),
		Block{Kind: ChartKind, Chart: hoursChart(r.data)})
}

func (r *results) comparisons() []Block {
	table := &Table{Columns: []Column{
		{"Chỉ tiêu", 3, false}, {"Kỳ này", 1.6, true},
	}}
	lines := []struct {
		name string
		of   func(figures.Counts) figures.Figure
		by   func(figures.Comparison) figures.Change
	}{
		{
			"Tổng số lượt truy vấn",
			func(c figures.Counts) figures.Figure { return c.Queries },
			func(c figures.Comparison) figures.Change { return c.Queries },
		},
		{
			"Số lượt bị chặn",
			func(c figures.Counts) figures.Figure { return c.Blocked },
			func(c figures.Comparison) figures.Change { return c.Blocked },
		},
		{
			"Nội dung gây hại",
			func(c figures.Counts) figures.Figure { return c.Harmful },
			func(c figures.Comparison) figures.Change { return c.Harmful },
		},
	}
	for _, l := range lines {
		table.Rows = append(table.Rows, TableRow{Cells: []Cell{text(l.name), figure(l.of(r.data.Total))}})
	}
	var why []Block
	for _, c := range r.data.Compared {
		if c.Cited != "" {
			why = append(why, item(fmt.Sprintf("Số liệu của %s lấy từ báo cáo đã lập, mã băm %s.",
				lowerFirst(c.Label), c.Cited)))
		}
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
		for _, reason := range slices.Sorted(maps.Keys(reasons)) {
			of := ""
			if len(reasons[reason]) < len(lines) {
				of = " về " + strings.Join(reasons[reason], "; ")
			}
			why = append(why, item(fmt.Sprintf("Không so sánh được với %s%s vì %s.", lowerFirst(c.Label), of, reason)))
		}
	}
	return append([]Block{tableBlock("So sánh", table)}, why...)
}

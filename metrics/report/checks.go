package report

import "lachan/metrics/report/figures"

// checks is the section on tests of the filter.
func (b *body) checks() []Block {
	c := &b.data.Checks
	blocks := []Block{para("Số lượt tự kiểm tra bộ lọc: %s; đạt: %s; không đạt: %s; được chính sách cho phép "+
		"lúc kiểm tra: %s; số trường chưa kiểm tra: %s.", c.All, c.Passed, c.Failed, c.Allowed, c.Unchecked)}
	if len(c.Categories) > 0 {
		t := &Table{Columns: []Column{
			{"TT", 0.3, false},
			{"Nhóm nội dung", 5, false},
			{"Đạt", 1.2, true},
			{"Không đạt", 1.2, true},
			{"Được cho phép", 1.5, true},
		}}
		for i, n := range c.Categories {
			t.Rows = append(
				t.Rows,
				TableRow{
					Cells: []Cell{
						text(figures.Number(int64(i + 1)).String()),
						text(n.Label),
						figure(n.Passed),
						figure(n.Failed),
						figure(n.Allowed),
					},
				},
			)
		}
		blocks = append(blocks, tableBlock("Tự kiểm tra bộ lọc", t))
	}
	return append(
		append(blocks, para("Kết quả kiểm tra ngoài hệ thống do đơn vị tổng hợp:")),
		typed(b.spec.Typed.Checks)...)
}

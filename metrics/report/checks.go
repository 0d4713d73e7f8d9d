package report

import (
	"cmp"
	"fmt"
	"time"

	"lachan/metrics/report/figures"
)

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
	blocks = append(blocks, b.selfTests()...)
	return append(
		append(blocks, para("Kết quả kiểm tra ngoài hệ thống do đơn vị tổng hợp:")),
		typed(b.spec.Typed.Checks)...)
}

// mostFailures bounds the rows of the table of failed self-tests; the newest stay.
const mostFailures = 30

// selfTests are what the node found when it asked itself; none if it did not.
func (b *body) selfTests() []Block {
	c := b.beside.Tests
	if c == nil {
		return nil
	}
	empty := ""
	if len(c.Empty) > 0 {
		empty = fmt.Sprintf(" Nhóm nội dung phải chặn nhưng chưa có danh sách: %s.", few(c.Empty, 10))
	}
	blocks := []Block{para("Trước giờ học, máy chủ tự hỏi chính mình qua từng cửa phục vụ, với tư cách thiết bị của từng "+
		"trường và từng nhóm: %d ngày, %s câu hỏi; không đạt: %s câu hỏi, trong %d ngày.%s",
		c.Days, figures.Number(c.Questions), figures.Number(c.Failed), c.FailedDays, empty)}
	if len(c.Failures) == 0 {
		return blocks
	}
	t := &Table{Columns: []Column{
		{"Ngày", 1, false},
		{"Cửa", 1.6, false},
		{"Đơn vị", 2.4, false},
		{"Nhóm nội dung", 1.6, false},
		{"Tên thử", 1.6, false},
		{"Điều sai", 1.8, false},
		{"Số câu", 0.7, true},
	}}
	for _, f := range c.Failures[max(0, len(c.Failures)-mostFailures):] {
		day := f.Day
		if at, err := time.Parse(time.DateOnly, f.Day); err == nil {
			day = at.Format("02/01/2006")
		}
		unit := "không thuộc đơn vị nào"
		if f.Unit != "" {
			unit = b.place(f.Unit)
		}
		t.Rows = append(t.Rows, TableRow{Cells: []Cell{
			text(day), text(f.Door), text(unit), text(cmp.Or(f.Category, "không bao giờ chặn")),
			text(cmp.Or(f.Name, "không nêu")), text(wrongs[f.Kind]), figure(figures.Number(int64(f.Times))),
		}})
	}
	return append(blocks, tableBlock("Máy chủ tự kiểm tra không đạt", t))
}

// wrongs are what may be wrong with an answer to a test.
var wrongs = map[string]string{
	"let-past": "phải chặn mà được cho qua", "blocked": "không được chặn mà bị chặn",
	"other-unit": "bị coi là của đơn vị khác", "silent": "không trả lời", "untrusted": "chứng chỉ hết hạn hoặc của tên khác",
	"unheard": "không nhận ra câu hỏi của chính máy chủ",
}

package evidence

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"lachan/cmd/lachan/tested"
)

// Tests of the filter: those that schools made, and those that the server makes of itself.

// selfTests adds the tests of the filter that were counted.
func (m *maker) selfTests(context.Context) error {
	c := &m.Model.Data.Checks
	t := table{columns: []string{"Nhóm nội dung", "Đạt", "Không đạt", "Được chính sách cho phép lúc kiểm tra"}}
	for _, n := range c.Categories {
		t.row(cmp.Or(n.Label, n.Code, "–"), n.Passed.String(), n.Failed.String(), n.Allowed.String())
	}
	t.row("Tổng số", c.Passed.String(), c.Failed.String(), c.Allowed.String())
	t.row("Số trường chưa kiểm tra lần nào trong kỳ", c.Unchecked.String(), "", "")
	m.table("self-tests.csv", "Tự kiểm tra bộ lọc", "Số lần hỏi thử tên kiểm tra ở các trường trong kỳ, theo nhóm nội dung. "+
		"– là không có số liệu, không phải là 0.", t)
	return nil
}

// wrongAnswers are the kinds of wrong answers, as people read them.
var wrongAnswers = map[tested.Kind]string{
	tested.LetPast: "không chặn tên phải chặn", tested.Blocked: "chặn tên không bao giờ được chặn",
	tested.OtherUnit: "nhận nhầm sang đơn vị khác", tested.Silent: "không trả lời",
	tested.Untrusted: "chứng chỉ hết hạn hoặc của tên khác",
	tested.Unheard:   "không phải máy chủ này trả lời, hoặc bản cũ",
}

// nodeTests adds the tests that this server made of itself, a row each, and what failed in them for
// the units of the pack. The names that were asked, which are those of lists, stay out.
func (m *maker) nodeTests(context.Context) error {
	from, to := m.period.Start.Format(time.DateOnly), m.period.Last().Format(time.DateOnly)
	runs, err := tested.Read(tested.File(m.Config.StateDir), from, to)
	if err != nil {
		return err
	}
	all := table{columns: []string{
		"Ngày", "Bắt đầu", "Kết thúc", "Số câu hỏi", "Số đơn vị, nhóm", "Số chính sách", "Cửa vào", "Số câu sai",
		"Nhóm nội dung phải chặn mà không danh sách nào có tên",
	}}
	failed := table{columns: []string{"Ngày", "Sai thế nào", "Cửa vào", "Mã đơn vị", "Đơn vị", "Nhóm nội dung", "Số câu"}}
	for i := range runs {
		r := &runs[i]
		if !r.Ended.Before(m.At) {
			continue
		}
		all.row(r.Day, m.moment(r.Began), m.moment(r.Ended), fmt.Sprint(r.Questions), fmt.Sprint(r.Units),
			fmt.Sprint(r.Policies), strings.Join(r.Doors, "; "), fmt.Sprint(r.Failed), m.labels(r.Empty))
		for _, f := range r.Failures {
			// What is wrong for clients of no unit is so for those of any.
			if school, _, _ := strings.Cut(f.Unit, "/"); school == "" || m.holds(school) {
				failed.row(r.Day, cmp.Or(wrongAnswers[f.Kind], string(f.Kind)), f.Door, f.Unit, m.name(f.Unit),
					m.category(f.Category), fmt.Sprint(f.Times))
			}
		}
	}
	m.table("node-tests.csv", "Máy chủ tự kiểm tra", "Mỗi ngày học máy lập hồ sơ này tự hỏi mình qua mọi cửa, thay cho máy của từng "+
		"trường: một dòng một lần. Ngày học mà không có dòng là ngày không kiểm tra được.", all)
	m.table("node-test-failures.csv", "Máy chủ tự kiểm tra: câu trả lời sai", "Của đơn vị này và cấp dưới; hỏi lại sau hai giây vẫn sai mới ghi.",
		failed)
	return nil
}

// labels are what people call some categories.
func (s *speaker) labels(codes []string) string {
	var said []string
	for _, code := range codes {
		said = append(said, s.category(code))
	}
	return strings.Join(said, "; ")
}

package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"lachan/admin"
	"lachan/admin/request"
	"lachan/cmd/lachan/report"
	"lachan/metrics/report/figures"
)

// What people asked to be opened, and how long they waited.

// requests adds those that waited at any time of the period. It leaves out what people typed,
// and names that were not opened: such a name tells what one person looked for.
func (m *maker) requests(context.Context) error {
	var list []request.Request
	if dir := m.Config.RequestsDir(); exists(dir) {
		store, err := request.Open(dir)
		if err != nil {
			return err
		}
		if list, _, err = store.List(); err != nil { // `lachan requests` names the damaged ones
			return err
		}
	}
	slices.SortFunc(list, func(a, b request.Request) int {
		return cmp.Or(a.First.Compare(b.First), strings.Compare(a.ID, b.ID))
	})
	t := table{columns: []string{
		"Mã đơn vị", "Đơn vị", "Tên miền", "Nhóm nội dung", "Hỏi lần đầu (đến giờ)", "Trả lời lúc", "Kết quả", "Mở đến hết",
		"Quyết định số", "Chờ (giờ học)", "Quá mục tiêu",
	}}
	for i := range list {
		r := &list[i]
		answer := r.Answer
		if answer != nil && !answer.At.Before(m.At) {
			answer = nil // it came later
		}
		school, _, _ := strings.Cut(r.Unit, "/")
		if !m.holds(school) || !r.First.Before(m.At) || answer != nil && answer.At.Before(m.period.Start) {
			continue
		}
		end, name, result, until, record := m.At, string(figures.Suppressed), "đang chờ", "–", "–"
		at := time.Time{}
		if answer != nil {
			end, at = answer.At, answer.At
			result = cmp.Or(map[string]string{
				string(admin.Open): "đã mở", string(admin.Refuse): "từ chối", string(admin.Close): "đóng",
			}[answer.Outcome], "đã trả lời")
			until = m.moment(answer.Until)
			if answer.Record > 0 {
				record = fmt.Sprint(answer.Record)
			}
			if answer.Outcome == string(admin.Open) && answer.Record > 0 {
				name = r.Name // it stands in that decision
			}
		}
		spent := report.SchoolHours(m.Policy, r.Unit).Between(r.First, end)
		t.row(r.Unit, m.name(r.Unit), name, m.category(r.Category), m.moment(r.First), m.moment(at), result, until,
			record, clock(spent), yes(spent > request.UsualTarget))
	}
	m.table("requests.csv", "Yêu cầu mở chặn", "Yêu cầu chờ trong kỳ: hỏi lúc nào, trả lời lúc nào, kết quả. Lời người hỏi và lời trả lời "+
		"không có ở đây. Tên miền chỉ ghi khi đã mở bằng một quyết định (trong sổ đã có); * là tên miền ẩn vì có thể chỉ một người hỏi.", t)
	return nil
}

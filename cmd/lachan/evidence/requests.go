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
	"lachan/metrics/tally"
)

// What people asked to be opened, and how long they waited.

// requests adds those that waited at any time of the period. What somebody has typed stays out, and
// so does a name that nobody has opened: it tells what one person looked for.
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

// privacy adds how personal data is kept from being kept.
func (m *maker) privacy(context.Context) error {
	t := table{columns: []string{"Thiết lập", "Giá trị", "Từ", "Đến", "Ai quyết định", "Lý do", "Quyết định số"}}
	set := func(what, value string) { t.row(what, value, "", "", "", "", "") }
	set("Địa chỉ của người dùng được lưu", "không")
	set("Ghi nhật ký truy vấn (log.queries) lúc lập hồ sơ", string(m.Config.Log.Queries))
	set("Giữ số đếm (metrics.history)", fmt.Sprintf("%d ngày", int(time.Duration(m.Config.Metrics.History)/(24*time.Hour))))
	set("Tên miền chỉ được nêu khi ít nhất bấy nhiêu máy đã hỏi", fmt.Sprint(tally.Clients))
	set("của ít nhất bấy nhiêu trường", fmt.Sprint(tally.Schools))
	taps := report.TapsOf(m.Config, m.period)
	for _, tap := range taps {
		if tap.Begin.Before(m.At) && (tap.End.IsZero() || tap.End.After(m.period.Start)) {
			t.row("Chuyển câu hỏi và câu trả lời cho máy thu (dnstap)", "có", m.moment(tap.Begin), m.moment(tap.End),
				tap.First+", "+tap.Second, tap.Why, fmt.Sprint(tap.Seq))
		}
	}
	if len(taps) == 0 {
		set("Chuyển câu hỏi và câu trả lời cho máy thu (dnstap) trong kỳ", "không")
	}
	m.table("privacy.csv", "Bảo vệ dữ liệu cá nhân", "Những gì được giữ và bao lâu; ai đã cho chuyển câu hỏi đi nơi khác, khi nào, vì sao.", t)
	return nil
}

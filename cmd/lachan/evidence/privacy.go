package evidence

import (
	"context"
	"fmt"
	"time"

	"lachan/cmd/lachan/report"
	"lachan/metrics/tally"
)

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

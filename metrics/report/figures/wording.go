package figures

import (
	"fmt"
	"time"

	"lachan/internal/wording"
)

// Sentences about making a report. The report itself is Vietnamese alone and
// is in metrics/report.
var (
	textNoPeriod = wording.Text{
		VI: "không phải là kỳ báo cáo; hãy ghi năm 2026, 6 tháng 2026-H1, quý 2026-Q3, tháng 2026-10, kỳ báo cáo hành chính hc-2026-Q3 (từ ngày 15 đến ngày 14), năm báo cáo bc-2026, năm học 2025-2026, học kỳ 2025-2026-HK1, tuần 2026-W47, một ngày 20/11/2026, từ ngày đến ngày 2026-01-15..2026-11-20, hoặc hôm nay, tuần này, tháng trước, quý này, năm nay",
		EN: "is not a period; write a year 2026, a half 2026-H1, a quarter 2026-Q3, a month 2026-10, an administrative period hc-2026-Q3 (from the 15th to the 14th), a reporting year bc-2026, a school year 2025-2026, a term 2025-2026-HK1, a week 2026-W47, a day 2026-11-20, days 2026-01-15..2026-11-20, or today, this week, last month, this quarter, this year",
	}
	textBackwards = wording.Text{
		VI: "ngày cuối %s sớm hơn ngày đầu %s; hãy ghi ngày sớm hơn trước: %s",
		EN: "its last day %s is before its first day %s; write the earlier day first: %s",
	}
	textNoUnit = wording.Text{
		VI: "không có đơn vị này trong chính sách và trong số liệu của kỳ; hãy ghi mã đơn vị như trong policy.yaml, hoặc all cho toàn bộ các trường",
		EN: "neither the policy nor the figures of the period have this unit; write the id of a unit as in policy.yaml, or all for every school",
	}
)

// Why figures may still change.
var (
	textNotOver = wording.Text{
		VI: "Kỳ báo cáo chưa kết thúc: số liệu đến %s.",
		EN: "The period is not over: these are the figures up to %s.",
	}
	textNeverSent = wording.Text{
		VI: "Nút %s có trong danh sách nút nhưng chưa gửi số liệu nào.",
		EN: "The node %s is in the list of nodes and has never sent figures.",
	}
	textSentShort = wording.Text{
		VI: "Nút %s chưa gửi đủ số liệu của kỳ; đã có đến: %s.",
		EN: "The node %s has not sent all figures of the period; there are those up to: %s.",
	}
	textCountedAnew = wording.Text{
		VI: "Bộ đếm của nút %s bị mất trong kỳ và đếm lại từ đầu: số lượt của nút này là số tối thiểu.",
		EN: "The counters of the node %s were lost in the period and began anew: its figures are the least that there was.",
	}
)

// momentOf is a time in sentences of both languages; the zero one is none.
func momentOf(t time.Time) wording.Text {
	if t.IsZero() {
		return wording.Text{VI: string(NoData), EN: string(NoData)}
	}
	return wording.Text{VI: Moment(t), EN: t.Format("02/01/2006 15:04")}
}

// The words in Data are Vietnamese, as documents have them.

// InFull is the label with the days that it stands for.
func (p Period) InFull() string {
	if p.kind == between || p.kind == reportingYear || p.kind == week { // it has them already
		return p.Label
	}
	return p.Label + ", từ ngày " + Date(p.Start) + " đến hết ngày " + Date(p.Last())
}

// Date is a day as documents write it.
func Date(t time.Time) string { return t.Format("02/01/2006") }

// Moment is a time as documents write it.
func Moment(t time.Time) string { return t.Format("15 giờ 04, ngày 02/01/2006") }

// InWords is a length of time in words.
func InWords(d time.Duration) string {
	d = d.Round(time.Minute)
	hours, minutes := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case hours == 0:
		return fmt.Sprintf("%d phút", minutes)
	case minutes == 0:
		return fmt.Sprintf("%d giờ", hours)
	}
	return fmt.Sprintf("%d giờ %d phút", hours, minutes)
}

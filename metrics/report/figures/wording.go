package figures

import "lachan/internal/wording"

// Sentences about making a report. The report itself is Vietnamese alone and
// is in metrics/report.
var (
	textNoPeriod = wording.Text{
		VI: "không phải là kỳ báo cáo; hãy ghi năm 2026, 6 tháng 2026-H1, quý 2026-Q3, tháng 2026-10, kỳ báo cáo hành chính hc-2026-Q3 (từ ngày 15 đến ngày 14), năm học 2025-2026, học kỳ 2025-2026-HK1, hoặc từ ngày đến ngày 2026-01-15..2026-11-20",
		EN: "is not a period; write a year 2026, a half 2026-H1, a quarter 2026-Q3, a month 2026-10, an administrative period hc-2026-Q3 (from the 15th to the 14th), a school year 2025-2026, a term 2025-2026-HK1, or days 2026-01-15..2026-11-20",
	}
	textNoUnit = wording.Text{
		VI: "không có đơn vị này trong chính sách và trong số liệu của kỳ; hãy ghi mã đơn vị như trong policy.yaml, hoặc all cho toàn bộ các trường",
		EN: "neither the policy nor the figures of the period have this unit; write the id of a unit as in policy.yaml, or all for every school",
	}
)

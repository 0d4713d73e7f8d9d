package wording

// Sentences about making a report. The report itself is Vietnamese alone and
// stands in metrics/report.
var (
	ReportPeriod = Text{
		"không phải là kỳ báo cáo; hãy ghi năm 2026, 6 tháng 2026-H1, quý 2026-Q3, tháng 2026-10, kỳ báo cáo hành chính hc-2026-Q3 (từ ngày 15 đến ngày 14), năm học 2025-2026, học kỳ 2025-2026-HK1, hoặc từ ngày đến ngày 2026-01-15..2026-11-20",
		"is not a period; write a year 2026, a half 2026-H1, a quarter 2026-Q3, a month 2026-10, an administrative period hc-2026-Q3 (from the 15th to the 14th), a school year 2025-2026, a term 2025-2026-HK1, or days 2026-01-15..2026-11-20",
	}
	ReportNoUnit = Text{
		"không có đơn vị này trong chính sách và trong số liệu của kỳ; hãy ghi mã đơn vị như trong policy.yaml, hoặc all cho toàn bộ các trường",
		"neither the policy nor the figures of the period have this unit; write the id of a unit as in policy.yaml, or all for every school",
	}
)

// Sentences of `lachan report`.
var (
	CLIReport           = Text{"lập báo cáo của một đơn vị trong một kỳ", "make the report of a unit on a period"}
	CLIReportUnit       = Text{"mã đơn vị trong policy.yaml: trường, xã, tỉnh; all: mọi trường", "id of the unit in policy.yaml: school, commune, province; all: every school"}
	CLIReportPeriod     = Text{"kỳ báo cáo: 2026, 2026-H1, 2026-Q3, 2026-10, hc-2026-Q3 (kỳ hành chính), 2025-2026 (năm học), 2025-2026-HK1, TỪ..ĐẾN", "the period: 2026, 2026-H1, 2026-Q3, 2026-10, hc-2026-Q3 (administrative), 2025-2026 (school year), 2025-2026-HK1, FROM..TO"}
	CLIReportDocument   = Text{"chỉ báo cáo việc thực hiện văn bản có số này (mục IV); không cần --period", "report on the order of this number alone (section IV); --period may be left out"}
	CLIReportFormat     = Text{"pdf, docx, xlsx, html hoặc json; mặc định theo đuôi của --out, hoặc pdf", "pdf, docx, xlsx, html or json; default by the ending of --out, or pdf"}
	CLIReportOut        = Text{"tệp để ghi; mặc định bao-cao-ĐƠN_VỊ-KỲ.ĐUÔI; - là đầu ra chuẩn", "file to write; default bao-cao-UNIT-PERIOD.ENDING; - is standard output"}
	CLIReportTyped      = Text{"tệp phần do cán bộ điền; mặc định cùng tên với báo cáo, đuôi .yaml", "file with what the officer writes; default that of the report with the ending .yaml"}
	CLIReportNoUnit     = Text{"hãy cho biết đơn vị nào: --unit MÃ, hoặc --unit all cho mọi trường", "say which unit: --unit ID, or --unit all for every school"}
	CLIReportNoPeriod   = Text{"hãy cho biết kỳ nào: --period 2026-Q3", "say which period: --period 2026-Q3"}
	CLIReportNoDocument = Text{"máy này chưa áp dụng văn bản nào có số %q; các văn bản gần nhất: %s", "no order of the number %q came in force on this machine; the newest are: %s"}
	CLIReportNoFormat   = Text{"không có dạng %q; các dạng: %s", "there is no format %q; the formats are: %s"}
	CLIReportReading    = Text{"đang đọc số liệu, phần trăm", "reading figures, percent"}
	CLIReportDone       = Text{"đã lập báo cáo: %s", "the report is made: %s"}
	CLIReportDraft      = Text{"số liệu tạm thời: %s", "the figures are provisional: %s"}
	CLIReportTemplate   = Text{"đã tạo %s: hãy điền phần của cán bộ vào đó rồi chạy lại lệnh này", "%s is new: fill in what the officer has to say and run this again"}
	CLIReportFuture     = Text{"kỳ %s chưa bắt đầu", "period %s has not begun"}
	CLIReportNowhere    = Text{"không có số liệu: chưa có lịch sử trong %s, không máy chủ nào trả lời ở %s, và metrics.query_url để trống", "there are no figures: no history in %s, no server answers at %s, and metrics.query_url is not set"}
	CLIReportBusy       = Text{"không mở được lịch sử trong %s: %v; nếu máy chủ đang chạy, hãy đặt http.listen để lệnh này hỏi nó", "the history in %s cannot be opened: %v; if the server runs, set http.listen so that this command can ask it"}

	ReportSchedulePeriod = Text{"không có kỳ %q; các kỳ: month, quarter, half, year, hc-month, hc-quarter, hc-half, hc-year", "there is no period %q; the periods are: month, quarter, half, year, hc-month, hc-quarter, hc-half, hc-year"}
)

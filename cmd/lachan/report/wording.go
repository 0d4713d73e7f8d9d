package report

import "lachan/internal/wording"

// What the report command says.
var (
	textShort = wording.Text{
		VI: "lập báo cáo của một đơn vị trong một kỳ",
		EN: "make the report of a unit on a period",
	}
	textUnit = wording.Text{
		VI: "mã đơn vị trong policy.yaml: trường, xã, tỉnh; all: mọi trường",
		EN: "id of the unit in policy.yaml: school, commune, province; all: every school",
	}
	textPeriod = wording.Text{
		VI: "kỳ báo cáo: 2026, 2026-H1, 2026-Q3, 2026-10, hc-2026-Q3 (kỳ hành chính), bc-2026 (năm báo cáo), 2025-2026 (năm học), 2025-2026-HK1, 2026-W47 (tuần), 20/11/2026, TỪ..ĐẾN, tuần này, tháng trước ...",
		EN: "the period: 2026, 2026-H1, 2026-Q3, 2026-10, hc-2026-Q3 (administrative), bc-2026 (reporting year), 2025-2026 (school year), 2025-2026-HK1, 2026-W47, 2026-11-20, FROM..TO, this week, last month ...",
	}
	textDocument = wording.Text{
		VI: "chỉ báo cáo việc thực hiện văn bản có số này; không cần --period",
		EN: "report on the order of this number alone; --period may be left out",
	}
	textFormat = wording.Text{
		VI: "pdf, docx, xlsx, html hoặc json; mặc định theo đuôi của --out, hoặc pdf",
		EN: "pdf, docx, xlsx, html or json; default by the ending of --out, or pdf",
	}
	textOut = wording.Text{
		VI: "tệp để ghi; mặc định bao-cao-ĐƠN_VỊ-KỲ.ĐUÔI; - là đầu ra chuẩn",
		EN: "file to write; default bao-cao-UNIT-PERIOD.ENDING; - is standard output",
	}
	textTyped = wording.Text{
		VI: "tệp phần do cán bộ điền; mặc định cùng tên với báo cáo, đuôi .yaml",
		EN: "file with what the officer writes; default that of the report with the ending .yaml",
	}
	textNoPeriod = wording.Text{
		VI: "hãy cho biết kỳ nào: --period 2026-Q3",
		EN: "say which period: --period 2026-Q3",
	}
	textNoDocument = wording.Text{
		VI: "máy này chưa áp dụng văn bản nào có số %q; các văn bản gần nhất: %s",
		EN: "no order with the number %q came into force on this machine; the newest are: %s",
	}
	textVerify = wording.Text{
		VI: "không lập báo cáo, mà đối chiếu tệp này với số liệu: tính lại mã băm và so sánh",
		EN: "make no report, but hold this file against the figures: compute the hash again and compare",
	}
	textSealed = wording.Text{
		VI: "báo cáo của %s, kỳ %s, số liệu chốt lúc %s, mã băm %s",
		EN: "a report of %s on %s, with figures as of %s, hash %s",
	}
	textKeptSame = wording.Text{
		VI: "đúng: máy này giữ số liệu có mã băm ấy: %s lượt truy vấn, %s lượt bị chặn",
		EN: "right: this machine keeps the figures with that hash: %s queries, %s of them blocked",
	}
	textSameFigures = wording.Text{
		VI: "đúng: tính lại từ lịch sử cho cùng mã băm: %s lượt truy vấn, %s lượt bị chặn",
		EN: "right: computed again from the history the hash is the same: %s queries, %s of them blocked",
	}
	textOtherFigures = wording.Text{
		VI: "khác: tính lại từ lịch sử cho mã băm %s. Số liệu gửi muộn, báo cáo tạm thời, tên đơn vị đã đổi hoặc văn bản bị sửa đều gây khác; máy lập báo cáo giữ số liệu gốc trong state_dir/reports/figures",
		EN: "different: computed again from the history the hash is %s. Figures that came late, a report that was provisional, units that were renamed and a document that was changed all make it so; the machine that made the report keeps its figures in state_dir/reports/figures",
	}
	textNotAgain = wording.Text{
		VI: "không tính lại được số liệu của báo cáo này: %v",
		EN: "the figures of this report cannot be computed again: %v",
	}
	textNoSeal = wording.Text{
		VI: "%s không phải là báo cáo do chương trình này lập, hoặc mã băm trong thuộc tính của tệp đã bị xóa",
		EN: "%s is no report of this program, or the hash in its properties was removed",
	}
	textChanged = wording.Text{
		VI: "%s đã bị sửa: mã băm ghi trong tệp là %s, của số liệu trong tệp là %s",
		EN: "%s was changed: it states the hash %s, and that of the figures in it is %s",
	}
	textNotKept = wording.Text{
		VI: "không giữ được số liệu của báo cáo để so sánh về sau: %v",
		EN: "the figures of the report are not kept for comparing later: %v",
	}
	textReading = wording.Text{
		VI: "đang đọc số liệu, phần trăm",
		EN: "reading figures, percent",
	}
	textDone = wording.Text{
		VI: "đã lập báo cáo: %s",
		EN: "the report is made: %s",
	}
	textDraft = wording.Text{
		VI: "số liệu tạm thời: %s",
		EN: "the figures are provisional: %s",
	}
	textTemplate = wording.Text{
		VI: "đã tạo %s: hãy điền phần của cán bộ vào đó rồi chạy lại lệnh này",
		EN: "%s is new: fill in what the officer has to say and run this again",
	}
	textSigned = wording.Text{
		VI: "date: %q không phải là một ngày; hãy ghi như 25/11/2026, hoặc để trống",
		EN: "date: %q is no day; write it like 25/11/2026, or leave it empty",
	}
	textFuture = wording.Text{
		VI: "kỳ %s chưa bắt đầu",
		EN: "period %s has not begun",
	}
	textNowhere = wording.Text{
		VI: "không có số liệu: chưa có lịch sử trong %s, không máy chủ nào trả lời ở %s, và metrics.query_url để trống",
		EN: "there are no figures: no history in %s, no server answers at %s, and metrics.query_url is not set",
	}
	textNowhereOff = wording.Text{
		VI: "không có số liệu: chưa có lịch sử trong %s, còn http.listen và metrics.query_url để trống",
		EN: "there are no figures: no history in %s, and neither http.listen nor metrics.query_url is set",
	}
	textBusy = wording.Text{
		VI: "không mở được lịch sử trong %s: %v; nếu máy chủ đang chạy, hãy đặt http.listen để lệnh này hỏi nó",
		EN: "the history in %s cannot be opened: %v; if the server runs, set http.listen so that this command can ask it",
	}
)

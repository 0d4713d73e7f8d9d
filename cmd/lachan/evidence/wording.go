package evidence

import "lachan/internal/wording"

// What the commands say, and what is wrong with the contents of a pack.
var (
	textShort = wording.Text{
		VI: "lập hồ sơ chứng minh của một đơn vị trong một kỳ, để giao cho đoàn kiểm tra",
		EN: "make the evidence pack of a unit on a period, for an inspection",
	}
	textLong = wording.Text{
		VI: "Một tệp zip: báo cáo, độ đầy đủ của số liệu, văn bản theo từng nút, danh sách có hiệu lực từng ngày, ngoại lệ, yêu cầu mở chặn, tự kiểm tra, trích sổ quyết định có chữ ký, thiết lập về dữ liệu cá nhân, và mục lục. Khóa của sổ quyết định ký tất cả; cùng trạng thái thì cho cùng từng byte. Không có địa chỉ người dùng, không có tên miền dưới ngưỡng.",
		EN: "A zip: the report, coverage, orders by node, lists in force by day, exceptions, requests to open, self-tests, an extract of the ledger with its signatures, privacy settings, and an index in Vietnamese. The key of the ledger signs all of it; the same state gives the same bytes. It has no client's address and no name below the threshold.",
	}
	textUnit = wording.Text{
		VI: "mã đơn vị trong policy.yaml: trường, xã, tỉnh; all: mọi trường",
		EN: "id of the unit in policy.yaml: school, commune, province; all: every school",
	}
	textPeriod = wording.Text{
		VI: "kỳ, như của lachan report: 2026-Q3, 2026-10, bc-2026, TỪ..ĐẾN, tháng trước",
		EN: "the period, as of lachan report: 2026-Q3, 2026-10, bc-2026, FROM..TO, last month",
	}
	textOut = wording.Text{
		VI: "tệp để ghi; mặc định ho-so-ĐƠN_VỊ-KỲ.zip",
		EN: "file to write; default ho-so-UNIT-PERIOD.zip",
	}
	textAt = wording.Text{
		VI: "lập lại như lúc này, ví dụ as_of của một hồ sơ; mặc định: cuối kỳ, hoặc bây giờ nếu chưa hết kỳ",
		EN: "make it again as of this moment, such as as_of of a pack; default: the end of the period, or now if it is not over",
	}
	textNoUnit   = wording.Text{VI: "hãy cho biết đơn vị nào: --unit lao-cai, hoặc --unit all", EN: "say which unit: --unit lao-cai, or --unit all"}
	textNoMoment = wording.Text{VI: "%q không phải là một thời điểm đã qua; hãy ghi như 2026-11-30T10:00:00+07:00", EN: "%q is no moment that is over; write it as 2026-11-30T10:00:00+07:00"}
	textFuture   = wording.Text{VI: "%s chưa bắt đầu: chưa có gì để chứng minh", EN: "%s has not begun: there is nothing to show yet"}
	textTooEarly = wording.Text{VI: "lúc %s thì %s chưa bắt đầu", EN: "at %s %s had not begun"}
	textNotNoted = wording.Text{VI: "sổ quyết định không ghi việc lập hồ sơ này: %v", EN: "the ledger does not tell of this pack: %v"}
	textNoLedger = wording.Text{
		VI: "chưa có sổ quyết định để ký hồ sơ (%v); hãy chạy máy chủ ít nhất một lần: lachan serve",
		EN: "there is no ledger yet to sign a pack (%v); run the server at least once: lachan serve",
	}
	textLarge = wording.Text{VI: "hồ sơ chứng minh quá lớn; hãy chọn kỳ ngắn hơn hoặc đơn vị nhỏ hơn", EN: "the evidence pack is too large; choose a shorter period or a smaller unit"}
	textDraft = wording.Text{VI: "số liệu tạm thời: %s", EN: "provisional: %s"}
	textMade  = wording.Text{VI: "đã lập hồ sơ chứng minh: %s, SHA-256 %s", EN: "the evidence pack is made: %s, SHA-256 %s"}

	textVerify = wording.Text{
		VI: "kiểm tra một hồ sơ chứng minh, trên máy nào cũng được",
		EN: "verify an evidence pack, on any machine",
	}
	textVerifyLong = wording.Text{
		VI: "Không cần máy chủ và không cần mạng. Kiểm tra từng byte của tệp, niêm phong, chữ ký của từng quyết định trong phần trích sổ và mã băm của báo cáo; nếu có gì bị sửa, xóa, thêm hoặc đổi chỗ thì nêu tên tệp ở trong và kết thúc với mã 1.",
		EN: "It needs no server and no network. It checks every byte of the file, its seal, the signature of each record in the extract of the ledger, and the hash of the report; what was changed, taken away, added or moved is named, and it ends with status 1.",
	}
	textKey      = wording.Text{VI: "khóa công khai phải là khóa đã ký, ví dụ của phụ lục báo cáo", EN: "the public key that has to have signed, such as that of a report's annex"}
	textTooLarge = wording.Text{VI: "tệp có %d byte, hồ sơ chứng minh có nhiều nhất %d", EN: "the file has %d bytes, and an evidence pack at most %d"}
	textWhole    = wording.Text{
		VI: "hồ sơ còn nguyên: %s, kỳ %s, %d tệp, %d quyết định có chữ ký, đầu sổ là quyết định số %d",
		EN: "the pack is whole: %s, %s, %d files, %d signed records, the head of the ledger is record %d",
	}
	textWhose  = wording.Text{VI: "khóa đã ký: %s; hãy so với khóa ở phụ lục của báo cáo đã nộp", EN: "signed by the key %s; compare it with that in the annex of a report that was filed"}
	textBroken = wording.Text{VI: "hồ sơ không còn như khi lập: %s", EN: "the pack is not what it was: %s"}

	textOtherKey = wording.Text{VI: "khóa đã ký là %s, không phải khóa được nêu", EN: "the key that has signed is %s, not the one that was given"}
	textUnread   = wording.Text{VI: "không đọc được: %v", EN: "it cannot be read: %v"}
	textSealKey  = wording.Text{VI: "không có khóa đã ký niêm phong", EN: "it does not have the key of the seal"}
	textLine     = wording.Text{VI: "dòng %d: %v", EN: "line %d: %v"}
	textChain    = wording.Text{VI: "dòng %d, quyết định số %d: không nối tiếp dòng trước; có quyết định bị sửa, bị bỏ hoặc bị đổi chỗ", EN: "line %d, record %d: it does not follow the line before; a record was changed, left out or moved"}
	textBehind   = wording.Text{VI: "dòng %d, quyết định số %d: trái với đầu sổ đã ký, là số %d", EN: "line %d, record %d: it contradicts the signed head, which is record %d"}
	textNoEnd    = wording.Text{VI: "quyết định số %d đứng sau đầu sổ, là số %d", EN: "record %d is behind the head, which is record %d"}
	textNotWords = wording.Text{VI: "lời không phải là lời mà mã của nó nói", EN: "the words are not those of their digest"}
	textHash     = wording.Text{VI: "số liệu không có mã băm đã ghi", EN: "its figures do not have the hash that is stated"}
)

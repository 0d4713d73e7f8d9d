// Package watch is the pages that say how things stand: what waits, what was asked and
// decided, the lists, the documents of authorities, the reports.
package watch

import (
	"embed"

	"lachan/internal/wording"
)

// Pages are the templates of this room.
//
//go:embed *.html
var Pages embed.FS

// The sentences that pages are given; their own stand in the pages.

var (
	textHome             = wording.Text{VI: "Tổng quan", EN: "Overview"}
	textRequests         = wording.Text{VI: "Yêu cầu mở chặn", EN: "Requests to open"}
	textLists            = wording.Text{VI: "Danh sách", EN: "Lists"}
	textOrders           = wording.Text{VI: "Văn bản", EN: "Orders"}
	textReports          = wording.Text{VI: "Báo cáo", EN: "Reports"}
	textFigures          = wording.Text{VI: "Số liệu", EN: "Figures"}
	textToday            = wording.Text{VI: "Hôm nay", EN: "Today"}
	textYesterday        = wording.Text{VI: "Hôm qua", EN: "Yesterday"}
	textSevenDays        = wording.Text{VI: "7 ngày qua", EN: "Last 7 days"}
	textThirtyDays       = wording.Text{VI: "30 ngày qua", EN: "Last 30 days"}
	textMayNotFigures    = wording.Text{VI: "tài khoản này không được xem số liệu của đơn vị ấy", EN: "this account may not see figures of that unit"}
	textLedger           = wording.Text{VI: "Sổ quyết định", EN: "Ledger of decisions"}
	textNodes            = wording.Text{VI: "Máy chủ", EN: "Servers"}
	textLook             = wording.Text{VI: "Xem", EN: "Look"}
	textWaitingRequests  = wording.Text{VI: "Đang chờ", EN: "Waiting"}
	textAnsweredRequests = wording.Text{VI: "Đã trả lời", EN: "Answered"}
	textAskedBy          = wording.Text{VI: "%s hỏi (%d lần)", EN: "asked by %s (%d×)"}
	textAskedAgain       = wording.Text{VI: "Hỏi lại sau khi yêu cầu %s đã được trả lời.", EN: "Asked again after request %s was answered."}
	textClock            = wording.Text{VI: "còn %s học", EN: "%s of school left"}
	textLate             = wording.Text{VI: "quá %s học", EN: "%s of school late"}
	textHours            = wording.Text{VI: "%d giờ %02d phút", EN: "%d h %02d min"}
	textLockedBy         = wording.Text{VI: "khóa bởi %s: chỉ nơi khóa mới mở được", EN: "locked by %s: only that unit can open it"}
	textAnswerGiven      = wording.Text{VI: "%s, %s, %s. %s", EN: "%s, %s, %s. %s"}
	textSecondPerson     = wording.Text{VI: "Cần người thứ hai", EN: "A second person is needed"}
	textProposed         = wording.Text{VI: "%s đề nghị: %s %s, %s", EN: "%s proposes: %s %s, %s"}
	textCoverage         = wording.Text{VI: "có số liệu %d trên %d ngày", EN: "figures of %d of %d days"}
	textAllUnits         = wording.Text{VI: "mọi đơn vị", EN: "all units"}
	textMayNotVerify     = wording.Text{VI: "tài khoản này không được kiểm tra sổ", EN: "this account may not verify the ledger"}
	textMayNotReport     = wording.Text{VI: "tài khoản này không được đọc báo cáo của đơn vị ấy", EN: "this account may not read reports of that unit"}
	textMayNotTest       = wording.Text{VI: "tài khoản này không được thiết lập máy chủ, nên không cho máy tự kiểm tra được", EN: "this account may not set up the server, and so not have it test itself"}
	textMayNotProve      = wording.Text{VI: "tài khoản này không được xem sổ quyết định của đơn vị ấy, mà hồ sơ chứng minh có trích", EN: "this account may not read the ledger of that unit, of which an evidence pack has a part"}
	textNoReport         = wording.Text{VI: "không có báo cáo ấy: hãy gọi lại", EN: "that report is not there: ask for it again"}
	textDraft            = wording.Text{VI: "Báo cáo %s", EN: "Report: %s"}
	textReadAndWrite     = wording.Text{VI: "Xem và viết", EN: "Read and write"}
	textDue              = wording.Text{VI: "nộp trước hết ngày %s, còn %d ngày", EN: "due by the end of %s, %d days left"}
	textDueToday         = wording.Text{VI: "nộp trong hôm nay", EN: "due by the end of today"}
	textDueOver          = wording.Text{VI: "đã quá hạn %s", EN: "was due on %s"}
	textWordsMeanwhile   = wording.Text{VI: "người khác vừa ghi phần này; cả hai bản ở dưới, hãy sửa rồi ghi lại", EN: "somebody else has just written this part; both versions are below, change yours and save again"}
	textNotInForce       = wording.Text{VI: "chưa dùng được", EN: "not in force yet"}
	textJustNow          = wording.Text{VI: "vừa xong", EN: "just now"}
	textMinutesAgo       = wording.Text{VI: "%d phút trước", EN: "%d minutes ago"}
	textHoursAgo         = wording.Text{VI: "%d giờ trước", EN: "%d hours ago"}
	textDaysAgo          = wording.Text{VI: "%d ngày trước", EN: "%d days ago"}
	textInForceAfter     = wording.Text{VI: "sau %s", EN: "after %s"}
	textOrdersInTime     = wording.Text{VI: "%d văn bản, đều vào lực đúng hạn; %d đang chờ", EN: "Documents: %d, all in force in time; still waited for: %d"}
	textOrdersLate       = wording.Text{VI: "%d trên %d văn bản quá hạn", EN: "Documents that are late: %d of %d"}
	textAppeal           = wording.Text{VI: "Bị chặn theo văn bản %s; người hỏi cho là chặn nhầm", EN: "Blocked by the document %s; those who ask say it is a mistake"}
	textGoOn             = wording.Text{VI: "Đi tiếp đến vòng: %s", EN: "Go on to the ring: %s"}
	textHoldIn           = wording.Text{VI: "Dừng ở vòng: %s", EN: "Hold in the ring: %s"}
	textHeldList         = wording.Text{VI: "Danh sách %s có bản mới đang bị giữ lại", EN: "A new version of the list %s is held back"}
	textTryFirst         = wording.Text{VI: "hãy thử danh sách này trước, rồi mới dùng: kết quả thử được giữ một giờ", EN: "try this list first, then use it: what a trial finds is kept for an hour"}
	textManyUnits        = wording.Text{VI: "Thêm nhiều đơn vị bằng bảng", EN: "Add many units by a table"}
	textHandOver         = wording.Text{VI: "Giao bảng của một văn bản", EN: "Hand over the table of a document"}
	textOrderLate        = wording.Text{VI: "quá hạn %s", EN: "%s late"}
	textOrderLeft        = wording.Text{VI: "còn %s", EN: "%s left"}
)

// viaText is what people call the way in which somebody decided.
func viaText(via string) wording.Text {
	switch via {
	case "console":
		return wording.Text{VI: "trang này", EN: "console"}
	case "cli":
		return wording.Text{VI: "dòng lệnh", EN: "command"}
	case "api":
		return wording.Text{VI: "chương trình khác", EN: "API"}
	case "file":
		return wording.Text{VI: "tệp", EN: "file"}
	case "fleet":
		return wording.Text{VI: "các máy", EN: "fleet"}
	}
	return wording.Text{VI: via}
}

// verbText is what people call what a record does.
func verbText(what string) wording.Text {
	if text, known := verbs[what]; known {
		return text
	}
	return wording.Text{VI: what}
}

var verbs = map[string]wording.Text{
	"except":       {VI: "ngoại lệ", EN: "exception"},
	"withdraw":     {VI: "chấm dứt", EN: "withdrawal"},
	"undo":         {VI: "hoàn tác", EN: "undo"},
	"answer":       {VI: "trả lời", EN: "answer"},
	"reload":       {VI: "đọc lại tệp", EN: "files read again"},
	"watch-device": {VI: "xem thiết bị của mình 5 phút", EN: "own device watched for 5 minutes"},
	"hand-out":     {VI: "lập hồ sơ chứng minh", EN: "evidence pack handed out"},
	"propose":      {VI: "đề nghị", EN: "proposal"},
	"grant":        {VI: "giao quyền", EN: "grant"},
	"revoke":       {VI: "rút quyền", EN: "revocation"},
	"lock":         {VI: "khóa", EN: "lock"},
	"lift":         {VI: "mở khóa", EN: "lift"},
	"unit":         {VI: "đơn vị", EN: "unit"},
	"account":      {VI: "tài khoản", EN: "account"},
	"token":        {VI: "mã truy cập", EN: "token"},

	"reopen":  {VI: "mở lại yêu cầu", EN: "request reopened"},
	"decline": {VI: "bỏ đề nghị", EN: "proposal declined"}, "confirm": {VI: "xác nhận", EN: "confirmation"},
	"invite": {VI: "mời máy", EN: "server invited"}, "join": {VI: "máy gia nhập", EN: "server joined"},
	"remove-node": {VI: "bỏ máy", EN: "server removed"}, "publish": {VI: "phát hành", EN: "release"}, "carry": {VI: "chuyển danh sách", EN: "list handed on"},
	"reseed": {VI: "dựng lại sổ", EN: "ledger put together"}, "revoke-hub": {VI: "thu hồi máy trung tâm", EN: "hub revoked"},
	"release": {VI: "phát hành", EN: "release"},
	"advance": {VI: "đi tiếp", EN: "advance"}, "hold": {VI: "dừng", EN: "hold"}, "roll-back": {VI: "lùi về", EN: "roll back"},
	"use-list": {VI: "dùng danh sách", EN: "list used"}, "drop-list": {VI: "thôi dùng danh sách", EN: "list dropped"},
	"approve": {VI: "duyệt bản mới", EN: "version approved"}, "reject": {VI: "bỏ bản mới", EN: "version rejected"},
	"roll_back": {VI: "quay về bản trước", EN: "version before"},
	"hand-over": {VI: "giao bảng", EN: "table handed over"}, "take-back": {VI: "rút bảng", EN: "table taken back"},
	"words": {VI: "lời báo cáo", EN: "words of a report"}, "adopt": {VI: "nhận về đây", EN: "adoption"},
	"reset": {VI: "đặt lại tài khoản", EN: "account reset"}, "remove": {VI: "xóa", EN: "removal"},
	"end-token": {VI: "chấm dứt mã truy cập", EN: "token ended"}, "group": {VI: "nhóm", EN: "group"},
	"rule": {VI: "quy tắc", EN: "rules"}, "calendar": {VI: "lịch", EN: "calendar"},
	"profile": {VI: "hồ sơ lọc", EN: "profile"}, "timetable": {VI: "thời khóa biểu", EN: "timetable"},
	"set-unit": {VI: "đơn vị", EN: "unit"}, "remove-unit": {VI: "xóa đơn vị", EN: "unit removed"},
	"set-group": {VI: "nhóm", EN: "group"},
}

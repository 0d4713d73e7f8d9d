package console

import "lachan/internal/wording"

// The sentences that pages are given; their own stand in the pages.

var (
	textHome       = wording.Text{VI: "Tổng quan", EN: "Overview"}
	textLogin      = wording.Text{VI: "Đăng nhập", EN: "Log in"}
	textSecond     = wording.Text{VI: "Bước xác thực thứ hai", EN: "Second factor"}
	textInvited    = wording.Text{VI: "Đặt mật khẩu", EN: "Set a password"}
	textSchool     = wording.Text{VI: "Trường của bạn", EN: "Your school"}
	textFilter     = wording.Text{VI: "Những gì được lọc", EN: "What is filtered"}
	textDevices    = wording.Text{VI: "Thiết bị của trường", EN: "Devices of the school"}
	textAccount    = wording.Text{VI: "Tài khoản của tôi", EN: "My account"}
	textStart      = wording.Text{VI: "Bắt đầu", EN: "First start"}
	textRequests   = wording.Text{VI: "Yêu cầu mở chặn", EN: "Requests to open"}
	textExplain    = wording.Text{VI: "Giải thích", EN: "Explain"}
	textExceptions = wording.Text{VI: "Ngoại lệ", EN: "Exceptions"}
	textUnits      = wording.Text{VI: "Đơn vị", EN: "Units"}
	textLists      = wording.Text{VI: "Danh sách", EN: "Lists"}
	textOrders     = wording.Text{VI: "Văn bản", EN: "Orders"}
	textReports    = wording.Text{VI: "Báo cáo", EN: "Reports"}
	textLedger     = wording.Text{VI: "Sổ quyết định", EN: "Ledger of decisions"}
	textNotDone    = wording.Text{VI: "Chưa làm được", EN: "This was not done"}
	textNotFound   = wording.Text{VI: "Không có trang này", EN: "There is no such page"}
)

var (
	textNoPage    = wording.Text{VI: "không có trang này, hoặc tài khoản của bạn không xem được", EN: "there is no such page, or your account may not see it"}
	textForm      = wording.Text{VI: "không đọc được mẫu đã gửi; hãy tải lại trang và làm lại", EN: "the form could not be read; load the page again and repeat"}
	textBroken    = wording.Text{VI: "Không dựng được trang này; xem nhật ký của máy chủ.", EN: "The page could not be made; see the server's log."}
	textHost      = wording.Text{VI: "máy chủ này không mang tên %q; thêm tên vào console.names trong lachan.yaml", EN: "this server is not called %q; add the name to console.names in lachan.yaml"}
	textCrossSite = wording.Text{VI: "yêu cầu đến từ một trang khác nên không được nhận", EN: "the request comes from another site and is not taken"}
	textSaved     = wording.Text{VI: "Đã ghi: quyết định số %s, có hiệu lực ngay.", EN: "Saved: decision %s, in force at once."}
	textWaiting   = wording.Text{VI: "Đã ghi đề nghị số %s: cần người thứ hai xác nhận trong 72 giờ.", EN: "Proposal %s is saved: a second person has to confirm it within 72 hours."}
	textPlace     = wording.Text{VI: "Ghi tại: %s", EN: "Written in: %s"}
	textWhoMay    = wording.Text{VI: "Làm được: %s của %s", EN: "Who may: %s of %s"}
	textLook      = wording.Text{VI: "Xem", EN: "Look"}
)

var (
	textSchoolName       = wording.Text{VI: "hãy ghi tên trường", EN: "write the name of the school"}
	textFirstSchool      = wording.Text{VI: "thiết lập lần đầu", EN: "first start"}
	textHowManyNames     = wording.Text{VI: "hãy ghi từ 1 đến %d tên, mỗi dòng một tên", EN: "write 1 to %d names, one a line"}
	textWaitingRequests  = wording.Text{VI: "Đang chờ", EN: "Waiting"}
	textAnsweredRequests = wording.Text{VI: "Đã trả lời", EN: "Answered"}
	textAskedBy          = wording.Text{VI: "%s hỏi (%d lần)", EN: "asked by %s (%d times)"}
	textClock            = wording.Text{VI: "còn %s học", EN: "%s of school left"}
	textLate             = wording.Text{VI: "quá %s học", EN: "%s of school late"}
	textHours            = wording.Text{VI: "%d giờ %02d phút", EN: "%d h %02d min"}
	textLockedBy         = wording.Text{VI: "khóa bởi %s: chỉ nơi khóa mới mở được", EN: "locked by %s: only that unit can open it"}
	textAnswerGiven      = wording.Text{VI: "%s, %s, %s. %s", EN: "%s, %s, %s. %s"}
	textSecondPerson     = wording.Text{VI: "Cần người thứ hai", EN: "A second person is needed"}
	textProposed         = wording.Text{VI: "%s đề nghị: %s %s, %s", EN: "%s proposes: %s %s, %s"}
	textCoverage         = wording.Text{VI: "có số liệu %d trên %d ngày", EN: "figures of %d of %d days"}
)

var (
	textNoLessons    = wording.Text{VI: "Ngoài giờ học", EN: "Outside lessons"}
	textInLessons    = wording.Text{VI: "Đang trong giờ học", EN: "Lessons are held"}
	textHomeConsole  = wording.Text{VI: "bảng điều khiển này", EN: "this console"}
	textHomeFile     = wording.Text{VI: "%s (sửa trong tệp ấy)", EN: "%s (it is changed there)"}
	textMayNotVerify = wording.Text{VI: "tài khoản này không được kiểm tra sổ", EN: "this account may not verify the ledger"}
	textMayNotReport = wording.Text{VI: "tài khoản này không được đọc báo cáo của đơn vị ấy", EN: "this account may not read reports of that unit"}
	textNotInForce   = wording.Text{VI: "chưa dùng được", EN: "not in force yet"}
	textMinutesAgo   = wording.Text{VI: "%d phút trước", EN: "%d minutes ago"}
	textHoursAgo     = wording.Text{VI: "%d giờ trước", EN: "%d hours ago"}
	textDaysAgo      = wording.Text{VI: "%d ngày trước", EN: "%d days ago"}
	textInForceAfter = wording.Text{VI: "sau %s", EN: "after %s"}
	textOrderLate    = wording.Text{VI: "quá hạn %s", EN: "%s late"}
	textOrderLeft    = wording.Text{VI: "còn %s", EN: "%s left"}
)

// kindText is what people call a kind of unit.
func kindText(kind string) wording.Text {
	switch kind {
	case "province":
		return wording.Text{VI: "tỉnh", EN: "province"}
	case "commune":
		return wording.Text{VI: "xã, phường", EN: "commune"}
	case "school":
		return wording.Text{VI: "trường", EN: "school"}
	case "group":
		return wording.Text{VI: "nhóm", EN: "group"}
	}
	return wording.Text{VI: kind}
}

// layerText is what people call a step of an explanation.
func layerText(layer string) wording.Text {
	switch layer {
	case "client":
		return wording.Text{VI: "Ai hỏi", EN: "Client"}
	case "name":
		return wording.Text{VI: "Tên", EN: "Name"}
	case "lock", "category-lock":
		return wording.Text{VI: "Khóa", EN: "Lock"}
	case "core":
		return wording.Text{VI: "Không bao giờ chặn", EN: "Never blocked"}
	case "own":
		return wording.Text{VI: "Của đơn vị", EN: "Own entries"}
	case "profile":
		return wording.Text{VI: "Hồ sơ và lịch", EN: "Profile and timetable"}
	case "default":
		return wording.Text{VI: "Mặc định", EN: "Default"}
	}
	return wording.Text{VI: layer}
}

// verbText is what people call what a record does.
func verbText(what string) wording.Text {
	if text, known := verbs[what]; known {
		return text
	}
	return wording.Text{VI: what}
}

var verbs = map[string]wording.Text{
	"except":   {VI: "ngoại lệ", EN: "exception"},
	"withdraw": {VI: "chấm dứt", EN: "withdrawal"},
	"undo":     {VI: "hoàn tác", EN: "undo"},
	"answer":   {VI: "trả lời", EN: "answer"},
	"reload":   {VI: "đọc lại tệp", EN: "files read again"},
	"propose":  {VI: "đề nghị", EN: "proposal"},
	"grant":    {VI: "giao quyền", EN: "grant"},
	"revoke":   {VI: "rút quyền", EN: "revocation"},
	"lock":     {VI: "khóa", EN: "lock"},
	"lift":     {VI: "mở khóa", EN: "lift"},
	"unit":     {VI: "đơn vị", EN: "unit"},
	"account":  {VI: "tài khoản", EN: "account"},
	"token":    {VI: "mã truy cập", EN: "token"},
}

package frame

import "lachan/internal/wording"

// The sentences that pages are given; their own stand in the pages.

var (
	textNotDone  = wording.Text{VI: "Chưa làm được", EN: "This was not done"}
	textNotFound = wording.Text{VI: "Không có trang này", EN: "There is no such page"}
)

// TextNoPage says that there is no such page; TextForm that a form could not be read.
var (
	TextNoPage = wording.Text{VI: "không có trang này, hoặc tài khoản của bạn không xem được", EN: "there is no such page, or your account may not see it"}
	TextForm   = wording.Text{VI: "không đọc được mẫu đã gửi; hãy tải lại trang và làm lại", EN: "the form could not be read; load the page again and repeat"}
)

var (
	textBroken     = wording.Text{VI: "Không dựng được trang này; xem nhật ký của máy chủ.", EN: "The page could not be made; see the server's log."}
	textHost       = wording.Text{VI: "máy chủ này không mang tên %q; thêm tên vào console.names trong lachan.yaml", EN: "this server is not called %q; add the name to console.names in lachan.yaml"}
	textCrossSite  = wording.Text{VI: "yêu cầu đến từ một trang khác nên không được nhận", EN: "the request comes from another site and is not taken"}
	textSaved      = wording.Text{VI: "Đã ghi: quyết định số %s, có hiệu lực ngay.", EN: "Saved: decision %s, in force at once."}
	textWaiting    = wording.Text{VI: "Đã ghi đề nghị số %s: cần người thứ hai xác nhận trong 72 giờ.", EN: "Proposal %s is saved: a second person has to confirm it within 72 hours."}
	textAllOthers  = wording.Text{VI: "mọi trang không được liệt kê", EN: "all sites that are not listed"}
	textUnclaimed  = wording.Text{VI: "thiết bị không thuộc đơn vị nào", EN: "devices that belong to no unit"}
	textEverything = wording.Text{VI: "toàn bộ", EN: "everything"}
	textPlace      = wording.Text{VI: "Ghi tại: %s", EN: "Written in: %s"}
	textWhoMay     = wording.Text{VI: "Làm được: %s của %s", EN: "Who may: %s of %s"}
)

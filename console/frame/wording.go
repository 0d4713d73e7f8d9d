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

// What records are about, and what they set.
var (
	textOnMachine = wording.Text{VI: "người quản trị máy (uid %s)", EN: "administrator of the machine (uid %s)"}
	textOpens     = wording.Text{VI: "mở %s", EN: "allow %s"}
	textBlocks    = wording.Text{VI: "chặn %s", EN: "block %s"}
	textIsRole    = wording.Text{VI: "%s là %s", EN: "%s as %s"}
	textFiles     = wording.Text{VI: "các tệp chính sách", EN: "the files of the policy"}
	textHeldRing  = wording.Text{VI: "bản đang dừng", EN: "the release that is held"}
	textRing      = wording.Text{VI: "vòng %s", EN: "ring %s"}
	textPart      = wording.Text{VI: "%s · %s", EN: "%s · %s"}
	textValue     = wording.Text{VI: "nội dung", EN: "content"}
	textYes       = wording.Text{VI: "có", EN: "yes"}
	textNo        = wording.Text{VI: "không", EN: "no"}
)

// fields are what people call what a record sets.
var fields = map[string]wording.Text{
	"name": {VI: "tên", EN: "name"}, "kind": {VI: "loại", EN: "kind"}, "level": {VI: "cấp học", EN: "level"},
	"parent": {VI: "thuộc", EN: "below"}, "networks": {VI: "mạng", EN: "networks"}, "code": {VI: "mã", EN: "code"},
	"students": {VI: "số học sinh", EN: "pupils"}, "profile": {VI: "hồ sơ lọc", EN: "profile"}, "type": {VI: "loại hình", EN: "type"},
	"lock": {VI: "khóa", EN: "locks"}, "rules": {VI: "quy tắc", EN: "rules"}, "allow": {VI: "cho phép", EN: "allowed"},
	"block": {VI: "chặn", EN: "blocked"}, "groups": {VI: "nhóm", EN: "groups"}, "calendar": {VI: "lịch", EN: "calendar"},
	"contact": {VI: "liên hệ", EN: "contact"}, "devices": {VI: "thiết bị", EN: "devices"}, "links": {VI: "đường truyền", EN: "links"},
	"language": {VI: "ngôn ngữ", EN: "language"}, "notify": {VI: "báo tin", EN: "notices"}, "mail": {VI: "thư điện tử", EN: "mail"},
	"webhook": {VI: "địa chỉ nhận tin", EN: "webhook"}, "account": {VI: "tài khoản", EN: "account"}, "scopes": {VI: "quyền", EN: "rights"},
	"unit": {VI: "đơn vị", EN: "unit"}, "until": {VI: "đến hết", EN: "until"}, "from": {VI: "từ", EN: "from"},
	"answer": {VI: "trả lời", EN: "answer"}, "at": {VI: "chuyển đến", EN: "sent to"}, "url": {VI: "địa chỉ", EN: "address"},
	"format": {VI: "định dạng", EN: "format"}, "category": {VI: "nhóm nội dung", EN: "category"}, "text": {VI: "lời", EN: "words"},
	"version": {VI: "bản số", EN: "version"}, "file": {VI: "tệp", EN: "file"}, "terms": {VI: "học kỳ", EN: "terms"},
	"holidays": {VI: "nghỉ", EN: "holidays"}, "exams": {VI: "thi", EN: "examinations"}, "make_up": {VI: "học bù", EN: "make-up days"},
	"code_by": {VI: "người cấp mã", EN: "code given by"}, "code_at": {VI: "cấp mã lúc", EN: "code given at"},
	"by": {VI: "người đề nghị", EN: "proposed by"}, "area": {VI: "khu vực", EN: "area"}, "joined": {VI: "gia nhập lúc", EN: "joined at"},
	"release": {VI: "bản", EN: "release"}, "ring": {VI: "vòng", EN: "ring"}, "approve": {VI: "bản được duyệt", EN: "approved version"},
	"reject": {VI: "bản bị bỏ", EN: "rejected version"}, "roll_back": {VI: "quay về bản", EN: "back to version"},
}

// codes are words of values that people read otherwise.
var codes = map[string]wording.Text{
	"both": {VI: "Việt và Anh", EN: "Vietnamese and English"}, "vi": {VI: "tiếng Việt", EN: "Vietnamese"}, "en": {VI: "tiếng Anh", EN: "English"},
	"never": {VI: "không", EN: "never"}, "daily": {VI: "mỗi ngày", EN: "daily"}, "hourly": {VI: "mỗi giờ", EN: "hourly"}, "once": {VI: "ngay", EN: "at once"},
	"open": {VI: "mở", EN: "open"}, "refuse": {VI: "từ chối", EN: "refuse"}, "up": {VI: "chuyển lên", EN: "send up"},
	"authority": {VI: "chuyển cơ quan", EN: "to the authority"}, "close": {VI: "đóng", EN: "close"},
	"province": {VI: "tỉnh", EN: "province"}, "commune": {VI: "xã, phường", EN: "commune"}, "school": {VI: "trường", EN: "school"}, "group": {VI: "nhóm", EN: "group"},
}

// Package schools is the pages about units: what holds for each, why, and what was opened
// or closed for it.
package schools

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
	textLeft              = wording.Text{VI: "%d phút %02d giây", EN: "%d min %02d s"}
	textExplain           = wording.Text{VI: "Giải thích", EN: "Explain"}
	textExceptions        = wording.Text{VI: "Ngoại lệ", EN: "Exceptions"}
	textUnits             = wording.Text{VI: "Đơn vị", EN: "Units"}
	textHowManyNames      = wording.Text{VI: "hãy ghi từ 1 đến %d tên, mỗi dòng một tên", EN: "write 1 to %d names, one a line"}
	textAdd               = wording.Text{VI: "Thêm đơn vị", EN: "Add a unit"}
	textEdit              = wording.Text{VI: "Sửa %s", EN: "Change %s"}
	textUnitName          = wording.Text{VI: "hãy ghi tên đơn vị", EN: "write the name of the unit"}
	textIDTaken           = wording.Text{VI: "đã có đơn vị mang mã %q; hãy ghi mã khác", EN: "there is a unit with the id %q; write another id"}
	textSavedMeanwhile    = wording.Text{VI: "người khác đã ghi đơn vị này trong khi bạn sửa; hãy xem cả hai bản", EN: "somebody else saved this unit while you were editing; look at both versions"}
	textMayNotEdit        = wording.Text{VI: "tài khoản này không được sửa đơn vị ấy", EN: "this account may not change that unit"}
	textInFile            = wording.Text{VI: "đơn vị này viết trong tệp: hãy sửa trong tệp ấy", EN: "this unit is written in a file: change it there"}
	textFieldName         = wording.Text{VI: "Tên", EN: "Name"}
	textFieldKind         = wording.Text{VI: "Loại", EN: "Kind"}
	textFieldParent       = wording.Text{VI: "Thuộc đơn vị", EN: "Belongs to"}
	textFieldLevel        = wording.Text{VI: "Cấp học", EN: "Level"}
	textFieldCode         = wording.Text{VI: "Mã trường", EN: "School code"}
	textFieldProfile      = wording.Text{VI: "Hồ sơ lọc", EN: "Profile"}
	textFieldNetworks     = wording.Text{VI: "Mạng", EN: "Networks"}
	textCalendar          = wording.Text{VI: "Lịch: %s", EN: "Calendar: %s"}
	textAllUnits          = wording.Text{VI: "lịch chung", EN: "common calendar"}
	textOfSchool          = wording.Text{VI: "trường của nhóm: nhóm theo lịch của trường", EN: "the school of the group: a group has the calendar of its school"}
	textDay               = wording.Text{VI: "hãy ghi ngày đầu, ví dụ 21/12/2026", EN: "write the first day, such as 21/12/2026"}
	textCalendarMeanwhile = wording.Text{VI: "người khác đã ghi lịch này trong khi bạn sửa: bản đã ghi ở bảng Năm học, phần của bạn ở mẫu bên dưới; bấm Ghi để thêm vào bản ấy", EN: "somebody else saved this calendar while you were editing: theirs is the table of the school year, yours the form below; press Save to add it to theirs"}
	textTable             = wording.Text{VI: "Thêm nhiều đơn vị bằng bảng", EN: "Add many units by a table"}
	textAdopt             = wording.Text{VI: "Nhận %s về đây", EN: "Adopt %s"}
	textRules             = wording.Text{VI: "Quy tắc của %s", EN: "Rules of %s"}
	textRulesMeanwhile    = wording.Text{VI: "người khác đã ghi đơn vị này trong khi bạn sửa: quy tắc đã ghi ở bảng, phần của bạn ở mẫu bên dưới; bấm Ghi để thêm vào", EN: "somebody else saved this unit while you were editing: the saved rules are in the table, yours is in the form below; press Save to add it"}
	textProfile           = wording.Text{VI: "Hồ sơ lọc %s", EN: "Profile %s"}
	textNewProfile        = wording.Text{VI: "Hồ sơ lọc mới", EN: "A new profile"}
	textBaseInFile        = wording.Text{VI: "hồ sơ này dựa trên hồ sơ %q, không phải hồ sơ có sẵn: hãy sửa trong tệp chính sách", EN: "this profile begins with profile %q, which is not a ready-made one: change it in the file of the policy"}
	textProfileMeanwhile  = wording.Text{VI: "người khác đã ghi hồ sơ này trong khi bạn sửa; hãy xem cả hai bản", EN: "somebody else saved this profile while you were editing; look at both versions"}
	textHeldAlways        = wording.Text{VI: "luôn chặn", EN: "always blocked"}
	textHeldLessons       = wording.Text{VI: "chặn trong giờ học", EN: "blocked in lessons"}
	textHeldOutside       = wording.Text{VI: "chặn ngoài giờ học", EN: "blocked outside lessons"}
	textHeldNever         = wording.Text{VI: "mở", EN: "open"}
	textFieldReply        = wording.Text{VI: "Trả lời khi chặn", EN: "Answer when blocked"}
	textFieldSafeSearch   = wording.Text{VI: "Tìm kiếm an toàn", EN: "Safe search"}
	textFieldYouTube      = wording.Text{VI: "YouTube", EN: "YouTube"}
	textAsBase            = wording.Text{VI: "như hồ sơ gốc", EN: "as the profile it begins with"}
	textReplyNXDomain     = wording.Text{VI: "báo tên không tồn tại", EN: "the name does not exist"}
	textReplyPage         = wording.Text{VI: "trang giải thích", EN: "the page that explains"}
	textReplyNull         = wording.Text{VI: "địa chỉ 0.0.0.0", EN: "the address 0.0.0.0"}
	textReplyNoData       = wording.Text{VI: "không có địa chỉ", EN: "no address"}
	textReplyRefused      = wording.Text{VI: "từ chối trả lời", EN: "an answer is refused"}
	textStrict            = wording.Text{VI: "chặt", EN: "strict"}
	textModerate          = wording.Text{VI: "vừa", EN: "moderate"}
	textOff               = wording.Text{VI: "không", EN: "off"}
	textHours             = wording.Text{VI: "Khung giờ %s", EN: "Timetable %s"}
	textNewHours          = wording.Text{VI: "Thêm khung giờ", EN: "Add a timetable"}
	textChooseDays        = wording.Text{VI: "hãy chọn ít nhất một thứ và một loại ngày", EN: "choose at least one day of the week and one kind of day"}
	textHoursMeanwhile    = wording.Text{VI: "người khác đã ghi khung giờ này trong khi bạn sửa; hãy xem cả hai bản", EN: "somebody else saved this timetable while you were editing; look at both versions"}
	textFieldHours        = wording.Text{VI: "Giờ", EN: "Hours"}
	textFieldDays         = wording.Text{VI: "Thứ", EN: "Days"}
	textFieldOn           = wording.Text{VI: "Loại ngày", EN: "Kinds of day"}
	textNoRows            = wording.Text{VI: "bảng không có hàng nào dưới hàng tên cột", EN: "the table has no row below the one that names the columns"}
	textNoTable           = wording.Text{VI: "hãy dán bảng hoặc chọn tệp", EN: "paste a table or choose a file"}
	textAtLine            = wording.Text{VI: "Dòng %d: %s", EN: "Line %d: %s"}
	textRowInFile         = wording.Text{VI: "đơn vị %q viết trong tệp (%s): hãy sửa trong tệp, hoặc nhận về đây trước", EN: "the unit %q is written in a file (%s): change it there, or adopt it first"}
	textNoSchool          = wording.Text{VI: "không có trường %q để nhận nhóm này", EN: "there is no school %q for this group"}
	textNoLessons         = wording.Text{VI: "Ngoài giờ học", EN: "Outside lessons"}
	textInLessons         = wording.Text{VI: "Đang trong giờ học", EN: "Lessons are held"}
	textHomeConsole       = wording.Text{VI: "bảng điều khiển này", EN: "this console"}
	textHomeFile          = wording.Text{VI: "%s (sửa trong tệp ấy)", EN: "%s (it is changed there)"}
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
	case "canary":
		return wording.Text{VI: "Cách lách bộ lọc", EN: "Ways around the filter"}
	case "safe-search":
		return wording.Text{VI: "Tìm kiếm an toàn", EN: "Safe search"}
	case "local":
		return wording.Text{VI: "Tên của máy chủ", EN: "The server's own names"}
	case "answer":
		return wording.Text{VI: "Câu trả lời", EN: "Answer"}
	}
	return wording.Text{VI: layer}
}

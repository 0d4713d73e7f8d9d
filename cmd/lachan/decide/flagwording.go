package decide

import "lachan/internal/wording"

// What flags are for.
var (
	textWhyFlag = wording.Text{
		VI: "lý do, được ghi vào sổ quyết định",
		EN: "the reason, which goes into the ledger",
	}
	textPreviewFlag = wording.Text{
		VI: "chỉ cho biết điều gì sẽ đổi, không ghi gì",
		EN: "say what would change, and change nothing",
	}
	textYesFlag = wording.Text{
		VI: "không hỏi lại",
		EN: "do not ask again",
	}
	textLimitFlag = wording.Text{
		VI: "nhiều nhất bấy nhiêu dòng; 0 là tất cả",
		EN: "at most so many lines; 0 is all",
	}
	textUnitFlag = wording.Text{
		VI: "mã đơn vị; SCHOOL/GROUP là một nhóm của trường",
		EN: "id of the unit; SCHOOL/GROUP is a group of a school",
	}
	textOfUnitFlag = wording.Text{
		VI: "chỉ của đơn vị này và các đơn vị bên dưới",
		EN: "only those of this unit and below it",
	}
	textNameFlag = wording.Text{
		VI: "chỉ những tên có chứa đoạn này",
		EN: "only names that contain this",
	}
	textEndedFlag = wording.Text{
		VI: "cả những ngoại lệ đã hết hạn",
		EN: "those that have ended too",
	}
	textBlockFlag = wording.Text{
		VI: "chặn tên thay vì mở",
		EN: "block the name in place of opening it",
	}
	textFromFlag = wording.Text{
		VI: "bắt đầu từ lúc này (RFC 3339); mặc định là ngay",
		EN: "begins then (RFC 3339); default is now",
	}
	textUntilFlag = wording.Text{
		VI: "hết hạn: một ngày (2026-12-31), \"lesson\" (45 phút), \"term\" (hết học kỳ), \"never\" (không hết hạn); mặc định 30 ngày",
		EN: "ends: a day (2026-12-31), \"lesson\" (45 minutes), \"term\" (its end), \"never\"; default is 30 days",
	}
	textDocumentFlag = wording.Text{
		VI: "số văn bản yêu cầu việc này",
		EN: "number of the document that orders it",
	}
	textExportJSON = wording.Text{
		VI: "cho biết đã ghi gì, bằng JSON: tệp, số byte, SHA-256; không có --out thì cả nội dung",
		EN: "say what was written, as JSON: file, bytes, SHA-256; without --out the text too",
	}
	textOutFlag = wording.Text{
		VI: "ghi vào tệp mới này; mặc định in ra màn hình",
		EN: "write into this new file; default is standard output",
	}
	textOpenFlag = wording.Text{
		VI: "mở tên cho đơn vị đã hỏi, có thời hạn",
		EN: "open the name for the unit that asks, with an end",
	}
	textRefuseFlag = wording.Text{
		VI: "từ chối, kèm lý do",
		EN: "refuse, with the reason",
	}
	textUpFlag = wording.Text{
		VI: "chuyển lên đơn vị cấp trên",
		EN: "send it to the unit above",
	}
	textAuthorityFlag = wording.Text{
		VI: "chuyển đến cơ quan đã yêu cầu chặn",
		EN: "send it to the authority that ordered the block",
	}
	textAccountUnitFlag = wording.Text{
		VI: "đơn vị của người này; bỏ trống là của toàn máy chủ",
		EN: "the unit of the person; without it, all of this server",
	}
	textLanguageFlag = wording.Text{
		VI: "ngôn ngữ của người này: \"both\" (cả hai), \"vi\", \"en\"",
		EN: "language of the person: \"both\", \"vi\", \"en\"",
	}
	textNotifyFlag = wording.Text{
		VI: "báo khi nào: \"school-day\" (trong ngày học), \"at-once\" (ngay), \"hourly\" (mỗi giờ), \"daily\" (mỗi ngày), \"never\" (không báo)",
		EN: "told when: \"school-day\", \"at-once\", \"hourly\", \"daily\", \"never\"",
	}
	textMailFlag = wording.Text{
		VI: "địa chỉ thư để báo yêu cầu mở chặn",
		EN: "mail address that is told of requests",
	}
	textWebhookFlag = wording.Text{
		VI: "địa chỉ https:// để báo yêu cầu mở chặn",
		EN: "https:// address that is told of requests",
	}
	textGrantUnitFlag = wording.Text{
		VI: "đơn vị mà vai trò có hiệu lực, cùng các đơn vị bên dưới; bỏ trống là tất cả",
		EN: "unit that the role is over, with all below it; without it, all",
	}
	textDayFlag = wording.Text{
		VI: "ngày cuối cùng có hiệu lực; mặc định là không có hạn",
		EN: "last day that it holds; default is no end",
	}
	textTokenAccountFlag = wording.Text{
		VI: "tài khoản của mã",
		EN: "account of the token",
	}
	textScopesFlag = wording.Text{
		VI: "các quyền của mã, cách nhau bằng dấu phẩy; mặc định chỉ đọc",
		EN: "rights of the token, with commas between; default is to read only",
	}
	textTokenUnitFlag = wording.Text{
		VI: "chỉ đơn vị này và bên dưới; mặc định là mọi đơn vị của chủ mã",
		EN: "only this unit and below it; default is all that its owner has",
	}
	textTokenUntilFlag = wording.Text{
		VI: "ngày cuối cùng có hiệu lực, nhiều nhất một năm; mặc định 90 ngày",
		EN: "last day that it holds, at most a year; default is 90 days",
	}
)

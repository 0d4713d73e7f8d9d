package decide

import "lachan/internal/wording"

// Many names at once.
var (
	textListAdd = wording.Text{
		VI: "dùng một danh sách công khai từ bây giờ, và ghi vào sổ quyết định",
		EN: "use a public list from now on, and record it",
	}
	textListAddLong = wording.Text{
		VI: "NAME là tên trong lachan lists catalogue; URL là địa chỉ bất kỳ, kèm --category. Danh sách được tải lại mỗi giờ, và chỉ chặn những gì danh sách công khai được chặn: không khóa, không trả lời thay. Danh sách viết trong lachan.yaml giữ nguyên.",
		EN: "NAME is one of lachan lists catalogue; URL is any address, with --category. The list is fetched every hour and blocks what a public list may: it locks nothing and answers nothing. Lists of lachan.yaml stay as they are.",
	}
	textListRemove = wording.Text{
		VI: "thôi dùng một danh sách đã chọn bằng quyết định, và ghi vào sổ",
		EN: "use a list no more that was chosen by a decision, and record it",
	}
	textListCategoryFlag = wording.Text{VI: "loại trang mà danh sách chặn, ví dụ \"games\"", EN: "category that the list blocks, such as \"games\""}
	textListFormatFlag   = wording.Text{VI: "cách viết của danh sách; mặc định tự nhận ra", EN: "how the list is written; found out by default"}
	textListNameFlag     = wording.Text{VI: "tên của danh sách; mặc định lấy từ địa chỉ", EN: "name of the list; taken from its address by default"}
	textNames            = wording.Text{
		VI: "  tất cả %d tên",
		EN: "  names in all: %d",
	}
	textNamesFlag = wording.Text{
		VI: "tệp có nhiều tên, mỗi tên một dòng; - là đầu vào chuẩn; ghi tất cả hoặc không ghi tên nào",
		EN: "a file of names, one a line; - is standard input; all are written, or none",
	}
	textNameOrFile = wording.Text{
		VI: "hãy ghi một NAME, hoặc --file",
		EN: "give one NAME, or --file",
	}
	textNamesUnread = wording.Text{
		VI: "không đọc được danh sách tên: %v",
		EN: "the names cannot be read: %v",
	}
	textNamesLong = wording.Text{
		VI: "danh sách tên dài hơn %d KiB; hãy chia nhỏ",
		EN: "the names are longer than %d KiB; do it in parts",
	}
)

// Verifying a part, or an export.
var (
	textSinceFlag = wording.Text{
		VI: "chỉ kiểm tra từ quyết định số này, hoặc từ ngày này; nhanh hơn với sổ dài",
		EN: "check from the record of this number, or from this day on; faster with a long ledger",
	}
	textVerifiedSince = wording.Text{
		VI: "từ quyết định %d sổ nguyên vẹn: đến %d, đầu sổ %s; phần trước đó không đọc lại",
		EN: "from record %d on the ledger is whole: to %d, head %s; what is before was not read",
	}
	textNoExport = wording.Text{
		VI: "%s không phải sổ đã xuất: %v",
		EN: "%s is no export of a ledger: %v",
	}
)

// What roles may do.
var (
	textRoles = wording.Text{
		VI: "liệt kê các vai trò và quyền của từng vai trò",
		EN: "list the roles, and what each may do",
	}
	textRoleLine = wording.Text{
		VI: "%s: %v",
		EN: "%s: %v",
	}
	textRoleSecond = wording.Text{
		VI: "; phải có xác thực hai bước",
		EN: "; takes a second factor",
	}
	textRolePeople = wording.Text{
		VI: "; cấp quyền này cần hai người",
		EN: "; granting it takes two people",
	}
)

// lachan order.
var (
	textOrder = wording.Text{
		VI: "giao bảng của một văn bản, hoặc thu hồi",
		EN: "hand over the table of an order, or take it back",
	}
	textOrderLong = wording.Text{
		VI: "Bảng được giao có hiệu lực ngay như danh sách của cơ quan đó trong lachan.yaml, với đúng các quyền của danh sách ấy và không hơn.",
		EN: "A table is in force at once, as the list of that authority in lachan.yaml is: with what that list may, and no more.",
	}
	textHandOver = wording.Text{
		VI: "giao bảng của một văn bản",
		EN: "hand over the table of an order",
	}
	textHandOverLong = wording.Text{
		VI: "Dòng nào không dùng được thì được nêu kèm lý do; các dòng khác vẫn có hiệu lực. Giao lại cùng số văn bản là thay bảng cũ.",
		EN: "Rows that cannot be used are told with the reason, and the others are in force. A table for the same document replaces the one before.",
	}
	textTakeBack = wording.Text{
		VI: "thu hồi bảng của một văn bản",
		EN: "take the table of an order back",
	}
	textOfAuthorityFlag = wording.Text{
		VI: "mã cơ quan, ví dụ a05",
		EN: "id of the authority, such as a05",
	}
	textOrderFlag = wording.Text{
		VI: "số văn bản, ví dụ 15/A05",
		EN: "number of the document, such as 15/A05",
	}
	textTableUnread = wording.Text{
		VI: "không đọc được bảng: %v",
		EN: "the table cannot be read: %v",
	}
	textTableRows = wording.Text{
		VI: "  mục dùng được: %d; trùng: %d; bị từ chối: %d",
		EN: "  entries used: %d; there already: %d; refused: %d",
	}
	textTableRow = wording.Text{
		VI: "  dòng %d: %s: %v",
		EN: "  row %d: %s: %v",
	}
	textTableDoubtful = wording.Text{
		VI: "  chờ người có trách nhiệm cho qua (lachan lists approve), %d mục: %s",
		EN: "  waiting until somebody lets them through (lachan lists approve), %d: %s",
	}
	textTableLater = wording.Text{
		VI: "  chưa áp dụng xong; sẽ có hiệu lực ngay khi xong",
		EN: "  not in force yet; it comes in force as soon as the lists are ready",
	}
)

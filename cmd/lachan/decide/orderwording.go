package decide

import "lachan/internal/wording"

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

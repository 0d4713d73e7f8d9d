package publish

import "lachan/internal/wording"

// The headings of the report that is sent back to the authority.
var (
	textFile = wording.Text{
		VI: "Tệp danh sách",
		EN: "List file",
	}
	textTaken = wording.Text{
		VI: "Số mục được nhận",
		EN: "Entries taken",
	}
	textTwice = wording.Text{
		VI: "Số mục trùng lặp",
		EN: "Entries given twice",
	}
	textRefused = wording.Text{
		VI: "Số mục bị từ chối",
		EN: "Entries refused",
	}
	textWidenedCount = wording.Text{
		VI: "Số mục là một trang nhưng chặn cả trang web",
		EN: "Entries that are a page and block the whole site",
	}
	textWidened = wording.Text{
		VI: "đã nhận, nhưng DNS chỉ chặn được cả trang web chứ không chặn được riêng trang này",
		EN: "taken; DNS can only block the whole site, not this page alone",
	}
	textDoubt = wording.Text{
		VI: "đã nhận, nhưng ở mỗi nút phải chờ người có trách nhiệm cho qua, vì mục này ",
		EN: "taken, but at each node it waits until somebody lets it through: ",
	}
	textPassed = wording.Text{
		VI: "đã nhận, nhưng ngày kết thúc đã qua nên mục này không chặn gì",
		EN: "taken, but its last day has passed, so it blocks nothing",
	}
	textUnknown = wording.Text{
		VI: "đã nhận, nhưng không có nhóm nội dung này: %d mục được tính vào nhóm chung của danh sách",
		EN: "taken, but there is no such category: entries counted in that of the list: %d",
	}
	textRow = wording.Text{
		VI: "Dòng",
		EN: "Row",
	}
	textContent = wording.Text{
		VI: "Nội dung của dòng",
		EN: "Content of the row",
	}
	textPart = wording.Text{
		VI: "Phần không dùng được",
		EN: "Part that cannot be used",
	}
	textReason = wording.Text{
		VI: "Lý do",
		EN: "Reason",
	}
)

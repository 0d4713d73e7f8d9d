package tell

import "lachan/internal/wording"

// What people are told.
var (
	textSubject = wording.Text{
		VI: "Lá Chắn: %d yêu cầu đang chờ",
		EN: "Lachan: %d requests wait",
	}
	textWaiting = wording.Text{
		VI: "Có %d yêu cầu mở chặn đang chờ, %d mới, %d quá hạn. Hãy đăng nhập để trả lời.",
		EN: "%d requests to open a name wait, %d new, %d late. Log in to answer them.",
	}
)

package history

import "lachan/internal/wording"

// What happens to the history of a node, and what to do.
var (
	textNotOpen = wording.Text{
		VI: "lịch sử số liệu chưa mở xong; hãy thử lại sau ít giây",
		EN: "the history is not open yet; try again in a few seconds",
	}
	textDamaged = wording.Text{
		VI: "một phần lịch sử số liệu bị hỏng và đã được chuyển vào %s; số liệu thống kê vẫn tiếp tục được ghi. Hãy kiểm tra ổ đĩa, gửi thư mục này cho đơn vị hỗ trợ nếu cần, rồi xóa nó",
		EN: "a part of the history was damaged and moved to %s; counting goes on. Check the disk, hand that folder to your support if need be, then remove it",
	}
	textNotWritten = wording.Text{
		VI: "không ghi được lịch sử số liệu: %v; việc trả lời và đếm vẫn tiếp tục, số liệu sẽ được ghi khi ổ đĩa có chỗ. Nếu máy mất điện lúc này, số đếm từ lần ghi cuối sẽ mất",
		EN: "the history cannot be written: %v; answers and counting go on, and it will be written when the disk takes it. A power cut now loses what was counted since the last write",
	}
	textClockBehind = wording.Text{
		VI: "đồng hồ của máy chậm hơn lịch sử số liệu %s; hãy kiểm tra ngày giờ của máy (NTP)",
		EN: "the clock is %s behind the history; check date and time of this machine (NTP)",
	}
)

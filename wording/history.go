package wording

// What happens to the history of a node, and what to do.
var (
	HistoryNotYet = Text{
		"lịch sử số liệu chưa mở xong; hãy thử lại sau ít giây",
		"the history is not open yet; try again in a few seconds"}
	HistoryDamaged = Text{
		"một phần lịch sử số liệu bị hỏng và đã được chuyển vào %s; số liệu thống kê vẫn tiếp tục được ghi. Hãy kiểm tra ổ đĩa, gửi thư mục này cho đơn vị hỗ trợ nếu cần, rồi xóa nó",
		"a part of the history was damaged and moved to %s; counting goes on. Check the disk, hand that folder to your support if need be, then remove it"}
	HistoryWrite = Text{
		"không ghi được lịch sử số liệu: %v; việc trả lời và đếm vẫn tiếp tục, số liệu sẽ được ghi khi ổ đĩa có chỗ. Nếu máy mất điện lúc này, số đếm từ lần ghi cuối sẽ mất",
		"the history cannot be written: %v; answers and counting go on, and it will be written when the disk takes it. A power cut now loses what was counted since the last write"}
	HistoryClock = Text{
		"đồng hồ của máy chậm hơn lịch sử số liệu %s; hãy kiểm tra ngày giờ của máy (NTP)",
		"the clock is %s behind the history; check date and time of this machine (NTP)"}
)

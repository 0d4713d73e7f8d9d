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

// Sending history to an engine that keeps that of many nodes.
var (
	ShipURL = Text{
		"địa chỉ %q không hợp lệ; hãy ghi địa chỉ nhận remote write, ví dụ http://prometheus.example:9090/api/v1/write",
		"the address %q is not valid; write the address that takes remote write, such as http://prometheus.example:9090/api/v1/write"}
	ShipFailed = Text{
		"chưa gửi được lịch sử số liệu tới %s: %v; số liệu vẫn được giữ trên máy này và sẽ được gửi bù. Nếu kéo dài, hãy kiểm tra metrics.write_url và đường mạng",
		"the history cannot be sent to %s: %v; it is kept on this machine and will be sent later. If this goes on, check metrics.write_url and the network"}
)

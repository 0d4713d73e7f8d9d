package wording

// Why a figure could not be had, and what to do.
var (
	EngineURL = Text{
		"địa chỉ %q không hợp lệ; hãy ghi http:// hoặc https:// rồi tên máy và cổng, ví dụ http://prometheus.example:9090",
		"the address %q is not valid; write http:// or https://, then host and port, such as http://prometheus.example:9090"}
	EngineUnreachable = Text{
		"không kết nối được kho số liệu %s: %v; hãy kiểm tra metrics.query_url và đường mạng tới máy đó",
		"the metrics store %s cannot be reached: %v; check metrics.query_url and the network to that machine"}
	EngineDenied = Text{
		"kho số liệu %s không cho phép truy vấn (%s); hãy ghi tên người dùng và mật khẩu vào metrics.query_url",
		"the metrics store %s does not allow queries (%s); write user and password into metrics.query_url"}
	EngineRefused = Text{
		"kho số liệu %s báo lỗi: %v; hãy xem nhật ký của máy đó",
		"the metrics store %s reports an error: %v; look into the log of that machine"}
	EngineStrange = Text{
		"kho số liệu %s trả lời không theo API của Prometheus: %v; hãy kiểm tra metrics.query_url",
		"the metrics store %s does not answer as the API of Prometheus does: %v; check metrics.query_url"}
	EngineBadQuery = Text{
		"biểu thức PromQL %q sai: %v",
		"the PromQL expression %q is wrong: %v"}
	EngineNoVector = Text{
		"biểu thức PromQL %q cho kết quả kiểu %s, cần một véc-tơ tức thời",
		"the PromQL expression %q gives a %s, an instant vector is needed"}
	EngineTimeout = Text{
		"truy vấn số liệu mất quá nhiều thời gian; hãy chọn kỳ ngắn hơn hoặc ít trường hơn",
		"the query takes too long; choose a shorter period or fewer schools"}
	EngineTooLarge = Text{
		"truy vấn số liệu cần quá nhiều bộ nhớ; hãy chọn kỳ ngắn hơn hoặc ít trường hơn",
		"the query needs too much memory; choose a shorter period or fewer schools"}
	EngineStorage = Text{
		"không đọc được lịch sử số liệu trên đĩa: %v; hãy xem trạng thái máy (/readyz?verbose)",
		"the history on disk cannot be read: %v; look at the conditions of the node (/readyz?verbose)"}
)

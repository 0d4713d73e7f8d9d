package engine

import "lachan/internal/wording"

// Why a figure could not be had, and what to do.
var (
	textBadURL = wording.Text{
		VI: "địa chỉ %q không hợp lệ; hãy ghi http:// hoặc https:// rồi tên máy và cổng, ví dụ http://prometheus.example:9090",
		EN: "the address %q is not valid; write http:// or https://, then host and port, such as http://prometheus.example:9090",
	}
	textUnreachable = wording.Text{
		VI: "không kết nối được kho số liệu %s: %v; hãy kiểm tra metrics.query_url và đường mạng tới máy đó",
		EN: "the metrics store %s cannot be reached: %v; check metrics.query_url and the network to that machine",
	}
	textDenied = wording.Text{
		VI: "kho số liệu %s không cho phép truy vấn (%s); hãy ghi tên người dùng và mật khẩu vào metrics.query_url",
		EN: "the metrics store %s does not allow queries (%s); write user and password into metrics.query_url",
	}
	textRefused = wording.Text{
		VI: "kho số liệu %s báo lỗi: %v; hãy xem nhật ký của máy đó",
		EN: "the metrics store %s reports an error: %v; look into the log of that machine",
	}
	textStrange = wording.Text{
		VI: "kho số liệu %s trả lời không theo API của Prometheus: %v; hãy kiểm tra metrics.query_url",
		EN: "the metrics store %s does not answer as the API of Prometheus does: %v; check metrics.query_url",
	}
	textBadQuery = wording.Text{
		VI: "biểu thức PromQL %q sai: %v",
		EN: "the PromQL expression %q is wrong: %v",
	}
	textNoVector = wording.Text{
		VI: "biểu thức PromQL %q cho kết quả kiểu %s, cần một véc-tơ tức thời",
		EN: "the PromQL expression %q gives a %s, an instant vector is needed",
	}
	textTimeout = wording.Text{
		VI: "truy vấn số liệu mất quá nhiều thời gian; hãy chọn kỳ ngắn hơn hoặc ít trường hơn",
		EN: "the query takes too long; choose a shorter period or fewer schools",
	}
	textTooLarge = wording.Text{
		VI: "truy vấn số liệu cần quá nhiều bộ nhớ; hãy chọn kỳ ngắn hơn hoặc ít trường hơn",
		EN: "the query needs too much memory; choose a shorter period or fewer schools",
	}
	textStorage = wording.Text{
		VI: "không đọc được lịch sử số liệu trên đĩa: %v; hãy xem trạng thái máy (/readyz?verbose)",
		EN: "the history on disk cannot be read: %v; look at the conditions of the node (/readyz?verbose)",
	}
)

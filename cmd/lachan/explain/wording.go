package explain

import "lachan/internal/wording"

// What is wrong with a question to explain.
var (
	textWho = wording.Text{
		VI: "hãy cho biết ai hỏi: --client ĐỊA_CHỈ hoặc --unit MÃ (chỉ một trong hai)",
		EN: "say for whom: give either --client ADDR or --unit ID",
	}
	// NotAnAddress is what people read.
	NotAnAddress = wording.Text{
		VI: "%q không phải là địa chỉ IP",
		EN: "%q is not an IP address",
	}
	// NoUnit is what people read.
	NoUnit = wording.Text{
		VI: "không có đơn vị %q trong chính sách",
		EN: "there is no unit %q in the policy",
	}
	textType = wording.Text{
		VI: "không có kiểu bản ghi %q",
		EN: "there is no query type %q",
	}
	textAt = wording.Text{
		VI: "%q không phải là thời điểm; hãy ghi như 2026-11-20T10:15",
		EN: "%q is not a time; write it as 2026-11-20T10:15",
	}
)

package explain

import "lachan/internal/wording"

// What is wrong with a question to explain.
var (
	textWho = wording.Text{
		VI: "có nhiều trường, hãy cho biết ai hỏi: --client ĐỊA_CHỈ hoặc --unit MÃ (chỉ một trong hai)",
		EN: "there are several schools, say for whom: give either --client ADDR or --unit ID",
	}
	// NotAnAddress is what people read.
	NotAnAddress = wording.Text{
		VI: "%q không phải là địa chỉ IP",
		EN: "%q is not an IP address",
	}
	textNoUnit = wording.Text{
		VI: "không có đơn vị %q trong chính sách",
		EN: "there is no unit %q in the policy",
	}
	textNearUnit = wording.Text{
		VI: "; có phải là %q?",
		EN: "; did you mean %q?",
	}
	textName = wording.Text{
		VI: "%q không phải tên miền hay địa chỉ trang web; hãy ghi như www.tiktok.com hoặc https://www.tiktok.com/x",
		EN: "%q is no domain name and no address of a page; write it like www.tiktok.com or https://www.tiktok.com/x",
	}
	textType = wording.Text{
		VI: "không có kiểu bản ghi %q",
		EN: "there is no query type %q",
	}
	textAt = wording.Text{
		VI: "%q không phải là thời điểm; hãy ghi như \"20/11/2026 10:15\" hoặc 2026-11-20T10:15, hoặc 10:15 của hôm nay",
		EN: "%q is not a time; write it like \"20/11/2026 10:15\" or 2026-11-20T10:15, or 10:15 of today",
	}
)

package access

import "lachan/internal/wording"

// Why a request is not answered, and what to do.
var (
	textHost = wording.Text{
		VI: "máy chủ này không có tên %q; hãy hỏi bằng địa chỉ của nó, hoặc thêm tên ấy vào http.names",
		EN: "this server is not called %q; ask it by its address, or add the name to http.names",
	}
	textClient = wording.Text{
		VI: "địa chỉ %s không được hỏi ở đây; hãy thêm mạng của nó vào http.allow, hoặc gửi mã của một tài khoản (lachan token add)",
		EN: "address %s may not ask here; add its network to http.allow, or send the token of an account (lachan token add)",
	}
	textToken = wording.Text{
		VI: "cần mã trong tệp http.token_file, hoặc mã của một tài khoản: gửi kèm \"Authorization: Bearer MÃ\"",
		EN: "the token of http.token_file is needed, or that of an account: send \"Authorization: Bearer TOKEN\"",
	}
)

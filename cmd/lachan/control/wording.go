package control

import "lachan/internal/wording"

// Why the server cannot be asked, and what to do.
var (
	textNotRunning = wording.Text{
		VI: "không có máy chủ nào chạy trên %s; hãy chạy nó (systemctl start lachan, hoặc lachan serve), hoặc chỉ đúng --config hay --state_dir",
		EN: "no server runs on %s; start it (systemctl start lachan, or lachan serve), or name the right --config or --state_dir",
	}
	textNotYours = wording.Text{
		VI: "người dùng này không được ra lệnh cho máy chủ trên %s; hãy gõ: %s",
		EN: "this user may not command the server on %s; type: %s",
	}
	textNoAnswer = wording.Text{
		VI: "máy chủ không trả lời được: %v; hãy xem nhật ký của nó",
		EN: "the server could not answer: %v; see its log",
	}
	textCutOff = wording.Text{
		VI: "câu trả lời của máy chủ bị ngắt giữa chừng: %v; hãy hỏi lại",
		EN: "the answer of the server ended too early: %v; ask again",
	}
)

package selftest

import "lachan/internal/wording"

// What people read where there was no test.
var (
	textMissing = wording.Text{
		VI: "máy chủ không tự kiểm tra được: %s. Hãy chạy lachan selftest và xem nhật ký",
		EN: "this server could not test itself: %s. Run lachan selftest, and see the log",
	}
	textNever     = wording.Text{VI: "chưa có lần nào", EN: "never yet"}
	textSince     = wording.Text{VI: "lần cuối là %s", EN: "the last time was %s"}
	textNoAnswers = wording.Text{
		VI: "máy chủ chưa trả lời truy vấn: hãy đợi đến khi danh sách và chính sách có hiệu lực (/readyz?verbose)",
		EN: "the server does not answer yet: wait until its lists and policy are in force (/readyz?verbose)",
	}
	textNobody = wording.Text{
		VI: "không có ai để hỏi thay: policy.yaml không có trường nào, và máy lạ bị từ chối theo khóa server.unknown_client",
		EN: "there is nobody to ask as: policy.yaml has no school, and unknown clients are refused by the key server.unknown_client",
	}
	textNoDoors = wording.Text{
		VI: "không có cửa nào để hỏi: server.listen, dot, doh, doq không có địa chỉ nào của máy này với cổng cố định",
		EN: "there is no door to ask at: server.listen, dot, doh, doq have no address of this machine with a fixed port",
	}
)

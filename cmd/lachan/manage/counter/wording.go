package counter

import "lachan/internal/wording"

// What is told in place of an answer.
var (
	textNothingHeld = wording.Text{
		VI: "không có phiên bản nào của danh sách %q đang bị giữ lại",
		EN: "no version of the feed %q is held back",
	}
	textNoAccount = wording.Text{
		VI: "không có tài khoản %q, hoặc bạn không được xem",
		EN: "there is no account %q, or it is not for you to see",
	}
	textVerifyFull = wording.Text{
		VI: "chưa kiểm tra được sổ vì ổ đĩa của state_dir đã đầy: %v; hãy giải phóng chỗ rồi làm lại",
		EN: "the ledger cannot be verified while the disk of state_dir is full: %v; make room, then try again",
	}
	textExport = wording.Text{
		VI: "không xuất được chính sách: %v",
		EN: "the policy could not be exported: %v",
	}
	textExportLate = wording.Text{
		VI: "chưa xuất xong chính sách trong thời gian cho phép vì máy đang bận; hãy thử lại sau, không có gì bị thay đổi",
		EN: "the policy could not be exported in time, as the machine is busy; try again later, nothing was changed",
	}
	textVerifying = wording.Text{
		VI: "sổ đang được kiểm tra cho người khác; hãy hỏi lại sau",
		EN: "the ledger is being verified for another; ask again later",
	}
)

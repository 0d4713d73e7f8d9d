package job

import "lachan/internal/wording"

// textExport is what is said of a file that cannot be read when it is exported.
var textExport = wording.Text{
	VI: "không xuất được: %v; lachan check cho biết mọi lỗi",
	EN: "it cannot be exported: %v; lachan check tells all mistakes",
}

// textJob is what help says of the command that jobs are run by.
var textJob = wording.Text{
	VI: "một việc riêng của máy chủ; người dùng không cần gọi",
	EN: "work that the server has done apart; users need not call it",
}

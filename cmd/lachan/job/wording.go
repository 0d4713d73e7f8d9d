package job

import "lachan/internal/wording"

// textJob is what help says of the command that jobs are run by.
var textJob = wording.Text{
	VI: "một việc riêng của máy chủ; người dùng không cần gọi",
	EN: "work that the server has done apart; users need not call it",
}

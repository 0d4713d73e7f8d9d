package job

import "lachan/internal/wording"

var textJob = wording.Text{
	VI: "một việc riêng của máy chủ; người dùng không cần gọi",
	EN: "work that the server has done apart; users need not call it",
}

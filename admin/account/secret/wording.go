package secret

import "lachan/internal/wording"

// What people are told of a password that cannot be used.
var (
	textShort = wording.Text{
		VI: "mật khẩu phải có ít nhất %d ký tự; một câu dễ nhớ là tốt nhất",
		EN: "a password has at least %d characters; a sentence that is easy to remember is best",
	}
	textLong = wording.Text{
		VI: "mật khẩu dài quá %d byte hoặc có ký tự không hợp lệ",
		EN: "the password is longer than %d bytes, or has characters that are not valid",
	}
	textGuessed = wording.Text{
		VI: "mật khẩu này dễ đoán: ngoài tên người dùng, tên đơn vị và những từ ai cũng thử, nó không còn gì; hãy thêm vài từ khác",
		EN: "this password is easy to guess: besides names of the account, of its units and words that are tried first, little is in it; add a few other words",
	}
)

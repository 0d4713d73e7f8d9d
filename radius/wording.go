package radius

import "lachan/internal/wording"

// What people read of access servers.
var (
	textDamaged = wording.Text{
		VI: "%d dòng của tệp phiên RADIUS bị hỏng và bị bỏ qua; các phiên đó có lại khi máy chủ truy cập báo lần tới",
		EN: "%d lines of the file of RADIUS sessions are damaged and were left out; those sessions are back when access servers speak of them next",
	}
	textFile = wording.Text{
		VI: "không ghi được các phiên RADIUS: %v; nhận diện vẫn đúng, nhưng sau khi chạy lại phải chờ máy chủ truy cập báo lần tới",
		EN: "the sessions of RADIUS cannot be written: %v; clients are recognised, but after a restart only when access servers speak of them again",
	}
	textWrong = wording.Text{
		VI: "máy chủ truy cập %s ký bằng khóa khác: yêu cầu của nó không được nhận; hãy so khóa ở đó với secret_file trong lachan.yaml",
		EN: "access servers %s sign with another secret: what they say is not taken; compare the secret there with secret_file in lachan.yaml",
	}
	textFull = wording.Text{
		VI: "đã đủ %d phiên RADIUS: phiên mới không được nhận diện; hãy tăng radius.sessions trong lachan.yaml",
		EN: "there are %d sessions of RADIUS: new ones are unknown clients; raise radius.sessions in lachan.yaml",
	}
)

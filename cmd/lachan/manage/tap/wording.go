package tap

import "lachan/internal/wording"

// What people are told of taps.
var (
	textOn = wording.Text{
		VI: "dnstap đang bật đến %s: tên được hỏi và câu trả lời được gửi ra ngoài chương trình, không có tên thiết bị và chỉ có phần đầu của địa chỉ. Hai người đã quyết định: xem quyết định số %d trong sổ. Tắt sớm: lachan dnstap end",
		EN: "dnstap is on until %s: names that are asked for, and answers, leave the program, without names of devices and with the first part of addresses alone. Two people have decided so: see decision %d of the ledger. To end it before: lachan dnstap end",
	}
	textAway = wording.Text{
		VI: "không gửi được cho nơi nhận dnstap %s: %v. Máy chủ vẫn trả lời, phần không gửi được chỉ được đếm. Hãy xem nơi nhận có chạy không, hoặc tắt: lachan dnstap end",
		EN: "the collector of dnstap at %s cannot be reached: %v. Answers go on, and what it would be told is counted. Look whether it runs, or end it: lachan dnstap end",
	}
)

package radius

import "lachan/internal/wording"

// What people read of the key `radius`.
var (
	textBoth = wording.Text{
		VI: "listen và clients phải đi cùng nhau: nơi nhận kế toán RADIUS, và máy chủ truy cập nào được gửi",
		EN: "listen and clients go together: where accounting is received, and which access servers may send it",
	}
	textAttribute = wording.Text{VI: "%q không dùng được; hãy chọn một trong: %s", EN: "%q cannot be used; choose one of: %s"}
	textInterim   = wording.Text{VI: "từ 1s đến 24h", EN: "from 1s to 24h"}
	textSessions  = wording.Text{VI: "từ 1 đến %d", EN: "from 1 to %d"}
	textClients   = wording.Text{
		VI: "%d máy chủ truy cập, nhiều nhất là %d; hãy gộp những máy có chung khóa vào một dải",
		EN: "%d access servers, at most %d; put those with one secret into one prefix",
	}
	textNetwork = wording.Text{
		VI: "cần một dải địa chỉ, mỗi dải một lần",
		EN: "a range of addresses is needed, each once",
	}
	textSecret = wording.Text{
		VI: "không đọc được khóa: %v; tệp cần một dòng có ít nhất %d byte, cũng là khóa đặt trên máy chủ truy cập",
		EN: "no secret can be read: %v; the file needs one line of at least %d bytes, the same as the access server has",
	}
)

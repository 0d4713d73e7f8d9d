// Package entrance is the pages by which people come in: the first start, the login, and
// everybody's own account.
package entrance

import (
	"embed"

	"lachan/internal/wording"
)

// Pages are the templates of this room.
//
//go:embed *.html
var Pages embed.FS

// The sentences that pages are given; their own stand in the pages.

var (
	textLogin       = wording.Text{VI: "Đăng nhập", EN: "Log in"}
	textSecond      = wording.Text{VI: "Bước xác thực thứ hai", EN: "Second factor"}
	textInvited     = wording.Text{VI: "Đặt mật khẩu", EN: "Set a password"}
	textSchool      = wording.Text{VI: "Trường của bạn", EN: "Your school"}
	textFilter      = wording.Text{VI: "Những gì được lọc", EN: "What is filtered"}
	textDevices     = wording.Text{VI: "Thiết bị của trường", EN: "Devices of the school"}
	textNewPasskey  = wording.Text{VI: "Thêm passkey", EN: "Add a passkey"}
	textAccount     = wording.Text{VI: "Tài khoản của tôi", EN: "My account"}
	textStart       = wording.Text{VI: "Bắt đầu", EN: "First start"}
	textSchoolName  = wording.Text{VI: "hãy ghi tên trường", EN: "write the name of the school"}
	textFirstSchool = wording.Text{VI: "thiết lập lần đầu", EN: "first start"}
)

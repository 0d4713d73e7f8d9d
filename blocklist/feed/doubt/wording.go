package doubt

import "lachan/internal/wording"

// texts are the reasons for people.
var texts = map[Why]wording.Text{
	Core: {
		VI: "chạm tới hệ thống không bao giờ bị chặn, như trang của cơ quan nhà nước, học liệu hay dịch vụ mà thiết bị cần để hoạt động",
		EN: "it touches a system that is never blocked, such as one of the state, of lessons, or that devices need to work",
	},
	Suffix: {
		VI: "là đuôi tên miền công cộng, trùm lên mọi tên bên dưới",
		EN: "it is a public suffix and covers every name below it",
	},
	Platform: {
		VI: "là nền tảng mà mọi người cùng dùng",
		EN: "it is a platform that everybody uses",
	},
}

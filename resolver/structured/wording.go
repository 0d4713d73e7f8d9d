package structured

import "lachan/internal/wording"

// Reasons of a block that programs show to the client. The argument is the
// category.
var (
	textBlocked = wording.Text{
		VI: "%s: trường hoặc cơ quan quản lý không cho phép",
		EN: "%s: not allowed by the school or an authority above it",
	}
	textCensored = wording.Text{
		VI: "%s: chặn theo yêu cầu của cơ quan có thẩm quyền",
		EN: "%s: blocked by order of an authority",
	}
	textFiltered = wording.Text{
		VI: "%s: không được dùng ở đây vào lúc này",
		EN: "%s: not for use here at this time",
	}
)

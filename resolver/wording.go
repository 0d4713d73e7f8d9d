package resolver

import "lachan/internal/wording"

// Reasons of a block that programs show to the client. The argument is the
// category.
var (
	textStructuredBlocked = wording.Text{
		VI: "%s: trường hoặc cơ quan quản lý không cho phép",
		EN: "%s: not allowed by the school or an authority above it",
	}
	textStructuredCensored = wording.Text{
		VI: "%s: chặn theo yêu cầu của cơ quan có thẩm quyền",
		EN: "%s: blocked by order of an authority",
	}
	textStructuredFiltered = wording.Text{
		VI: "%s: không được dùng ở đây vào lúc này",
		EN: "%s: not for use here at this time",
	}
)

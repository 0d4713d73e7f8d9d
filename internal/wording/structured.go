package wording

// Reasons of a block that programs show to who asked. The argument is the
// category.
var (
	StructuredBlocked  = Text{"%s: trường hoặc cơ quan quản lý không cho phép", "%s: not allowed by the school or an authority above it"}
	StructuredCensored = Text{"%s: chặn theo yêu cầu của cơ quan có thẩm quyền", "%s: blocked by order of an authority"}
	StructuredFiltered = Text{"%s: không được dùng ở đây vào lúc này", "%s: not for use here at this time"}
)

package wording

// Sentences of the block page. They are for children too: no blame, no jargon.
var (
	PageByAuthority = Text{"theo yêu cầu của cơ quan có thẩm quyền", "by order of an authority"}
	PageByLock      = Text{"cấp trên quy định chặn cho mọi trường", "a higher level blocks it for all schools"}
	PageByOwn       = Text{"trường, hoặc đơn vị cấp trên, đã chặn tên này", "the school, or a unit above it, has blocked this name"}
	PageByProfile   = Text{"không dùng ở đây vào lúc này", "not for use here at this time"}
	PageByDefault   = Text{"lúc này chỉ mở được các trang trong danh sách học tập", "at this time only listed pages for lessons can be opened"}
)

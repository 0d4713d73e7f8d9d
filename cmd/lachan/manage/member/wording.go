package member

import "lachan/internal/wording"

// What is told of the hub.
var (
	textNotFollowed = wording.Text{
		VI: "nút này không theo được máy trung tâm: %v",
		EN: "this node cannot follow its hub: %v",
	}
	textSilent = wording.Text{
		VI: "không liên lạc được với máy trung tâm từ %s; điều đã nhận vẫn giữ",
		EN: "nothing was heard of the hub since %s; what came before stays in force",
	}
	textNotInForce = wording.Text{
		VI: "quyết định của máy trung tâm chưa có hiệu lực ở nút này, điều trước đó vẫn giữ; sẽ thử lại: %v",
		EN: "what the hub decided is not in force on this node, what was before stays; it is tried again: %v",
	}
)

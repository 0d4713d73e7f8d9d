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
	textUnknown = wording.Text{
		VI: "máy trung tâm, bản mới hơn, đã quyết định điều mà bản này không biết (%s): nút giữ lại và điều ấy có hiệu lực khi nút được nâng cấp; mọi điều khác có hiệu lực",
		EN: "the hub, of a newer version, has decided what this one does not know (%s): it is kept and in force once this node is upgraded; all else is in force",
	}
	textFailed = wording.Text{
		VI: "bản chính sách số %d đã được nút này tự trả lại, bản trước đó có hiệu lực: %v",
		EN: "this node has gone back from release %d of the policy, the one before is in force: %v",
	}
	textOwn = wording.Text{
		VI: "điều quyết định ở nút này không tới máy trung tâm, ở đây vẫn có hiệu lực; để máy trung tâm nhận lại từ đầu, hãy rời hệ thống rồi vào lại: %v",
		EN: "what is decided at this node does not reach the hub, and holds here; leave the fleet and join again to have the hub begin anew with it: %v",
	}
	textOrders = wording.Text{
		VI: "nút này đã trả lại danh sách mới của cơ quan có thẩm quyền, danh sách mọi nút đang dùng có hiệu lực: %v",
		EN: "this node has gone back from the new list of an authority, the one that all nodes have is in force: %v",
	}
	textCrashed = wording.Text{
		VI: "máy chủ đã tự dừng %d lần từ khi có bản này",
		EN: "the server has ended by itself %d times since it came",
	}
	textServFail = wording.Text{
		VI: "câu trả lời SERVFAIL là %.1f%%, giờ trước đó là %.1f%%",
		EN: "answers of SERVFAIL are %.1f%%, in the hour before %.1f%%",
	}
	textBlocked = wording.Text{
		VI: "lượt bị chặn là %.0f%%, giờ trước đó là %.0f%%",
		EN: "blocked queries are %.0f%%, in the hour before %.0f%%",
	}
)

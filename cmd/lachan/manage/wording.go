package manage

import "lachan/internal/wording"

// What people read of the processes of the server.
var (
	processCrashed = wording.Text{
		VI: "tiến trình %s đã dừng đột ngột và được chạy lại (lần thứ %d): %s, lúc %s; xem nhật ký để biết nguyên nhân",
		EN: "process %s ended unexpectedly and was started again (time no. %d): %s, at %s; see the log for the cause",
	}
	resolveFallback = wording.Text{
		VI: "tiến trình trả lời dừng đột ngột %d lần liên tiếp: đang dùng lại danh sách và chính sách trước đó; bản mới sẽ được thử lại",
		EN: "the process that answers ended unexpectedly %d times in a row: the lists and policy before are in use again; the newest will be tried again",
	}
	textAbsent = wording.Text{
		VI: "máy này chưa có địa chỉ %s: các địa chỉ khác vẫn được phục vụ, và địa chỉ này sẽ được mở ngay khi có; " +
			"nếu không bao giờ có, hãy sửa trong lachan.yaml",
		EN: "this machine does not have the address %s yet: the others are served, and it is opened as soon as it is there; " +
			"if it never will be, correct lachan.yaml",
	}
	notUsed = wording.Text{
		VI: "danh sách hoặc chính sách mới chưa có hiệu lực, bản trước vẫn được dùng: %v",
		EN: "new lists or a new policy are not in force, those before stay in use: %v",
	}
	workFailed = wording.Text{
		VI: "việc %q gặp lỗi của chương trình và được chạy lại: %v; xem nhật ký và báo cho nhóm phát triển",
		EN: "work %q met a fault of the program and was started again: %v; see the log and tell the developers",
	}
)

// What users read about the certificate of the encrypted endpoints and about
// DNS cookies.
var (
	textCertificateBroken = wording.Text{
		VI: "không dùng được chứng chỉ mới: %v; chứng chỉ cũ vẫn được dùng",
		EN: "cannot use the new certificate: %v; the old one stays in use",
	}
	textCertificateUnmet = wording.Text{
		VI: "không lấy được chứng chỉ bằng ACME: %v; chứng chỉ đang có vẫn được dùng",
		EN: "cannot get a certificate by ACME: %v; the present one stays in use",
	}
	textCertificateExpires = wording.Text{
		VI: "chứng chỉ chỉ có hiệu lực đến %s; hãy gia hạn và đặt tệp mới vào chỗ cũ",
		EN: "the certificate is valid only until %s; renew it and put the new file in the same place",
	}
	textCookiesBroken = wording.Text{
		VI: "không lấy được khoá mới của DNS cookie: %v; khoá cũ vẫn được dùng",
		EN: "cannot get a new secret for DNS cookies: %v; the old one stays in use",
	}
)

var (
	textPageByAuthority = wording.Text{
		VI: "theo yêu cầu của cơ quan có thẩm quyền",
		EN: "by order of an authority",
	}
	textPageByLock = wording.Text{
		VI: "cấp trên quy định chặn cho mọi trường",
		EN: "a higher level blocks it for all schools",
	}
	textPageByOwn = wording.Text{
		VI: "trường, hoặc đơn vị cấp trên, đã chặn tên này",
		EN: "the school, or a unit above it, has blocked this name",
	}
	textPageByProfile = wording.Text{
		VI: "không dùng ở đây vào lúc này",
		EN: "not for use here at this time",
	}
	textPageByDefault = wording.Text{
		VI: "lúc này chỉ mở được các trang trong danh sách học tập",
		EN: "at this time only listed pages for lessons can be opened",
	}
	textConditionFailing = wording.Text{
		VI: "không cập nhật được; bản trước, nếu có, vẫn được dùng: %s",
		EN: "not updated; the previous versions, if any, stay in use: %s",
	}
	textConditionHeld = wording.Text{
		VI: "có bản bị giữ lại, vẫn dùng bản cũ: %s",
		EN: "versions are held back; the previous ones stay in use: %s",
	}
	textConditionDoubtful = wording.Text{
		VI: "có mục của lệnh chặn đáng ngờ đang chờ cho qua, phần còn lại đã có hiệu lực: %s; hỏi đơn vị cung cấp, cho qua bằng `lachan lists approve`",
		EN: "entries of orders that are in doubt wait for a word, the rest is in force: %s; ask the publisher, let them through with `lachan lists approve`",
	}
	textConditionCore = wording.Text{
		VI: "danh sách được khóa đang chặn các tên không bao giờ nên chặn: %s; hỏi đơn vị cung cấp, hoặc `lachan lists rollback`",
		EN: "locked lists block what should never be blocked: %s; ask the publisher, or `lachan lists rollback`",
	}
	textConditionExpressions = wording.Text{
		VI: "các danh sách cộng lại có quá nhiều biểu thức, phần thừa không được dùng: %s; hãy bớt danh sách, hoặc dùng danh sách liệt kê tên; xem `lachan lists status`",
		EN: "the lists together have too many expressions, these are left out: %s; use fewer lists, or lists of names; see `lachan lists status`",
	}
	textConditionIncomplete = wording.Text{
		VI: "có mục theo văn bản không thể chặn bằng DNS, phải báo lại cơ quan ra văn bản: %s; xem `lachan lists status`",
		EN: "entries of orders cannot be blocked by DNS and have to be reported back: %s; see `lachan lists status`",
	}
	textOrdersDamaged = wording.Text{
		VI: "%d dòng trong orders.jsonl không đọc được nên bị bỏ qua; hãy giữ tệp lại để đối chiếu",
		EN: "unreadable lines of orders.jsonl, left out: %d; keep the file for comparison",
	}
	textStateNewer = wording.Text{
		VI: "dữ liệu do một bản mới hơn ghi, bản này có thể không đọc được phần: %s. Xem lachan downgrade-check",
		EN: "a newer build wrote the state, and this one may not read its parts %s. See lachan downgrade-check",
	}
	textReadyNoList = wording.Text{
		VI: "chưa có danh sách nào có hiệu lực",
		EN: "no list is in force",
	}
	textReadyFeeds = wording.Text{
		VI: "chưa có hiệu lực: %s",
		EN: "not in force yet: %s",
	}
	textConditionUpstreams = wording.Text{
		VI: "máy chủ DNS cấp trên không trả lời: %s",
		EN: "upstreams that are down: %s",
	}
	textConditionTunnel = wording.Text{
		VI: "đang dừng %d đường hầm qua DNS (một nhóm máy gửi dữ liệu khác trong câu hỏi, dưới một tên miền): " +
			"xem docs/vi/tunnels.md",
		EN: "%d tunnels through DNS are being stopped (a group sends other traffic in questions, below a domain): " +
			"see docs/tunnels.md",
	}
	textConditionUnreadable = wording.Text{
		VI: "không đọc được danh sách đã tải, phần đang có hiệu lực được giữ: %s",
		EN: "lists that were had cannot be read, what is in force of them stays: %s",
	}
	textReadyNoUpstream = wording.Text{
		VI: "chưa máy chủ cấp trên nào trả lời",
		EN: "no upstream has answered yet",
	}
	textImpactHeld = wording.Text{
		VI: "; nếu dùng bản này, %d tên được hỏi gần đây (khoảng %d lượt) sẽ bị chặn thêm, xem `lachan lists diff`",
		EN: "; names asked recently that it would newly block: %d (asked about %d times), see `lachan lists diff`",
	}
	textLinksDamaged = wording.Text{
		VI: "không đọc được danh sách địa chỉ đã liên kết: %v; các bộ định tuyến sẽ báo lại địa chỉ của mình",
		EN: "cannot read the linked addresses: %v; routers will report theirs again",
	}
	textControl = wording.Text{
		VI: "không mở được cửa cho các lệnh trên máy này: %v; hãy xem quyền của state_dir rồi khởi động lại",
		EN: "the commands of this machine cannot come in: %v; see to the rights of state_dir and restart",
	}
	textNoConsole = wording.Text{
		VI: "Lá Chắn đang chạy; ở địa chỉ này chương trình khác hỏi: /readyz, /metrics. Muốn có trang cho người xem, hãy đặt console.listen trong lachan.yaml",
		EN: "Lá Chắn runs; this address is for programs: /readyz, /metrics. For pages for people set console.listen in lachan.yaml",
	}
)

package wording

// Sentences of `lachan requests`.
var (
	CLIRequests       = Text{"xem và trả lời các yêu cầu mở trang mà mọi người gửi từ trang báo chặn", "show and answer what people ask on the block page to have opened"}
	CLIRequestsLong   = Text{"Mở một trang là việc của chính sách: ghi tên miền vào allow của trường trong policy.yaml, nạp lại, rồi trả lời yêu cầu ở đây.", "Opening a page is for the policy: write the name into the school's allow in policy.yaml, reload, then answer the request here."}
	CLIRequestsAnswer = Text{"trả lời một yêu cầu và đóng lại", "answer a request and close it"}
	CLIRequestsClose  = Text{"đóng một yêu cầu mà không trả lời", "close a request without a word"}
	CLIRequestsReopen = Text{"mở lại một yêu cầu đã đóng", "take an answer back"}
	CLIRequestsAll    = Text{"cả những yêu cầu đã đóng", "those that are closed too"}
	CLIRequestsUnit   = Text{"chỉ của đơn vị này", "of this unit only"}
	CLIRequestsBy     = Text{"người trả lời; mặc định là người dùng của máy", "who answers; default is the user of the machine"}
	CLIRequestsNone   = Text{"không có yêu cầu nào đang chờ", "no request is open"}
	CLIRequestsLine   = Text{"%s: %s mở %s (%s), hỏi %d lần, lần cuối %s", "%s: %s asks for %s (%s), %d times, last %s"}
	CLIRequestsEnded  = Text{"%s đóng lúc %s: %s", "closed by %s at %s: %s"}
	CLIRequestsNobody = Text{"đơn vị chưa rõ", "an unknown unit"}
	CLIRequestsNoID   = Text{"không có yêu cầu %q; xem các mã bằng `lachan requests --all`", "there is no request %q; see the ids with `lachan requests --all`"}
	CLIRequestsClosed = Text{"đã đóng yêu cầu %s; đổi ý thì dùng `lachan requests reopen %[1]s`", "request %s is closed; `lachan requests reopen %[1]s` takes that back"}
	CLIRequestsOpened = Text{"yêu cầu %s lại đang chờ trả lời", "request %s is open again"}
	CLIRequestsBroken = Text{"bỏ qua một tệp hỏng: %v", "a damaged file is left out: %v"}
)

package offline

import "lachan/internal/wording"

// What check, explain, profile and requests say.
var (
	textCheck = wording.Text{
		VI: "kiểm tra cấu hình, chính sách và danh sách mà không cần chạy máy chủ",
		EN: "validate configuration, policy and lists without a server",
	}
	textCheckGood = wording.Text{
		VI: "Tốt: %s không có lỗi (%d trường và nhóm, %d danh sách)",
		EN: "Good: %s has no problems (schools and groups: %d, feeds: %d)",
	}
	textSettingUnits = wording.Text{
		VI: "%d đơn vị (%s)",
		EN: "%d units (%s)",
	}
	textSettingAlways = wording.Text{
		VI: "%s: lúc này và trong giờ học %s",
		EN: "%s: now and in lessons %s",
	}
	textSettingLessons = wording.Text{
		VI: "%s: lúc này %s; trong giờ học %s",
		EN: "%s: now %s; in lessons %s",
	}
	textSettingDuring = wording.Text{
		VI: "; trong khung giờ %q %s",
		EN: "; during %q %s",
	}
	textSettingDuringMore = wording.Text{
		VI: "; và %d khung giờ nữa",
		EN: "; and %d more timetables",
	}
	textWatched = wording.Text{
		VI: "hồ sơ lọc %q theo dõi mà không chặn: %s",
		EN: "the profile %q observes without blocking: %s",
	}
	textSettingsMore = wording.Text{
		VI: "… và %d cách thiết lập nữa (lachan check --json cho biết tất cả)",
		EN: "... and %d more settings (lachan check --json tells all)",
	}
	textBlocked = wording.Text{
		VI: "chặn: %s",
		EN: "blocked: %s",
	}
	textBlockedMore = wording.Text{
		VI: "chặn thêm: %s",
		EN: "blocked besides: %s",
	}
	textBlockedNothing = wording.Text{
		VI: "không chặn nhóm nội dung nào",
		EN: "no category is blocked",
	}
	textBlockedDeny = wording.Text{
		VI: "chỉ vào được những gì được cho phép",
		EN: "only what is allowed resolves",
	}
	textBlockedOnly = wording.Text{
		VI: "chỉ vào được những gì ghi trong only",
		EN: "only what is listed under only resolves",
	}
	textMemory = wording.Text{
		VI: "Bộ nhớ %s: tiến trình trả lời %s (bộ đệm %s, câu trả lời đang gửi %s, câu hỏi đang chờ %s, dnstap %s), tiến trình quản lý %s, tiến trình giám sát %s, mỗi việc riêng %s (dừng khi quá %s)",
		EN: "Memory %s: the process that answers %s (cache %s, answers on their way %s, questions that wait %s, dnstap %s), the one that manages %s, the supervisor %s, each job %s (it ends above %s)",
	}
	textCheckBad = wording.Text{
		VI: "%d lỗi cần sửa",
		EN: "problems: %d",
	}
	textMistakesMore = wording.Text{
		VI: "… và %d lỗi nữa (lachan check --json cho biết tất cả)",
		EN: "... and %d more (lachan check --json tells all)",
	}
	textUnreadable = wording.Text{
		VI: "không đọc được tệp: %v",
		EN: "the file cannot be read: %v",
	}
	textNote = wording.Text{
		VI: "lưu ý",
		EN: "note",
	}
	textExplain = wording.Text{
		VI: "giải thích từng bước vì sao một tên miền được phép hay bị chặn",
		EN: "explain each step of why a name is allowed or blocked",
	}
	textFlagClient = wording.Text{
		VI: "địa chỉ của máy hỏi; nếu chỉ có một trường thì không cần",
		EN: "address of the client that asks; not needed where there is one school",
	}
	textFlagUnit = wording.Text{
		VI: "mã đơn vị, như truong-a hoặc truong-a/giao-vien",
		EN: "id of the unit, such as school-a or school-a/staff",
	}
	textFlagType = wording.Text{
		VI: "kiểu bản ghi",
		EN: "query type",
	}
	textFlagAt = wording.Text{
		VI: "thời điểm, như \"20/11/2026 10:15\" hoặc 2026-11-20T10:15; mặc định là bây giờ",
		EN: "the time, such as \"20/11/2026 10:15\" or 2026-11-20T10:15; default now",
	}
	textExplainNoLists = wording.Text{
		VI: "chưa có danh sách nào được biên dịch trong %s; chỉ dùng danh sách dựng sẵn (chạy `lachan lists update` để tải)",
		EN: "no compiled lists in %s yet; only the built-in ones are used (run `lachan lists update`)",
	}
	textExplainSnapshot = wording.Text{
		VI: "không dùng được danh sách đã biên dịch: %v",
		EN: "the compiled lists cannot be used: %v",
	}
	textProfile = wording.Text{
		VI: "viết cấu hình để máy, điện thoại hay bộ định tuyến của một đơn vị hỏi DNS qua Lá Chắn",
		EN: "write the settings by which devices, phones or routers of a unit use this server",
	}
	textProfileLong = wording.Text{
		VI: "Tên, cổng, đường dẫn và mã lấy từ cấu hình và chính sách. Đơn vị có links được nhận ra ở bất cứ đâu; không có links thì chỉ ở trong networks của mình. Khi đó kết quả có mã bí mật của đơn vị: chỉ gửi cho người cài đặt.",
		EN: "Names, ports, paths and ids come from the configuration and the policy. A unit that has links is recognised anywhere, other units only in their networks. For such a unit the output contains its secret: give it only to the people that set the devices up.",
	}
	textProfileUnit = wording.Text{
		VI: "mã đơn vị, như truong-a hoặc truong-a/giao-vien",
		EN: "id of the unit, such as school-a or school-a/staff",
	}
	textProfileFor = wording.Text{
		VI: "cho loại máy nào: %s; bỏ trống thì viết mọi loại",
		EN: "for what: %s; without it, all of them",
	}
	textProfileAddress = wording.Text{
		VI: "địa chỉ của máy chủ này như các máy thấy; mặc định lấy từ server.listen",
		EN: "address of this server as devices see it; default those of server.listen",
	}
	textProfileOut = wording.Text{
		VI: "ghi vào tệp này thay vì in ra",
		EN: "write to this file instead",
	}
	textProfileNoUnit = wording.Text{
		VI: "hãy cho biết đơn vị: --unit MÃ",
		EN: "say for which unit: --unit ID",
	}
	textProfileKind = wording.Text{
		VI: "không có loại %q; hãy chọn một trong: %s",
		EN: "there is no %q; choose one of: %s",
	}
	textProfileOneFile = wording.Text{
		VI: "--out cần --for: mỗi tệp chỉ cho một loại",
		EN: "--out takes --for: a file is for one kind",
	}
	textProfileApple = wording.Text{
		VI: "ghi ra tệp bằng `lachan profile --unit %s --for apple --out lachan.mobileconfig`, rồi mở tệp ấy trên iPhone, iPad hoặc Mac",
		EN: "write a file with `lachan profile --unit %s --for apple --out lachan.mobileconfig`, and open that on the iPhone, iPad or Mac",
	}
	textProfileWritten = wording.Text{VI: "đã ghi %s", EN: "%s is written"}
	textProfileSecret  = wording.Text{
		VI: "đã ghi %s; tệp có mã bí mật của đơn vị",
		EN: "%s is written; it contains the unit's secret",
	}
	textProfileUnseen = wording.Text{
		VI: "đơn vị chưa có links nên chỉ được nhận ra trong networks của mình (mã đơn vị thì ai cũng đoán được); để nhận ra ở mọi nơi, hãy thêm links: [mã từ `openssl rand -hex 10`]",
		EN: "the unit has no links, so it is recognised only in its networks (anybody can guess its plain id); to recognise it anywhere, add links: [one of `openssl rand -hex 10`]",
	}
	textProfileGuessable = wording.Text{
		VI: "đơn vị được nhận ra bằng mã công khai mà ai cũng đoán được; nên thêm links: [mã từ `openssl rand -hex 10`]",
		EN: "the unit is recognised by its plain id, which anybody can guess; better add links: [one of `openssl rand -hex 10`]",
	}
	textIdle = wording.Text{
		VI: "danh sách %q có %d ngoại lệ (@@) không có tác dụng: ngoại lệ của một danh sách không bỏ chặn mục của danh sách khác; muốn cho phép thì dùng danh sách action: allow",
		EN: "list %q has exceptions (@@) without effect: %d: those of one list do not lift entries of another; to allow names, use a feed with action: allow",
	}
	textZoneDenied = wording.Text{
		VI: "zones: %s có máy chủ riêng, nhưng hồ sơ lọc %s (default: deny hoặc only) không cho vào: nếu vẫn cần, hãy thêm allow: [%s], hoặc ghi vào only",
		EN: "zones: %s has servers of its own, and the profile %s (default: deny or only) does not let it through: if it is needed, add allow: [%s], or write it into only",
	}
	textFamilyGap = wording.Text{
		VI: "máy chủ nghe ở %v, mà chưa đơn vị nào có networks %s: máy hỏi qua đó là máy lạ (unknown_client: %s); hãy thêm dải mạng, hoặc thôi nghe ở đó",
		EN: "the server listens on %v, and no unit has networks of %s: clients that ask there are unknown (unknown_client: %s); add the networks, or do not listen there",
	}
	textProfileOnAir = wording.Text{
		VI: "%s được phép nhiều hơn trường của mình, mà với DoT mã bí mật đi qua mạng không mã hóa (trong tên máy chủ): học sinh có thể đọc được; hãy dùng DoH (Apple, trình duyệt)",
		EN: "%s may do more than its school, and over DoT its secret crosses the network in clear (in the server name), where pupils can read it; use DoH instead (Apple, browsers)",
	}
	textProfileUncovered = wording.Text{
		VI: "chứng chỉ không có tên *.%s nên DNS over TLS không mang được mã đơn vị; ở đó đơn vị chỉ được nhận ra theo địa chỉ",
		EN: "the certificate is not for *.%s, so DNS over TLS cannot carry the unit's id; there it is recognised only by its address",
	}
	textRequests = wording.Text{
		VI: "xem và trả lời các yêu cầu mở trang mà mọi người gửi từ trang báo chặn",
		EN: "show and answer the requests from the block page",
	}
	textRequestsLong = wording.Text{
		VI: "Khi máy chủ chạy, answer --open mở luôn tên miền cho đơn vị đã hỏi, và mỗi câu trả lời là một dòng của sổ quyết định. Khi không, yêu cầu được đọc và đóng ngay trong tệp; mở một trang thì ghi tên miền vào allow của trường trong policy.yaml rồi nạp lại.",
		EN: "While a server runs, answer --open opens the name for the unit that asks, and each answer is a record of the ledger. While none does, requests are read and closed in their files; to open a name, write it into the school's allow in policy.yaml and reload.",
	}
	textRequestsAnswer = wording.Text{
		VI: "trả lời một yêu cầu và đóng lại",
		EN: "answer a request and close it",
	}
	textRequestsClose = wording.Text{
		VI: "đóng một yêu cầu mà không trả lời",
		EN: "close a request without an answer",
	}
	textRequestsReopen = wording.Text{
		VI: "mở lại một yêu cầu đã đóng",
		EN: "reopen a request",
	}
	textRequestsAll = wording.Text{
		VI: "cả những yêu cầu đã đóng",
		EN: "closed requests too",
	}
	textRequestsUnit = wording.Text{
		VI: "chỉ của đơn vị này",
		EN: "only those of this unit",
	}
	textRequestsBy = wording.Text{
		VI: "người trả lời; mặc định là người dùng của máy",
		EN: "who answers; default is the user of the machine",
	}
	textRequestsNone = wording.Text{
		VI: "không có yêu cầu nào đang chờ",
		EN: "no request is open",
	}
	textRequestsLine = wording.Text{
		VI: "%s: %s mở %s (%s), hỏi %d lần, lần cuối %s",
		EN: "%s: %s asks for %s (%s), times: %d, last %s",
	}
	textNotReadBy = wording.Text{
		VI: "%s, người dùng của máy chủ, không đọc được như root: ",
		EN: "the server's user %s cannot read what root can: ",
	}
	textRequestsFollows = wording.Text{
		VI: "hỏi lại sau khi yêu cầu %s đã được trả lời",
		EN: "asked again after request %s was answered",
	}
	textRequestsEnded = wording.Text{
		VI: "%s đóng lúc %s: %s",
		EN: "closed by %s at %s: %s",
	}
	textRequestsNobody = wording.Text{
		VI: "đơn vị chưa rõ",
		EN: "an unknown unit",
	}
	textRequestsNoID = wording.Text{
		VI: "không có yêu cầu %q; xem các mã bằng `lachan requests --all`",
		EN: "there is no request %q; see the ids with `lachan requests --all`",
	}
	textRequestsClosed = wording.Text{
		VI: "đã đóng yêu cầu %s; đổi ý thì dùng `lachan requests reopen %[1]s`",
		EN: "request %s is closed; `lachan requests reopen %[1]s` undoes that",
	}
	textRequestsOpened = wording.Text{
		VI: "yêu cầu %s lại đang chờ trả lời",
		EN: "request %s is open again",
	}
	textRequestsBroken = wording.Text{
		VI: "bỏ qua một tệp hỏng: %v",
		EN: "a damaged file is left out: %v",
	}
	textScriptFlag = wording.Text{
		VI: "tệp thử chính sách, ngoài các tệp trong tests của chính sách; dùng được nhiều lần",
		EN: "a policy script, beside those in the policy's tests; may be repeated",
	}
	textScriptsGood = wording.Text{
		VI: "Thử chính sách: %d câu hỏi đều đúng như mong đợi",
		EN: "Policy scripts: all answers are as expected (%d)",
	}
	textDecisionsUnread = wording.Text{
		VI: "không đọc được các quyết định (%v): kết quả không tính đến chúng; hãy chạy bằng sudo",
		EN: "decisions cannot be read (%v) and are left out of what is said; run it with sudo",
	}
	textDecisionOrphan = wording.Text{
		VI: "quyết định %d (%s, %s): không có đơn vị này, quyết định được giữ nhưng không có hiệu lực",
		EN: "decision %d (%s, %s): there is no such unit; the decision is kept and has no effect",
	}
	textDecisionImpossible = wording.Text{
		VI: "quyết định %d (%s, %s): không áp dụng được cho tên hay nhóm này, quyết định không có hiệu lực",
		EN: "decision %d (%s, %s): the name or category cannot be decided on; it has no effect",
	}
	textDecisionVoid = wording.Text{
		VI: "quyết định %d (%s, %s) không có tác dụng: %s",
		EN: "decision %d (%s, %s) has no effect: %s",
	}
	textDecisionEnds = wording.Text{
		VI: "quyết định %d (%s, %s) sắp hết hạn, lúc %s",
		EN: "decision %d (%s, %s) ends soon, at %s",
	}
	textDecisionsMore = wording.Text{
		VI: "thêm %d quyết định như vậy",
		EN: "%d more decisions like these",
	}
)

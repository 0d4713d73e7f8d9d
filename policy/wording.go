package policy

import (
	"lachan/internal/wording"
	"lachan/policy/catalogue"
	"lachan/policy/lookalike"
	"lachan/policy/source"
)

// What is wrong with policy.yaml and the files it names, and what to do.
var textCatalogue = wording.Text{
	VI: "dữ liệu có sẵn trong chương trình bị hỏng: %v",
	EN: "the data built into the program are damaged: %v",
}

// What is not wrong but deserves a look.
var (
	textUnitsMeant = wording.Text{
		VI: "; có phải là %s?",
		EN: "; did you mean %s?",
	}
	textExpired = wording.Text{
		VI: "mục %s đã hết hạn sau ngày %s và không còn hiệu lực: hãy xóa hoặc gia hạn",
		EN: "the entry %s expired after %s and no longer counts: remove it or extend it",
	}
	textNoEffect = wording.Text{
		VI: "chặn %s không có hiệu lực vì %s cho phép %s: trong cùng một đơn vị, cho phép được xét trước",
		EN: "blocking %s has no effect since %s allows %s: within one unit, allow comes first",
	}
)

// Pseudo categories.
var textNoCategory = wording.Text{
	VI: "Không thuộc nhóm nào",
	EN: "No category",
}

// dayKinds are the kinds of day, by source.DayKind.
var dayKinds = [...]wording.Text{
	source.StudyDay: {VI: "ngày học", EN: "study"},
	source.ExamDay:  {VI: "ngày thi", EN: "exam"},
	source.Holiday:  {VI: "ngày nghỉ lễ", EN: "holiday"},
	source.OffDay:   {VI: "ngày ngoài học kỳ", EN: "off"},
}

// strictness are the words for catalogue.Strictness.
var strictness = [...]wording.Text{
	catalogue.Off:      {VI: "tắt", EN: "off"},
	catalogue.Moderate: {VI: "vừa phải", EN: "moderate"},
	catalogue.Strict:   {VI: "nghiêm ngặt", EN: "strict"},
}

// replies are the answers in place of the one that was asked for, by Reply. In English
// they are what policy.yaml writes.
var replies = [...]wording.Text{
	ReplyNXDOMAIN: {VI: "không có tên này (NXDOMAIN)", EN: "nxdomain"},
	ReplyNull:     {VI: "địa chỉ 0.0.0.0", EN: "null"},
	ReplyNodata:   {VI: "không có địa chỉ (NODATA)", EN: "nodata"},
	ReplyRefused:  {VI: "từ chối (REFUSED)", EN: "refused"},
	ReplyPage:     {VI: "trang báo chặn", EN: "page"},
	ReplyDrop:     {VI: "im lặng, không gửi gì", EN: "drop"},
	ReplyTCPOnly:  {VI: "hỏi lại qua TCP", EN: "tcp-only"},
	ReplyData:     {VI: "bản ghi của danh sách", EN: "data"},
	ReplyOwn:      {VI: "bản ghi của chính máy chủ", EN: "own"},
	ReplyYXDOMAIN: {VI: "tên quá dài (YXDOMAIN)", EN: "yxdomain"},
}

// The steps of a decision, as explanations tell them.
var (
	explainNone = wording.Text{
		VI: "không có gì",
		EN: "-",
	}
	explainClient = wording.Text{
		VI: "đơn vị của máy hỏi, gần nhất trước: %s",
		EN: "the client's units, nearest first: %s",
	}
	explainUnknownClient = wording.Text{
		VI: "địa chỉ này không thuộc đơn vị nào: dùng hồ sơ lọc %s",
		EN: "no unit claims this address: the profile %s holds",
	}
	explainUnserved = wording.Text{
		VI: "địa chỉ này không thuộc đơn vị nào, mà máy lạ thì không được phục vụ (server.unknown_client): hãy thêm địa chỉ vào networks của đơn vị",
		EN: "no unit claims this address, and unknown clients are not served (server.unknown_client): add it to the networks of its unit",
	}
	explainRefused = wording.Text{
		VI: "BỊ TỪ CHỐI (REFUSED)",
		EN: "REFUSED",
	}
	explainNothing = wording.Text{
		VI: "không có trong danh sách nào",
		EN: "on no list",
	}
	explainLikeness = map[lookalike.Way]wording.Text{
		lookalike.Confusable: {
			VI: "nhái %s (%s) bằng các ký tự trông giống nhau",
			EN: "imitates %s (%s) by characters that look alike",
		},
		lookalike.OneEdit: {
			VI: "nhái %s (%s), khác một chữ cái",
			EN: "imitates %s (%s), one letter away",
		},
		lookalike.Suffix: {
			VI: "nhái %s (%s) ở đuôi tên miền không phải của chủ thương hiệu",
			EN: "imitates %s (%s) at a suffix that is not its owner's",
		},
		lookalike.Inside: {
			VI: "nhái %s (%s): tên thương hiệu nằm trong tên miền của người khác",
			EN: "imitates %s (%s): the brand stands in a name of others",
		},
		lookalike.Embedded: {
			VI: "nhái %s: tên miền %s đứng trước tên miền của người khác",
			EN: "imitates %s: %s stands in front of a domain of others",
		},
	}
	explainFirstSeen = wording.Text{
		VI: "nếu chưa ai ở máy chủ trả lời từng hỏi tên miền này, nó bị chặn mười phút kể từ lần hỏi đầu (%s); " +
			"chỉ máy chủ đó biết, mỗi máy chủ nhớ riêng: xem docs/vi/first-seen.md",
		EN: "if nobody has asked for this domain before at the node that answers, it is blocked for ten minutes " +
			"from the first question on (%s); only that node knows, each has its own memory: see docs/first-seen.md",
	}
	explainFirstObserved = wording.Text{
		VI: "nếu chưa ai ở máy chủ trả lời từng hỏi tên miền này, nó được cho qua và đếm vào nhóm first-seen trong mười phút; " +
			"chỉ máy chủ đó biết",
		EN: "if nobody has asked for this domain before at the node that answers, it passes and is counted as first-seen " +
			"for ten minutes; only that node knows",
	}
	explainMatch = wording.Text{
		VI: "danh sách %s, mục %s: %s",
		EN: "list %s, entry %s: %s",
	}
	explainOrder = wording.Text{
		VI: ", theo văn bản %s của %s",
		EN: ", by document %s of %s",
	}
	explainHoldsFrom = wording.Text{
		VI: ", từ %s",
		EN: ", from %s",
	}
	explainHoldsUntil = wording.Text{
		VI: ", đến trước %s",
		EN: ", until %s",
	}
	explainDormant = wording.Text{
		VI: ": lúc này không có hiệu lực nên không tính",
		EN: ": not in force at this time and does not count",
	}
	explainListException = wording.Text{
		VI: " (ngoại lệ của danh sách)",
		EN: " (an exception of the list)",
	}
	explainLifted = wording.Text{
		VI: " (bị ngoại lệ của danh sách bỏ qua)",
		EN: " (lifted by an exception of the list)",
	}
	// TextLocal is what people read of a name that the server answers itself.
	TextLocal = wording.Text{
		VI: "tên này do chính máy chủ DNS trả lời, không chuyển đi đâu",
		EN: "the resolver itself answers this name and never forwards it",
	}
	explainNoLock = wording.Text{
		VI: "không cấp nào khóa nhóm nào",
		EN: "no unit locks anything",
	}
	explainOtherLocks = wording.Text{
		VI: "không trúng khóa nào (đang khóa: %s)",
		EN: "no lock concerns it (locked: %s)",
	}
	explainLock = wording.Text{
		VI: "%s khóa %s (%s): không cấp dưới nào mở được",
		EN: "%s locks %s (%s): no unit below can lift it",
	}
	explainNoOwn = wording.Text{
		VI: "không đơn vị nào có mục riêng cho tên này",
		EN: "no unit has an entry of its own for it",
	}
	// textSuffix is what is said of a public suffix that is written as a plain name.
	textSuffix = wording.Text{
		VI: "%q là đuôi tên miền công cộng: mục này sẽ trùm lên mọi tên miền đăng ký bên dưới; nếu đúng là muốn vậy, hãy ghi %s, nếu không thì ghi tên cụ thể",
		EN: "%q is a public suffix: the entry would cover everything registered below it; if that is meant, write %s, else the name that you mean",
	}
	explainOwnAllow = wording.Text{
		VI: "%s cho phép %s (%s)",
		EN: "%s allows %s (%s)",
	}
	explainOwnBlock = wording.Text{
		VI: "%s chặn %s (%s)",
		EN: "%s blocks %s (%s)",
	}
	explainAllowList = wording.Text{
		VI: "%s cho phép theo danh sách %s",
		EN: "%s allows what list %s names",
	}
	explainBlockList = wording.Text{
		VI: "%s chặn theo danh sách %s",
		EN: "%s blocks what list %s names",
	}
	explainDecision = wording.Text{
		VI: "quyết định %d",
		EN: "decision %d",
	}
	explainDecided = wording.Text{
		VI: "theo quyết định",
		EN: "decided",
	}
	explainWho = wording.Text{
		VI: ", người ghi: %s",
		EN: ", written by %s",
	}
	explainWhy = wording.Text{
		VI: ", lý do: %s",
		EN: ", because: %s",
	}
	explainDocument = wording.Text{
		VI: ", văn bản: %s",
		EN: ", document: %s",
	}
	explainUntil = wording.Text{
		VI: ", đến hết ngày %s",
		EN: ", until the end of %s",
	}
	explainExpired = wording.Text{
		VI: ", đã hết hạn sau ngày %s nên không tính",
		EN: ", expired after %s and does not count",
	}
	explainUntilMoment = wording.Text{
		VI: ", đến %s",
		EN: ", until %s",
	}
	explainOver = wording.Text{
		VI: ", đã hết hạn lúc %s nên không tính",
		EN: ", expired at %s and does not count",
	}
	explainNotYet = wording.Text{
		VI: ", đến ngày %s mới có hiệu lực",
		EN: ", does not count before %s",
	}
	explainCore = wording.Text{
		VI: "thuộc các tên không bao giờ chặn (giáo dục, giờ chuẩn, kiểm tra mạng, tìm kiếm an toàn)",
		EN: "one of the names that are never blocked (education, time, network checks, safe search)",
	}
	explainNoCore = wording.Text{
		VI: "không thuộc các tên không bao giờ chặn",
		EN: "not one of the names that are never blocked",
	}
	explainCanary = wording.Text{
		VI: "phần mềm hỏi tên này để biết có được bỏ qua bộ lọc không: trả lời là không",
		EN: "software asks this name to learn whether it may go around the filter: it may not",
	}
	explainNoCanary = wording.Text{
		VI: "không phải tên dò đường vòng tránh bộ lọc",
		EN: "not a name that asks for a way around the filter",
	}
	explainProfile = wording.Text{
		VI: "hồ sơ lọc %s (do %s chọn)",
		EN: "profile %s (chosen by %s)",
	}
	explainProfileDefault = wording.Text{
		VI: "hồ sơ lọc %s, dùng khi không đơn vị nào chọn hồ sơ",
		EN: "profile %s, which holds where no unit has chosen one",
	}
	explainRule = wording.Text{
		VI: "đang trong khung giờ %s, %s (%s): chặn %s, cho phép %s",
		EN: "within %s, day of %s (%s): blocks %s, allows %s",
	}
	explainRuleProfile = wording.Text{
		VI: ", dùng hồ sơ lọc %s",
		EN: ", with profile %s",
	}
	explainRuleClosed = wording.Text{
		VI: "ngoài khung giờ %s, %s (%s): không áp dụng",
		EN: "outside %s, day of %s (%s): not in force",
	}
	explainProfileSets = wording.Text{
		VI: "lúc này bị chặn: %s; được phép: %s",
		EN: "blocked at this time: %s; allowed: %s",
	}
	explainProfileBlocks = wording.Text{
		VI: "hồ sơ lọc chặn %s",
		EN: "the profile blocks %s",
	}
	explainDuring = wording.Text{
		VI: ", theo quy tắc trong khung giờ %s, đang có hiệu lực",
		EN: ", by a rule within %s, in force now",
	}
	explainNotDuring = wording.Text{
		VI: ", theo quy tắc trong khung giờ %s, lúc này không có hiệu lực",
		EN: ", by a rule within %s, not in force now",
	}
	explainClosed = wording.Text{
		VI: "lúc này chỉ những gì ghi trong only và những gì máy cần để hoạt động mới được phép",
		EN: "at this time only what is listed under only resolves, and what machines need to work",
	}
	explainClosedCore = wording.Text{
		VI: "lúc khác tên này không bao giờ bị chặn, nhưng lúc này chỉ những gì ghi trong only được phép",
		EN: "at other times the name is never blocked, but at this time only what is listed under only resolves",
	}
	explainClosedOwn = wording.Text{
		VI: "lúc này chỉ những gì ghi trong only được phép: mục riêng của các đơn vị không được tính",
		EN: "at this time only what is listed under only resolves: the units' own entries do not count",
	}
	explainProfileEntry = wording.Text{
		VI: "hồ sơ lọc cho phép %s",
		EN: "the profile allows %s",
	}
	explainProfileNothing = wording.Text{
		VI: "lúc này không chặn gì của tên này",
		EN: "nothing of it is blocked at this time",
	}
	explainAllow = wording.Text{
		VI: "mọi tên khác đều được phép",
		EN: "all other names are allowed",
	}
	explainDeny = wording.Text{
		VI: "lúc này chỉ các tên được phép rõ ràng mới truy cập được",
		EN: "at this time only names that are allowed by word resolve",
	}
	explainSafeSearch = wording.Text{
		VI: "tìm kiếm an toàn của hồ sơ lọc %s (công cụ tìm kiếm: %s, YouTube: %s)",
		EN: "safe search of profile %s (search engines: %s, YouTube: %s)",
	}
	explainPass = wording.Text{
		VI: "CHO PHÉP",
		EN: "PASS",
	}
	explainBlock = wording.Text{
		VI: "CHẶN, tính vào nhóm %s, trả lời: %s",
		EN: "BLOCK, counted in %s, reply %s",
	}
	explainRewrite = wording.Text{
		VI: "CHUYỂN sang %s",
		EN: "REWRITE to %s",
	}
	explainAnswered = wording.Text{
		VI: "TỰ TRẢ LỜI (%s), không chuyển đi",
		EN: "ANSWERED HERE with %s, never forwarded",
	}
	explainExcepted = wording.Text{
		VI: " theo ngoại lệ; nếu không đã bị chặn vì thuộc nhóm %s",
		EN: " by an exception; otherwise blocked as %s",
	}
)

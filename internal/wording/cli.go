package wording

// Sentences of the command line.
var (
	CLIRoot     = Text{"lá chắn DNS cho trường học", "a DNS shield for schools"}
	CLIRootLong = Text{
		"Lá Chắn trả lời câu hỏi DNS của trường học: chặn những tên miền có hại theo danh sách của cơ quan có thẩm quyền và theo chính sách của từng trường, giữ cho việc học luôn thông suốt, và đếm để báo cáo mà không ghi lại điều gì về một học sinh nào.",
		"Lá Chắn answers the DNS queries of schools: it blocks harmful names by the lists of authorities and the policy of each school, keeps lessons reachable, and counts for the reports without storing anything about any one child.",
	}
	CLIExitStatus = Text{
		"Mã kết thúc: 0 xong, 1 có điều sai và đã nói rõ, 2 dòng lệnh không đúng.",
		"Exit status: 0 done, 1 it says what is wrong, 2 usage.",
	}
	CLIFlagLanguage  = Text{"ngôn ngữ: vi, en hoặc both (cả hai); nếu không ghi thì theo LACHAN_LANG rồi LC_ALL, LC_MESSAGES, LANG", "language: vi, en or both; if not given, as LACHAN_LANG and then LC_ALL, LC_MESSAGES, LANG say"}
	CLILanguageWrong = Text{"%s: không có ngôn ngữ %q; hãy ghi vi, en hoặc both", "%s: there is no language %q; write vi, en or both"}
	CLIHelp          = Text{"hướng dẫn cho một lệnh", "help for a command"}
	CLIHelpUsage     = Text{"Cách dùng", "Usage"}
	CLIHelpExamples  = Text{"Ví dụ", "Examples"}
	CLIHelpCommand   = Text{"LỆNH", "COMMAND"}
	CLIHelpCommands  = Text{"Các lệnh", "Commands"}
	CLIHelpFlags     = Text{"Tùy chọn", "Flags"}
	CLIHelpInherited = Text{"Tùy chọn chung", "Common flags"}
	CLIHelpMore      = Text{
		`Xem thêm: "{{.CommandPath}} LỆNH --help".`,
		`More: "{{.CommandPath}} COMMAND --help".`,
	}
	CLIUsage          = Text{"xem: %s --help", "see: %s --help"}
	CLIUnknownCommand = Text{"không có lệnh %q", "there is no command %q"}
	CLIFlagWrong      = Text{"không hiểu dòng lệnh: %v", "cannot understand the command line: %v"}
	CLIFlagKey        = Text{"đặt mục %s của cấu hình", "set %s of the configuration"}
	CLIFlagHelp       = Text{"hướng dẫn cho lệnh này", "help for this command"}
	CLIArguments      = Text{"lệnh này nhận %d đối số, đã cho %d", "arguments: %d wanted, %d given"}
	CLIFlagJSON       = Text{"in ra JSON cho chương trình đọc", "print JSON for programs"}
	CLIFlagURL        = Text{"địa chỉ /healthz của máy chủ", "address of the server's /healthz"}
	CLIFlagConfig     = Text{"tệp cấu hình", "the configuration file"}

	CLIVersion      = Text{"in phiên bản", "print the version"}
	CLIServe        = Text{"chạy máy chủ DNS; SIGHUP nạp lại mọi thứ, SIGTERM dừng êm", "run the DNS server; SIGHUP reloads everything, SIGTERM drains"}
	CLICompileOrder = Text{"biên dịch danh sách cho máy chủ đang chạy (máy chủ tự gọi)", "compile lists for the running server, which calls this itself"}
	CLIHealth       = Text{"hỏi máy chủ đang chạy có khoẻ không", "ask a running server whether it is alive"}

	CLICheck     = Text{"kiểm tra cấu hình, chính sách và danh sách mà không cần chạy máy chủ", "validate configuration, policy and lists without a server"}
	CLICheckGood = Text{"Tốt: %s không có lỗi (%d trường và nhóm, %d danh sách)", "Good: %s has no problems (schools and groups: %d, feeds: %d)"}
	CLICheckBad  = Text{"%d lỗi cần sửa", "problems: %d"}
	CLINote      = Text{"lưu ý", "note"}

	CLIExplain         = Text{"giải thích từng bước vì sao một tên miền được phép hay bị chặn", "explain each step of why a name is allowed or blocked"}
	CLIFlagClient      = Text{"địa chỉ của máy hỏi", "address of the client that asks"}
	CLIFlagUnit        = Text{"mã đơn vị, như truong-a hoặc truong-a/giao-vien", "id of the unit, such as school-a or school-a/staff"}
	CLIFlagType        = Text{"kiểu bản ghi", "query type"}
	CLIFlagAt          = Text{"thời điểm, như 2026-11-20T10:15; mặc định là bây giờ", "the moment, such as 2026-11-20T10:15; default now"}
	CLIExplainWho      = Text{"hãy cho biết ai hỏi: --client ĐỊA_CHỈ hoặc --unit MÃ (chỉ một trong hai)", "say who asks: --client ADDR or --unit ID, one of them"}
	CLIExplainAddress  = Text{"%q không phải là địa chỉ IP", "%q is not an IP address"}
	CLIExplainUnit     = Text{"không có đơn vị %q trong chính sách", "there is no unit %q in the policy"}
	CLIExplainType     = Text{"không có kiểu bản ghi %q", "there is no query type %q"}
	CLIExplainAt       = Text{"%q không phải là thời điểm; hãy ghi như 2026-11-20T10:15", "%q is not a moment; write it as 2026-11-20T10:15"}
	CLIExplainNoLists  = Text{"chưa có danh sách nào được biên dịch trong %s; chỉ dùng danh sách dựng sẵn (chạy `lachan lists update` để tải)", "no compiled lists in %s yet; only the built-in ones are used (run `lachan lists update`)"}
	CLIExplainSnapshot = Text{"không dùng được danh sách đã biên dịch: %v", "the compiled lists cannot be used: %v"}

	CLILists           = Text{"tải, xem và kiểm tra các danh sách", "fetch, show and check the lists"}
	CLIListsUpdate     = Text{"tải mọi danh sách, hoặc những danh sách được nêu tên, rồi biên dịch", "fetch all feeds, or those named, and compile"}
	CLIListsStatus     = Text{"cho biết mỗi danh sách đang thế nào", "show how each feed is"}
	CLIListsCheck      = Text{"kiểm tra một tệp danh sách: đọc được bao nhiêu mục, dòng nào bị loại và vì sao", "check a list file: how many entries, which lines are rejected and why"}
	CLIListsDiff       = Text{"cho biết bản đang bị giữ lại, hoặc một tệp, sẽ thêm và bớt những gì", "show what the version that is held back, or a file, would add and remove"}
	CLIListsDiffSum    = Text{"%s: thêm %d, bớt %d", "%s: %d added, %d removed"}
	CLIListsNoCopy     = Text{"danh sách %q chưa có bản nào để so sánh", "feed %q has no version to compare"}
	CLIListsApprove    = Text{"cho qua bản đang bị giữ lại, đúng một lần và có ghi lại", "let the version that is held back through, once, and record it"}
	CLIListsDecided    = Text{"%s: từ nay dùng bản %s, %d mục; đã ghi lại: %s", "%s: version %s is used from now on, %d entries; recorded: %s"}
	CLIListsRollback   = Text{"trở lại bản trước đó của một danh sách, ví dụ khi bản mới chặn nhầm trang học; có ghi lại", "go back to the version before, as when a new one blocks a lesson site, and record it"}
	CLIListsNoPrevious = Text{"danh sách %q không còn bản trước đó để trở lại", "no version of feed %q before this one is kept"}
	CLIListsNotHeld    = Text{"danh sách %q không có bản nào đang bị giữ lại", "no version of feed %q is held back"}
	CLIFlagBy          = Text{"người cho qua; mặc định là người dùng của máy", "who lets it through; default is the user of the machine"}
	CLIListsNoFeed     = Text{"không có danh sách %q trong cấu hình; có: %s", "the configuration has no feed %q; it has: %s"}
	CLIListsNone       = Text{"cấu hình không có danh sách nào (feeds)", "the configuration has no feeds"}
	CLIListsUpdated    = Text{"%s: %d mục, %d dòng bị loại", "%s: %d entries, %d lines rejected"}
	CLIListsSame       = Text{"%s: không đổi, %d mục", "%s: unchanged, %d entries"}
	CLIListsCompiled   = Text{"đã biên dịch %d tên và địa chỉ, %s; máy chủ đang chạy sẽ dùng trong vài giây", "compiled %d names and addresses, %s; a running server takes them within seconds"}
	CLIListsCompiling  = Text{"đang biên dịch", "compiling"}
	CLIListsNever      = Text{"chưa bao giờ tải được", "never fetched"}
	CLIListsFormat     = Text{"định dạng; mặc định là tự nhận ra", "format; default is to recognise it"}
	CLIListsSummary    = Text{"%s: định dạng %s, %d dòng, %d mục, %d dòng bị loại", "%s: format %s, %d lines, %d entries, %d lines rejected"}
	CLIListsLine       = Text{"dòng %d: %s: %s", "line %d: %s: %s"}
	CLIListsReason     = Text{"%d dòng: %s", "%d lines: %s"}
	CLIListsFlagSub    = Text{"mỗi mục của danh sách hosts hoặc domains gồm cả các tên bên dưới", "an entry of a hosts or domains list covers all below it"}
	CLIListsColumns    = Text{"DANH SÁCH\tNHÓM\tMỤC\tBỊ LOẠI\tLẦN TẢI TỐT CUỐI\tTÌNH TRẠNG", "FEED\tCATEGORY\tENTRIES\tREJECTED\tLAST SUCCESS\tSTATE"}
	CLIListsGood       = Text{"tốt", "good"}
	CLIListsHeld       = Text{"giữ lại bản %s (%d mục) từ %s: %s", "version %s (%d entries) is held back since %s: %s"}
	CLIListsCore       = Text{"%d mục thuộc các tên không bao giờ chặn (%s), chỉ bị chặn khi danh sách được khóa", "%d entries name what is never blocked (%s); only a locked list blocks them"}
	CLIListsRejected   = Text{"loại %d dòng: %s; ví dụ %s", "%d lines rejected: %s; such as %s"}
	CLIListsRejectAt   = Text{"dòng %d", "line %d"}
	CLIListsRejectIn   = Text{"%s dòng %d", "%s line %d"}
	CLIListsApproved   = Text{"bản %s (%d mục) do %s cho qua lúc %s", "version %s (%d entries) was let through by %s at %s"}
	CLIListsBack       = Text{"bản %s (%d mục) do %s lùi khỏi lúc %s", "version %s (%d entries) was gone back from by %s at %s"}
	CLIListsWindow     = Text{"có hiệu lực %s đến %s", "holds from %s until %s"}
	CLIListsBefore     = Text{"chưa có hiệu lực", "not in force yet"}
	CLIListsOver       = Text{"đã hết hiệu lực", "no longer in force"}

	ConditionFailing    = Text{"không cập nhật được; bản trước, nếu có, vẫn được dùng: %s", "not up to date; the versions before, if there are any, stay in use: %s"}
	ConditionHeld       = Text{"có bản bị giữ lại, vẫn dùng bản cũ: %s", "versions are held back, those before stay in use: %s"}
	ConditionCore       = Text{"danh sách được khóa đang chặn các tên không bao giờ nên chặn: %s; hỏi đơn vị cung cấp, hoặc `lachan lists rollback`", "locked lists block what should never be blocked: %s; ask the publisher, or `lachan lists rollback`"}
	ConditionIncomplete = Text{"có mục theo văn bản không thể chặn bằng DNS, phải báo lại cơ quan ra văn bản: %s; xem `lachan lists status`", "entries of orders cannot be blocked by DNS and have to be reported back: %s; see `lachan lists status`"}

	CLIOrders     = Text{"văn bản của cơ quan có thẩm quyền: %d; từ lúc nhận đến lúc có hiệu lực: trung vị %s, lâu nhất %s; trong 24 giờ: %d (%s); văn bản khẩn trong 6 giờ: %d/%d", "orders of authorities: %d; from received to in force: median %s, worst %s; within 24 hours: %d (%s); urgent ones within 6 hours: %d/%d"}
	CLIOrderLate  = Text{"quá hạn: văn bản %q, danh sách %s, nhận %s, có hiệu lực %s, mất %s", "late: document %q, feed %s, received %s, in force %s, took %s"}
	CLIOrdersMore = Text{"… và %d văn bản quá hạn khác (xem --json)", "… and %d more late ones (see --json)"}
	OrdersDamaged = Text{"%d dòng trong orders.jsonl không đọc được nên bị bỏ qua; hãy giữ tệp lại để đối chiếu", "%d lines of orders.jsonl cannot be read and are left out; keep the file to compare"}

	StateDirDenied = Text{"không ghi được vào %s: %v; hãy tạo thư mục đó cho người dùng chạy lachan, hoặc đổi state_dir", "cannot write to %s: %v; create it for the user that runs lachan, or change state_dir"}
	ReloadKept     = Text{"giữ nguyên cấu hình đang chạy", "what was in force stays"}

	ReadyNoList     = Text{"chưa có danh sách nào có hiệu lực", "no list is in force"}
	ReadyNoUpstream = Text{"chưa máy chủ cấp trên nào trả lời", "no upstream has answered yet"}
)

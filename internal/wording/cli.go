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
	CLIUsage     = Text{"xem: %s --help", "see: %s --help"}
	CLIFlagWrong = Text{"không hiểu dòng lệnh: %v", "cannot understand the command line: %v"}
	CLIFlagHelp  = Text{"hướng dẫn cho lệnh này", "help for this command"}
	CLIFlagURL   = Text{"địa chỉ /healthz của máy chủ", "address of the server's /healthz"}

	CLIVersion      = Text{"in phiên bản", "print the version"}
	CLIServe        = Text{"chạy máy chủ DNS; SIGHUP nạp lại mọi thứ, SIGTERM dừng êm", "run the DNS server; SIGHUP reloads everything, SIGTERM drains"}
	CLICompileOrder = Text{"biên dịch danh sách cho máy chủ đang chạy (máy chủ tự gọi)", "compile lists for the running server, which calls this itself"}
	CLIHealth       = Text{"hỏi máy chủ đang chạy có khoẻ không", "ask a running server whether it is alive"}

	ConditionFailing    = Text{"không cập nhật được; bản trước, nếu có, vẫn được dùng: %s", "not up to date; the versions before, if there are any, stay in use: %s"}
	ConditionHeld       = Text{"có bản bị giữ lại, vẫn dùng bản cũ: %s", "versions are held back, those before stay in use: %s"}
	ConditionCore       = Text{"danh sách được khóa đang chặn các tên không bao giờ nên chặn: %s; hỏi đơn vị cung cấp, hoặc `lachan lists rollback`", "locked lists block what should never be blocked: %s; ask the publisher, or `lachan lists rollback`"}
	ConditionIncomplete = Text{"có mục theo văn bản không thể chặn bằng DNS, phải báo lại cơ quan ra văn bản: %s; xem `lachan lists status`", "entries of orders cannot be blocked by DNS and have to be reported back: %s; see `lachan lists status`"}

	OrdersDamaged = Text{"%d dòng trong orders.jsonl không đọc được nên bị bỏ qua; hãy giữ tệp lại để đối chiếu", "%d lines of orders.jsonl cannot be read and are left out; keep the file to compare"}

	ReadyNoList     = Text{"chưa có danh sách nào có hiệu lực", "no list is in force"}
	ReadyNoUpstream = Text{"chưa máy chủ cấp trên nào trả lời", "no upstream has answered yet"}
)

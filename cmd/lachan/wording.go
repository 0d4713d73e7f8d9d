package main

import "lachan/internal/wording"

// What the program says of itself and of its command line.
var (
	textRoot = wording.Text{
		VI: "lá chắn DNS cho trường học",
		EN: "a DNS shield for schools",
	}
	textRootLong = wording.Text{
		VI: "Lá Chắn trả lời câu hỏi DNS của trường học: chặn những tên miền có hại theo danh sách của cơ quan có thẩm quyền và theo chính sách của từng trường, giữ cho việc học luôn thông suốt, và đếm để báo cáo mà không ghi lại điều gì về một học sinh nào.",
		EN: "Lá Chắn answers the DNS queries of schools: it blocks harmful names by the lists of authorities and the policy of each school, keeps lessons reachable, and counts for the reports without storing anything about any one child.",
	}
	textExitStatus = wording.Text{
		VI: "Mã kết thúc: 0 xong, 1 có điều sai và đã nói rõ, 2 dòng lệnh không đúng.",
		EN: "Exit status: 0 done, 1 an error, which is reported, 2 a command line that is not right.",
	}
	textFlagLanguage = wording.Text{
		VI: "ngôn ngữ: \"vi\", \"en\" hoặc \"both\" (cả hai); nếu không ghi thì theo LACHAN_LANG rồi LC_ALL, LC_MESSAGES, LANG",
		EN: "language: \"vi\", \"en\" or \"both\"; by default that of LACHAN_LANG, or else of LC_ALL, LC_MESSAGES, LANG",
	}
	textLanguageWrong = wording.Text{
		VI: "%s: không có ngôn ngữ %q; hãy ghi \"vi\", \"en\" hoặc \"both\" (cả hai)",
		EN: "%s: there is no language %q; write \"vi\", \"en\" or \"both\"",
	}
	textHelp = wording.Text{
		VI: "hướng dẫn cho một lệnh",
		EN: "help for a command",
	}
	textHelpUsage = wording.Text{
		VI: "Cách dùng",
		EN: "Usage",
	}
	textHelpExamples = wording.Text{
		VI: "Ví dụ",
		EN: "Examples",
	}
	textHelpCommand = wording.Text{
		VI: "LỆNH",
		EN: "COMMAND",
	}
	textHelpCommands = wording.Text{
		VI: "Các lệnh",
		EN: "Commands",
	}
	textHelpFlags = wording.Text{
		VI: "Tùy chọn",
		EN: "Flags",
	}
	textHelpInherited = wording.Text{
		VI: "Tùy chọn chung",
		EN: "Common flags",
	}
	textHelpMore = wording.Text{
		VI: `Xem thêm: "{{.CommandPath}} LỆNH --help".`,
		EN: `More: "{{.CommandPath}} COMMAND --help".`,
	}
	textUsage = wording.Text{
		VI: "xem: %s --help",
		EN: "see: %s --help",
	}
	textFlagWrong = wording.Text{
		VI: "không hiểu dòng lệnh: %v",
		EN: "cannot understand the command line: %v",
	}
	textFlagHelp = wording.Text{
		VI: "hướng dẫn cho lệnh này",
		EN: "help for this command",
	}
	textFlagURL = wording.Text{
		VI: "địa chỉ /healthz của máy chủ; nếu không ghi thì theo http.listen",
		EN: "address of the server's /healthz; by default that of http.listen",
	}
	textVersion = wording.Text{
		VI: "in phiên bản",
		EN: "print the version",
	}
	textServeLong = wording.Text{
		VI: `"serve" giữ các cổng và chạy hai tiến trình con: "resolve" trả lời,
"manage" làm mọi việc còn lại. Tiến trình nào dừng đột ngột thì được chạy lại ngay.

Tín hiệu gửi cho tiến trình "serve":
  SIGHUP            đọc lại cấu hình, chính sách và danh sách; có lỗi thì giữ nguyên như cũ
  SIGUSR2           thay chương trình bằng bản đang nằm ở đường dẫn của nó, không mất câu hỏi nào
  SIGTERM, SIGINT   trả lời xong những gì đã nhận rồi dừng`,
		EN: `"serve" owns the sockets and runs two processes: "resolve" answers,
"manage" does everything else. A process that ends unexpectedly is started again at once.

Signals to the process "serve":
  SIGHUP            read the configuration, the policy and the lists again; with a mistake nothing changes
  SIGUSR2           replace the program by the build at its path now, without losing a query
  SIGTERM, SIGINT   answer what was received, then stop`,
	}
	textManage = wording.Text{
		VI: "tiến trình của máy chủ làm mọi việc ngoài trả lời; serve tự chạy nó",
		EN: "the process of the server that does everything but answer; serve starts it",
	}
	textResolve = wording.Text{
		VI: "tiến trình của máy chủ trả lời câu hỏi; serve tự chạy nó",
		EN: "the process of the server that answers; serve starts it",
	}
	textServe = wording.Text{
		VI: "chạy máy chủ DNS; SIGHUP nạp lại mọi thứ, SIGTERM dừng êm",
		EN: "run the DNS server; SIGHUP reloads everything, SIGTERM drains",
	}
	textHealth = wording.Text{
		VI: "hỏi máy chủ đang chạy có khoẻ không",
		EN: "ask a running server whether it is alive",
	}
	textCompletion = wording.Text{
		VI: "in tập lệnh để vỏ lệnh tự điền lệnh và cờ",
		EN: "print the script by which a shell completes commands and flags",
	}
	textCompletionLong = wording.Text{
		VI: "SHELL là bash, zsh hoặc fish. Ghi tập lệnh vào nơi vỏ lệnh đọc, như các ví dụ dưới đây, rồi mở lại vỏ lệnh.",
		EN: "SHELL is bash, zsh or fish. Write the script where the shell reads it, as below, and start the shell anew.",
	}
	textNoShell = wording.Text{
		VI: "không có %q; hãy chọn bash, zsh hoặc fish",
		EN: "there is no %q; choose bash, zsh or fish",
	}
	textManual = wording.Text{
		VI: "ghi các trang hướng dẫn man vào thư mục DIR",
		EN: "write the pages of the manual into the directory DIR",
	}
)

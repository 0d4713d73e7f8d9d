package lists

import "lachan/internal/wording"

// What the commands below lists say.
var (
	textShort = wording.Text{
		VI: "tải, xem và kiểm tra các danh sách",
		EN: "fetch, show and check the lists",
	}
	textUpdate = wording.Text{
		VI: "tải mọi danh sách, hoặc những danh sách được nêu tên, rồi biên dịch",
		EN: "fetch all feeds, or those named, and compile",
	}
	textStatus = wording.Text{
		VI: "cho biết mỗi danh sách đang thế nào",
		EN: "show the state of each feed",
	}
	textCheck = wording.Text{
		VI: "kiểm tra một tệp danh sách: đọc được bao nhiêu mục, dòng nào bị loại và vì sao",
		EN: "check a list file: how many entries, which lines are rejected and why",
	}
	textDiff = wording.Text{
		VI: "cho biết bản đang bị giữ lại, hoặc một tệp, sẽ thêm và bớt những gì",
		EN: "show what the version that is held back, or a file, would add and remove",
	}
	textDiffSum = wording.Text{
		VI: "%s: thêm %d, bớt %d",
		EN: "%s: %d added, %d removed",
	}
	textNoCopy = wording.Text{
		VI: "danh sách %q chưa có bản nào để so sánh",
		EN: "feed %q has no version to compare",
	}
	textApprove = wording.Text{
		VI: "cho qua bản đang bị giữ lại, đúng một lần và có ghi lại",
		EN: "approve the version that is held back, once, and record it",
	}
	textDecided = wording.Text{
		VI: "%s: từ nay dùng bản %s, %d mục; đã ghi lại: %s",
		EN: "%s: version %s is used from now on (entries: %d), as decided by %s",
	}
	textRollback = wording.Text{
		VI: "trở lại bản trước đó của một danh sách, ví dụ khi bản mới chặn nhầm trang học; có ghi lại",
		EN: "roll back to the version before, for example when the new one blocks a lesson site, and record it",
	}
	textNoPrevious = wording.Text{
		VI: "danh sách %q không còn bản trước đó để trở lại",
		EN: "no version of feed %q before this one is kept",
	}
	textNotHeld = wording.Text{
		VI: "danh sách %q không có bản nào đang bị giữ lại",
		EN: "no version of feed %q is held back",
	}
	textFlagBy = wording.Text{
		VI: "người cho qua; mặc định là người dùng của máy",
		EN: "the name to record; default is the user of the machine",
	}
	textCarried = wording.Text{
		VI: "danh sách %q đến từ máy trung tâm; hãy làm việc này ở đó",
		EN: "the list %q comes from the hub; do this there",
	}
	textNoFeed = wording.Text{
		VI: "không có danh sách %q trong cấu hình; có: %s",
		EN: "the configuration has no feed %q; it has: %s",
	}
	textNone = wording.Text{
		VI: "cấu hình không có danh sách nào (feeds)",
		EN: "the configuration has no feeds",
	}
	textUpdated = wording.Text{
		VI: "%s: %d mục, %d dòng bị loại",
		EN: "%s: entries: %d, lines rejected: %d",
	}
	textWithdrawn = wording.Text{
		VI: "%s: cơ quan ban hành đã rút %d mục, có ghi trong tệp kê khai đã ký",
		EN: "%s: entries that the publisher has withdrawn, by word in the signed manifest: %d",
	}
	textSame = wording.Text{
		VI: "%s: không đổi, %d mục",
		EN: "%s: unchanged, entries: %d",
	}
	textCompiled = wording.Text{
		VI: "đã biên dịch %d tên và địa chỉ, %s; máy chủ đang chạy sẽ dùng trong vài giây",
		EN: "compiled, names and addresses: %d, %s; a running server loads them within seconds",
	}
	textCompiling = wording.Text{
		VI: "đang biên dịch",
		EN: "compiling",
	}
	textNever = wording.Text{
		VI: "chưa bao giờ tải được",
		EN: "never fetched",
	}
	textFormat = wording.Text{
		VI: "định dạng; mặc định là tự nhận ra",
		EN: "format; detected by default",
	}
	textSummary = wording.Text{
		VI: "%s: định dạng %s, %d dòng, %d mục, %d dòng bị loại",
		EN: "%s: format %s, lines: %d, entries: %d, lines rejected: %d",
	}
	textLine = wording.Text{
		VI: "dòng %d: %s: %s",
		EN: "line %d: %s: %s",
	}
	textReason = wording.Text{
		VI: "%d dòng: %s",
		EN: "%d of the lines: %s",
	}
	textFlagSub = wording.Text{
		VI: "mỗi mục của danh sách hosts hoặc domains gồm cả các tên bên dưới",
		EN: "an entry of a hosts or domains list covers all below it",
	}
	textFlagSuffixes = wording.Text{
		VI: "một mục được trùm lên đuôi tên miền công cộng, như allow_suffixes: true của nguồn",
		EN: "an entry may cover a public suffix, as with allow_suffixes: true of a feed",
	}
	textFlagRewrites = wording.Text{
		VI: "quy tắc được thay câu trả lời, như rewrites: true của nguồn",
		EN: "rules may change answers, as with rewrites: true of a feed",
	}
	textSkipped = wording.Text{
		VI: "không đọc các tệp này, vì chúng là trang, biểu thức của địa chỉ trang hay ghi chú, không phải tên miền: %s",
		EN: "files that are not read, since they are of pages, expressions for URLs or notes, and not of names: %s",
	}
	textWidened = wording.Text{
		VI: "dòng %d: %s: chỉ là một trang, nhưng DNS chỉ chặn được cả trang web %s",
		EN: "line %d: %s: is one page, and DNS can only block the whole site %s",
	}
	textWidenedSum = wording.Text{
		VI: "%d mục là một trang nhưng chặn cả trang web; hãy xem có đúng ý không",
		EN: "entries that are a page and block the whole site: %d; see whether that is meant",
	}
	textWidenedIn = wording.Text{
		VI: "%d mục là một trang nhưng chặn cả trang web (%s); chỉ chặn một trang thì cần bộ lọc theo URL",
		EN: "entries that are a page and block the whole site: %d (%s); to block a page alone takes a filter of URLs",
	}
	textDoubt = wording.Text{
		VI: "mục %s chờ cho qua bằng `lachan lists approve`, vì %s; phần còn lại đã có hiệu lực",
		EN: "entry %s waits for `lachan lists approve`, since %s; the rest is in force",
	}
	textDoubtful = wording.Text{
		VI: "%s: %s; ở mỗi nút mục này sẽ chờ người có trách nhiệm cho qua, phần còn lại có hiệu lực ngay",
		EN: "%s: %s; at each node this entry waits until somebody lets it through, the rest is in force at once",
	}
	textColumns = wording.Text{
		VI: "DANH SÁCH\tNHÓM\tMỤC\tBỊ LOẠI\tLẦN TẢI TỐT CUỐI\tTÌNH TRẠNG",
		EN: "FEED\tCATEGORY\tENTRIES\tREJECTED\tLAST SUCCESS\tSTATE",
	}
	textGood = wording.Text{
		VI: "tốt",
		EN: "good",
	}
	textHeld = wording.Text{
		VI: "giữ lại bản %s (%d mục) từ %s: %s",
		EN: "version %s (entries: %d) has been held back since %s: %s",
	}
	textCore = wording.Text{
		VI: "%d mục thuộc các tên không bao giờ chặn (%s), chỉ bị chặn khi danh sách được khóa",
		EN: "entries that name what is never blocked: %d (%s); only a locked list blocks them",
	}
	textPassedIn = wording.Text{
		VI: "%d mục đã qua ngày kết thúc nên không chặn gì (%s); nếu còn phải chặn, hãy sửa ngày ở %s hoặc nhờ nơi phát hành sửa",
		EN: "entries whose last day has passed, so that they block nothing: %d (%s); if they are still to be blocked, change the day in %s or have its publisher do so",
	}
	textNoCategoryIn = wording.Text{
		VI: "không có nhóm nội dung %q: %d mục được tính vào nhóm %q của danh sách; hãy sửa ở %s hoặc nhờ nơi phát hành sửa",
		EN: "there is no category %q: entries counted in %[3]q, that of the list: %[2]d; change it in %[4]s or have its publisher do so",
	}
	textRejected = wording.Text{
		VI: "loại %d dòng: %s; ví dụ %s",
		EN: "lines rejected: %d: %s; for example %s",
	}
	textRejectAt = wording.Text{
		VI: "dòng %d",
		EN: "line %d",
	}
	textRejectIn = wording.Text{
		VI: "%s dòng %d",
		EN: "%s line %d",
	}
	textApproved = wording.Text{
		VI: "bản %s (%d mục) do %s cho qua lúc %s",
		EN: "version %s (entries: %d) was approved by %s at %s",
	}
	textBack = wording.Text{
		VI: "bản %s (%d mục) do %s lùi khỏi lúc %s",
		EN: "version %s (entries: %d) was rolled back by %s at %s",
	}
	textWindow = wording.Text{
		VI: "có hiệu lực %s đến %s",
		EN: "in force from %s until %s",
	}
	textBefore = wording.Text{
		VI: "chưa có hiệu lực",
		EN: "not in force yet",
	}
	textOver = wording.Text{
		VI: "đã hết hiệu lực",
		EN: "no longer in force",
	}
	textOrders = wording.Text{
		VI: "văn bản của cơ quan có thẩm quyền: %d; từ lúc nhận đến lúc có hiệu lực: trung vị %s, lâu nhất %s; trong 24 giờ: %d (%s); văn bản khẩn trong 6 giờ: %d/%d",
		EN: "orders of authorities: %d; from received to in force: median %s, worst %s; within 24 hours: %d (%s); urgent ones within 6 hours: %d/%d",
	}
	textOrderLate = wording.Text{
		VI: "quá hạn: văn bản %q, danh sách %s, nhận %s, có hiệu lực %s, mất %s",
		EN: "late: document %q, feed %s, received %s, in force %s, took %s",
	}
	textOrdersMore = wording.Text{
		VI: "… và %d văn bản quá hạn khác (xem --json)",
		EN: "… and %d more late ones (see --json)",
	}
	textImpactNone = wording.Text{
		VI: "%s: trong khoảng %d lượt hỏi gần đây, không tên nào được hỏi từ %[3]d lượt trở lên sẽ bị chặn thêm",
		EN: "%s: of about %d recent queries, none for a name asked %[3]d times or more would be newly blocked",
	}
	textImpactSome = wording.Text{
		VI: "%s: %d tên được hỏi gần đây sẽ bị chặn thêm, khoảng %d trong %d lượt hỏi (không kể tên ít được hỏi):",
		EN: "%s: names asked recently that would be newly blocked: %d, about %d of %d queries (names that few clients ask for are left out):",
	}
	textImpactName = wording.Text{
		VI: "  %s: khoảng %d lượt",
		EN: "  %s: about %d times",
	}
	textImpactMore = wording.Text{
		VI: "  … và %d tên khác",
		EN: "  … and %d more",
	}
	textImpactMissing = wording.Text{
		VI: "%s: không biết bản này sẽ chặn thêm tên nào đang được hỏi: chỉ máy chủ đang chạy mới biết, và không hỏi được nó (%v)",
		EN: "%s: the impact is not known: only the running server knows which names are asked, and it could not be reached (%v)",
	}
	textImpactFile = wording.Text{
		VI: "%s: máy chủ chỉ cho biết tên nào đang được hỏi sẽ bị chặn thêm đối với bản mà nó giữ lại, không phải đối với một tệp",
		EN: "%s: the impact is known only of a version that the server holds back, not of a file",
	}
	textImpactFlag = wording.Text{
		VI: "địa chỉ HTTP của máy chủ đang chạy; mặc định theo http.listen",
		EN: "HTTP address of the running server; default that of http.listen",
	}
	textKeygen = wording.Text{
		VI: "tạo cặp khóa để ký danh sách: khóa bí mật trong FILE, khóa công khai trong FILE.pub",
		EN: "make a pair of keys to sign lists with: the secret one in FILE, the public one in FILE.pub",
	}
	textKeyMade = wording.Text{
		VI: "đã tạo khóa bí mật %s (không đưa cho ai) và khóa công khai %s (gửi cho các nút, kèm dòng cấu hình dưới đây)",
		EN: "made the secret key %s (give it to nobody) and the public key %s (give it to the nodes, with the line of configuration below)",
	}
	textFlagPassword = wording.Text{
		VI: "tệp có mật khẩu của khóa bí mật ở dòng đầu; không có thì khóa không đặt mật khẩu",
		EN: "file with the password of the secret key in its first line; without it the key has none",
	}
	textFlagSecretKey = wording.Text{
		VI: "tệp khóa bí mật (của minisign hoặc lists keygen)",
		EN: "file of the secret key (of minisign or lists keygen)",
	}
	textNoKey = wording.Text{
		VI: "cần --key: tệp khóa bí mật để ký; tạo khóa bằng lệnh lachan lists keygen",
		EN: "--key is needed: the file of the secret key; make one with lachan lists keygen",
	}
	textKeyLocked = wording.Text{
		VI: "khóa %s có mật khẩu; hãy ghi mật khẩu đúng vào một tệp và dùng --password-file",
		EN: "key %s has a password; write the right one into a file and give it with --password-file",
	}
	textSign = wording.Text{
		VI: "ký một tệp danh sách: tạo FILE.minisig",
		EN: "sign a list: make FILE.minisig",
	}
	textSigned = wording.Text{
		VI: "đã ký: %s, khóa %s",
		EN: "signed: %s, key %s",
	}
	textFlagSeq = wording.Text{
		VI: "số của phiên bản; mỗi lần sau phải lớn hơn lần trước; mặc định là số giây của đồng hồ",
		EN: "number of the version; each must be higher than the one before; default the clock in seconds",
	}
	textFlagExpires = wording.Text{
		VI: "sau thời gian này các nút không nhận phiên bản này nữa, ví dụ 7d",
		EN: "nodes stop accepting the version after this time, such as 7d",
	}
	textKeyNone = wording.Text{
		VI: "%s không phải khóa bí mật; hãy dùng tệp do lachan lists keygen hoặc minisign -G tạo ra (không phải tệp .pub)",
		EN: "%s is not a secret key; use the file that lachan lists keygen or minisign -G made (not the one in .pub)",
	}
	textNoPassword = wording.Text{
		VI: "dòng đầu của %s trống; hãy ghi mật khẩu vào đó, hoặc bỏ --password-file",
		EN: "the first line of %s is empty; write the password there, or leave --password-file out",
	}
	textFlagCheckReport = wording.Text{
		VI: "ghi kết quả vào tệp CSV tiếng Việt để gửi lại nơi lập bảng",
		EN: "write the result, in Vietnamese, to a csv file to send back",
	}
	textKeygenLong = wording.Text{
		VI: "Tạo cặp khóa minisign. FILE là khóa bí mật: chỉ người ký giữ, không để trên máy chủ web, và cần một bản sao lưu ở nơi an toàn. FILE.pub là khóa công khai: gửi cho các nút qua một đường khác với danh sách. Để đổi khóa, các nút khai báo cả hai khóa trong verify.minisign, rồi người ký chuyển sang khóa mới.",
		EN: "Makes a minisign key pair. FILE is the secret key: only the signer has it; keep it off the web server, and a copy of it in a safe place. FILE.pub is the public key: give it to the nodes by another way than the list. To change keys, pin both in verify.minisign on the nodes first, then sign with the new one.",
	}
	textSignLong = wording.Text{
		VI: "Ký một danh sách có sẵn (hosts, domains, CSV...): chữ ký nằm trong FILE.minisig, đặt cạnh danh sách trên máy chủ web. Chữ ký ghi số phiên bản và hạn dùng, nên các nút không nhận lại bản cũ. minisign kiểm tra được chữ ký này, và chữ ký của minisign cũng được nhận.",
		EN: "Signs a list as it is (hosts, domains, csv...): the signature is FILE.minisig, which belongs beside the list on the web server. It holds the number of the version and when it expires, so nodes do not accept an older one again. minisign can verify it, and nodes accept what minisign signs.",
	}
	textRefusedExpressions = wording.Text{
		VI: "%d biểu thức không được dùng, vì mọi danh sách cộng lại chỉ được có %d (trong đó %d loại phải thử với mọi tên), ví dụ /%s/; hãy bớt danh sách, hoặc dùng danh sách liệt kê tên",
		EN: "%d expressions are left out, as all lists together may have %d (%d of them such as every name is tried against), for example /%s/; use fewer lists, or lists of names",
	}
	textIdle = wording.Text{
		VI: "%d dòng ngoại lệ (@@) không có tác dụng: chúng chỉ bỏ chặn mục của chính danh sách này; muốn cho phép thì dùng danh sách action: allow",
		EN: "%d exceptions (@@) are without effect: they lift entries of this list only; to allow names, use a feed with action: allow",
	}
)

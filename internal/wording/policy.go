package wording

// What policy.yaml and the files it names get wrong, and what to do.
var (
	PolicyCatalogue  = Text{"dữ liệu có sẵn trong chương trình bị hỏng: %v", "the data built into the program are damaged: %v"}
	PolicyUnreadable = Text{"không đọc được tệp: %v", "the file cannot be read: %v"}
	PolicyNearest    = Text{"; có phải là %q?", "; did you mean %q?"}

	PolicyCategoryCode = Text{"mã nhóm %q không hợp lệ: chỉ dùng a-z, 0-9 và dấu -, tối đa 40 ký tự, khác local, default-deny và core", "the category code %q is not valid: use a-z, 0-9 and -, at most 40, other than local, default-deny and core"}
	PolicyTooManyTags  = Text{"%q vượt quá giới hạn %d nhóm, dịch vụ và danh sách riêng cộng lại: hãy gộp hoặc bỏ bớt", "%q is over the limit of %d categories, services and special feeds together: merge some or leave some out"}
	PolicyUnknownCode  = Text{"không có nhóm hoặc dịch vụ %q (dịch vụ viết là service:TÊN; tên miền viết là {name: TÊN_MIỀN})", "there is no category or service %q (a service is written service:ID, a domain name {name: NAME})"}

	PolicyUnitID       = Text{"mã đơn vị %q không hợp lệ: dùng a-z, 0-9, dấu -, _ và dấu chấm, từ 1 đến 63 ký tự", "the unit id %q is not valid: use a-z, 0-9, -, _ and dots, 1 to 63 of them"}
	PolicyUnitTwice    = Text{"đơn vị %q đã có ở %s: hãy đặt mã khác", "the unit %q is already at %s: give one of them another id"}
	PolicyUnknownUnit  = Text{"không có đơn vị %q", "there is no unit %q"}
	PolicyNestedParent = Text{"nhóm %q nằm trong %q nên không được ghi parent: hãy bỏ dòng này", "the group %q stands within %q and takes no parent: leave it out"}
	PolicyLoop         = Text{"các đơn vị là cấp trên của nhau theo vòng tròn: %s; hãy sửa parent của một đơn vị", "the parents of these units form a loop: %s; change the parent of one"}
	PolicyGroupAlone   = Text{"nhóm %q phải thuộc một trường: hãy ghi parent là mã của trường", "the group %q must belong to a school: give the school's id as its parent"}
	PolicyRank         = Text{"%q (%s) không thể thuộc %q (%s): cấp trên phải là cấp cao hơn, theo thứ tự province, commune, school, group", "%q (%s) cannot lie below %q (%s): a parent ranks higher, in the order province, commune, school, group"}
	PolicyDepth        = Text{"%q nằm sâu quá %d cấp: hãy bớt cấp trung gian", "%q lies more than %d levels deep: leave levels out"}
	PolicyKind         = Text{"không có loại đơn vị %q: dùng province, commune, school hoặc group", "there is no kind of unit %q: use province, commune, school or group"}
	PolicyUnknownLevel = Text{"không có cấp học %q", "there is no school level %q"}
	PolicyContact      = Text{"liên hệ %q phải là một địa chỉ mailto:, tel: hoặc https:, ví dụ mailto:cntt@truong.example hoặc tel:+842143888888", "the contact %q must be an address with mailto:, tel: or https:, such as mailto:it@school.example or tel:+842143888888"}
	PolicyStudents     = Text{"số học sinh phải là số nguyên không âm, không phải \"%v\"", "the number of students must be a whole number from 0 up, not \"%v\""}

	PolicyNetwork        = Text{"%q không phải dải địa chỉ: viết như 10.20.0.0/16 hoặc 2001:db8:20::/48", "%q is not a prefix: write it like 10.20.0.0/16 or 2001:db8:20::/48"}
	PolicyNetworkMapped  = Text{"%q là địa chỉ IPv4 viết theo kiểu IPv6: hãy viết theo kiểu IPv4", "%q is IPv4 written as IPv6: write it as IPv4"}
	PolicyHostBits       = Text{"%q là địa chỉ nằm trong một dải, không phải một dải: hãy viết %s", "%q is an address within a prefix, not a prefix: write %s"}
	PolicyNetworkTwice   = Text{"dải %s đã ghi ở %s cho chính đơn vị này: hãy bỏ một dòng", "the prefix %s is already given to this unit at %s: leave one out"}
	PolicyNetworkClaimed = Text{"dải %s của %q đã thuộc về %q ở %s: mỗi dải chỉ thuộc một đơn vị", "the prefix %s of %q already belongs to %q at %s: a prefix belongs to one unit"}
	PolicyNetworkOverlap = Text{"dải %s của %q nằm trong dải %s của %q (%s), mà %[4]q không phải cấp trên của %[2]q: hãy sửa một trong hai dải", "the prefix %s of %q lies within %s of %q (%s), and %[4]q is not above %[2]q: change one of them"}

	PolicyUnknownProfile   = Text{"không có hồ sơ lọc (profile) %q", "there is no profile %q"}
	PolicyProfileEmpty     = Text{"hồ sơ lọc %q để trống; nếu muốn không chặn gì hãy viết %[1]s: {}", "the profile %q is empty; if it is to block nothing write %[1]s: {}"}
	PolicyProfileInProfile = Text{"quy tắc trong hồ sơ lọc không được đổi sang hồ sơ khác: hãy đặt quy tắc này ở đơn vị", "a rule within a profile cannot choose another profile: put this rule into a unit"}
	PolicyProfileTimes     = Text{"nhóm và dịch vụ được phép trong hồ sơ lọc không có from hay until: hãy dùng rules với thời khóa biểu", "a category or service that a profile allows takes neither from nor until: use rules with a timetable"}
	PolicyBlockAndAllow    = Text{"%q vừa được chặn vừa được phép: hãy bỏ một trong hai", "%q is both blocked and allowed: leave one out"}
	PolicyRuleWithoutTime  = Text{"quy tắc thiếu during: hãy ghi tên một thời khóa biểu", "the rule has no during: name a timetable"}
	PolicyRuleEmpty        = Text{"quy tắc không thay đổi gì: hãy ghi block, allow hoặc profile", "the rule changes nothing: give it block, allow or profile"}
	PolicyUnknownTimetable = Text{"không có thời khóa biểu %q", "there is no timetable %q"}
	PolicySafeSearch       = Text{"safe_search là off hoặc strict, không phải %q", "safe_search is off or strict, not %q"}
	PolicyYouTube          = Text{"youtube là off, moderate hoặc strict, không phải %q", "youtube is off, moderate or strict, not %q"}
	PolicyDefault          = Text{"default là allow hoặc deny, không phải %q", "default is allow or deny, not %q"}
	PolicyReply            = Text{"cách trả lời là nxdomain, null, nodata, refused hoặc page, không phải %q", "a reply is nxdomain, null, nodata, refused or page, not %q"}

	PolicyDays    = Text{"không hiểu ngày %q: viết mon-sat, \"mon,wed,fri\" hoặc all (mon tue wed thu fri sat sun, hoặc t2 đến t7 và cn)", "%q are no days: write mon-sat, \"mon,wed,fri\" or all (mon tue wed thu fri sat sun, or t2 to t7 and cn)"}
	PolicyClock   = Text{"không hiểu giờ %q: viết \"HH:MM\" từ \"00:00\" đến \"24:00\"", "%q is no time of day: write \"HH:MM\" from \"00:00\" to \"24:00\""}
	PolicyDayKind = Text{"không có loại ngày %q: dùng study, exam, holiday, off hoặc any", "there is no kind of day %q: use study, exam, holiday, off or any"}
	PolicySpan    = Text{"khoảng ngày cần from, và to không được trước from", "a run of days needs from, and to may not be before it"}
	PolicyMakeUp  = Text{"ngày học bù cần date và as, ví dụ {date: 2026-09-05, as: mon}", "a make-up day needs date and as, like {date: 2026-09-05, as: mon}"}

	PolicyEntryOne        = Text{"mỗi mục cần đúng một trong name, category, service", "an entry has exactly one of name, category, service"}
	PolicyName            = Text{"%q không phải tên miền: viết như olm.vn", "%q is not a domain name: write it like olm.vn"}
	PolicyNameStar        = Text{"%q: hãy bỏ \"*.\", một tên miền đã gồm mọi tên bên dưới", "%q: leave out \"*.\", a name covers all below it"}
	PolicyNameURL         = Text{"%q là địa chỉ trang web: DNS chỉ biết tên miền, hãy chỉ ghi phần tên miền", "%q is the address of a page: the DNS knows names only, write just the name"}
	PolicyNameAddress     = Text{"%q là địa chỉ IP: hãy ghi tên miền", "%q is an IP address: write a domain name"}
	PolicyPublicSuffix    = Text{"%q là đuôi tên miền công cộng: mục này sẽ trùm lên mọi tên miền đăng ký bên dưới, hãy ghi tên cụ thể", "%q is a public suffix: the entry would cover everything registered below it, write the name you mean"}
	PolicyUntilBeforeFrom = Text{"from (%s) ở sau until (%s): hãy sửa ngày", "from (%s) is after until (%s): change the dates"}
	PolicyAllowLocked     = Text{"không thể cho phép %q: %q đã bị khóa bởi %q ở %s; hãy bỏ mục này hoặc đề nghị cấp đó mở khóa", "%q cannot be allowed: %q is locked by %q at %s; leave the entry out or ask that unit to unlock it"}

	PolicyFeedAllowLocked = Text{"danh sách cho phép %q không thể có locked_by: khóa chỉ dùng cho danh sách chặn", "the allow feed %q cannot have locked_by: only blocks can be locked"}

	PolicyCSVHeader      = Text{"dòng đầu phải ghi tên các cột và có cột id; các cột: %s", "the first line must name the columns and have a column id; the columns: %s"}
	PolicyCSVColumn      = Text{"không có cột %q; các cột: %s", "there is no column %q; the columns: %s"}
	PolicyCSVColumnTwice = Text{"cột %q ghi hai lần", "the column %q is there twice"}
	PolicyCSVFields      = Text{"dòng có %d ô, phải là %d như dòng đầu", "the line has %d fields, not %d as the first one"}
	PolicyCSVSyntax      = Text{"dấu nháy kép không đúng: %v", "wrong quotes: %v"}
)

// What is not wrong but deserves a look.
var (
	PolicyExpired  = Text{"mục %s đã hết hạn sau ngày %s và không còn hiệu lực: hãy xóa hoặc gia hạn", "the entry %s expired after %s and no longer counts: remove it or extend it"}
	PolicyNoEffect = Text{"chặn %s không có hiệu lực vì %s cho phép %s: trong cùng một đơn vị, cho phép được xét trước", "blocking %s has no effect since %s allows %s: within one unit, allow comes first"}
)

// Pseudo categories.
var (
	PolicyLocalCategory       = Text{"Danh sách riêng của đơn vị", "The unit's own list"}
	PolicyDefaultDenyCategory = Text{"Ngoài danh sách được phép", "Not on the list of what is allowed"}
	PolicyCoreCategory        = Text{"Không bao giờ chặn", "Never blocked"}
	PolicyNoCategory          = Text{"Không thuộc nhóm nào", "No category"}
)

// The steps of a decision, as explanations tell them.
var (
	ExplainClient        = Text{"đơn vị của máy hỏi, gần nhất trước: %s", "the client's units, nearest first: %s"}
	ExplainUnknownClient = Text{"địa chỉ này không thuộc đơn vị nào: dùng hồ sơ lọc %s", "no unit claims this address: the profile %s holds"}

	ExplainNothing       = Text{"không có trong danh sách nào", "on no list"}
	ExplainMatch         = Text{"danh sách %s, mục %s: %s", "list %s, entry %s: %s"}
	ExplainOrder         = Text{", theo văn bản %s của %s", ", by document %s of %s"}
	ExplainHoldsFrom     = Text{", từ %s", ", from %s"}
	ExplainHoldsUntil    = Text{", đến trước %s", ", until %s"}
	ExplainDormant       = Text{": lúc này không có hiệu lực nên không tính", ": not in force at this time and does not count"}
	ExplainListException = Text{" (ngoại lệ của danh sách)", " (an exception of the list)"}
	ExplainLifted        = Text{" (bị ngoại lệ của danh sách bỏ qua)", " (lifted by an exception of the list)"}

	ExplainLocal      = Text{"tên này do chính máy chủ DNS trả lời, không chuyển đi đâu", "the resolver itself answers this name and never forwards it"}
	ExplainNoLock     = Text{"không cấp nào khóa nhóm nào", "no unit locks anything"}
	ExplainOtherLocks = Text{"không trúng khóa nào (đang khóa: %s)", "no lock concerns it (locked: %s)"}
	ExplainLock       = Text{"%s khóa %s (%s): không cấp dưới nào mở được", "%s locks %s (%s): no unit below can lift it"}

	ExplainNoOwn     = Text{"không đơn vị nào có mục riêng cho tên này", "no unit has an entry of its own for it"}
	ExplainOwnAllow  = Text{"%s cho phép %s (%s)", "%s allows %s (%s)"}
	ExplainOwnBlock  = Text{"%s chặn %s (%s)", "%s blocks %s (%s)"}
	ExplainAllowList = Text{"%s cho phép theo danh sách %s", "%s allows what list %s names"}
	ExplainBlockList = Text{"%s chặn theo danh sách %s", "%s blocks what list %s names"}
	ExplainWho       = Text{", người ghi: %s", ", written by %s"}
	ExplainWhy       = Text{", lý do: %s", ", because: %s"}
	ExplainDocument  = Text{", văn bản: %s", ", document: %s"}
	ExplainUntil     = Text{", đến hết ngày %s", ", until the end of %s"}
	ExplainExpired   = Text{", đã hết hạn sau ngày %s nên không tính", ", expired after %s and does not count"}
	ExplainNotYet    = Text{", đến ngày %s mới có hiệu lực", ", does not count before %s"}

	ExplainCore     = Text{"thuộc các tên không bao giờ chặn (giáo dục, giờ chuẩn, kiểm tra mạng, tìm kiếm an toàn)", "one of the names that are never blocked (education, time, network checks, safe search)"}
	ExplainNoCore   = Text{"không thuộc các tên không bao giờ chặn", "not one of the names that are never blocked"}
	ExplainCanary   = Text{"phần mềm hỏi tên này để biết có được bỏ qua bộ lọc không: trả lời là không", "software asks this name to learn whether it may go around the filter: it may not"}
	ExplainNoCanary = Text{"không phải tên dò đường vòng tránh bộ lọc", "not a name that asks for a way around the filter"}

	ExplainProfile        = Text{"hồ sơ lọc %s (do %s chọn)", "profile %s (chosen by %s)"}
	ExplainProfileDefault = Text{"hồ sơ lọc %s, dùng khi không đơn vị nào chọn hồ sơ", "profile %s, which holds where no unit has chosen one"}
	ExplainRule           = Text{"đang trong khung %s, ngày %s (%s): chặn %s, cho phép %s", "within %s, day of %s (%s): blocks %s, allows %s"}
	ExplainRuleProfile    = Text{", dùng hồ sơ lọc %s", ", with profile %s"}
	ExplainRuleClosed     = Text{"ngoài khung %s, ngày %s (%s): không áp dụng", "outside %s, day of %s (%s): not in force"}
	ExplainProfileSets    = Text{"lúc này bị chặn: %s; được phép: %s", "blocked at this time: %s; allowed: %s"}
	ExplainProfileEntry   = Text{"hồ sơ lọc cho phép %s", "the profile allows %s"}
	ExplainProfileNothing = Text{"lúc này không chặn gì của tên này", "nothing of it is blocked at this time"}
	ExplainAllow          = Text{"mọi tên khác đều được phép", "all other names are allowed"}
	ExplainDeny           = Text{"lúc này chỉ các tên được phép rõ ràng mới truy cập được", "at this time only names that are allowed by word resolve"}
	ExplainSafeSearch     = Text{"tìm kiếm an toàn của hồ sơ lọc %s (công cụ tìm kiếm: %s, YouTube: %s)", "safe search of profile %s (search engines: %s, YouTube: %s)"}

	ExplainPass     = Text{"CHO PHÉP", "PASS"}
	ExplainBlock    = Text{"CHẶN, tính vào nhóm %s (%s), trả lời %s", "BLOCK, counted in %s (%s), reply %s"}
	ExplainRewrite  = Text{"CHUYỂN sang %s", "REWRITE to %s"}
	ExplainAnswered = Text{"TỰ TRẢ LỜI %s, không chuyển đi", "ANSWERED HERE with %s, never forwarded"}
	ExplainExcepted = Text{" theo ngoại lệ; nếu không đã bị chặn vì %s (%s)", " by an exception; otherwise blocked as %s (%s)"}
)

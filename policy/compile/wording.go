package compile

import "lachan/internal/wording"

// What is wrong with policy.yaml and the files it names, and what to do.
var (
	textUnreadable = wording.Text{
		VI: "không đọc được tệp: %v",
		EN: "the file cannot be read: %v",
	}
	textCategoryCode = wording.Text{
		VI: "mã nhóm %q không hợp lệ: chỉ dùng a-z, 0-9 và dấu -, tối đa 40 ký tự, khác local, default-deny và core",
		EN: "the category code %q is not valid: use a-z, 0-9 and -, at most 40, other than local, default-deny and core",
	}
	textTooManyTags = wording.Text{
		VI: "%q vượt quá giới hạn %d nhóm, dịch vụ và danh sách riêng cộng lại: hãy gộp hoặc bỏ bớt",
		EN: "%q is over the limit of %d categories, services and special feeds together: merge some or leave some out",
	}
	textUnknownTag = wording.Text{
		VI: "không có nhóm hoặc dịch vụ %q (dịch vụ viết là service:TÊN; ở đây không ghi được tên miền; có gì thì xem `lachan catalogue categories` và `lachan catalogue services`)",
		EN: "there is no category or service %q (a service is written service:ID; a domain name cannot stand here; see `lachan catalogue categories` and `lachan catalogue services`)",
	}
	textUnknownCode = wording.Text{
		VI: "không có nhóm hoặc dịch vụ %q (dịch vụ viết là service:TÊN; tên miền viết là {name: TÊN_MIỀN}; có gì thì xem `lachan catalogue categories` và `lachan catalogue services`)",
		EN: "there is no category or service %q (a service is written service:ID, a domain name {name: NAME}; see `lachan catalogue categories` and `lachan catalogue services`)",
	}
	textRowKept = wording.Text{
		VI: "; đơn vị này giữ như lần đúng gần nhất",
		EN: "; this unit stays as its last good row has it",
	}
	textRowLeftOut = wording.Text{
		VI: "; đơn vị này chưa được nạp",
		EN: "; this unit is left out",
	}
	textRowsMore = wording.Text{
		VI: "và %d thông báo nữa về các dòng của bảng",
		EN: "and %d more messages about rows of tables",
	}
	textRowsUnreached = wording.Text{
		VI: "%d trường không có mạng, thiết bị, mã liên kết hay mã RADIUS nên chưa máy nào được nhận ra là của trường: %s",
		EN: "%d schools have no networks, devices, links or radius_ids, so no client is known to be theirs: %s",
	}
	textRowsAlone = wording.Text{
		VI: "%d trường không có cấp trên (parent) nên không theo khóa và không vào báo cáo của xã, tỉnh: %s",
		EN: "%d schools have no parent, so locks and reports of commune and province leave them out: %s",
	}
	textUnitID = wording.Text{
		VI: "mã đơn vị %q không hợp lệ: dùng a-z, 0-9, dấu -, _ và dấu chấm, từ 1 đến 63 ký tự",
		EN: "the unit id %q is not valid: use a-z, 0-9, -, _ and dots, 1 to 63 of them",
	}
	textAdopted = wording.Text{
		VI: "%q đã được nhận về sổ quyết định nhưng còn ở %s, nên tệp vẫn có hiệu lực: hãy xóa các dòng ấy rồi nạp lại",
		EN: "%q was adopted and is still at %s, which stays in force: delete these lines and reload",
	}
	textUnitTwice = wording.Text{
		VI: "đơn vị %q đã có ở %s: hãy đặt mã khác",
		EN: "the unit %q is already at %s: give one of them another id",
	}
	textUnknownUnit = wording.Text{
		VI: "không có đơn vị %q",
		EN: "there is no unit %q",
	}
	textNestedParent = wording.Text{
		VI: "nhóm %q nằm trong %q nên không được ghi parent: hãy bỏ dòng này",
		EN: "the group %q stands within %q and takes no parent: leave it out",
	}
	textLoop = wording.Text{
		VI: "các đơn vị là cấp trên của nhau theo vòng tròn: %s; hãy sửa parent của một đơn vị",
		EN: "the parents of these units form a loop: %s; change the parent of one",
	}
	textGroupAlone = wording.Text{
		VI: "nhóm %q phải thuộc một trường: hãy ghi parent là mã của trường",
		EN: "the group %q must belong to a school: give the school's id as its parent",
	}
	textRank = wording.Text{
		VI: "%q (%s) không thể thuộc %q (%s): cấp trên phải là cấp cao hơn, theo thứ tự tỉnh, xã hoặc phường, trường, nhóm",
		EN: "%q (%s) cannot lie below %q (%s): a parent ranks higher, in the order province, commune, school, group",
	}
	textDepth = wording.Text{
		VI: "%q nằm sâu quá %d cấp: hãy bớt cấp trung gian",
		EN: "%q lies more than %d levels deep: leave levels out",
	}
	textUnknownLevel = wording.Text{
		VI: "không có cấp học %q; có: %s",
		EN: "there is no school level %q; there are: %s",
	}
	textContact = wording.Text{
		VI: "liên hệ %q phải là một địa chỉ mailto:, tel: hoặc https:, ví dụ mailto:cntt@truong.example hoặc tel:+842143888888",
		EN: "the contact %q must be an address with mailto:, tel: or https:, such as mailto:it@school.example or tel:+842143888888",
	}
	textNetwork = wording.Text{
		VI: "%q không phải dải địa chỉ: viết như 10.20.0.0/16 hoặc 2001:db8:20::/48",
		EN: "%q is not a prefix: write it like 10.20.0.0/16 or 2001:db8:20::/48",
	}
	textNetworkMask = wording.Text{
		VI: "%q không phải cách viết dải địa chỉ ở đây: hãy viết %s",
		EN: "%q is not how a prefix is written here: write %s",
	}
	textNetworkMapped = wording.Text{
		VI: "%q là địa chỉ IPv4 viết theo kiểu IPv6: hãy viết theo kiểu IPv4",
		EN: "%q is IPv4 written as IPv6: write it as IPv4",
	}
	textHostBits = wording.Text{
		VI: "%q là địa chỉ nằm trong một dải, không phải một dải: hãy viết %s",
		EN: "%q is an address within a prefix, not a prefix: write %s",
	}
	textNetworkTwice = wording.Text{
		VI: "dải %s đã ghi ở %s cho chính đơn vị này: hãy bỏ một dòng",
		EN: "the prefix %s is already given to this unit at %s: leave one out",
	}
	textNetworkClaimed = wording.Text{
		VI: "dải %s của %q đã thuộc về %q ở %s: mỗi dải chỉ thuộc một đơn vị",
		EN: "the prefix %s of %q already belongs to %q at %s: a prefix belongs to one unit",
	}
	textNetworkOverlap = wording.Text{
		VI: "dải %s của %q nằm trong dải %s của %q (%s), mà %[4]q không phải cấp trên của %[2]q: hãy sửa một trong hai dải",
		EN: "the prefix %s of %q lies within %s of %q (%s), and %[4]q is not above %[2]q: change one of them",
	}
	textUnknownProfile = wording.Text{
		VI: "không có hồ sơ lọc (profile) %q; có: %s",
		EN: "there is no profile %q; there are: %s",
	}
	textProfileEmpty = wording.Text{
		VI: "hồ sơ lọc %q để trống; nếu muốn không chặn gì hãy viết %[1]s: {block: []}",
		EN: "the profile %q is empty; if it is to block nothing write %[1]s: {block: []}",
	}
	textProfileBlocksNothing = wording.Text{
		VI: "hồ sơ lọc %q được dùng mà không chặn gì: hãy ghi block, hoặc extends: thcs để giữ những gì hồ sơ \"thcs\" chặn; nếu đúng là không chặn gì, hãy ghi block: []",
		EN: "the profile %q is used and blocks nothing: give it block, or extends: thcs to keep what the profile \"thcs\" blocks; if it is to block nothing, write block: []",
	}
	textProfileCycle = wording.Text{
		VI: "hồ sơ lọc %q mở rộng chính nó: hãy sửa extends",
		EN: "the profile %q extends itself: change extends",
	}
	textOnlyAndAllow = wording.Text{
		VI: "only đã là tất cả những gì được phép: hãy ghi những mục của allow vào only, và bỏ allow cùng default: allow",
		EN: "only says all that is allowed: write what allow has under only, and leave out allow and default: allow",
	}
	textOnlyAndProfile = wording.Text{
		VI: "quy tắc có only thì không có profile, block hay allow: hãy bỏ chúng, hoặc đặt only vào một hồ sơ lọc",
		EN: "a rule with only has neither profile nor block nor allow: leave these out, or put only into a profile",
	}
	textProfileInProfile = wording.Text{
		VI: "quy tắc trong hồ sơ lọc không được đổi sang hồ sơ khác: hãy đặt quy tắc này ở đơn vị",
		EN: "a rule within a profile cannot choose another profile: put this rule into a unit",
	}
	textProfileTimes = wording.Text{
		VI: "nhóm và dịch vụ được phép trong hồ sơ lọc không có from hay until: hãy dùng rules với thời khóa biểu",
		EN: "a category or service that a profile allows takes neither from nor until: use rules with a timetable",
	}
	textBlockAndAllow = wording.Text{
		VI: "%s vừa được chặn vừa được phép: hãy bỏ một trong hai",
		EN: "%s is both blocked and allowed: leave one out",
	}
	textBlockAndObserve = wording.Text{
		VI: "%s vừa được chặn vừa chỉ được theo dõi: hãy bỏ một trong hai",
		EN: "%s is both blocked and observed: leave one out",
	}
	textRuleWithoutTime = wording.Text{
		VI: "quy tắc thiếu during: hãy ghi tên một thời khóa biểu",
		EN: "the rule has no during: name a timetable",
	}
	textRuleEmpty = wording.Text{
		VI: "quy tắc không thay đổi gì: hãy ghi block, allow, only hoặc profile",
		EN: "the rule changes nothing: give it block, allow, only or profile",
	}
	textUnknownTimetable = wording.Text{
		VI: "không có thời khóa biểu %q; khai báo nó ở timetables, hoặc dùng: %s",
		EN: "there is no timetable %q; write it under timetables, or take: %s",
	}
	textSpanFrom = wording.Text{
		VI: "khoảng ngày thiếu ngày đầu: hãy ghi from, ví dụ {from: 20/11/2026, to: 22/11/2026}",
		EN: "the run of days has no first day: write from, such as {from: 2026-11-20, to: 2026-11-22}",
	}
	textSpanBackwards = wording.Text{
		VI: "to (%s) sớm hơn from (%s): ngày đầu phải trước ngày cuối; hãy sửa năm hoặc đổi chỗ hai ngày",
		EN: "to (%s) is before from (%s): the first day comes first; change the year or swap the two",
	}
	textLockedBy = wording.Text{
		VI: "feeds: locked_by của danh sách %q",
		EN: "feeds: locked_by of %q",
	}
	textFeedUnit = wording.Text{
		VI: "feeds: unit của danh sách %q",
		EN: "feeds: unit of %q",
	}
	textMakeUp = wording.Text{
		VI: "ngày học bù cần date và as, ví dụ {date: 2026-09-05, as: mon}",
		EN: "a make-up day needs date and as, like {date: 2026-09-05, as: mon}",
	}
	textEntryOne = wording.Text{
		VI: "mỗi mục cần đúng một trong name, category, service",
		EN: "an entry has exactly one of name, category, service",
	}
	textName = wording.Text{
		VI: "%q không phải tên miền: viết như olm.vn",
		EN: "%q is not a domain name: write it like olm.vn",
	}
	textNameStar = wording.Text{
		VI: "%q: hãy bỏ \"*.\", một tên miền đã gồm mọi tên bên dưới",
		EN: "%q: leave out \"*.\", a name covers all below it",
	}
	textNameURL = wording.Text{
		VI: "%q là địa chỉ trang web: DNS chỉ biết tên miền, hãy ghi %s",
		EN: "%q is the address of a page: the DNS knows names only, write %s",
	}
	textNameAddress = wording.Text{
		VI: "%q là địa chỉ IP: hãy ghi tên miền",
		EN: "%q is an IP address: write a domain name",
	}
	textPublicSuffix = wording.Text{
		VI: "%q là đuôi tên miền công cộng: mục này sẽ trùm lên mọi tên miền đăng ký bên dưới; nếu đúng là muốn vậy, hãy ghi {name: %s}, nếu không thì ghi tên cụ thể",
		EN: "%q is a public suffix: the entry would cover everything registered below it; if that is meant, write {name: %s}, else the name that you mean",
	}
	textUntilBeforeFrom = wording.Text{
		VI: "from (%s) ở sau until (%s): hãy sửa ngày",
		EN: "from (%s) is after until (%s): change the dates",
	}
	TextAllowLocked = wording.Text{
		VI: "không thể cho phép %s: %s đã bị khóa bởi %q ở %s; hãy bỏ mục này hoặc đề nghị cấp đó mở khóa",
		EN: "%s cannot be allowed: %s is locked by %q at %s; leave the entry out or ask that unit to unlock it",
	}
	textFeedAllowLocked = wording.Text{
		VI: "danh sách cho phép %q không thể có locked_by: khóa chỉ dùng cho danh sách chặn",
		EN: "the allow feed %q cannot have locked_by: only blocks can be locked",
	}
)

// Pseudo categories.
var (
	textLocalCategory = wording.Text{
		VI: "Danh sách riêng của đơn vị",
		EN: "The unit's own list",
	}
	textDefaultDenyCategory = wording.Text{
		VI: "Ngoài danh sách được phép",
		EN: "Not on the list of what is allowed",
	}
	textEssentialCategory = wording.Text{
		VI: "Máy cần để hoạt động",
		EN: "What machines need to work",
	}
	textCoreCategory = wording.Text{
		VI: "Không bao giờ chặn",
		EN: "Never blocked",
	}
)

var (
	textDevice = wording.Text{
		VI: "%q không phải là tên thiết bị; hãy ghi như mac:00:11:22:33:44:55 hoặc cpe:MÃ",
		EN: "%q is not the name of a device; write one such as mac:00:11:22:33:44:55 or cpe:ID",
	}
	textDeviceTaken = wording.Text{
		VI: "thiết bị %q đã thuộc về %s; mỗi thiết bị chỉ thuộc một đơn vị",
		EN: "device %q belongs to %s already; a device belongs to one unit",
	}
	textLink = wording.Text{
		VI: "mã liên kết phải có 16 đến 63 ký tự a-z, 0-9, - và khó đoán; hãy tạo mã mới bằng `openssl rand -hex 10`",
		EN: "a link id must be 16 to 63 of a-z 0-9 - and hard to guess; make one with `openssl rand -hex 10`",
	}
	textLinkTaken = wording.Text{
		VI: "mã liên kết này được dùng hai lần; hãy tạo mã mới bằng `openssl rand -hex 10`",
		EN: "this link id is used twice; make another with `openssl rand -hex 10`",
	}
	textSession = wording.Text{
		VI: "radius_ids phải có từ 1 đến %d byte, đúng như máy chủ truy cập (BRAS) gửi",
		EN: "an entry of radius_ids has 1 to %d bytes, just as the access server sends it",
	}
	textSessionTaken = wording.Text{
		VI: "radius_ids %q đã thuộc đơn vị %s; mỗi đường truyền chỉ thuộc một đơn vị",
		EN: "the radius_ids entry %q is already that of unit %s; a line belongs to one unit",
	}
	textProfileTwice = wording.Text{
		VI: "hồ sơ %q đã được viết ở %s; hãy xóa một trong hai",
		EN: "profile %q is written at %s already; delete one of the two",
	}
	textTimetableTwice = wording.Text{
		VI: "khung giờ %q đã được viết ở %s; hãy xóa một trong hai",
		EN: "timetable %q is written at %s already; delete one of the two",
	}
	textCalendarTwice = wording.Text{
		VI: "lịch chung đã được viết ở %s; hãy xóa một trong hai",
		EN: "the calendar of all units is written at %s already; delete one of the two",
	}
)

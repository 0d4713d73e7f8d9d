package facts

import (
	"lachan/internal/wording"
	"lachan/policy/catalogue"
)

// What the commands below catalogue say.
var (
	textShort = wording.Text{
		VI: "cho biết những gì có sẵn: nhóm nội dung, dịch vụ, hồ sơ lọc, cấp học, khung giờ, nguồn danh sách",
		EN: "show what is built in: categories, services, profiles, levels, timetables, feeds",
	}
	textCategories = wording.Text{
		VI: "các nhóm nội dung, và mỗi hồ sơ lọc chặn nhóm nào lúc nào",
		EN: "the categories, and when each profile blocks them",
	}
	textServices = wording.Text{
		VI: "các dịch vụ; nêu tên thì in cả tên miền của dịch vụ đó",
		EN: "the services; of those named, their domain names",
	}
	textProfiles = wording.Text{
		VI: "các hồ sơ lọc có sẵn: chặn gì và lúc nào",
		EN: "the ready-made profiles: what they block, and when",
	}
	textLevels = wording.Text{
		VI: "các cấp học, và hồ sơ lọc của mỗi cấp",
		EN: "the school levels, and the profile of each",
	}
	textOutside = wording.Text{
		VI: "Ngoài giờ học",
		EN: "Outside of school hours",
	}
	textOutsideHours = wording.Text{
		VI: "mọi lúc không thuộc %s",
		EN: "whenever it is not %s",
	}
	textTimetables = wording.Text{
		VI: "các khung giờ có sẵn",
		EN: "the timetables that are built in",
	}
	textFeeds = wording.Text{
		VI: "các nguồn danh sách công khai: địa chỉ, định dạng, nhóm, giấy phép, số mục, người giữ",
		EN: "the public feeds: address, format, category, licence, size, keeper",
	}
	textFeedsLong = wording.Text{
		VI: "Không có gì ở đây được tải trước khi cấu hình nêu tên nó trong feeds. Danh sách là của người khác: hãy đọc giấy phép, và thử bằng `lachan lists check`.",
		EN: "Nothing here is fetched before a configuration names it under feeds. The lists are those of others: read the licence, and try them with `lachan lists check`.",
	}
	textFlagCategory = wording.Text{
		VI: "chỉ của nhóm này",
		EN: "only those of this category",
	}
	textFlagLevel = wording.Text{
		VI: "chỉ những danh sách dành cho cấp học này",
		EN: "only those for schools of this level",
	}
	textNoService = wording.Text{
		VI: "không có dịch vụ %q; có: %s",
		EN: "there is no service %q; there are: %s",
	}
	textNoProfile = wording.Text{
		VI: "không có hồ sơ lọc có sẵn %q; có: %s",
		EN: "there is no ready-made profile %q; there are: %s",
	}
	textNoCategory = wording.Text{
		VI: "không có nhóm %q; có: %s",
		EN: "there is no category %q; there are: %s",
	}
	textNoLevel = wording.Text{
		VI: "không có cấp học %q; có: %s",
		EN: "there is no school level %q; there are: %s",
	}
	textAlways = wording.Text{
		VI: "luôn",
		EN: "always",
	}
	textLessons = wording.Text{
		VI: "giờ học",
		EN: "lessons",
	}
	textUnknown = wording.Text{
		VI: "không rõ",
		EN: "unknown",
	}
	textAllLevels = wording.Text{
		VI: "mọi cấp",
		EN: "all",
	}
)

// The heads of columns.
var (
	textHeadCode       = wording.Text{VI: "mã", EN: "code"}
	textHeadAlias      = wording.Text{VI: "hoặc", EN: "or"}
	textHeadLabel      = wording.Text{VI: "tên", EN: "what"}
	textHeadClass      = wording.Text{VI: "loại", EN: "class"}
	textHeadLock       = wording.Text{VI: "ai khóa", EN: "lock"}
	textHeadProfile    = wording.Text{VI: "hồ sơ lọc", EN: "profile"}
	textHeadDays       = wording.Text{VI: "ngày", EN: "days"}
	textHeadHours      = wording.Text{VI: "giờ", EN: "hours"}
	textHeadCategories = wording.Text{VI: "nhóm", EN: "categories"}
	textHeadNames      = wording.Text{VI: "số tên miền", EN: "names"}
	textHeadFeed       = wording.Text{VI: "danh sách", EN: "feed"}
	textHeadCategory   = wording.Text{VI: "nhóm", EN: "category"}
	textHeadFormat     = wording.Text{VI: "định dạng", EN: "format"}
	textHeadLicence    = wording.Text{VI: "giấy phép", EN: "licence"}
	textHeadEntries    = wording.Text{VI: "số mục (ngày)", EN: "entries (day)"}
	textHeadKeeper     = wording.Text{VI: "người giữ", EN: "kept by"}
	textHeadLevels     = wording.Text{VI: "cấp học", EN: "levels"}
	textHeadURL        = wording.Text{VI: "địa chỉ", EN: "address"}
)

// What is told of a profile, a service and a feed, each before a colon.
var (
	textProfileAlways  = wording.Text{VI: "luôn chặn", EN: "always blocks"}
	textProfileLessons = wording.Text{VI: "chặn trong giờ học (%s, %s %s–%s)", EN: "blocks in lessons (%s, %s %s–%s)"}
	textProfileAllow   = wording.Text{VI: "luôn để mở", EN: "leaves open"}
	textProfileSearch  = wording.Text{VI: "tìm kiếm an toàn", EN: "safe search"}
	textProfileYouTube = wording.Text{VI: "YouTube hạn chế", EN: "restricted YouTube"}
	textServiceOwn     = wording.Text{VI: "chặn dịch vụ là chặn", EN: "a block shuts"}
	textServiceNeeds   = wording.Text{VI: "cho phép dịch vụ là mở cả", EN: "an allow opens too"}
	textFeedNote       = wording.Text{VI: "lưu ý", EN: "note"}
	textFeedSource     = wording.Text{VI: "theo", EN: "as told at"}
	textFeedMirrors    = wording.Text{VI: "bản sao", EN: "mirrors"}
	textFeedsHow       = wording.Text{
		VI: "%d nguồn. Để dùng: ghi name, url, format và category vào feeds của lachan.yaml.",
		EN: "feeds: %d. To use one, write name, url, format and category under feeds in lachan.yaml.",
	}
)

// Words for what is a number in the catalogue.
var (
	classes = [...]wording.Text{
		catalogue.Harmful:   {VI: "có hại", EN: "harmful"},
		catalogue.Managed:   {VI: "có lúc", EN: "managed"},
		catalogue.Technical: {VI: "kỹ thuật", EN: "technical"},
	}
	locks = [...]wording.Text{
		catalogue.LockNone:     {VI: "–", EN: "–"},
		catalogue.LockProvince: {VI: "tỉnh", EN: "province"},
		catalogue.LockCentral:  {VI: "trung ương", EN: "central"},
	}
	strictness = [...]wording.Text{
		catalogue.Off:      {VI: "tắt", EN: "off"},
		catalogue.Moderate: {VI: "vừa (\"moderate\")", EN: "moderate"},
		catalogue.Strict:   {VI: "chặt (\"strict\")", EN: "strict"},
	}
	classNames      = [...]string{"harmful", "managed", "technical"}
	lockNames       = [...]string{"none", "province", "central"}
	strictnessNames = [...]string{"off", "moderate", "strict"}
)

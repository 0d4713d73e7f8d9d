package facts

import "lachan/internal/wording"

// What the pages about the catalogue say around their tables. Lines are as long as
// a page has them.
var (
	pageCatalogue = wording.Text{
		VI: "Những gì có sẵn",
		EN: "What is built in",
	}
	pageCatalogueAbout = wording.Text{
		VI: "Trang này do chương trình viết ra; `lachan catalogue categories`, `lachan catalogue services`,\n" +
			"`lachan catalogue profiles`, `lachan catalogue levels`, `lachan catalogue timetables` in ra cùng nội\n" +
			"dung, với `--json` cho chương trình đọc. Nguồn danh sách: [public-feeds.md](public-feeds.md).",
		EN: "This page is made by the program; `lachan catalogue categories`, `lachan catalogue services`,\n" +
			"`lachan catalogue profiles`, `lachan catalogue levels`, `lachan catalogue timetables` print the\n" +
			"same, with `--json` for programs. Public feeds: [public-feeds.md](public-feeds.md).",
	}
	pageCategories = wording.Text{
		VI: "Nhóm nội dung",
		EN: "Categories",
	}
	pageCategoriesAbout = wording.Text{
		VI: "Hồ sơ lọc chặn nhóm **luôn**, chỉ trong **giờ học**, hay không (–). Mã nào trong hai mã cũng dùng\n" +
			"được ở mọi nơi: `block: [gambling]` hay `block: [co-bac]`. Cột “ai khóa” cho biết cấp nào được nới.",
		EN: "A profile blocks a category **always**, in **lessons** only, or not (–). Either code works\n" +
			"everywhere: `block: [gambling]` or `block: [co-bac]`. The lock says who may loosen it by default.",
	}
	pageProfiles = wording.Text{
		VI: "Hồ sơ lọc có sẵn",
		EN: "Ready-made profiles",
	}
	pageProfilesAbout = wording.Text{
		VI: "Hồ sơ lọc chặn nhóm nào, lúc nào thì xem bảng trên; `lachan catalogue profiles thcs` kể bằng lời.",
		EN: "What a profile blocks and when is in the table above; `lachan catalogue profiles thcs` tells it\nin words.",
	}
	pageLevels = wording.Text{
		VI: "Cấp học",
		EN: "School levels",
	}
	pageTimetables = wording.Text{
		VI: "Khung giờ",
		EN: "Timetables",
	}
	pageServices = wording.Text{
		VI: "Dịch vụ",
		EN: "Services",
	}
	pageServicesAbout = wording.Text{
		VI: "Trong chính sách viết `service:zalo`. Chặn một dịch vụ là chặn tên miền của nó; cho phép thì mở cả\n" +
			"những gì nó cần để chạy, như trang đăng nhập. `lachan catalogue services zalo` in cả hai phần.",
		EN: "A policy writes `service:zalo`. A block of a service shuts its own names; an allow opens what it\n" +
			"needs to work too, such as the pages of sign-in. `lachan catalogue services zalo` prints both sets.",
	}
	pageGroup = wording.Text{
		VI: "loại",
		EN: "group",
	}
	pageCore = wording.Text{
		VI: "Tên không bao giờ chặn",
		EN: "Names that are never blocked",
	}
	pageCoreAbout = wording.Text{
		VI: "Chỉ danh sách đã khóa mới chặn được những tên này. Tên gồm cả những gì bên dưới; có dấu `=` thì chỉ\n" +
			"riêng tên đó.",
		EN: "Only a locked list blocks these. A name covers all below it; with `=` it stands for itself alone.",
	}
	pageCoreNames = wording.Text{
		VI: "tên miền",
		EN: "names",
	}
	pageFeeds = wording.Text{
		VI: "Nguồn danh sách công khai",
		EN: "Public feeds",
	}
	pageFeedsAbout = wording.Text{
		VI: "Danh sách của người khác, làm cho Việt Nam đứng trước. Không có gì được tải trước khi `feeds` trong\n" +
			"lachan.yaml nêu tên nó ([feeds.md](feeds.md)): hãy đọc giấy phép, và thử bằng\n" +
			"`lachan lists check FILE`. `lachan lists catalogue --category circumvention --level thcs` in những\n" +
			"nguồn của một nhóm và một cấp học, `--json` cho chương trình đọc. Số mục là của ngày ghi bên cạnh.",
		EN: "Lists of others, those made for Vietnam first. Nothing is fetched before `feeds` in lachan.yaml\n" +
			"names it ([feeds.md](feeds.md)): read the licence, and try it with `lachan lists check FILE`.\n" +
			"`lachan lists catalogue --category circumvention --level thcs` prints those of a category and a\n" +
			"level, `--json` for programs. A size is that of the day beside it.",
	}
)

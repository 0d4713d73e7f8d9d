package script

import "lachan/internal/wording"

// What is wrong with policy scripts, and what to do.
var (
	textLine = wording.Text{
		VI: "không hiểu dòng này: viết `at Mon 2026-09-07 10:15` hoặc `truong/nhom asks olm.vn A -> pass`",
		EN: "no such line: write `at Mon 2026-09-07 10:15` or `school/group asks olm.vn A -> pass`",
	}
	textNoTime = wording.Text{
		VI: "chưa biết vào lúc nào: hãy ghi trước câu hỏi đầu tiên một dòng như `at 2026-09-07 10:15`",
		EN: "at what time? Before the first question write a line like `at 2026-09-07 10:15`",
	}
	textTime = wording.Text{
		VI: "%q không phải thời điểm: viết như `at 2026-09-07 10:15` hoặc `at thứ Hai 07/09/2026 10:15`",
		EN: "%q is no moment: write it like `at 2026-09-07 10:15` or `at Mon 07/09/2026 10:15`",
	}
	textWeekday = wording.Text{
		VI: "ngày %s là %s, không phải %s: hãy sửa ngày hoặc thứ",
		EN: "%s is a %s, not %s: mend the date or the day of the week",
	}
	textDay = wording.Text{
		VI: "không hiểu thứ %q: viết Mon đến Sun, t2 đến t7 và cn, hay thứ Hai đến Chủ nhật, hoặc bỏ đi",
		EN: "%q is no day of the week: write Mon to Sun, t2 to t7 and cn, or thứ Hai to Chủ nhật, or leave it out",
	}
	textName = wording.Text{
		VI: "%q không phải tên miền: viết như www.olm.vn",
		EN: "%q is not a domain name: write it like www.olm.vn",
	}
	textType = wording.Text{
		VI: "không có kiểu bản ghi %q: viết A, AAAA, HTTPS, TXT...",
		EN: "there is no query type %q: write A, AAAA, HTTPS, TXT...",
	}
	textExpect = wording.Text{
		VI: "không hiểu kết quả mong đợi %q: viết \"pass\", \"excepted\", \"local\", \"rewrite TÊN\", hoặc \"nxdomain\", \"null\", \"nodata\", \"refused\", \"page\" kèm mã nhóm nếu muốn",
		EN: "%q is nothing to expect: write \"pass\", \"excepted\", \"local\", \"rewrite NAME\", or \"nxdomain\", \"null\", \"nodata\", \"refused\", \"page\", with the code of a category if you like",
	}
	textRewrite = wording.Text{
		VI: "sau rewrite phải là tên miền được chuyển đến, như forcesafesearch.google.com",
		EN: "after rewrite comes the name that it is sent to, like forcesafesearch.google.com",
	}
	textRest = wording.Text{
		VI: "thừa %q: sau kết quả chỉ có `by LỚP` rồi `unit MÃ`",
		EN: "%q is too much: after what is expected come only `by LAYER` and then `unit ID`",
	}
	textMissing = wording.Text{
		VI: "thiếu giá trị sau %q",
		EN: "the value after %q is missing",
	}
	textLayer = wording.Text{
		VI: "không có lớp %q; các lớp: %s",
		EN: "there is no layer %q; the layers: %s",
	}
	textCategory = wording.Text{
		VI: "không có nhóm nào tên %q mà một lần chặn được tính vào (xem `lachan catalogue categories`)",
		EN: "there is no category %q for a block to count in (see `lachan catalogue categories`)",
	}
	textWho = wording.Text{
		VI: "không có đơn vị %q: viết địa chỉ máy, mã đơn vị hoặc TRƯỜNG/NHÓM",
		EN: "there is no unit %q: write an address, the id of a unit or SCHOOL/GROUP",
	}
	textWhoMany = wording.Text{
		VI: "nhóm %q có ở nhiều trường: viết cả mã trường, như %s hoặc %s",
		EN: "several schools have a group %q: write the school too, like %s or %s",
	}
	textFailed = wording.Text{
		VI: "lúc %s, %s hỏi %s %s: mong đợi `%s`, nhận được `%s` vì: %s",
		EN: "at %s, %s asks %s %s: expected `%s`, got `%s` because: %s",
	}
	textEmpty = wording.Text{
		VI: "tệp thử không hỏi câu nào",
		EN: "the script asks nothing",
	}
)

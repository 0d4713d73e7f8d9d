package wording

// What policy scripts get wrong, and what to do.
var (
	ScriptLine     = Text{"không hiểu dòng này: viết `at Mon 2026-09-07 10:15` hoặc `truong/nhom asks olm.vn A -> pass`", "no such line: write `at Mon 2026-09-07 10:15` or `school/group asks olm.vn A -> pass`"}
	ScriptNoTime   = Text{"chưa biết vào lúc nào: hãy ghi trước câu hỏi đầu tiên một dòng như `at 2026-09-07 10:15`", "at what time? Before the first question write a line like `at 2026-09-07 10:15`"}
	ScriptTime     = Text{"%q không phải thời điểm: viết như `at 2026-09-07 10:15` hoặc `at Mon 2026-09-07 10:15`", "%q is no moment: write it like `at 2026-09-07 10:15` or `at Mon 2026-09-07 10:15`"}
	ScriptWeekday  = Text{"ngày %s là %s, không phải %s: hãy sửa ngày hoặc thứ", "%s is a %s, not %s: mend the date or the day of the week"}
	ScriptDay      = Text{"không hiểu thứ %q: viết Mon Tue Wed Thu Fri Sat Sun hoặc t2 đến t7 và cn, hoặc bỏ đi", "%q is no day of the week: write Mon Tue Wed Thu Fri Sat Sun, or t2 to t7 and cn, or leave it out"}
	ScriptName     = Text{"%q không phải tên miền: viết như www.olm.vn", "%q is not a domain name: write it like www.olm.vn"}
	ScriptType     = Text{"không có kiểu bản ghi %q: viết A, AAAA, HTTPS, TXT...", "there is no query type %q: write A, AAAA, HTTPS, TXT..."}
	ScriptExpect   = Text{"không hiểu kết quả mong đợi %q: viết pass, excepted, local, rewrite TÊN, hoặc nxdomain, null, nodata, refused, page kèm mã nhóm nếu muốn", "%q is nothing to expect: write pass, excepted, local, rewrite NAME, or nxdomain, null, nodata, refused, page, with the code of a category if you like"}
	ScriptRewrite  = Text{"sau rewrite phải là tên miền được chuyển đến, như forcesafesearch.google.com", "after rewrite comes the name that it is sent to, like forcesafesearch.google.com"}
	ScriptRest     = Text{"thừa %q: sau kết quả chỉ có `by LỚP` rồi `unit MÃ`", "%q is too much: after what is expected come only `by LAYER` and then `unit ID`"}
	ScriptMissing  = Text{"thiếu giá trị sau %q", "the value after %q is missing"}
	ScriptLayer    = Text{"không có lớp %q; các lớp: %s", "there is no layer %q; the layers: %s"}
	ScriptCategory = Text{"không có nhóm nào tên %q mà một lần chặn được tính vào", "there is no category %q for a block to count in"}

	ScriptWho     = Text{"không có đơn vị %q: viết địa chỉ máy, mã đơn vị hoặc TRƯỜNG/NHÓM", "there is no unit %q: write an address, the id of a unit or SCHOOL/GROUP"}
	ScriptWhoMany = Text{"nhóm %q có ở nhiều trường: viết cả mã trường, như %s hoặc %s", "several schools have a group %q: write the school too, like %s or %s"}
	ScriptFailed  = Text{"lúc %s, %s hỏi %s %s: mong đợi `%s`, nhận được `%s` vì: %s", "at %s, %s asks %s %s: expected `%s`, got `%s` because: %s"}
	ScriptEmpty   = Text{"tệp thử không hỏi câu nào", "the script asks nothing"}
)

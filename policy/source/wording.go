package source

import "lachan/internal/wording"

// What is wrong with policy.yaml and the files it names, and what to do.
var (
	textNearest = wording.Text{
		VI: "; có phải là %q?",
		EN: "; did you mean %q?",
	}
	// kindTexts are what people call kinds, by Kind.
	kindTexts = [...]wording.Text{
		{},
		{VI: "tỉnh", EN: "province"},
		{VI: "xã, phường", EN: "commune"},
		{VI: "trường", EN: "school"},
		{VI: "nhóm", EN: "group"},
	}
	textKind = wording.Text{
		VI: "không có loại đơn vị %q: hãy ghi \"province\" (tỉnh), \"commune\" (xã, phường), \"school\" (trường) hoặc \"group\" (nhóm)",
		EN: "there is no kind of unit %q: write \"province\", \"commune\", \"school\" or \"group\"",
	}
	TextStudents = wording.Text{
		VI: "số học sinh phải là số nguyên không âm, không phải \"%v\"",
		EN: "the number of students must be a whole number from 0 up, not \"%v\"",
	}
	textSafeSearch = wording.Text{
		VI: "safe_search là \"off\" (tắt) hoặc \"strict\" (nghiêm ngặt), không phải %q",
		EN: "safe_search is \"off\" or \"strict\", not %q",
	}
	textYouTube = wording.Text{
		VI: "youtube là \"off\" (tắt), \"moderate\" (vừa phải) hoặc \"strict\" (nghiêm ngặt), không phải %q",
		EN: "youtube is \"off\", \"moderate\" or \"strict\", not %q",
	}
	textDefault = wording.Text{
		VI: "default là \"allow\" (cho phép) hoặc \"deny\" (không cho), không phải %q",
		EN: "default is \"allow\" or \"deny\", not %q",
	}
	textReply = wording.Text{
		VI: "cách trả lời là \"nxdomain\" (không có tên này), \"null\" (địa chỉ 0.0.0.0), \"nodata\" (không có địa chỉ), \"refused\" (từ chối) hoặc \"page\" (trang báo chặn), không phải %q",
		EN: "a reply is \"nxdomain\", \"null\", \"nodata\", \"refused\" or \"page\", not %q",
	}
	textDays = wording.Text{
		VI: "không hiểu ngày %q: viết mon-sat, \"mon,wed,fri\" hoặc all (mon tue wed thu fri sat sun, hoặc t2 đến t7 và cn)",
		EN: "%q are no days: write mon-sat, \"mon,wed,fri\" or all (mon tue wed thu fri sat sun, or t2 to t7 and cn)",
	}
	textDaysDate = wording.Text{
		VI: "%q là một ngày, còn days là các thứ trong tuần: ngày thi ghi ở calendar, exams: [{name: Thi, from: %s}], và thời khóa biểu ghi days: all, on: exam; ngày nghỉ ghi ở holidays",
		EN: "%q is a day, and days are those of the week: put a day of examinations under calendar, exams: [{name: Thi, from: %s}], and days: all, on: exam in the timetable; a day off under holidays",
	}
	textClock = wording.Text{
		VI: "không hiểu giờ %q: viết \"HH:MM\" từ \"00:00\" đến \"24:00\", hoặc 7h30",
		EN: "%q is no time of day: write \"HH:MM\" from \"00:00\" to \"24:00\", or 7h30",
	}
	textDayKind = wording.Text{
		VI: "không có loại ngày %q: hãy ghi \"study\" (ngày học), \"exam\" (ngày thi), \"holiday\" (ngày nghỉ lễ), \"off\" (ngày ngoài học kỳ) hoặc \"any\" (mọi ngày)",
		EN: "there is no kind of day %q: write \"study\", \"exam\", \"holiday\", \"off\" or \"any\"",
	}
	textCSVHeader = wording.Text{
		VI: "bảng trống: dòng đầu phải ghi tên các cột và có cột id; các cột: %s",
		EN: "the table is empty: its first line must name the columns and have a column id; the columns: %s",
	}
	textNoHeader = wording.Text{
		VI: "không thấy dòng tiêu đề có cột mã đơn vị (id); các tiêu đề trong bảng: %s; các cột hiểu được: %s",
		EN: "no header with a column id is there; the headings of the table: %s; the columns that are known: %s",
	}
	textCSVColumn = wording.Text{
		VI: "không có cột %q; các cột: %s",
		EN: "there is no column %q; the columns: %s",
	}
	textColumnIgnored = wording.Text{
		VI: "cột %q không được đọc; các cột hiểu được: %s",
		EN: "the column %q is not read; the columns that are known: %s",
	}
	textCSVColumnTwice = wording.Text{
		VI: "cột %q ghi hai lần",
		EN: "the column %q is there twice",
	}
	textCSVFields = wording.Text{
		VI: "dòng có %d ô, nhiều hơn %d cột của dòng tiêu đề: hãy xóa ô thừa, hoặc đặt ô có dấu phân cách trong ngoặc kép",
		EN: "the line has %d cells, more than the %d columns of the header: delete what is too much, or put a cell with a separator into quotes",
	}
	textCSVSyntax = wording.Text{
		VI: "ô mở dấu nháy kép mà không đóng",
		EN: "a cell opens a quote and does not close it",
	}
	textRowWithoutID = wording.Text{
		VI: "dòng không có mã đơn vị (id)",
		EN: "the row has no id",
	}
	textOldBook = wording.Text{
		VI: "bảng tính kiểu cũ (.xls) hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu kiểu .xlsx",
		EN: "a workbook of the old kind (.xls) or with a password; open it in Excel, take the password off and save it as .xlsx",
	}
	textNoBook = wording.Text{
		VI: "tệp nén này không phải bảng tính Excel; hãy mở và lưu lại kiểu .xlsx",
		EN: "this zip file is not an Excel workbook; open it and save it as .xlsx",
	}
	textBadBook = wording.Text{
		VI: "không đọc được bảng tính (%v); hãy mở bằng Excel rồi lưu lại",
		EN: "cannot read the workbook (%v); open it in Excel and save it again",
	}
	textTableTCVN3 = wording.Text{
		VI: "bảng dùng phông TCVN3 (.VnTime, mã ABC), không phải Unicode; hãy đổi sang Unicode (UniKey: Ctrl+Shift+F6) rồi lưu lại",
		EN: "the table is in a font of TCVN3 (.VnTime), not in Unicode; convert it to Unicode (UniKey: Ctrl+Shift+F6) and save it again",
	}
	textHiddenRows = wording.Text{
		VI: "trang tính có %d hàng bị ẩn hoặc bị lọc đi, vẫn được đọc; nếu không muốn, hãy xóa hẳn các hàng ấy",
		EN: "%d rows of the sheet are hidden or filtered out, and were read; delete them if they are not meant",
	}
	textOtherSheet = wording.Text{
		VI: "chỉ trang tính %q được đọc, trang %q thì không",
		EN: "only the sheet %q is read, %q is not",
	}
	textCellError = wording.Text{
		VI: "ô cột %q là lỗi công thức %s: hãy sửa công thức, hoặc gõ giá trị vào ô",
		EN: "the cell of %q is the error %s of a formula: mend the formula, or type the value",
	}
	textBesides = wording.Text{
		VI: "%d dòng được bỏ qua vì không phải của đơn vị nào (tiêu đề nhóm, tổng cộng, người ký): dòng %s",
		EN: "rows that are left out as they are of no unit (headings of a part, totals, signatures): %d, at %s",
	}
	textAlsoLines = wording.Text{
		VI: " (thêm %d dòng như vậy: %s)",
		EN: " (%d more lines like this: %s)",
	}
	textDecidedTime = wording.Text{
		VI: "%q không phải là ngày (2026-12-31) hay thời điểm (2026-12-31T09:40:11+07:00)",
		EN: "%q is neither a day (2026-12-31) nor a time (2026-12-31T09:40:11+07:00)",
	}
	textDecision = wording.Text{
		VI: "không phải một quyết định: cần {\"unit\": …, \"allow\" hoặc \"block\": …} trên một dòng; lachan ledger verify dựng lại tệp này từ sổ",
		EN: "no decision: it takes {\"unit\": …, \"allow\" or \"block\": …} on one line; lachan ledger verify makes this file again from the ledger",
	}
)

package source

import "lachan/internal/wording"

// What is wrong with policy.yaml and the files it names, and what to do.
var (
	textNearest = wording.Text{
		VI: "; có phải là %q?",
		EN: "; did you mean %q?",
	}
	textKind = wording.Text{
		VI: "không có loại đơn vị %q: dùng province, commune, school hoặc group",
		EN: "there is no kind of unit %q: use province, commune, school or group",
	}
	TextStudents = wording.Text{
		VI: "số học sinh phải là số nguyên không âm, không phải \"%v\"",
		EN: "the number of students must be a whole number from 0 up, not \"%v\"",
	}
	textSafeSearch = wording.Text{
		VI: "safe_search là off hoặc strict, không phải %q",
		EN: "safe_search is off or strict, not %q",
	}
	textYouTube = wording.Text{
		VI: "youtube là off, moderate hoặc strict, không phải %q",
		EN: "youtube is off, moderate or strict, not %q",
	}
	textDefault = wording.Text{
		VI: "default là allow hoặc deny, không phải %q",
		EN: "default is allow or deny, not %q",
	}
	textReply = wording.Text{
		VI: "cách trả lời là nxdomain, null, nodata, refused hoặc page, không phải %q",
		EN: "a reply is nxdomain, null, nodata, refused or page, not %q",
	}
	textDays = wording.Text{
		VI: "không hiểu ngày %q: viết mon-sat, \"mon,wed,fri\" hoặc all (mon tue wed thu fri sat sun, hoặc t2 đến t7 và cn)",
		EN: "%q are no days: write mon-sat, \"mon,wed,fri\" or all (mon tue wed thu fri sat sun, or t2 to t7 and cn)",
	}
	textClock = wording.Text{
		VI: "không hiểu giờ %q: viết \"HH:MM\" từ \"00:00\" đến \"24:00\"",
		EN: "%q is no time of day: write \"HH:MM\" from \"00:00\" to \"24:00\"",
	}
	textDayKind = wording.Text{
		VI: "không có loại ngày %q: dùng study, exam, holiday, off hoặc any",
		EN: "there is no kind of day %q: use study, exam, holiday, off or any",
	}
	textCSVHeader = wording.Text{
		VI: "dòng đầu phải ghi tên các cột và có cột id; các cột: %s",
		EN: "the first line must name the columns and have a column id; the columns: %s",
	}
	textCSVColumn = wording.Text{
		VI: "không có cột %q; các cột: %s",
		EN: "there is no column %q; the columns: %s",
	}
	textCSVColumnTwice = wording.Text{
		VI: "cột %q ghi hai lần",
		EN: "the column %q is there twice",
	}
	textCSVFields = wording.Text{
		VI: "dòng có %d ô, phải là %d như dòng đầu",
		EN: "the line has %d fields, not %d as the first one",
	}
	textCSVSyntax = wording.Text{
		VI: "dấu nháy kép không đúng: %v",
		EN: "wrong quotes: %v",
	}
)

package yamlfile

import "lachan/internal/wording"

// What is wrong with a file.
var (
	textUnknownKey = wording.Text{
		VI: "không có mục %q ở đây; các mục được dùng: %s",
		EN: "there is no key %q here; the keys are: %s",
	}
	textUnknownKeyNear = wording.Text{
		VI: "không có mục %q ở đây; có phải ý bạn là %q?",
		EN: "there is no key %q here; did you mean %q?",
	}
	textKeyTwice = wording.Text{
		VI: "mục %q viết hai lần (lần đầu ở dòng %d); hãy giữ lại một",
		EN: "the key %q is given twice (first on line %d); keep one",
	}
	textKeyNotText = wording.Text{
		VI: "tên mục phải là một từ, không phải danh sách hay nhóm mục",
		EN: "a key must be a word, not a list or a group of keys",
	}
	textAlias = wording.Text{
		VI: "không dùng được ký hiệu tắt & * << của YAML ở đây; hãy viết đầy đủ giá trị",
		EN: "YAML's anchors and aliases (& * <<) are not understood here; write the value out",
	}
	textEmptyItem = wording.Text{
		VI: "mục này của danh sách để trống; hãy điền giá trị hoặc xoá dòng",
		EN: "this item of the list is empty; give it a value or delete the line",
	}
	textSecondDocument = wording.Text{
		VI: "sau dấu --- là một tài liệu thứ hai, phần này không được đọc; hãy xoá dấu --- hoặc tách ra tệp khác",
		EN: "a second document begins after ---, which is not read; delete the --- or move it to a file of its own",
	}
	textWantKeys = wording.Text{
		VI: "cần một nhóm mục dạng \"mục: giá trị\", nhưng ở đây là %s",
		EN: "wants a group of keys, each as \"key: value\", but here is %s",
	}
	textWantKeysSpace = wording.Text{
		VI: "cần một nhóm mục dạng \"mục: giá trị\", nhưng ở đây là %q; có phải thiếu dấu cách sau dấu hai chấm?",
		EN: "wants a group of keys, each as \"key: value\", but here is %q; is a space missing after the colon?",
	}
	textWantList = wording.Text{
		VI: "cần một danh sách, ví dụ [%s], nhưng ở đây là %s",
		EN: "wants a list, such as [%s], but here is %s",
	}
	textWantOne = wording.Text{
		VI: "cần một giá trị duy nhất, nhưng ở đây là %s",
		EN: "wants a single value, but here is %s",
	}
	textAList = wording.Text{
		VI: "một danh sách",
		EN: "a list",
	}
	textAGroup = wording.Text{
		VI: "một nhóm mục",
		EN: "a group of keys",
	}
	textValue = wording.Text{
		VI: "giá trị %q",
		EN: "the value %q",
	}
	textRefused = wording.Text{
		VI: "giá trị %q không dùng được: %v",
		EN: "the value %q cannot be used: %v",
	}
	textWantBool = wording.Text{
		VI: "giá trị %q phải là true (bật) hoặc false (tắt)",
		EN: "the value %q must be true or false",
	}
	textWantInt = wording.Text{
		VI: "giá trị %q phải là một số nguyên, ví dụ 1000",
		EN: "the value %q must be a whole number, such as 1000",
	}
	textWantRange = wording.Text{
		VI: "giá trị %q phải là một số nguyên từ %d đến %d",
		EN: "the value %q must be a whole number from %d to %d",
	}
	textWantFloat = wording.Text{
		VI: "giá trị %q phải là một số, ví dụ 0.5",
		EN: "the value %q must be a number, such as 0.5",
	}
	textWantTime = wording.Text{
		VI: "giá trị %q phải là một khoảng thời gian có đơn vị, ví dụ 500ms, 5s, 30m, 12h, 7d",
		EN: "the value %q must be a length of time with its unit, such as 500ms, 5s, 30m, 12h, 7d",
	}
	textWantBytes = wording.Text{
		VI: "giá trị %q phải là một dung lượng có đơn vị, ví dụ 512KiB, 64MiB, 1GiB",
		EN: "the value %q must be a size with its unit, such as 512KiB, 64MiB, 1GiB",
	}
	textWantPart = wording.Text{
		VI: "giá trị %q phải là một tỷ lệ từ 0%% đến 100%%, ví dụ 30%%",
		EN: "the value %q must be a share from 0%% to 100%%, such as 30%%",
	}
	textWantDate = wording.Text{
		VI: "giá trị %q phải là một ngày có thật, ví dụ 31/12/2026 hoặc 2026-12-31",
		EN: "the value %q must be a real day, such as 31/12/2026 or 2026-12-31",
	}
	textWantPrefix = wording.Text{
		VI: "giá trị %q phải là một dải địa chỉ, ví dụ 10.20.0.0/16 hoặc 2001:db8:20::/48",
		EN: "the value %q must be a range of addresses, such as 10.20.0.0/16 or 2001:db8:20::/48",
	}
	textWantAddr = wording.Text{
		VI: "giá trị %q phải là một địa chỉ IP, ví dụ 10.20.0.1 hoặc 2001:db8:20::1",
		EN: "the value %q must be an IP address, such as 10.20.0.1 or 2001:db8:20::1",
	}
	textWantPort = wording.Text{
		VI: "giá trị %q phải là địa chỉ IP và cổng, ví dụ 10.20.0.1:53 hoặc [2001:db8:20::1]:53",
		EN: "the value %q must be an IP address and a port, such as 10.20.0.1:53 or [2001:db8:20::1]:53",
	}
	textTab = wording.Text{
		VI: "đầu dòng có phím Tab; YAML chỉ nhận dấu cách, hãy thay mỗi Tab bằng hai dấu cách",
		EN: "this line is indented with a tab; YAML takes only spaces, so replace each tab by two spaces",
	}
	textNoSpace = wording.Text{
		VI: "thiếu dấu cách sau dấu hai chấm trong %q; hãy viết \"mục: giá trị\"",
		EN: "a space is missing after the colon in %q; write \"key: value\"",
	}
	textNoColon = wording.Text{
		VI: "dòng này không có dạng \"mục: giá trị\"; hãy thêm dấu hai chấm và một dấu cách sau tên mục",
		EN: "this line is not of the form \"key: value\"; put a colon and a space after the key",
	}
	textTwoColons = wording.Text{
		VI: "có hai dấu hai chấm trên một dòng, hoặc dòng này thụt vào sâu hơn dòng trước; hãy đặt giá trị trong dấu ngoặc kép \"...\" hoặc chỉnh lại thụt đầu dòng",
		EN: "there are two colons on one line, or the line is indented deeper than the one before; put the value in quotes \"...\" or correct the indentation",
	}
	textIndent = wording.Text{
		VI: "thụt đầu dòng không khớp với các dòng cùng nhóm; hãy cho các mục cùng nhóm thẳng cột với nhau",
		EN: "the indentation does not match the other lines of the group; put the keys of one group in the same column",
	}
	textDash = wording.Text{
		VI: "danh sách dùng dấu \"-\" phải bắt đầu ở dòng mới, thẳng cột với các mục khác",
		EN: "a list with \"-\" must begin on a line of its own, its items in one column",
	}
	textQuoteStart = wording.Text{
		VI: "giá trị bắt đầu bằng ký tự đặc biệt của YAML (* & % @ ` !); hãy đặt trong dấu ngoặc kép, ví dụ \"*.example.vn\"",
		EN: "a value begins with a character that is special in YAML (* & % @ ` !); put it in quotes, such as \"*.example.vn\"",
	}
	textOpenQuote = wording.Text{
		VI: "dấu ngoặc kép hoặc nháy đơn mở ở dòng này mà không đóng lại",
		EN: "a quote that is opened on this line is never closed",
	}
	textOpenList = wording.Text{
		VI: "danh sách mở bằng \"[\" ở dòng này thiếu dấu phẩy giữa hai giá trị hoặc thiếu dấu \"]\" ở cuối",
		EN: "the list opened with \"[\" on this line lacks a comma between two values or its closing \"]\"",
	}
	textOpenGroup = wording.Text{
		VI: "nhóm mục mở bằng \"{\" ở dòng này thiếu dấu phẩy giữa hai mục hoặc thiếu dấu \"}\" ở cuối",
		EN: "the group opened with \"{\" on this line lacks a comma between two keys or its closing \"}\"",
	}
	textBackslash = wording.Text{
		VI: "dấu \\ trong ngoặc kép có nghĩa riêng; hãy dùng nháy đơn '...' hoặc viết \\\\",
		EN: "a \\ has a meaning of its own inside double quotes; use single quotes '...' or write \\\\",
	}
	textNotUTF8 = wording.Text{
		VI: "tệp không phải là văn bản UTF-8; hãy lưu lại với bảng mã UTF-8",
		EN: "the file is not UTF-8 text; save it again as UTF-8",
	}
	textMisplaced = wording.Text{
		VI: "dấu phẩy hoặc dấu ngoặc [ ] { } ở dòng này không đúng chỗ; giá trị có chứa các dấu ấy phải đặt trong ngoặc kép, ví dụ [\"[::]:53\"]",
		EN: "a comma or one of [ ] { } is out of place on this line; a value that contains one must be in quotes, such as [\"[::]:53\"]",
	}
	textTooDeep = wording.Text{
		VI: "các nhóm lồng nhau quá sâu",
		EN: "groups are nested too deeply",
	}
	textNotUnderstood = wording.Text{
		VI: "không hiểu cú pháp ở đây (%s)",
		EN: "the text here is not YAML (%s)",
	}
)

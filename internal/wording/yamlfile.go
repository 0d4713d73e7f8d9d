package wording

// Sentences about files in YAML that people write: values and keys.
var (
	YAMLUnknownKey     = Text{"không có mục %q ở đây; các mục được dùng: %s", "there is no key %q here; the keys are: %s"}
	YAMLUnknownKeyNear = Text{"không có mục %q ở đây; có phải ý bạn là %q?", "there is no key %q here; did you mean %q?"}
	YAMLKeyTwice       = Text{"mục %q viết hai lần (lần đầu ở dòng %d); hãy giữ lại một", "the key %q is given twice (first on line %d); keep one"}
	YAMLKeyNotText     = Text{"tên mục phải là một từ, không phải danh sách hay nhóm mục", "a key must be a word, not a list or a group of keys"}
	YAMLAlias          = Text{"không dùng được ký hiệu tắt & * << của YAML ở đây; hãy viết đầy đủ giá trị", "YAML's anchors and aliases (& * <<) are not understood here; write the value out"}
	YAMLEmptyItem      = Text{"mục này của danh sách để trống; hãy điền giá trị hoặc xoá dòng", "this item of the list is empty; give it a value or delete the line"}
	YAMLSecondDocument = Text{"sau dấu --- là một tài liệu thứ hai, phần này không được đọc; hãy xoá dấu --- hoặc tách ra tệp khác", "a second document begins after ---, which is not read; delete the --- or move it to a file of its own"}

	YAMLWantKeys      = Text{"cần một nhóm mục dạng \"mục: giá trị\", nhưng ở đây là %s", "wants a group of keys, each as \"key: value\", but here is %s"}
	YAMLWantKeysSpace = Text{"cần một nhóm mục dạng \"mục: giá trị\", nhưng ở đây là %q; có phải thiếu dấu cách sau dấu hai chấm?", "wants a group of keys, each as \"key: value\", but here is %q; is a space missing after the colon?"}
	YAMLWantList      = Text{"cần một danh sách, ví dụ [%s], nhưng ở đây là %s", "wants a list, such as [%s], but here is %s"}
	YAMLWantOne       = Text{"cần một giá trị duy nhất, nhưng ở đây là %s", "wants a single value, but here is %s"}

	YAMLAList  = Text{"một danh sách", "a list"}
	YAMLAGroup = Text{"một nhóm mục", "a group of keys"}
	YAMLValue  = Text{"giá trị %q", "the value %q"}

	YAMLRefused    = Text{"giá trị %q không dùng được: %v", "the value %q cannot be used: %v"}
	YAMLWantBool   = Text{"giá trị %q phải là true (bật) hoặc false (tắt)", "the value %q must be true or false"}
	YAMLWantInt    = Text{"giá trị %q phải là một số nguyên, ví dụ 1000", "the value %q must be a whole number, such as 1000"}
	YAMLWantRange  = Text{"giá trị %q phải là một số nguyên từ %d đến %d", "the value %q must be a whole number from %d to %d"}
	YAMLWantFloat  = Text{"giá trị %q phải là một số, ví dụ 0.5", "the value %q must be a number, such as 0.5"}
	YAMLWantTime   = Text{"giá trị %q phải là một khoảng thời gian có đơn vị, ví dụ 500ms, 5s, 30m, 12h, 7d", "the value %q must be a length of time with its unit, such as 500ms, 5s, 30m, 12h, 7d"}
	YAMLWantBytes  = Text{"giá trị %q phải là một dung lượng có đơn vị, ví dụ 512KiB, 64MiB, 1GiB", "the value %q must be a size with its unit, such as 512KiB, 64MiB, 1GiB"}
	YAMLWantPart   = Text{"giá trị %q phải là một tỷ lệ từ 0%% đến 100%%, ví dụ 30%%", "the value %q must be a share from 0%% to 100%%, such as 30%%"}
	YAMLWantDate   = Text{"giá trị %q phải là một ngày có thật, viết theo năm-tháng-ngày, ví dụ 2026-12-31", "the value %q must be a real day, written year-month-day, such as 2026-12-31"}
	YAMLWantPrefix = Text{"giá trị %q phải là một dải địa chỉ, ví dụ 10.20.0.0/16 hoặc 2001:db8:20::/48", "the value %q must be a range of addresses, such as 10.20.0.0/16 or 2001:db8:20::/48"}
	YAMLWantAddr   = Text{"giá trị %q phải là một địa chỉ IP, ví dụ 10.20.0.1 hoặc 2001:db8:20::1", "the value %q must be an IP address, such as 10.20.0.1 or 2001:db8:20::1"}
	YAMLWantPort   = Text{"giá trị %q phải là địa chỉ IP và cổng, ví dụ 10.20.0.1:53 hoặc [2001:db8:20::1]:53", "the value %q must be an IP address and a port, such as 10.20.0.1:53 or [2001:db8:20::1]:53"}
)

// Sentences about text that is not YAML.
var (
	YAMLTab           = Text{"đầu dòng có phím Tab; YAML chỉ nhận dấu cách, hãy thay mỗi Tab bằng hai dấu cách", "this line is indented with a tab; YAML takes only spaces, so replace each tab by two spaces"}
	YAMLNoSpace       = Text{"thiếu dấu cách sau dấu hai chấm trong %q; hãy viết \"mục: giá trị\"", "a space is missing after the colon in %q; write \"key: value\""}
	YAMLNoColon       = Text{"dòng này không có dạng \"mục: giá trị\"; hãy thêm dấu hai chấm và một dấu cách sau tên mục", "this line is not of the form \"key: value\"; put a colon and a space after the key"}
	YAMLTwoColons     = Text{"có hai dấu hai chấm trên một dòng, hoặc dòng này thụt vào sâu hơn dòng trước; hãy đặt giá trị trong dấu ngoặc kép \"...\" hoặc chỉnh lại thụt đầu dòng", "there are two colons on one line, or the line is indented deeper than the one before; put the value in quotes \"...\" or correct the indentation"}
	YAMLIndent        = Text{"thụt đầu dòng không khớp với các dòng cùng nhóm; hãy cho các mục cùng nhóm thẳng cột với nhau", "the indentation does not match the other lines of the group; put the keys of one group in the same column"}
	YAMLDash          = Text{"danh sách dùng dấu \"-\" phải bắt đầu ở dòng mới, thẳng cột với các mục khác", "a list with \"-\" must begin on a line of its own, its items in one column"}
	YAMLQuoteStart    = Text{"giá trị bắt đầu bằng ký tự đặc biệt của YAML (* & % @ ` !); hãy đặt trong dấu ngoặc kép, ví dụ \"*.example.vn\"", "a value begins with a character that is special in YAML (* & % @ ` !); put it in quotes, such as \"*.example.vn\""}
	YAMLOpenQuote     = Text{"dấu ngoặc kép hoặc nháy đơn mở ở dòng này mà không đóng lại", "a quote that is opened on this line is never closed"}
	YAMLOpenList      = Text{"danh sách mở bằng \"[\" ở dòng này thiếu dấu phẩy giữa hai giá trị hoặc thiếu dấu \"]\" ở cuối", "the list opened with \"[\" on this line lacks a comma between two values or its closing \"]\""}
	YAMLOpenGroup     = Text{"nhóm mục mở bằng \"{\" ở dòng này thiếu dấu phẩy giữa hai mục hoặc thiếu dấu \"}\" ở cuối", "the group opened with \"{\" on this line lacks a comma between two keys or its closing \"}\""}
	YAMLBackslash     = Text{"dấu \\ trong ngoặc kép có nghĩa riêng; hãy dùng nháy đơn '...' hoặc viết \\\\", "a \\ has a meaning of its own inside double quotes; use single quotes '...' or write \\\\"}
	YAMLNotUTF8       = Text{"tệp không phải là văn bản UTF-8; hãy lưu lại với bảng mã UTF-8", "the file is not UTF-8 text; save it again as UTF-8"}
	YAMLMisplaced     = Text{"dấu phẩy hoặc dấu ngoặc [ ] { } ở dòng này không đúng chỗ; giá trị có chứa các dấu ấy phải đặt trong ngoặc kép, ví dụ [\"[::]:53\"]", "a comma or one of [ ] { } is out of place on this line; a value that contains one must be in quotes, such as [\"[::]:53\"]"}
	YAMLTooDeep       = Text{"các nhóm lồng nhau quá sâu", "groups are nested too deeply"}
	YAMLNotUnderstood = Text{"không hiểu cú pháp ở đây (%s)", "the text here is not YAML (%s)"}
)

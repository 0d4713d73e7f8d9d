package format

import (
	"errors"

	"lachan/internal/wording"
)

// The sentences of this package: why an entry or a list was refused, and what
// to do about it.

var reasonTexts = [reasons]wording.Text{
	NotAnEntry: {
		VI: "dòng không đúng định dạng của danh sách",
		EN: "the line is not of the list's format",
	},
	LongLine: {
		VI: "dòng dài quá 64 KiB",
		EN: "the line is longer than 64 KiB",
	},
	NoName: {
		VI: "dòng không có tên miền",
		EN: "the line has no name",
	},
	BadName: {
		VI: "tên có ký tự không dùng được trong tên miền",
		EN: "the name has a character that host names do not have",
	},
	BadLength: {
		VI: "tên hoặc một nhãn của tên bị rỗng hoặc quá dài (nhãn tối đa 63, tên tối đa 253 ký tự)",
		EN: "the name or one of its labels is empty or too long (63 for a label, 253 for a name)",
	},
	BadIDN: {
		VI: "tên miền quốc tế hóa không chuyển được sang dạng ASCII",
		EN: "the international name cannot be turned into ASCII",
	},
	LocalName: {
		VI: "tên nội bộ của máy hoặc của mạng, không phải tên miền trên Internet",
		EN: "a name of the local machine or network, not of the Internet",
	},
	PublicSuffix: {
		VI: "đuôi tên miền công cộng: chặn nó là chặn mọi tên miền đăng ký bên dưới; nếu đúng là muốn vậy, hãy ghi allow_suffixes: true ở nguồn (lệnh check: --allow-suffixes), hoặc {name: ...} trong chính sách",
		EN: "a public suffix: blocking it would block everything registered below it; if that is meant, write allow_suffixes: true into the feed (--allow-suffixes of check), or {name: ...} into the policy",
	},
	AddressAmongNames: {
		VI: "đây là địa chỉ IP chứ không phải tên miền; hãy chuyển sang danh sách địa chỉ (addresses)",
		EN: "an IP address, not a name; move it to a list of addresses",
	},
	RealAddress: {
		VI: "tên được trỏ đến một địa chỉ thật, không phải địa chỉ dùng để chặn như 0.0.0.0",
		EN: "the name is pointed at a real address, not at one that blocks, such as 0.0.0.0",
	},
	BadAddress: {
		VI: "không phải địa chỉ IP, dải mạng (CIDR) hay khoảng địa chỉ",
		EN: "not an address, a prefix or a range of addresses",
	},
	ReservedAddress: {
		VI: "địa chỉ dùng riêng (mạng nội bộ, loopback, toàn bộ Internet...): không được chặn",
		EN: "a reserved address (private, loopback, the whole Internet ...) must not be blocked",
	},
	Path: {
		VI: "chỉ một phần của trang web (đường dẫn, cổng): không thể chặn bằng DNS, cần chặn ở mức URL",
		EN: "only part of a site (a path, a port): DNS cannot block it, block the URL instead",
	},
	PathOnSharedHost: {
		VI: "đường dẫn trên nền tảng dùng chung cho nhiều trang: không thể chặn bằng DNS, cần chặn ở mức URL",
		EN: "a path on a host that many sites share: DNS cannot block it, block the URL instead",
	},
	Cosmetic: {
		VI: "quy tắc ẩn thành phần của trang web: DNS không làm được",
		EN: "a rule that hides parts of pages: DNS cannot do that",
	},
	Modifier: {
		VI: "tùy chọn adblock mà DNS không thực hiện được",
		EN: "an adblock modifier that DNS cannot follow",
	},
	BadRegex: {
		VI: "biểu thức chính quy không đúng cú pháp RE2",
		EN: "not a regular expression of the RE2 syntax",
	},
	CostlyRegex: {
		VI: "biểu thức chính quy quá dài hoặc quá phức tạp",
		EN: "the regular expression is too long or too complex",
	},
	TooBroad: {
		VI: "quy tắc khớp với mọi tên miền, hoặc với quá nhiều địa chỉ",
		EN: "the rule would match every name, or far too many addresses",
	},
	Forwarding: {
		VI: "dòng chuyển tiếp tên miền sang máy chủ khác, không phải quy tắc chặn",
		EN: "the line forwards names to another server, it does not block",
	},
	Directive: {
		VI: "dòng cấu hình, không phải quy tắc chặn",
		EN: "a setting, not a blocking rule",
	},
	Trigger: {
		VI: "điều kiện RPZ chưa được hỗ trợ (chỉ hỗ trợ tên miền và rpz-ip)",
		EN: "an RPZ trigger that is not supported (only names and rpz-ip are)",
	},
	Action: {
		VI: "hành động không phải chặn cũng không phải cho phép",
		EN: "an action that neither blocks nor allows",
	},
	OutOfZone: {
		VI: "tên nằm ngoài vùng (zone) của tệp RPZ",
		EN: "the owner lies outside the zone of the RPZ file",
	},
	BadRecord: {
		VI: "không phải bản ghi DNS đúng cú pháp",
		EN: "not a well-formed resource record",
	},
	BadDate: {
		VI: "ngày không đọc được (viết 31/12/2026 hoặc 2026-12-31), hoặc ngày kết thúc trước ngày bắt đầu",
		EN: "a date that cannot be read (write 31/12/2026 or 2026-12-31), or an end before the beginning",
	},
	BadQuotes: {
		VI: "ô mở dấu nháy kép mà không đóng",
		EN: "a quoted field that is not closed",
	},
	LostLetters: {
		VI: "dòng tiêu đề mất chữ tiếng Việt khi lưu tệp nên không nhận ra các cột; hãy lưu lại từ Excel kiểu \"CSV UTF-8\" hoặc .xlsx",
		EN: "the header lost its Vietnamese letters when the file was saved, so no column is known by it; save again from Excel as \"CSV UTF-8\" or .xlsx",
	},
	UnknownColumn: {
		VI: "không hiểu cột thời hạn này nên các mục sẽ có hiệu lực mãi; hãy đặt tên cột là hieu_luc_tu hoặc hieu_luc_den",
		EN: "this column of dates is not understood, so the entries would hold for ever; call it hieu_luc_tu or hieu_luc_den",
	},
	NoNameColumn: {
		VI: "bảng không có cột nào được hiểu là cột tên miền; hãy đặt tên cột ấy là \"Tên miền\" (hoặc ten_mien, website, url)",
		EN: "no column of the table is known to be that of the names; call that column \"domain\" (or ten_mien, website, url)",
	},
	HiddenRows: {
		VI: "trang tính có hàng bị ẩn hoặc bị lọc đi, vẫn được đọc như các hàng khác; nếu không muốn, hãy xóa hẳn các hàng ấy",
		EN: "rows of the sheet are hidden or filtered out, and were read as the others; delete them if they are not meant",
	},
	OtherSheet: {
		VI: "chỉ một trang tính được đọc, trang này thì không; hãy chuyển các mục của nó sang trang có bảng",
		EN: "only one sheet is read, and this is another; move its entries to the one with the table",
	},
	HiddenCharacter: {
		VI: "dòng có ký tự điều khiển hoặc ký tự ẩn khiến người đọc thấy khác với nội dung thật; hãy gõ lại ô hay biểu thức này, đừng dán",
		EN: "the line has a control or hidden character, which makes people see something else than what is there; type the cell or expression again instead of pasting it",
	},
	SpaceInName: {
		VI: "ô tên miền có khoảng trắng và một phần không phải tên miền, nên không rõ muốn chặn tên nào; hãy bỏ khoảng trắng, hoặc chỉ ghi các tên miền cách nhau bằng dấu phẩy",
		EN: "the cell of the name has a space and a part that is no name, so it is not clear which name is meant; take the space out, or write names alone with commas between them",
	},
	OtherAnswer: {
		VI: "quy tắc thay câu trả lời của tên miền bằng câu trả lời khác, việc mà danh sách này không được làm; nếu tin nơi phát hành, hãy ghi rewrites: true ở nguồn",
		EN: "the rule puts another answer in place of the name's, which this list may not; if you trust the publisher, write rewrites: true into the feed",
	},
	ClientModifier: {
		VI: "quy tắc chỉ dành cho một số máy ($client, $ctag): không hỗ trợ; hãy ghi nhóm máy ấy trong chính sách",
		EN: "the rule is for some clients only ($client, $ctag), which is not supported; say it in the policy, for the group of those clients",
	},
	TooManyExpressions: {
		VI: "danh sách có quá nhiều biểu thức hoặc mẫu có dấu '*' (tối đa 500); hãy ghi thẳng tên miền",
		EN: "the list has too many expressions or patterns with a '*' (500 at most); write the names themselves",
	},
	TooManyCommon: {
		VI: "danh sách có quá nhiều biểu thức mà tên nào cũng phải so với (tối đa 50); hãy thêm vào mỗi biểu thức một đoạn chữ ít gặp từ 4 ký tự",
		EN: "the list has too many expressions that most names have to be matched against (50 at most); give each a text of 4 characters or more that few names have",
	},
	TooManyKinds: {
		VI: "danh sách có quá nhiều loại mục khác nhau về văn bản, thời hạn hay điều kiện (tối đa 20.000); hãy dùng chung số văn bản và thời hạn, hoặc chia danh sách",
		EN: "the list has too many kinds of entries, which differ in document, time or condition (20,000 at most); share documents and times, or divide the list",
	},
	TooManyRulesOfName: {
		VI: "đã có quá nhiều mục cho cùng một tên (tối đa 32); hãy bỏ các mục trùng",
		EN: "there are too many entries for one name (32 at most); remove those that repeat it",
	},
	TooManyExcepted: {
		VI: "mục này loại trừ quá nhiều tên (denyallow, tối đa 64); hãy chia thành nhiều mục",
		EN: "the entry leaves out too many names (denyallow, 64 at most); divide it",
	},
	TooManyNamesInCells: {
		VI: "bảng có quá nhiều ô ghi nhiều tên (tối đa 8 MiB chữ trong các ô ấy); hãy ghi mỗi tên một dòng",
		EN: "the table has too much in cells with several names (8 MiB of text at most); write one name a row",
	},
	OtherCategory: {
		VI: "danh sách này không được ghi nhóm nội dung ấy cho từng mục; nếu tin nơi phát hành, hãy thêm nhóm ấy vào categories của nguồn, hoặc ghi trusted: true",
		EN: "entries of this list may not name that category; if you trust the publisher, add it to categories of the feed, or write trusted: true",
	},
}

// About a list as a whole.
var (
	textNoFormat = wording.Text{
		VI: "không có định dạng danh sách %q; có phải là %q? Các định dạng: %s",
		EN: "no list format %q; did you mean %q? The formats: %s",
	}
	textHTML = wording.Text{
		VI: "đây là một trang web chứ không phải danh sách",
		EN: "this is a web page, not a list",
	}
	textUnknown = wording.Text{
		VI: "không nhận ra định dạng của danh sách; nếu đúng là danh sách thì hãy nêu định dạng ở mục format của nguồn hoặc bằng --format, một trong: %s",
		EN: "the format of the list is not recognised; if it is a list, say its format with the key format of the feed or with --format, one of: %s",
	}
	textXLSX = wording.Text{
		VI: "không đọc được bảng tính xlsx (%v); tệp có thể bị hỏng, hãy mở bằng Excel rồi lưu lại",
		EN: "cannot read the workbook (%v); it may be damaged, open it in Excel and save it again",
	}
	textNoBook = wording.Text{
		VI: "tệp nén này không phải bảng tính Excel; hãy mở và lưu lại kiểu .xlsx",
		EN: "this zip file is not an Excel workbook; open it and save it as .xlsx",
	}
	textTCVN3 = wording.Text{
		VI: "bảng dùng phông TCVN3 (.VnTime, mã ABC), không phải Unicode, nên không biết chắc chữ nào; hãy đổi sang Unicode (UniKey: Ctrl+Shift+F6, nguồn TCVN3, đích Unicode) rồi lưu lại",
		EN: "the table is in a font of TCVN3 (.VnTime), not in Unicode, so its letters are not certain; convert it to Unicode (UniKey: Ctrl+Shift+F6, from TCVN3 to Unicode) and save it again",
	}
	textOldBook = wording.Text{
		VI: "bảng tính kiểu cũ (.xls) hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu kiểu .xlsx",
		EN: "a workbook of the old kind (.xls) or with a password; open it in Excel, take the password off and save it as .xlsx",
	}
)

// Explain says for people why Parse or Detect refused a whole list, and what to
// do. Other errors are repeated as they are.
func Explain(err error) wording.Text {
	switch {
	case errors.Is(err, ErrHTML):
		return textHTML
	case errors.Is(err, ErrUnknown):
		return textUnknown.With(names(all[1:])) // the first is auto, which has just failed
	case errors.Is(err, ErrTCVN3):
		return textTCVN3
	case errors.Is(err, ErrOldBook):
		return textOldBook
	case errors.Is(err, ErrNoBook):
		return textNoBook
	case errors.Is(err, ErrXLSX):
		return textXLSX.With(err)
	}
	return wording.Text{VI: err.Error(), EN: err.Error()}
}

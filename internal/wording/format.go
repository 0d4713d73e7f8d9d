package wording

// Why an entry of a list is refused, and what to do about it.
var (
	RejectNotAnEntry        = Text{"dòng không đúng định dạng của danh sách", "the line is not of the list's format"}
	RejectLongLine          = Text{"dòng dài quá 64 KiB", "the line is longer than 64 KiB"}
	RejectNoName            = Text{"dòng không có tên miền", "the line has no name"}
	RejectBadName           = Text{"tên có ký tự không dùng được trong tên miền", "the name has a character that host names do not have"}
	RejectBadLength         = Text{"tên hoặc một nhãn của tên bị rỗng hoặc quá dài (nhãn tối đa 63, tên tối đa 253 ký tự)", "the name or one of its labels is empty or too long (63 for a label, 253 for a name)"}
	RejectBadIDN            = Text{"tên miền quốc tế hóa không chuyển được sang dạng ASCII", "the international name cannot be turned into ASCII"}
	RejectLocalName         = Text{"tên nội bộ của máy hoặc của mạng, không phải tên miền trên Internet", "a name of the local machine or network, not of the Internet"}
	RejectPublicSuffix      = Text{"đuôi tên miền công cộng: chặn nó là chặn mọi tên miền đăng ký bên dưới", "a public suffix: blocking it would block everything registered below it"}
	RejectAddressAmongNames = Text{"đây là địa chỉ IP chứ không phải tên miền; hãy chuyển sang danh sách địa chỉ (addresses)", "an IP address, not a name; move it to a list of addresses"}
	RejectRealAddress       = Text{"tên được trỏ đến một địa chỉ thật, không phải địa chỉ dùng để chặn như 0.0.0.0", "the name is pointed at a real address, not at one that blocks, such as 0.0.0.0"}
	RejectBadAddress        = Text{"không phải địa chỉ IP, dải mạng (CIDR) hay khoảng địa chỉ", "not an address, a prefix or a range of addresses"}
	RejectReservedAddress   = Text{"địa chỉ dùng riêng (mạng nội bộ, loopback, toàn bộ Internet...): không được chặn", "a reserved address (private, loopback, the whole Internet ...) must not be blocked"}
	RejectPath              = Text{"chỉ một phần của trang web (đường dẫn, cổng): không thể chặn bằng DNS, cần chặn ở mức URL", "only part of a site (a path, a port): DNS cannot block it, block the URL instead"}
	RejectPathOnSharedHost  = Text{"đường dẫn trên nền tảng dùng chung cho nhiều trang: không thể chặn bằng DNS, cần chặn ở mức URL", "a path on a host that many sites share: DNS cannot block it, block the URL instead"}
	RejectCosmetic          = Text{"quy tắc ẩn thành phần của trang web: DNS không làm được", "a rule that hides parts of pages: DNS cannot do that"}
	RejectModifier          = Text{"tùy chọn adblock mà DNS không thực hiện được", "an adblock modifier that DNS cannot follow"}
	RejectBadRegex          = Text{"biểu thức chính quy không đúng cú pháp RE2", "not a regular expression of the RE2 syntax"}
	RejectCostlyRegex       = Text{"biểu thức chính quy quá dài hoặc quá phức tạp", "the regular expression is too long or too complex"}
	RejectTooBroad          = Text{"quy tắc khớp với mọi tên miền, hoặc với quá nhiều địa chỉ", "the rule would match every name, or far too many addresses"}
	RejectForwarding        = Text{"dòng chuyển tiếp tên miền sang máy chủ khác, không phải quy tắc chặn", "the line forwards names to another server, it does not block"}
	RejectDirective         = Text{"dòng cấu hình, không phải quy tắc chặn", "a setting, not a blocking rule"}
	RejectTrigger           = Text{"điều kiện RPZ chưa được hỗ trợ (chỉ hỗ trợ tên miền và rpz-ip)", "an RPZ trigger that is not supported (only names and rpz-ip are)"}
	RejectAction            = Text{"hành động không phải chặn cũng không phải cho phép", "an action that neither blocks nor allows"}
	RejectOutOfZone         = Text{"tên nằm ngoài vùng (zone) của tệp RPZ", "the owner lies outside the zone of the RPZ file"}
	RejectBadRecord         = Text{"không phải bản ghi DNS đúng cú pháp", "not a well-formed resource record"}
	RejectBadDate           = Text{"ngày không đọc được (viết 31/12/2026 hoặc 2026-12-31), hoặc ngày kết thúc trước ngày bắt đầu", "a date that cannot be read (write 31/12/2026 or 2026-12-31), or an end before the beginning"}
	RejectBadQuotes         = Text{"ô mở dấu nháy kép mà không đóng", "a quoted field that is not closed"}
	RejectLostLetters       = Text{"dòng tiêu đề mất chữ tiếng Việt khi lưu tệp nên không nhận ra các cột; hãy lưu lại từ Excel kiểu \"CSV UTF-8\" hoặc .xlsx", "the header lost its Vietnamese letters when the file was saved, so no column is known by it; save again from Excel as \"CSV UTF-8\" or .xlsx"}
	RejectUnknownColumn     = Text{"không hiểu cột thời hạn này nên các mục sẽ có hiệu lực mãi; hãy đặt tên cột là hieu_luc_tu hoặc hieu_luc_den", "this column of dates is not understood, so the entries would hold for ever; call it hieu_luc_tu or hieu_luc_den"}
	RejectOtherSheet        = Text{"chỉ trang tính đầu tiên được đọc, trang này thì không; hãy chuyển các mục của nó sang trang đầu", "only the first sheet is read, and this is another; move its entries to the first"}
)

// Lists as a whole.
var (
	UnknownFormat = Text{"không có định dạng danh sách %q; có phải là %q? Các định dạng: %s", "no list format %q; did you mean %q? The formats: %s"}
)

// Why a list is refused whole.
var (
	FormatHTML    = Text{"đây là một trang web chứ không phải danh sách", "this is a web page, not a list"}
	FormatUnknown = Text{"không nhận ra định dạng của danh sách; nếu đúng là danh sách thì hãy nêu định dạng ở mục format của nguồn hoặc bằng --format, một trong: %s",
		"the format of the list is not recognised; if it is a list, say its format with the key format of the feed or with --format, one of: %s"}
	FormatXLSX    = Text{"không đọc được bảng tính xlsx (%v); tệp có thể bị hỏng, hãy mở bằng Excel rồi lưu lại", "cannot read the workbook (%v); it may be damaged, open it in Excel and save it again"}
	FormatNoBook  = Text{"tệp nén này không phải bảng tính Excel; hãy mở và lưu lại kiểu .xlsx", "this zip file is not an Excel workbook; open it and save it as .xlsx"}
	FormatOldBook = Text{"bảng tính kiểu cũ (.xls) hoặc có mật khẩu; hãy mở bằng Excel, bỏ mật khẩu và lưu kiểu .xlsx", "a workbook of the old kind (.xls) or with a password; open it in Excel, take the password off and save it as .xlsx"}
)

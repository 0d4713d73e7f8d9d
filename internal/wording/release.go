package wording

// Sentences about signatures and feeds of versions.
var (
	ReleaseKey = Text{
		"%q không phải khóa công khai minisign; hãy chép dòng bắt đầu bằng RW... trong tệp .pub của đơn vị cung cấp",
		"%q is not a minisign public key; copy the line that begins with RW... from the publisher's .pub file"}

	ReportFile    = Text{"Tệp danh sách", "List file"}
	ReportTaken   = Text{"Số mục được nhận", "Entries taken"}
	ReportTwice   = Text{"Số mục trùng lặp", "Entries given twice"}
	ReportRefused = Text{"Số mục bị từ chối", "Entries refused"}
	ReportRow     = Text{"Dòng", "Row"}
	ReportText    = Text{"Nội dung của dòng", "Content of the row"}
	ReportPart    = Text{"Phần không dùng được", "Part that cannot be used"}
	ReportReason  = Text{"Lý do", "Reason"}

	FeedNoKey = Text{
		"nguồn có phiên bản (manifest.json) cần khóa công khai; hãy ghi verify.minisign với khóa do đơn vị cung cấp công bố",
		"a feed of versions (manifest.json) needs a public key; write the one that the publisher gives into verify.minisign"}
	FeedSignatureFetch = Text{
		"tệp chữ ký của danh sách: ",
		"signature of the list: "}
	FeedNoSignature = Text{
		"tệp chữ ký không phải do minisign tạo ra hoặc bị hỏng; vẫn dùng bản cũ, hãy báo đơn vị cung cấp",
		"the signature was not made by minisign, or is damaged; the old version stays in use, tell the publisher"}
	FeedStranger = Text{
		"danh sách được ký bằng một khóa khác với khóa đã khai báo; vẫn dùng bản cũ. Hãy hỏi đơn vị cung cấp qua điện thoại: nếu họ đã đổi khóa, thêm khóa mới vào verify.minisign",
		"the list is signed with another key than the ones pinned; the old version stays in use. Ask the publisher by telephone: if the key was changed, add the new one to verify.minisign"}
	FeedForged = Text{
		"chữ ký không khớp với nội dung: danh sách đã bị sửa trên đường truyền hoặc đang được cập nhật; vẫn dùng bản cũ và sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		"the signature is not of this content: the list was altered on its way or is just being changed; the old version stays in use and it will be tried again, tell the publisher if this goes on"}
	FeedLegacy = Text{
		"danh sách quá lớn cho chữ ký kiểu cũ; hãy đề nghị đơn vị cung cấp ký bằng minisign -H",
		"the list is too large for a signature of the old kind; ask the publisher to sign with minisign -H"}
	FeedExpired = Text{
		"phiên bản này đã hết hạn lúc %s (UTC): có thể đơn vị cung cấp ngừng cập nhật hoặc có ai đó chặn bản mới; vẫn dùng bản cũ. Hãy kiểm tra đồng hồ của máy và hỏi đơn vị cung cấp",
		"this version expired at %s (UTC): the publisher has gone silent or somebody keeps newer ones away; the old version stays in use. Check this machine's clock and ask the publisher"}
	FeedRollback = Text{
		"nhận được phiên bản %d, cũ hơn phiên bản %d đã dùng; vẫn dùng bản mới hơn. Hãy báo đơn vị cung cấp; nếu họ bắt đầu đánh số lại, hãy xóa thư mục của nguồn này trong state_dir/feeds",
		"version %d came, which is older than version %d that was taken; the newer one stays in use. Tell the publisher; if the numbering began again, remove the feed's directory in state_dir/feeds"}
	FeedSameVersion = Text{
		"có hai danh sách khác nhau cùng mang số phiên bản %d; vẫn dùng bản đã có. Hãy báo đơn vị cung cấp phát hành lại với số mới",
		"two different lists both have version %d; the one that was there stays in use. Tell the publisher to publish again with a new number"}
	FeedManifest = Text{
		"không đọc được manifest.json: %v; vẫn dùng bản cũ. Hãy báo đơn vị cung cấp, hoặc cập nhật lachan nếu manifest thuộc dạng mới hơn",
		"cannot read manifest.json: %v; the old version stays in use. Tell the publisher, or update lachan if the manifest is of a later form"}
	FeedLonger = Text{
		"tệp %s dài hơn %d byte mà manifest.json đã ký: tệp đã bị sửa hoặc đang được cập nhật; vẫn dùng bản cũ và sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		"file %s is longer than the %d octets that the signed manifest.json says: it was altered or is just being changed; the old version stays in use and it will be tried again, tell the publisher if this goes on"}
	FeedOther = Text{
		"địa chỉ này trả về nguồn %q chứ không phải %q như trước; vẫn dùng bản cũ. Hãy kiểm tra url và hỏi đơn vị cung cấp",
		"this address gives feed %q, not %q as before; the old version stays in use. Check the url and ask the publisher"}
)

// The commands that sign and publish.
var (
	CLIKeygen        = Text{"tạo cặp khóa để ký danh sách: khóa bí mật trong FILE, khóa công khai trong FILE.pub", "make a pair of keys to sign lists with: the secret one in FILE, the public one in FILE.pub"}
	CLIKeyMade       = Text{"đã tạo khóa bí mật %s (không đưa cho ai) và khóa công khai %s (gửi cho các nút, kèm dòng cấu hình dưới đây)", "made the secret key %s (give it to nobody) and the public key %s (give it to the nodes, with the line of configuration below)"}
	CLIFlagPassword  = Text{"tệp có mật khẩu của khóa bí mật ở dòng đầu; không có thì khóa không đặt mật khẩu", "file with the password of the secret key in its first line; without it the key has none"}
	CLIFlagSecretKey = Text{"tệp khóa bí mật (của minisign hoặc lists keygen)", "file of the secret key (of minisign or lists keygen)"}
	CLINoKey         = Text{"cần --key: tệp khóa bí mật để ký; tạo khóa bằng lệnh lachan lists keygen", "--key is needed: the file of the secret key; make one with lachan lists keygen"}
	CLIKeyLocked     = Text{"khóa %s có mật khẩu; hãy ghi mật khẩu đúng vào một tệp và dùng --password-file", "key %s has a password; write the right one into a file and give it with --password-file"}

	CLISign        = Text{"ký một tệp danh sách: tạo FILE.minisig", "sign a list: make FILE.minisig"}
	CLISigned      = Text{"đã ký: %s, khóa %s", "signed: %s, key %s"}
	CLIFlagSeq     = Text{"số của phiên bản; mỗi lần sau phải lớn hơn lần trước; mặc định là số giây của đồng hồ", "number of the version; each must be higher than the one before; default the clock in seconds"}
	CLIFlagExpires = Text{"sau thời gian này các nút không nhận phiên bản này nữa, ví dụ 7d", "after this time nodes take the version no more, such as 7d"}

	CLIPublish         = Text{"làm sạch bảng của cơ quan và phát hành thành nguồn có phiên bản, có chữ ký", "clean the table of an authority and publish it as a signed feed of versions"}
	CLIFlagOut         = Text{"thư mục phát hành; máy chủ web đưa nguyên thư mục này lên mạng", "directory to publish in; a web server serves it as it stands"}
	CLIFlagID          = Text{"mã của nguồn: a-z, 0-9, dấu '-'", "ID of the feed: a-z, 0-9, '-'"}
	CLIFlagAuthority   = Text{"tên cơ quan phát hành", "name of the authority"}
	CLIFlagVersionFrom = Text{"số phiên bản nhỏ nhất của lần phát hành này; chỉ cần khi thư mục phát hành bị mất", "least number of this version; needed only when the directory was lost"}
	CLIFlagReport      = Text{"tệp kết quả để gửi lại nơi lập bảng; mặc định là FILE.ket-qua.csv", "file of the result to send back; default FILE.ket-qua.csv"}
	CLIPublishFlags    = Text{"cần --out (thư mục), --id (chỉ gồm a-z, 0-9, '-') và --authority (tên cơ quan); --expires ít nhất 1h", "--out (directory), --id (a-z, 0-9, '-' only) and --authority (name) are needed; --expires is at least 1h"}
	CLIPublishNothing  = Text{"%s không có mục nào dùng được nên không phát hành gì; hãy sửa các dòng nêu trên", "%s has no entry that can be used, so nothing was published; mend the rows above"}
	CLIPublished       = Text{"đã phát hành phiên bản %d trong %s: %d mục, thêm %d, bớt %d", "published version %d in %s: %d entries, %d more, %d fewer"}
	CLIRenewed         = Text{"danh sách không đổi; phiên bản %d trong %s được gia hạn", "the list is the same; version %d in %s was given more time"}
	CLIPublishedSame   = Text{"danh sách không đổi; phiên bản %d trong %s giữ nguyên", "the list is the same; version %d in %s stays as it is"}
	CLIReported        = Text{"nhận %d mục, từ chối %d; tệp kết quả để gửi lại: %s", "%d entries taken, %d refused; result to send back: %s"}

	CLIKeyNone         = Text{"%s không phải khóa bí mật; hãy dùng tệp do lachan lists keygen hoặc minisign -G tạo ra (không phải tệp .pub)", "%s is no secret key; use the file that lachan lists keygen or minisign -G made (not the one in .pub)"}
	CLINoPassword      = Text{"dòng đầu của %s trống; hãy ghi mật khẩu vào đó, hoặc bỏ --password-file", "the first line of %s is empty; write the password there, or leave --password-file out"}
	CLINoFile          = Text{"không có tệp %s; hãy kiểm tra đường dẫn", "there is no file %s; check the path"}
	CLIFileExists      = Text{"đã có tệp %s và không ghi đè lên nó; hãy chọn tên khác", "file %s is there already and is not replaced; choose another name"}
	CLIFileTrouble     = Text{"không đọc hoặc ghi được %s: %v; hãy kiểm tra quyền và dung lượng trống", "cannot read or write %s: %v; check its permissions and the free space"}
	CLIPublishBusy     = Text{"một lệnh phát hành khác đang làm việc trong thư mục này; hãy thử lại sau", "another publisher is at work in this directory; try again later"}
	CLIPublishOther    = Text{"thư mục này đang chứa một nguồn khác (%v); hãy dùng --out hoặc --id khác", "this directory has another feed (%v); give another --out or --id"}
	CLIPublishManifest = Text{"manifest.json trong thư mục phát hành bị hỏng (%v); hãy chép lại từ bản sao lưu, hoặc dọn thư mục rồi phát hành với --version-from lớn hơn số cuối cùng", "manifest.json in the directory is damaged (%v); restore it from a backup, or empty the directory and publish with --version-from above the last number"}
	CLIFlagCheckReport = Text{"ghi kết quả vào tệp CSV tiếng Việt để gửi lại nơi lập bảng", "write the result, in Vietnamese, to a csv file to send back"}

	CLIKeygenLong = Text{
		"Tạo cặp khóa minisign. FILE là khóa bí mật: chỉ người ký giữ, không để trên máy chủ web, và cần một bản sao lưu ở nơi an toàn. FILE.pub là khóa công khai: gửi cho các nút qua một đường khác với danh sách. Để đổi khóa, các nút khai báo cả hai khóa trong verify.minisign, rồi người ký chuyển sang khóa mới.",
		"Makes a pair of keys of minisign. FILE is the secret key: only who signs has it, it is not kept on the web server, and a copy of it lies in a safe place. FILE.pub is the public key: it goes to the nodes by another way than the list. To change keys, nodes pin both in verify.minisign, then the new one signs."}
	CLISignLong = Text{
		"Ký một danh sách có sẵn (hosts, domains, CSV...): chữ ký nằm trong FILE.minisig, đặt cạnh danh sách trên máy chủ web. Chữ ký ghi số phiên bản và hạn dùng, nên các nút không nhận lại bản cũ. minisign kiểm tra được chữ ký này, và chữ ký của minisign cũng được nhận.",
		"Signs a list as it is (hosts, domains, csv...): the signature is FILE.minisig, which lies beside the list on the web server. It has the number of the version and its end, so nodes take no older one again. minisign verifies it, and nodes take what minisign signs."}
	CLIPublishLong = Text{
		"Đọc bảng của cơ quan (cột ten_mien, nhom, so_van_ban, ngay_van_ban, co_quan, hieu_luc_tu, hieu_luc_den, muc_khan, ghi_chu; tên cột có dấu và thứ tự tùy ý), làm sạch, ghi kết quả để gửi lại, rồi thêm một phiên bản vào thư mục --out: danh sách, phần thay đổi, manifest.json và chữ ký. Danh sách không đổi thì không có phiên bản mới; phiên bản được gia hạn khi qua nửa thời hạn, nên hãy chạy lệnh này mỗi ngày (cron). Bị ngắt giữa chừng thì phiên bản trước vẫn nguyên vẹn.",
		"Reads the table of an office (columns ten_mien, nhom, so_van_ban, ngay_van_ban, co_quan, hieu_luc_tu, hieu_luc_den, muc_khan, ghi_chu; with or without marks, in any order), cleans it, writes the result to send back, and adds a version to the directory --out: the list, what changed, manifest.json and its signature. The same list makes no new version; a version is given more time when half of it has passed, so run this every day (cron). If it is broken off, the version before stays whole."}
)

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

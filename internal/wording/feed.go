package wording

// Why a feed was not updated, and what to do. The copy that was there stays in
// use in every case.
var (
	FeedName = Text{
		"tên nguồn %q không hợp lệ; chỉ dùng chữ thường a-z, số 0-9, dấu '-', tối đa 40 ký tự",
		"feed name %q is not valid; use lower case a-z, 0-9 and '-', at most 40 of them"}
	FeedAddress = Text{
		"địa chỉ (url) của nguồn không hợp lệ; hãy ghi http://..., https://... hoặc đường dẫn tệp",
		"the feed's url is not valid; write http://..., https://... or the path of a file"}
	FeedUnsupported = Text{
		"chưa đọc được nguồn %s; hiện hỗ trợ http://, https://, axfr:// và tệp trên máy",
		"source %s cannot be read; http://, https://, axfr:// and local files can"}
	FeedBusy = Text{
		"nguồn này đang được cập nhật bởi một tiến trình khác; hãy thử lại sau ít phút",
		"another process is updating this feed; try again in a few minutes"}

	FeedConnect = Text{
		"không tải được từ %s: %v; hãy kiểm tra mạng, DNS và địa chỉ (url) của nguồn",
		"cannot fetch from %s: %v; check the network, DNS and the feed's url"}
	FeedHTTPStatus = Text{
		"máy chủ %s trả về mã HTTP %d thay vì danh sách; hãy kiểm tra địa chỉ (url) hoặc hỏi đơn vị cung cấp",
		"server %s answered HTTP status %d and no list; check the url or ask the publisher"}
	FeedRedirects = Text{
		"máy chủ chuyển hướng quá %d lần; hãy ghi thẳng địa chỉ cuối cùng vào url",
		"the server redirects more than %d times; put the final address into url"}
	FeedDowngrade = Text{
		"máy chủ %s chuyển hướng từ %s sang %s nên bị từ chối (không được bỏ mã hóa hay rời HTTP); hãy báo đơn vị cung cấp",
		"server %s redirects from %s to %s, which is refused (encryption and HTTP may not be left); tell the publisher"}
	FeedSlow = Text{
		"máy chủ %s gửi quá chậm nên đã ngừng tải; sẽ tự thử lại, nếu kéo dài hãy kiểm tra đường truyền",
		"server %s sends too slowly and was given up; it will be tried again, check the line if this goes on"}
	FeedTooLarge = Text{
		"danh sách lớn hơn giới hạn %d byte; nếu đúng là như vậy, hãy tăng max_bytes của nguồn",
		"the list is larger than %d bytes; if that is right, raise the feed's max_bytes"}
	FeedTruncated = Text{
		"danh sách bị cắt giữa chừng khi tải; sẽ tự thử lại",
		"the list ended before its end; it will be tried again"}
	FeedEncoding = Text{
		"máy chủ nén bằng %q, không đọc được (chỉ nhận gzip và zstd); hãy báo đơn vị cung cấp",
		"the server compresses with %q, which cannot be read (gzip and zstd can); tell the publisher"}
	FeedPacked = Text{
		"dữ liệu nén của danh sách bị hỏng; sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		"the compressed data of the list is damaged; it will be tried again, tell the publisher if this goes on"}

	FeedNoFile = Text{
		"không có tệp %s; hãy kiểm tra đường dẫn trong url",
		"there is no file %s; check the path in url"}
	FeedFile = Text{
		"không đọc được tệp %s: %v; hãy kiểm tra quyền đọc của tệp",
		"cannot read file %s: %v; check its permissions"}
	FeedDirectoryEmpty = Text{
		"thư mục %s không có tệp danh sách nào; bản cũ vẫn dùng, hãy đặt danh sách vào đó hoặc sửa url",
		"directory %s has no list file in it; the old version stays in use, put the lists there or mend url"}
	FeedDirectoryUnsigned = Text{
		"%s là thư mục nên không thể kiểm tra chữ ký hay mã băm; hãy bỏ verify, hoặc trỏ url tới một tệp hoặc manifest.json",
		"%s is a directory, whose signature or digest cannot be checked; remove verify, or point url to a file or a manifest.json"}
	FeedFileOf = Text{
		"tệp %s: ",
		"file %s: "}
	FeedNotRegular = Text{
		"%s không phải là tệp thường; hãy trỏ url tới một tệp văn bản",
		"%s is not a regular file; point url to a text file"}
	FeedUnstable = Text{
		"tệp %s thay đổi trong lúc đọc; sẽ tự thử lại. Khi sửa danh sách, hãy ghi ra tệp khác rồi đổi tên",
		"file %s changed while it was read; it will be tried again. When editing, write to another file and rename it"}

	FeedSidecarFetch = Text{
		"tệp mã băm (sha256_url): ",
		"digest file (sha256_url): "}
	FeedSidecar = Text{
		"tệp ở sha256_url không có mã SHA-256 của danh sách; hãy kiểm tra sha256_url",
		"the file at sha256_url has no SHA-256 of the list; check sha256_url"}
	FeedDigest = Text{
		"mã SHA-256 của danh sách là %s, khác với mã được công bố %s; sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		"the SHA-256 of the list is %s, published is %s; it will be tried again, tell the publisher if this goes on"}

	FeedHTML = Text{
		"nhận được một trang web chứ không phải danh sách (có thể do trang đăng nhập mạng hoặc địa chỉ sai); hãy mở url bằng trình duyệt để kiểm tra",
		"a web page came in place of the list (a network log-in page or a wrong address); open the url in a browser to see"}
	FeedUnreadable = Text{
		"không đọc được danh sách: %v; hãy kiểm tra format của nguồn",
		"cannot read the list: %v; check the feed's format"}
	FeedNoEntries = Text{
		"không dùng được dòng nào: cả %d dòng đều bị loại; hãy kiểm tra format của nguồn bằng lệnh lachan lists check",
		"not one usable line: all %d were rejected; check the feed's format with lachan lists check"}
	FeedEmptied = Text{
		"danh sách mới không có mục nào, trước đó có %d mục; vẫn dùng bản cũ. Nếu đúng là danh sách đã bỏ, hãy xóa nguồn này khỏi cấu hình",
		"the new list is empty, the one before had %d entries, which stay in use; if the list was given up, remove the feed from the configuration"}
	FeedGrew = Text{
		"danh sách tăng từ %d lên %d mục, quá %g lần (max_growth); bản cũ vẫn dùng, bản mới được giữ lại: xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		"the list grew from %d to %d entries, more than %g times (max_growth); the old version stays in use and the new one is held back: see it with `lachan lists diff`, let it through with `lachan lists approve`",
	}
	FeedShrunk = Text{
		"danh sách trước có %d mục, bản mới chỉ còn %d, giảm quá %.0f%% cho phép (max_shrink); vẫn dùng bản cũ, bản mới được giữ lại: xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		"the list had %d entries and the new one has %d, a loss of more than the %.0f%% that max_shrink allows; the old one stays in use and the new one is held back: see it with `lachan lists diff`, let it through with `lachan lists approve`"}

	FeedCore = Text{
		"danh sách được khóa này có %d mục thuộc các tên không bao giờ chặn (%s); bản cũ vẫn dùng, bản mới được giữ lại: hỏi đơn vị cung cấp, xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		"%d entries of this locked list name what is never to be blocked (%s); the old version stays in use and the new one is held back: ask the publisher, see it with `lachan lists diff`, let it through with `lachan lists approve`"}
	FeedRolledBack = Text{
		"%s đã lùi khỏi bản này lúc %s (UTC); bản trước đó được dùng cho đến khi có bản khác, hoặc khi bản này được cho qua bằng `lachan lists approve`",
		"%s went back from this version at %s (UTC); the one before is in use until another one comes, or until this one is let through with `lachan lists approve`"}

	FeedDisk = Text{
		"không ghi hoặc đọc được trong thư mục dữ liệu: %v; hãy kiểm tra dung lượng trống và quyền của state_dir",
		"cannot write or read in the state directory: %v; check the free space and the permissions of state_dir"}
)

package feed

import "lachan/internal/wording"

// Why a feed was not updated, and what to do. The copy that was there stays in
// use in every case.
var (
	textName = wording.Text{
		VI: "tên nguồn %q không hợp lệ; chỉ dùng chữ thường a-z, số 0-9, dấu '-', tối đa 40 ký tự",
		EN: "feed name %q is not valid; use lower case a-z, 0-9 and '-', at most 40 of them",
	}
	textAddress = wording.Text{
		VI: "địa chỉ (url) của nguồn không hợp lệ; hãy ghi http://..., https://... hoặc đường dẫn tệp",
		EN: "the feed's url is not valid; write http://..., https://... or the path of a file",
	}
	textUnsupported = wording.Text{
		VI: "chưa đọc được nguồn %s; hiện hỗ trợ http://, https://, axfr:// và tệp trên máy",
		EN: "source %s cannot be read; http://, https://, axfr:// and local files can",
	}
	textBusy = wording.Text{
		VI: "nguồn này đang được cập nhật bởi một tiến trình khác; hãy thử lại sau ít phút",
		EN: "another process is updating this feed; try again in a few minutes",
	}
	textConnect = wording.Text{
		VI: "không tải được từ %s: %v; hãy kiểm tra mạng, DNS và địa chỉ (url) của nguồn",
		EN: "cannot fetch from %s: %v; check the network, DNS and the feed's url",
	}
	textHTTPStatus = wording.Text{
		VI: "máy chủ %s trả về mã HTTP %d thay vì danh sách; hãy kiểm tra địa chỉ (url) hoặc hỏi đơn vị cung cấp",
		EN: "server %s answered HTTP status %d and no list; check the url or ask the publisher",
	}
	textRedirects = wording.Text{
		VI: "máy chủ chuyển hướng quá %d lần; hãy ghi thẳng địa chỉ cuối cùng vào url",
		EN: "the server redirects more than %d times; put the final address into url",
	}
	textDowngrade = wording.Text{
		VI: "máy chủ %s chuyển hướng từ %s sang %s nên bị từ chối (không được bỏ mã hóa hay rời HTTP); hãy báo đơn vị cung cấp",
		EN: "server %s redirects from %s to %s, which is refused (encryption and HTTP may not be left); tell the publisher",
	}
	textInner = wording.Text{
		VI: "máy chủ chuyển hướng vào mạng nội bộ (%s) nên bị từ chối; hãy báo đơn vị cung cấp, hoặc ghi thẳng địa chỉ ấy vào url",
		EN: "the server redirects into a network of this machine (%s), which is refused; tell the publisher, or put that address into url",
	}
	textSlow = wording.Text{
		VI: "máy chủ %s gửi quá chậm nên đã ngừng tải; sẽ tự thử lại, nếu kéo dài hãy kiểm tra đường truyền",
		EN: "server %s sends too slowly and was given up; it will be tried again, check the line if this goes on",
	}
	textTooLarge = wording.Text{
		VI: "danh sách lớn hơn giới hạn %d byte; nếu đúng là như vậy, hãy tăng max_bytes của nguồn",
		EN: "the list is larger than %d bytes; if that is right, raise the feed's max_bytes",
	}
	textTruncated = wording.Text{
		VI: "danh sách bị cắt giữa chừng khi tải; sẽ tự thử lại",
		EN: "the list ended before its end; it will be tried again",
	}
	textEncoding = wording.Text{
		VI: "máy chủ nén bằng %q, không đọc được (chỉ nhận gzip và zstd); hãy báo đơn vị cung cấp",
		EN: "the server compresses with %q, which cannot be read (gzip and zstd can); tell the publisher",
	}
	textPacked = wording.Text{
		VI: "dữ liệu nén của danh sách bị hỏng; sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "the compressed data of the list is damaged; it will be tried again, tell the publisher if this goes on",
	}
	textNoFile = wording.Text{
		VI: "không có tệp %s; hãy kiểm tra đường dẫn trong url",
		EN: "there is no file %s; check the path in url",
	}
	textFile = wording.Text{
		VI: "không đọc được tệp %s: %v; hãy kiểm tra quyền đọc của tệp",
		EN: "cannot read file %s: %v; check its permissions",
	}
	textDirectoryEmpty = wording.Text{
		VI: "thư mục %s không có tệp danh sách nào; bản cũ vẫn dùng, hãy đặt danh sách vào đó hoặc sửa url",
		EN: "directory %s has no list file in it; the old version stays in use, put the lists there or correct url",
	}
	textDirectoryUnsigned = wording.Text{
		VI: "%s là thư mục nên không thể kiểm tra chữ ký hay mã băm; hãy bỏ verify, hoặc trỏ url tới một tệp hoặc manifest.json",
		EN: "%s is a directory, whose signature or digest cannot be checked; remove verify, or point url to a file or a manifest.json",
	}
	textFileOf = wording.Text{
		VI: "tệp %s: ",
		EN: "file %s: ",
	}
	textNotRegular = wording.Text{
		VI: "%s không phải là tệp thường; hãy trỏ url tới một tệp văn bản",
		EN: "%s is not a regular file; point url to a text file",
	}
	textUnstable = wording.Text{
		VI: "tệp %s thay đổi trong lúc đọc; sẽ tự thử lại. Khi sửa danh sách, hãy ghi ra tệp khác rồi đổi tên",
		EN: "file %s changed while it was read; it will be tried again. When editing, write to another file and rename it",
	}
	textSidecarFetch = wording.Text{
		VI: "tệp mã băm (sha256_url): ",
		EN: "digest file (sha256_url): ",
	}
	textSidecar = wording.Text{
		VI: "tệp ở sha256_url không có mã SHA-256 của danh sách; hãy kiểm tra sha256_url",
		EN: "the file at sha256_url has no SHA-256 of the list; check sha256_url",
	}
	textDigest = wording.Text{
		VI: "mã SHA-256 của danh sách là %s, khác với mã được công bố %s; sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "the SHA-256 of the list is %s, published is %s; it will be tried again, tell the publisher if this goes on",
	}
	textHTML = wording.Text{
		VI: "nhận được một trang web chứ không phải danh sách (có thể do trang đăng nhập mạng hoặc địa chỉ sai); hãy mở url bằng trình duyệt để kiểm tra",
		EN: "a web page came in place of the list (a network log-in page or a wrong address); open the url in a browser to see",
	}
	textUnreadable = wording.Text{
		VI: "không đọc được danh sách: %v; hãy kiểm tra format của nguồn",
		EN: "cannot read the list: %v; check the feed's format",
	}
	textExamination = wording.Text{
		VI: "không đọc hết được danh sách: %v; bản cũ vẫn dùng và sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "the list could not be read to its end: %v; the old version stays in use and it will be tried again, tell the publisher if this goes on",
	}
	textNoEntries = wording.Text{
		VI: "không dùng được dòng nào: cả %d dòng đều bị loại; hãy kiểm tra format của nguồn bằng lệnh lachan lists check",
		EN: "not one usable line: all %d were rejected; check the feed's format with lachan lists check",
	}
	textEmptied = wording.Text{
		VI: "danh sách mới không có mục nào, trước đó có %d mục; vẫn dùng bản cũ. Nếu đúng là danh sách đã bỏ, hãy xóa nguồn này khỏi cấu hình",
		EN: "the new list is empty, the one before had %d entries, which stay in use; if the list was given up, remove the feed from the configuration",
	}
	textOtherFormat = wording.Text{
		VI: "bản mới trông như một định dạng khác bản trước (%s), nên các mục có thể mang nghĩa khác; bản cũ vẫn dùng, bản mới được giữ lại: xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`, hoặc ghi định dạng đúng vào format của nguồn",
		EN: "the new version looks like another format than the one before (%s), so its entries may mean something else; the old version stays in use and the new one is held back: see it with `lachan lists diff`, approve it with `lachan lists approve`, or write the right one into the feed's format",
	}
	textGrew = wording.Text{
		VI: "danh sách tăng từ %d lên %d mục, quá %g lần (max_growth); bản cũ vẫn dùng, bản mới được giữ lại: xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		EN: "the list grew from %d to %d entries, more than %g times (max_growth); the old version stays in use and the new one is held back: see it with `lachan lists diff`, approve it with `lachan lists approve`",
	}
	textLost = wording.Text{
		VI: "bản mới bỏ %d trong %d mục đang có hiệu lực của văn bản %s, quá %.0f%% cho phép (max_shrink) dù số mục mới có bù lại; vẫn dùng bản cũ, bản mới được giữ lại: hỏi đơn vị cung cấp, xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		EN: "the new version has dropped %d of %d entries in force of document %s, more than the %.0f%% that max_shrink allows, however many are new; the old version stays in use and the new one is held back: ask the publisher, see it with `lachan lists diff`, approve it with `lachan lists approve`",
	}
	textLostAlone = wording.Text{
		VI: "bản mới bỏ %d trong %d mục đang có hiệu lực, quá %.0f%% cho phép (max_shrink) dù số mục mới có bù lại; vẫn dùng bản cũ, bản mới được giữ lại: hỏi đơn vị cung cấp, xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		EN: "the new version has dropped %d of %d entries in force, more than the %.0f%% that max_shrink allows, however many are new; the old version stays in use and the new one is held back: ask the publisher, see it with `lachan lists diff`, approve it with `lachan lists approve`",
	}
	textShrunk = wording.Text{
		VI: "danh sách trước có %d mục, bản mới chỉ còn %d, giảm quá %.0f%% cho phép (max_shrink); vẫn dùng bản cũ, bản mới được giữ lại: xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		EN: "the list had %d entries and the new one has %d, a loss of more than the %.0f%% that max_shrink allows; the old one stays in use and the new one is held back: see it with `lachan lists diff`, approve it with `lachan lists approve`",
	}
	textShrunkSlowly = wording.Text{
		VI: "danh sách có %d mục, bản mới chỉ còn %d so với %d ngày trước, giảm quá %.0f%% cho phép (max_shrink) dù từng bản chỉ giảm ít; vẫn dùng bản cũ, bản mới được giữ lại: xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		EN: "the list had %d entries and the new one has %d, against %d days ago: a loss of more than the %.0f%% that max_shrink allows, though each version lost less; the old one stays in use and the new one is held back: see it with `lachan lists diff`, approve it with `lachan lists approve`",
	}
	textCore = wording.Text{
		VI: "danh sách này có %d mục đáng ngờ, chạm tới hệ thống không bao giờ chặn, đuôi tên miền hay nền tảng chung (%s); bản cũ vẫn dùng, bản mới được giữ lại: hỏi đơn vị cung cấp, xem bằng `lachan lists diff`, cho qua bằng `lachan lists approve`",
		EN: "%d entries of this list are in doubt: they touch what is never to be blocked, a public suffix or a platform that everybody uses (%s); the old version stays in use and the new one is held back: ask the publisher, see it with `lachan lists diff`, approve it with `lachan lists approve`",
	}
	textRolledBack = wording.Text{
		VI: "%s đã lùi khỏi bản này lúc %s (UTC); bản trước đó được dùng cho đến khi có bản khác, hoặc khi bản này được cho qua bằng `lachan lists approve`",
		EN: "%s rolled this version back at %s (UTC); the one before is in use until another one comes, or until this one is approved with `lachan lists approve`",
	}
	textFault = wording.Text{
		VI: "gặp lỗi của chương trình: %v; xem nhật ký và báo cho nhóm phát triển",
		EN: "met a fault of the program: %v; see the log and tell the developers",
	}
	textDisk = wording.Text{
		VI: "không ghi hoặc đọc được trong thư mục dữ liệu: %v; hãy kiểm tra dung lượng trống và quyền của state_dir",
		EN: "cannot write or read in the state directory: %v; check the free space and the permissions of state_dir",
	}
	textSignatureFetch = wording.Text{
		VI: "tệp chữ ký của danh sách: ",
		EN: "signature of the list: ",
	}
	textNoSignature = wording.Text{
		VI: "tệp chữ ký không phải do minisign tạo ra hoặc bị hỏng; vẫn dùng bản cũ, hãy báo đơn vị cung cấp",
		EN: "the signature was not made by minisign, or is damaged; the old version stays in use, tell the publisher",
	}
	textUnknownKey = wording.Text{
		VI: "danh sách được ký bằng một khóa khác với khóa đã khai báo; vẫn dùng bản cũ. Hãy hỏi đơn vị cung cấp qua điện thoại: nếu họ đã đổi khóa, thêm khóa mới vào verify.minisign",
		EN: "the list is signed with another key than the ones pinned; the old version stays in use. Ask the publisher by telephone: if the key was changed, add the new one to verify.minisign",
	}
	textForged = wording.Text{
		VI: "chữ ký không khớp với nội dung: danh sách đã bị sửa trên đường truyền hoặc đang được cập nhật; vẫn dùng bản cũ và sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "the signature is not of this content: the list was altered on its way or is just being changed; the old version stays in use and it will be tried again, tell the publisher if this goes on",
	}
	textLegacy = wording.Text{
		VI: "danh sách quá lớn cho chữ ký kiểu cũ; hãy đề nghị đơn vị cung cấp ký bằng minisign -H",
		EN: "the list is too large for a signature of the old kind; ask the publisher to sign with minisign -H",
	}
	textExpired = wording.Text{
		VI: "phiên bản này đã hết hạn lúc %s (UTC): có thể đơn vị cung cấp ngừng cập nhật hoặc có ai đó chặn bản mới; vẫn dùng bản cũ. Hãy kiểm tra đồng hồ của máy và hỏi đơn vị cung cấp",
		EN: "this version expired at %s (UTC): the publisher has gone silent or somebody keeps newer ones away; the old version stays in use. Check this machine's clock and ask the publisher",
	}
	textRollback = wording.Text{
		VI: "nhận được phiên bản %d, cũ hơn phiên bản %d đã dùng; vẫn dùng bản mới hơn. Hãy báo đơn vị cung cấp; nếu họ bắt đầu đánh số lại, hãy xóa thư mục của nguồn này trong state_dir/feeds",
		EN: "version %d came, which is older than version %d that was taken; the newer one stays in use. Tell the publisher; if the numbering began again, remove the feed's directory in state_dir/feeds",
	}
	textSameVersion = wording.Text{
		VI: "có hai danh sách khác nhau cùng mang số phiên bản %d; vẫn dùng bản đã có. Hãy báo đơn vị cung cấp phát hành lại với số mới",
		EN: "two different lists both have version %d; the one that was there stays in use. Tell the publisher to publish again with a new number",
	}
	textManifest = wording.Text{
		VI: "không đọc được manifest.json: %v; vẫn dùng bản cũ. Hãy báo đơn vị cung cấp, hoặc cập nhật lachan nếu manifest thuộc dạng mới hơn",
		EN: "cannot read manifest.json: %v; the old version stays in use. Tell the publisher, or update lachan if the manifest is of a later form",
	}
	textLonger = wording.Text{
		VI: "tệp %s dài hơn %d byte mà manifest.json đã ký: tệp đã bị sửa hoặc đang được cập nhật; vẫn dùng bản cũ và sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "file %s is longer than the %d bytes that the signed manifest.json says: it was altered or is just being changed; the old version stays in use and it will be tried again, tell the publisher if this goes on",
	}
	textOther = wording.Text{
		VI: "địa chỉ này trả về nguồn %q chứ không phải %q như trước; vẫn dùng bản cũ. Hãy kiểm tra url và hỏi đơn vị cung cấp",
		EN: "this address gives feed %q, not %q as before; the old version stays in use. Check the url and ask the publisher",
	}
	textTransferKey = wording.Text{
		VI: "không dùng được khóa TSIG: %v; hãy kiểm tra tsig.name, tsig.algorithm và tệp tsig.secret_file (khóa dạng base64)",
		EN: "the TSIG key cannot be used: %v; check tsig.name, tsig.algorithm and the file tsig.secret_file (the secret in base64)",
	}
	textTransferSignature = wording.Text{
		VI: "trả lời của %s không có chữ ký TSIG đúng nên bị từ chối: %v; hãy kiểm tra tên khóa, thuật toán, khóa và đồng hồ của hai máy",
		EN: "the reply of %s has no valid TSIG signature and was refused: %v; check the key's name, its algorithm, the secret and the clocks of both machines",
	}
	textTransferRefused = wording.Text{
		VI: "máy chủ %s không cho chuyển vùng %s: %v; hãy kiểm tra tên vùng và quyền chuyển vùng (allow-transfer, TSIG) trên máy chủ đó",
		EN: "server %s does not give zone %s: %v; check the zone's name and who may transfer it there (allow-transfer, TSIG)",
	}
	textTransferOlder = wording.Text{
		VI: "số phiên bản (serial) của vùng trên %s nhỏ hơn bản đang dùng: %v; nếu vùng được tạo lại, hãy tăng serial ở máy chủ đó",
		EN: "the zone's serial at %s is lower than that of the copy in use: %v; if the zone was created again, raise its serial there",
	}
	textTransferBroken = wording.Text{
		VI: "trả lời của %s không phải là một lần chuyển vùng hợp lệ: %v; sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "the reply of %s is not a valid zone transfer: %v; it will be tried again, tell the publisher if this goes on",
	}
)

// Sentences that other packages say too.
var (
	// TextNoKey says that a feed of versions has no pinned key.
	TextNoKey = wording.Text{
		VI: "nguồn có phiên bản (manifest.json) cần khóa công khai; hãy ghi verify.minisign với khóa do đơn vị cung cấp công bố",
		EN: "a feed of versions (manifest.json) needs a public key; write the one that the publisher gives into verify.minisign",
	}
	// TextTransferAddress says that the url of a zone is not valid.
	TextTransferAddress = wording.Text{
		VI: "địa chỉ (url) của vùng không hợp lệ; hãy ghi axfr://máy-chủ[:cổng]/tên-vùng, ví dụ axfr://192.0.2.53/rpz.example",
		EN: "the zone's url is not valid; write axfr://server[:port]/zone, such as axfr://192.0.2.53/rpz.example",
	}
	// TextZoneExpired says that the copy of a zone is older than its primary allows.
	TextZoneExpired = wording.Text{
		VI: "bản sao của vùng %s đã quá hạn do máy chủ đặt ra (SOA expire); bản cũ vẫn được dùng, hãy kiểm tra máy chủ cung cấp",
		EN: "the copy of zone feed %s is older than its primary allows (SOA expire); it stays in use, check the primary",
	}
)

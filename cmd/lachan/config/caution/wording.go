package caution

import "lachan/internal/wording"

// What to be careful about, and what to do.
var (
	textReadable = wording.Text{
		VI: "mọi người dùng trên máy đọc được bí mật trong %s; hãy chạy: chmod o-rwx %s, và để máy chủ nhận tệp qua LoadCredential=TÊN:%s của systemd hoặc qua nhóm của nó",
		EN: "everybody on this machine can read the secret in %s; type: chmod o-rwx %s, and let the server have it by LoadCredential=NAME:%s of systemd, or by its group",
	}
	// TextStateDir is what people read.
	TextStateDir = wording.Text{
		VI: "mọi người dùng trên máy vào được %s, nơi có khoá và thống kê; hãy chạy: chmod 700 %s",
		EN: "everybody on this machine can look into %s, where keys and statistics are; type: chmod 700 %s",
	}
	textAbsent = wording.Text{
		VI: "máy này hiện không có địa chỉ %s; máy chủ phục vụ các địa chỉ khác và nhận địa chỉ ấy ngay khi có; nếu gõ nhầm, `ip address` cho biết máy có những địa chỉ nào",
		EN: "this machine has no address %s at present; the server serves the others, and this one as soon as it is there; if it is a slip, `ip address` shows those that there are",
	}
	textUnmarked = wording.Text{
		VI: "không có gì bảo đảm cho danh sách %q mang nhóm %s, vốn do cấp trên khóa và được báo cáo ghi là theo yêu cầu của cơ quan có thẩm quyền hay là xâm hại trẻ em; hãy ghi authority (cơ quan và văn bản), locked_by, verify.minisign hoặc trusted: true, hoặc chọn nhóm khác",
		EN: "nothing vouches for feed %q, whose category %s authorities lock and reports name as an order or as abuse of children; give it authority (who ordered it, and the document), locked_by, verify.minisign or trusted: true, or choose another category",
	}
	textPlainCluster = wording.Text{
		VI: "kết nối tới cụm NATS không được mã hóa: ai ở giữa đường đọc được điều quyết định và chen vào được trạng thái của nút; hãy dùng tls://",
		EN: "what goes to the NATS cluster is not encrypted: anybody on the way can read what is decided, and say what is not true of nodes; use tls://",
	}
	textHTTP = wording.Text{
		VI: "danh sách %q đi qua http:// không có chữ ký nên ai ở giữa đường cũng sửa được; hãy dùng https:// hoặc verify: {minisign: KHOÁ}",
		EN: "feed %q comes over http:// without a signature, so anybody on the way can change it; use https:// or verify: {minisign: KEY}",
	}
	textHTTPLocked = wording.Text{
		VI: "NGUY HIỂM: danh sách %q được khoá, là lệnh của cơ quan, lại đi qua http:// không có chữ ký: ai ở giữa đường cũng chặn được mọi trang mà trường không mở lại được, hoặc xoá lệnh; hãy dùng https:// và verify: {minisign: KHOÁ}",
		EN: "DANGER: feed %q is locked or an authority's order, and comes over http:// without a signature: anybody on the way can block any site so that no school can open it, or void the order; use https:// and verify: {minisign: KEY}",
	}
	textTransfer = wording.Text{
		VI: "vùng của danh sách %q được chuyển không có khoá TSIG nên ai ở giữa đường cũng sửa được; hãy ghi tsig: {name: TÊN, secret_file: TỆP}",
		EN: "the zone of feed %q is transferred without a TSIG key, so anybody on the way can change it; write tsig: {name: NAME, secret_file: FILE}",
	}
	textTransferLocked = wording.Text{
		VI: "NGUY HIỂM: vùng của danh sách %q được khoá, là lệnh của cơ quan, lại được chuyển không có khoá TSIG: ai ở giữa đường cũng sửa được; hãy ghi tsig: {name: TÊN, secret_file: TỆP}",
		EN: "DANGER: the zone of feed %q is locked or an authority's order, and is transferred without a TSIG key: anybody on the way can change it; write tsig: {name: NAME, secret_file: FILE}",
	}
	textRedirects = wording.Text{
		VI: "vùng của danh sách %q tự quyết định câu trả lời (rpz.policy: given), nên nơi phát hành có thể dẫn mọi tên tới địa chỉ của họ; hãy ghi rpz: {policy: nxdomain}, hoặc trusted: true nếu tin họ",
		EN: "the zone of feed %q answers as it likes (rpz.policy: given), so its publisher can send any name to an address of theirs; write rpz: {policy: nxdomain}, or trusted: true if you trust them",
	}
	textSameHost = wording.Text{
		VI: "danh sách %q được khoá, là lệnh của cơ quan, chỉ được kiểm bằng mã băm lấy từ chính máy %s: ai chiếm máy ấy sửa được cả hai; hãy xin khoá của đơn vị cung cấp và ghi verify: {minisign: KHOÁ}",
		EN: "feed %q is locked or an authority's order, and verified only by a digest from the same host %s: whoever takes that over changes both; ask the publisher for a key and write verify: {minisign: KEY}",
	}
)

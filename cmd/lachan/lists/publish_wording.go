package lists

import "lachan/internal/wording"

// What publishing says.
var (
	textPublish = wording.Text{
		VI: "làm sạch bảng của cơ quan và phát hành thành nguồn có phiên bản, có chữ ký",
		EN: "clean the table of an authority and publish it as a signed feed of versions",
	}
	textFlagOut = wording.Text{
		VI: "thư mục phát hành; máy chủ web đưa nguyên thư mục này lên mạng",
		EN: "directory to publish in; a web server serves it as it is",
	}
	textFlagID = wording.Text{
		VI: "mã của nguồn: a-z, 0-9, dấu '-'",
		EN: "ID of the feed: a-z, 0-9, '-'",
	}
	textFlagAuthority = wording.Text{
		VI: "tên cơ quan phát hành",
		EN: "name of the authority",
	}
	textFlagVersionFrom = wording.Text{
		VI: "số phiên bản nhỏ nhất của lần phát hành này; chỉ cần khi thư mục phát hành bị mất",
		EN: "lowest number for this version; needed only when the directory was lost",
	}
	textFlagReport = wording.Text{
		VI: "tệp kết quả để gửi lại nơi lập bảng; mặc định là FILE.ket-qua.csv",
		EN: "file of the result to send back; default FILE.ket-qua.csv",
	}
	textPublishFlags = wording.Text{
		VI: "cần --out (thư mục), --id (chỉ gồm a-z, 0-9, '-') và --authority (tên cơ quan); --expires ít nhất 1h",
		EN: "--out (directory), --id (a-z, 0-9, '-' only) and --authority (name) are needed; --expires is at least 1h",
	}
	textPublishNothing = wording.Text{
		VI: "%s không có mục nào dùng được nên không phát hành gì; hãy sửa các dòng nêu trên",
		EN: "%s has no entry that can be used, so nothing was published; correct the rows above",
	}
	textFlagReplace = wording.Text{
		VI: "bảng này là toàn bộ danh sách: mục cũ không có trong bảng sẽ được gỡ, sau khi hỏi lại",
		EN: "the table is the whole list: entries in force that it does not have are lifted, after asking",
	}
	textFlagWithdraw = wording.Text{
		VI: "số văn bản được gỡ bỏ, có thể ghi nhiều lần; hỏi lại trước khi gỡ",
		EN: "number of a document that is withdrawn, may be repeated; asks before it is lifted",
	}
	textFlagYes = wording.Text{
		VI: "không hỏi lại (dùng trong kịch bản)",
		EN: "do not ask (for scripts)",
	}
	textReplaceWithdraw = wording.Text{
		VI: "--replace và --withdraw không dùng cùng nhau: hãy chọn một",
		EN: "--replace and --withdraw do not go together: choose one",
	}
	textWithdrawAbsent = wording.Text{
		VI: "không gỡ gì, vì không có mục đang chặn nào của văn bản %s; văn bản có mục đang chặn: %s",
		EN: "nothing is lifted: no entry in force is by document %s; documents with entries in force: %s",
	}
	textWithdrawNone = wording.Text{
		VI: "không gỡ gì, vì không có mục đang chặn nào của văn bản %s; không mục đang chặn nào ghi số văn bản",
		EN: "nothing is lifted: no entry in force is by document %s; none in force names a document",
	}
	textPassed = wording.Text{
		VI: "%s: ngày kết thúc (%s) đã qua nên mục này không chặn gì; hãy xem lại ngày",
		EN: "%s: its last day (%s) has passed, so the entry blocks nothing; look at the date",
	}
	textNoCategory = wording.Text{
		VI: "không có nhóm nội dung %q: %d mục được tính vào nhóm chung của danh sách (có gì thì xem `lachan catalogue categories`)",
		EN: "there is no category %q: entries counted in that of the list: %d (see `lachan catalogue categories`)",
	}
	textPublishLost = wording.Text{
		VI: "không đọc được phiên bản trước trong %s nên không biết những mục nào đang có hiệu lực; hãy chép lại từ bản sao lưu, hoặc phát hành toàn bộ danh sách với --replace",
		EN: "the version before in %s cannot be read, so what is in force is not known; restore it from a backup, or publish the whole list with --replace",
	}
	textUnsaid = wording.Text{
		VI: "số mục được rút quá nhiều, không ghi hết vào tệp kê khai được: mỗi máy chủ sẽ giữ phiên bản này lại cho đến khi có người chạy `lachan lists approve`; lần sau hãy rút cả văn bản bằng --withdraw",
		EN: "more was lifted than the manifest has room for: each node holds this version back until somebody there runs `lachan lists approve`; next time withdraw whole documents with --withdraw",
	}
	textLifts = wording.Text{
		VI: "phiên bản này gỡ %d mục đang chặn; văn bản: %s",
		EN: "this version lifts entries that are in force: %d; documents: %s",
	}
	textLiftsAlone = wording.Text{
		VI: "phiên bản này gỡ %d mục đang chặn, không mục nào ghi số văn bản",
		EN: "this version lifts entries that are in force: %d; none names a document",
	}
	textAsk = wording.Text{
		VI: "Phát hành? [c/K]",
		EN: "Publish? [y/N]",
	}
	textNotPublished = wording.Text{
		VI: "không phát hành gì; muốn phát hành không cần hỏi, hãy thêm --yes",
		EN: "nothing was published; to publish without being asked, add --yes",
	}
	textAdded = wording.Text{
		VI: "thêm vào danh sách đang có hiệu lực: giữ %d mục, bỏ %d mục đã hết hạn (bảng là toàn bộ danh sách thì dùng --replace)",
		EN: "added to what is in force: entries kept: %d, over: %d (if the table is the whole list, use --replace)",
	}
	textLeft = wording.Text{
		VI: "văn bản %s vẫn chặn %d mục không có trong bảng này: %s (bảng là toàn bộ văn bản ấy thì thêm --withdraw %s)",
		EN: "document %s still blocks entries that this table does not have: %d: %s (if the table is all of it, add --withdraw %s)",
	}
	textPublished = wording.Text{
		VI: "đã phát hành phiên bản %d trong %s: %d mục, thêm %d, bớt %d",
		EN: "published version %d in %s: entries: %d, added: %d, removed: %d",
	}
	textRenewed = wording.Text{
		VI: "danh sách không đổi; phiên bản %d trong %s được gia hạn",
		EN: "the list is unchanged; version %d in %s was renewed",
	}
	textPublishedSame = wording.Text{
		VI: "danh sách không đổi; phiên bản %d trong %s giữ nguyên",
		EN: "the list is unchanged; version %d in %s stays as it is",
	}
	textReported = wording.Text{
		VI: "nhận %d mục, từ chối %d; tệp kết quả để gửi lại: %s",
		EN: "entries accepted: %d, refused: %d; result to send back: %s",
	}
	textPublishBusy = wording.Text{
		VI: "một lệnh phát hành khác đang làm việc trong thư mục này; hãy thử lại sau",
		EN: "another publisher is at work in this directory; try again later",
	}
	textPublishOther = wording.Text{
		VI: "thư mục này đang chứa một nguồn khác (%v); hãy dùng --out hoặc --id khác",
		EN: "this directory has another feed (%v); give another --out or --id",
	}
	textPublishManifest = wording.Text{
		VI: "manifest.json trong thư mục phát hành bị hỏng (%v); hãy chép lại từ bản sao lưu, hoặc dọn thư mục rồi phát hành với --version-from lớn hơn số cuối cùng",
		EN: "manifest.json in the directory is damaged (%v); restore it from a backup, or empty the directory and publish with --version-from above the last number",
	}
	textPublishLong = wording.Text{
		VI: "Đọc bảng của cơ quan (cột ten_mien, nhom, so_van_ban, ngay_van_ban, co_quan, hieu_luc_tu, hieu_luc_den, muc_khan, ghi_chu; tên cột có dấu và thứ tự tùy ý), làm sạch, ghi kết quả để gửi lại, rồi thêm một phiên bản vào thư mục --out: danh sách, phần thay đổi, manifest.json và chữ ký. Danh sách không đổi thì không có phiên bản mới; phiên bản được gia hạn khi qua nửa thời hạn, nên hãy chạy lệnh này mỗi ngày (cron). Bị ngắt giữa chừng thì phiên bản trước vẫn nguyên vẹn.",
		EN: "Reads the table of an office (columns ten_mien, nhom, so_van_ban, ngay_van_ban, co_quan, hieu_luc_tu, hieu_luc_den, muc_khan, ghi_chu; with or without marks, in any order), cleans it, writes the result to send back, and adds a version to the directory --out: the list, what changed, manifest.json and its signature. A list that has not changed makes no new version; a version is renewed when half of its time has passed, so run this every day (cron). If it is interrupted, the version before stays whole.",
	}
)

package manage

import "lachan/internal/wording"

// What people read of the processes of the server.
var (
	processCrashed = wording.Text{
		VI: "tiến trình %s đã dừng đột ngột và được chạy lại (lần thứ %d): %s, lúc %s; xem nhật ký để biết nguyên nhân",
		EN: "process %s ended unexpectedly and was started again (time no. %d): %s, at %s; see the log for the cause",
	}
	resolveFallback = wording.Text{
		VI: "tiến trình trả lời dừng đột ngột %d lần liên tiếp: đang dùng lại danh sách và chính sách trước đó",
		EN: "the process that answers ended unexpectedly %d times in a row: the lists and policy before are in use again",
	}
	notUsed = wording.Text{
		VI: "danh sách hoặc chính sách mới chưa có hiệu lực, bản trước vẫn được dùng: %v",
		EN: "new lists or a new policy are not in force, those before stay in use: %v",
	}
	workFailed = wording.Text{
		VI: "việc %q gặp lỗi của chương trình và được chạy lại: %v; xem nhật ký và báo cho nhóm phát triển",
		EN: "work %q met a fault of the program and was started again: %v; see the log and tell the developers",
	}
)

// What users read about the certificate of the encrypted endpoints and about
// DNS cookies.
var (
	textCertificateBroken = wording.Text{
		VI: "không dùng được chứng chỉ mới: %v; chứng chỉ cũ vẫn được dùng",
		EN: "cannot use the new certificate: %v; the old one stays in use",
	}
	textCertificateUnmet = wording.Text{
		VI: "không lấy được chứng chỉ bằng ACME: %v; chứng chỉ đang có vẫn được dùng",
		EN: "cannot get a certificate by ACME: %v; the present one stays in use",
	}
	textCertificateExpires = wording.Text{
		VI: "chứng chỉ chỉ có hiệu lực đến %s; hãy gia hạn và đặt tệp mới vào chỗ cũ",
		EN: "the certificate is valid only until %s; renew it and put the new file in the same place",
	}
	textCookiesBroken = wording.Text{
		VI: "không lấy được khoá mới của DNS cookie: %v; khoá cũ vẫn được dùng",
		EN: "cannot get a new secret for DNS cookies: %v; the old one stays in use",
	}
)

package wording

// Sentences about the certificate of the encrypted transports.
var (
	CertificateBroken  = Text{"không dùng được chứng chỉ mới: %v; chứng chỉ cũ vẫn được dùng", "the new certificate is of no use: %v; the old one stays in use"}
	CertificateUnmet   = Text{"không lấy được chứng chỉ bằng ACME: %v; chứng chỉ đang có vẫn được dùng", "no certificate can be had by ACME: %v; the one that is there stays in use"}
	ConfigACMEOrFiles  = Text{"chỉ chọn một: tệp chứng chỉ (cert, key) hoặc acme", "choose one: the files of a certificate (cert, key), or acme"}
	ConfigACMEName     = Text{"%q không phải là tên mà ACME cấp chứng chỉ được ở đây; hãy ghi tên đầy đủ, không có dấu *, ví dụ dns.example.vn", "%q is no name that ACME can certify here; write a full name without *, such as dns.example.vn"}
	ConfigACMEURL      = Text{"directory_url %q phải bắt đầu bằng https://", "directory_url %q must begin with https://"}
	CertificateExpires = Text{"chứng chỉ chỉ có hiệu lực đến %s; hãy gia hạn và đặt tệp mới vào chỗ cũ", "the certificate is good until %s only; renew it and put the new file in the same place"}
	CookiesBroken      = Text{"không lấy được khoá mới của DNS cookie: %v; khoá cũ vẫn được dùng", "no new secret of DNS cookies: %v; the old one stays in use"}
)

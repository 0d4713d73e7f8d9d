package wording

// Sentences about the certificate of the encrypted transports.
var (
	CertificateBroken  = Text{"không dùng được chứng chỉ mới: %v; chứng chỉ cũ vẫn được dùng", "the new certificate is of no use: %v; the old one stays in use"}
	CertificateExpires = Text{"chứng chỉ chỉ có hiệu lực đến %s; hãy gia hạn và đặt tệp mới vào chỗ cũ", "the certificate is good until %s only; renew it and put the new file in the same place"}
	CookiesBroken      = Text{"không lấy được khoá mới của DNS cookie: %v; khoá cũ vẫn được dùng", "no new secret of DNS cookies: %v; the old one stays in use"}
)

package wording

// Sentences about the certificate of the encrypted transports.
var (
	CertificateBroken  = Text{"không dùng được chứng chỉ mới: %v; chứng chỉ cũ vẫn được dùng", "the new certificate is of no use: %v; the old one stays in use"}
	CertificateExpires = Text{"chứng chỉ chỉ có hiệu lực đến %s; hãy gia hạn và đặt tệp mới vào chỗ cũ", "the certificate is good until %s only; renew it and put the new file in the same place"}
)

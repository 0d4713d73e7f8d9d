package main

import "lachan/internal/wording"

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

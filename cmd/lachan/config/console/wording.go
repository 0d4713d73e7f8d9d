package console

import "lachan/internal/wording"

// What people are told of the key `console`.
var (
	textMailServer = wording.Text{
		VI: "console.mail chưa có server; hãy ghi máy chủ thư như mail.so.example:587, hoặc xóa các khóa còn lại",
		EN: "console.mail has no server; write one as mail.so.example:587, or remove the other keys",
	}
	textMailFrom = wording.Text{
		VI: "from phải là địa chỉ thư như lachan@so.example",
		EN: "from has to be an address for mail, such as lachan@so.example",
	}
	textMailUser = wording.Text{
		VI: "username và password_file phải đi cùng nhau; hãy ghi cả hai hoặc không ghi",
		EN: "username and password_file belong together; write both or neither",
	}
	textURL = wording.Text{
		VI: "phải là https://TÊN, có thể kèm cổng và không có gì sau đó, như https://loc.truong.example",
		EN: "has to be https://NAME, perhaps with a port, and nothing behind it, such as https://filter.school.example",
	}
	textLifetime = wording.Text{VI: "phải từ 5m đến 7d", EN: "has to be between 5m and 7d"}
	textIdle     = wording.Text{VI: "phải từ 5m đến session.lifetime", EN: "has to be between 5m and session.lifetime"}
	textRole     = wording.Text{
		VI: "không có vai trò %q; có: \"school\" (trường), \"commune\" (xã, phường), \"province\" (tỉnh), \"operator\" (vận hành), \"authority\" (cơ quan ra văn bản), \"viewer\" (chỉ xem)",
		EN: "there is no role %q; there are \"school\", \"commune\", \"province\", \"operator\", \"authority\", \"viewer\"",
	}
	textIssuerMissing = wording.Text{
		VI: "thiếu địa chỉ của nhà cung cấp đăng nhập; hãy ghi oidc: {issuer: https://...}",
		EN: "the address of the provider is missing; write oidc: {issuer: https://...}",
	}
	textIssuer    = wording.Text{VI: "phải là một địa chỉ https://", EN: "has to be an address that begins with https://"}
	textIssuerURL = wording.Text{
		VI: "nhà cung cấp cần biết gửi người dùng về đâu; hãy ghi console: {url: https://TÊN}",
		EN: "the provider has to know where to send people back to; write console: {url: https://NAME}",
	}
	textClientID   = wording.Text{VI: "thiếu; nhà cung cấp cho khi đăng ký ứng dụng", EN: "is missing; the provider gives it when the application is registered"}
	textSecret     = wording.Text{VI: "không đọc được: %v", EN: "cannot be read: %v"}
	textSecretLine = wording.Text{VI: "tệp phải có đúng một dòng, là khóa mà nhà cung cấp cho", EN: "the file holds one line, the secret that the provider gave, and nothing else"}
	textNoGrants   = wording.Text{
		VI: "chưa giao quyền cho ai nên không ai vào được; hãy ghi grants: [{claim: groups, value: NHÓM, role: VAI_TRÒ, unit: ĐƠN_VỊ}]",
		EN: "nobody is granted anything, so nobody gets in; write grants: [{claim: groups, value: GROUP, role: ROLE, unit: UNIT}]",
	}
	textGrantClaim = wording.Text{VI: "cần cả claim và value", EN: "takes both claim and value"}
	textGrantRole  = wording.Text{VI: "cần role", EN: "takes a role"}
	textGrantUnits = wording.Text{
		VI: "chỉ dùng cho \"school\" (trường), \"commune\" (xã, phường), \"viewer\" (chỉ xem), và không cùng unit",
		EN: "is for \"school\", \"commune\" and \"viewer\" only, and not together with unit",
	}
	textGrantUnit = wording.Text{
		VI: "vai trò %s cần unit hoặc unit_claim",
		EN: "the role %s takes a unit or unit_claim",
	}
)

// What is wrong with what holds of requests and exceptions.
var (
	textTarget = wording.Text{VI: "phải từ 15m đến 40h giờ học", EN: "has to be 15m to 40h school hours"}
	textUntil  = wording.Text{
		VI: "%q phải là số ngày như 30d (1d đến %dd), hoặc term: ngày học cuối của học kỳ",
		EN: "%q has to be days such as 30d (1d to %dd), or term: the last day of lessons of the term",
	}
)

// What is wrong with where the pages are.
var (
	textName        = wording.Text{VI: "%q không phải là tên hay địa chỉ; hãy ghi như lachan.truong.example", EN: "%q is neither a name nor an address; write one such as lachan.school.example"}
	textCertAndKey  = wording.Text{VI: "cert và key đi cùng nhau; bỏ cả hai thì máy chủ tự tạo chứng chỉ", EN: "cert and key go together; without both the server makes a certificate itself"}
	textCertificate = wording.Text{VI: "không dùng được chứng chỉ: %v", EN: "the certificate cannot be used: %v"}
)

package device

import "lachan/internal/wording"

// What stands in profiles and snippets, and why there is none.
var (
	textNoAddress = wording.Text{
		VI: "không biết địa chỉ của máy chủ; hãy thêm --address, hoặc ghi địa chỉ cụ thể ở server.listen",
		EN: "the server's address is not known; add --address, or write an address of its own in server.listen",
	}
	textNoSecure = wording.Text{
		VI: "cần DNS mã hóa: hãy ghi server.doh hoặc server.dot, chứng chỉ, và server.tls.name",
		EN: "this needs encrypted DNS: set server.doh or server.dot, a certificate, and server.tls.name",
	}
	textNoPrivate = wording.Text{
		VI: "Android cần DNS over TLS ở cổng 853: hãy ghi server.dot với cổng 853, chứng chỉ, và server.tls.name",
		EN: "Android uses DNS over TLS on port 853: set server.dot with port 853, a certificate, and server.tls.name",
	}
	textPort = wording.Text{
		VI: "loại này chỉ hỏi DNS ở cổng 53, mà server.listen dùng cổng %d",
		EN: "this uses port 53 only, but server.listen has port %d",
	}
	textFor = wording.Text{
		VI: "Lá Chắn cho %s",
		EN: "Lá Chắn for %s",
	}
	textNetworks = wording.Text{
		VI: "Đơn vị được nhận ra theo địa chỉ mạng (networks, hoặc link_tokens).",
		EN: "The unit is recognised by its network (networks, or link_tokens).",
	}
	textCheck = wording.Text{
		VI: "Kiểm tra: nslookup -type=txt %s phải trả lời \"ok\" và unit=%s",
		EN: "To check: nslookup -type=txt %s has to say \"ok\" and unit=%s",
	}
	textUndo = wording.Text{
		VI: "Bỏ đi:",
		EN: "To undo:",
	}
	textAbout = wording.Text{
		VI: "DNS của trường, lọc nội dung có hại.",
		EN: "The school's DNS, which filters what is harmful.",
	}
	textAndroid = wording.Text{
		VI: "Cài đặt > Mạng và Internet > DNS riêng > Tên máy chủ của nhà cung cấp:",
		EN: "Settings > Network & internet > Private DNS > Private DNS provider hostname:",
	}
	textWindows = wording.Text{
		VI: "PowerShell, chạy với quyền quản trị; Windows 11 hoặc Server 2022",
		EN: "PowerShell as administrator; Windows 11 or Server 2022",
	}
	textWinPlain = wording.Text{
		VI: "PowerShell, chạy với quyền quản trị",
		EN: "PowerShell as administrator",
	}
	textRouterOS = wording.Text{
		VI: "RouterOS 7; cổng 53 phải đóng với bên ngoài (firewall) vì bộ định tuyến trả lời thay",
		EN: "RouterOS 7; close port 53 to the outside (firewall), since the router answers itself",
	}
	textDnsmasq = wording.Text{
		VI: "/etc/dnsmasq.d/lachan.conf",
		EN: "/etc/dnsmasq.d/lachan.conf",
	}
	textUnbound = wording.Text{
		VI: "/etc/unbound/unbound.conf.d/lachan.conf; câu trả lời chặn không có chữ ký nên không kiểm DNSSEC ở đây",
		EN: "/etc/unbound/unbound.conf.d/lachan.conf; blocked answers are not signed, so DNSSEC is not checked here",
	}
	textBIND = wording.Text{
		VI: "trong named.conf; câu trả lời chặn không có chữ ký nên không kiểm DNSSEC ở đây",
		EN: "in named.conf; blocked answers are not signed, so DNSSEC is not checked here",
	}
	textOpenWrt = wording.Text{
		VI: "trên OpenWrt, qua ssh",
		EN: "on OpenWrt, over ssh",
	}
)

package wording

// Sentences of `lachan profile` and of what it writes.
var (
	CLIProfile     = Text{"viết cấu hình để máy, điện thoại hay bộ định tuyến của một đơn vị hỏi DNS qua Lá Chắn", "write what makes the devices, phones or routers of a unit ask this server"}
	CLIProfileLong = Text{
		"Tên, cổng, đường dẫn và mã lấy từ cấu hình và chính sách. Đơn vị có links được nhận ra ở bất cứ đâu; không có links thì chỉ ở trong networks của mình. Kết quả có mã bí mật của đơn vị: chỉ gửi cho người cài đặt.",
		"Names, ports, paths and ids come from the configuration and the policy. A unit that has links is known anywhere, others in their networks only. What is written has the unit's secret: give it to who sets the devices up, nobody else.",
	}
	CLIProfileUnit    = Text{"mã đơn vị, như truong-a hoặc truong-a/giao-vien", "id of the unit, such as school-a or school-a/staff"}
	CLIProfileFor     = Text{"cho loại máy nào: %s; bỏ trống thì viết mọi loại", "for what: %s; without it, all of them"}
	CLIProfileAddress = Text{"địa chỉ của máy chủ này như các máy thấy; mặc định lấy từ server.listen", "address of this server as devices see it; default those of server.listen"}
	CLIProfileOut     = Text{"ghi vào tệp này thay vì in ra", "write to this file instead"}
	CLIProfileNoUnit  = Text{"hãy cho biết đơn vị: --unit MÃ", "say for which unit: --unit ID"}
	CLIProfileKind    = Text{"không có loại %q; hãy chọn một trong: %s", "there is no %q; choose one of: %s"}
	CLIProfileOneFile = Text{"--out cần --for: mỗi tệp chỉ cho một loại", "--out takes --for: a file is for one kind"}
	CLIProfileApple   = Text{"ghi ra tệp bằng `lachan profile --unit %s --for apple --out lachan.mobileconfig`, rồi mở tệp ấy trên iPhone, iPad hoặc Mac", "write a file with `lachan profile --unit %s --for apple --out lachan.mobileconfig`, and open that on the iPhone, iPad or Mac"}
	CLIProfileWritten = Text{"đã ghi %s; tệp có mã bí mật của đơn vị", "%s is written; it has the unit's secret"}

	ProfileNoAddress = Text{"không biết địa chỉ của máy chủ; hãy thêm --address, hoặc ghi địa chỉ cụ thể ở server.listen", "the server's address is not known; add --address, or write an address of its own in server.listen"}
	ProfileNoSecure  = Text{"cần DNS mã hóa: hãy ghi server.doh hoặc server.dot, chứng chỉ, và server.tls.name", "this takes encrypted DNS: set server.doh or server.dot, a certificate, and server.tls.name"}
	ProfileNoPrivate = Text{"Android cần DNS over TLS ở cổng 853: hãy ghi server.dot với cổng 853, chứng chỉ, và server.tls.name", "Android takes DNS over TLS at port 853: set server.dot with port 853, a certificate, and server.tls.name"}
	ProfilePort      = Text{"loại này chỉ hỏi DNS ở cổng 53, mà server.listen dùng cổng %d", "this asks at port 53 only, and server.listen has port %d"}

	ProfileUnseen    = Text{"đơn vị chưa có links nên chỉ được nhận ra trong networks của mình; để nhận ra ở mọi nơi, hãy thêm links: [mã từ `openssl rand -hex 10`]", "the unit has no links, so it is known in its networks only; to know it anywhere, add links: [one of `openssl rand -hex 10`]"}
	ProfileGuessable = Text{"đơn vị được nhận ra bằng mã công khai mà ai cũng đoán được; nên thêm links: [mã từ `openssl rand -hex 10`]", "the unit is known by its plain id, which anybody can guess; better add links: [one of `openssl rand -hex 10`]"}
	ProfileUncovered = Text{"chứng chỉ không có tên *.%s nên DNS over TLS không mang được mã đơn vị; ở đó đơn vị chỉ được nhận ra theo địa chỉ", "the certificate is not for *.%s, so DNS over TLS cannot carry the unit's id; there it is known by its address only"}

	ProfileFor      = Text{"Lá Chắn cho %s", "Lá Chắn for %s"}
	ProfileNetworks = Text{"Đơn vị được nhận ra theo địa chỉ mạng (networks, hoặc link_tokens).", "The unit is known by its network (networks, or link_tokens)."}
	ProfileCheck    = Text{"Kiểm tra: nslookup -type=txt %s phải trả lời \"ok\" và unit=%s", "To check: nslookup -type=txt %s has to say \"ok\" and unit=%s"}
	ProfileUndo     = Text{"Bỏ đi:", "To undo:"}
	ProfileAbout    = Text{"DNS của trường, lọc nội dung có hại.", "The school's DNS, which filters what is harmful."}
	ProfileAndroid  = Text{"Cài đặt > Mạng và Internet > DNS riêng > Tên máy chủ của nhà cung cấp:", "Settings > Network & internet > Private DNS > Private DNS provider hostname:"}
	ProfileWindows  = Text{"PowerShell, chạy với quyền quản trị; Windows 11 hoặc Server 2022", "PowerShell as administrator; Windows 11 or Server 2022"}
	ProfileWinPlain = Text{"PowerShell, chạy với quyền quản trị", "PowerShell as administrator"}
	ProfileRouterOS = Text{"RouterOS 7; cổng 53 phải đóng với bên ngoài (firewall) vì bộ định tuyến trả lời thay", "RouterOS 7; close port 53 to the outside (firewall), since the router answers itself"}
	ProfileDnsmasq  = Text{"/etc/dnsmasq.d/lachan.conf", "/etc/dnsmasq.d/lachan.conf"}
	ProfileUnbound  = Text{"/etc/unbound/unbound.conf.d/lachan.conf; câu trả lời chặn không có chữ ký nên không kiểm DNSSEC ở đây", "/etc/unbound/unbound.conf.d/lachan.conf; blocked answers are not signed, so DNSSEC is not checked here"}
	ProfileBIND     = Text{"trong named.conf; câu trả lời chặn không có chữ ký nên không kiểm DNSSEC ở đây", "in named.conf; blocked answers are not signed, so DNSSEC is not checked here"}
	ProfileOpenWrt  = Text{"trên OpenWrt, qua ssh", "on OpenWrt, over ssh"}
)

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
	textOneClient = wording.Text{
		VI: "Mọi máy sau bộ chuyển tiếp này là một máy đối với Lá Chắn: học sinh và giáo viên chung một hồ sơ lọc. Muốn tách, hãy để DHCP phát thẳng địa chỉ %s.",
		EN: "Behind this forwarder all devices are one client: pupils and teachers have one profile. To tell them apart, have DHCP hand out %s itself.",
	}
	textFirewall = wording.Text{
		VI: "Tường lửa: mọi câu hỏi DNS (cổng 53) về bộ định tuyến, đóng DNS mã hóa (cổng 853 và các địa chỉ DoH đã biết); riêng máy chủ Lá Chắn được đi thẳng.",
		EN: "Firewall: all DNS (port 53) to the router, encrypted DNS shut (port 853, and the known addresses of DoH); the server itself may go out.",
	}
	textFirewallElsewhere = wording.Text{
		VI: "Máy tự đặt DNS khác vẫn đi vòng được: hãy đặt tường lửa ở bộ định tuyến (lachan profile --for nftables, openwrt hoặc routeros).",
		EN: "Devices with a DNS server of their own still go around: set up the router's firewall (lachan profile --for nftables, openwrt or routeros).",
	}
	textRouterOSLists = wording.Text{
		VI: "danh sách giao diện LAN là của cấu hình gốc (/interface list)",
		EN: "the interface list LAN is that of the default configuration (/interface list)",
	}
	textRouterOSClock = wording.Text{
		VI: "đồng hồ sai thì chứng chỉ nào cũng bị từ chối; máy chủ giờ ghi bằng địa chỉ vì chưa có DNS (time.cloudflare.com)",
		EN: "with a wrong clock every certificate is refused; time servers by address, since there is no DNS yet (time.cloudflare.com)",
	}
	textRouterOSTrust = wording.Text{
		VI: "RouterOS 7.19 trở lên có sẵn chứng chỉ gốc; bản cũ hơn phải nạp bằng tay (/certificate import)",
		EN: "RouterOS 7.19 and later has root certificates built in; older ones need them imported (/certificate import)",
	}
	textRouterOSTry = wording.Text{
		VI: "chỉ bật DNS qua HTTPS nếu kiểm tra được chứng chỉ; nếu không thì DNS thường ở trên vẫn chạy",
		EN: "DNS over HTTPS is switched on only if the certificate is good; otherwise the plain DNS above goes on",
	}
	textDnsmasqOthers = wording.Text{
		VI: "Hãy bỏ những dòng server= không có tên miền và stop-dns-rebind ở các tệp khác: máy chủ này tự giữ việc đó.",
		EN: "Take other server= lines without a domain, and stop-dns-rebind, out of the other files: this server sees to that.",
	}
	textAddSubnet = wording.Text{
		VI: "hoặc để máy chủ biết từng máy: bỏ dấu # và ghi địa chỉ của bộ chuyển tiếp này vào server.trusted_forwarders",
		EN: "or let the server know each device: remove the #, and write this forwarder's address under server.trusted_forwarders",
	}
	textUnboundPrivate = wording.Text{
		VI: "Lá Chắn tự chặn địa chỉ nội bộ giả mạo, nên ở đây không bỏ câu trả lời có địa chỉ nội bộ",
		EN: "this server guards against private addresses itself, so answers with them are not dropped here",
	}
	textPfSense = wording.Text{
		VI: "pfSense: Services > DNS Resolver > Custom options; bỏ chọn Enable Forwarding Mode",
		EN: "pfSense: Services > DNS Resolver > Custom options; with Enable Forwarding Mode off",
	}
	textPfSenseFirewall = wording.Text{
		VI: "Firewall > NAT > Port Forward: LAN, TCP/UDP, cổng 53, trừ địa chỉ của máy chủ này, về 127.0.0.1; Firewall > Rules > LAN: chặn cổng 853 và các địa chỉ DoH (lachan profile --for nftables liệt kê)",
		EN: "Firewall > NAT > Port Forward: LAN, TCP/UDP, port 53, but for this server's address, to 127.0.0.1; Firewall > Rules > LAN: block port 853 and the addresses of DoH (lachan profile --for nftables lists them)",
	}
	textKresd = wording.Text{
		VI: "/etc/knot-resolver/kresd.conf, Knot Resolver 5; câu trả lời chặn không có chữ ký nên không kiểm DNSSEC ở đây",
		EN: "/etc/knot-resolver/kresd.conf, Knot Resolver 5; blocked answers are not signed, so DNSSEC is not checked here",
	}
	textNFTables = wording.Text{
		VI: "/etc/nftables.d/lachan.nft, trên bộ định tuyến chạy Linux có bộ chuyển tiếp DNS; hãy sửa tên giao diện mạng trong (lan)",
		EN: "/etc/nftables.d/lachan.nft, on a router that runs Linux and a DNS forwarder; change the names of the inner interfaces (lan)",
	}
	textOpenWrtRebind = wording.Text{
		VI: "OpenWrt bỏ câu trả lời có địa chỉ nội bộ; Lá Chắn tự giữ việc đó và biết tên nào được phép",
		EN: "OpenWrt drops answers with private addresses; this server guards against them itself, and knows which names may have them",
	}
	textOpenWrtAside = wording.Text{
		VI: "dòng của riêng từng tên miền được giữ; máy chủ chung khác được cất đi để không đi vòng",
		EN: "lines for single domains are kept; other servers for everything are set aside, since they go around the filter",
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
		VI: "trong options của named.conf đang có; câu trả lời chặn không có chữ ký nên không kiểm DNSSEC ở đây",
		EN: "in the options that named.conf has; blocked answers are not signed, so DNSSEC is not checked here",
	}
	textOpenWrt = wording.Text{
		VI: "trên OpenWrt, qua ssh",
		EN: "on OpenWrt, over ssh",
	}
)

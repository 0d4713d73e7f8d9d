package supervise

import "lachan/internal/wording"

// What is said of an address that cannot be listened on.
var (
	textStub = wording.Text{
		VI: "không nghe được ở %s: systemd-resolved đang giữ %s. Viết DNSStubListener=no vào /etc/systemd/resolved.conf " +
			"rồi chạy systemctl restart systemd-resolved, hoặc ghi vào %s đúng địa chỉ của máy này trong mạng",
		EN: "cannot listen on %s: systemd-resolved has %s. Write DNSStubListener=no into /etc/systemd/resolved.conf " +
			"and run systemctl restart systemd-resolved, or write this machine's own address on the network into %s",
	}
	textTakenBy = wording.Text{
		VI: "không nghe được ở %s: %s đang do chương trình %s (tiến trình %d) giữ. Dừng chương trình đó, hoặc đổi %s",
		EN: "cannot listen on %s: %s is in use by %s (process %d). Stop that program, or change %s",
	}
	textTakenByUser = wording.Text{
		VI: "không nghe được ở %s: %s đang do một chương trình của người dùng %s giữ. Dừng chương trình đó, hoặc đổi %s; " +
			"tên của nó: sudo ss -lnptu 'sport = :%d'",
		EN: "cannot listen on %s: %s is in use by a program of the user %s. Stop that program, or change %s; " +
			"its name: sudo ss -lnptu 'sport = :%d'",
	}
	textTaken = wording.Text{
		VI: "không nghe được ở %s: đã có chương trình khác dùng cổng này. Dừng chương trình đó, hoặc đổi %s; " +
			"tên của nó: sudo ss -lnptu 'sport = :%d'",
		EN: "cannot listen on %s: another program uses the port. Stop that program, or change %s; " +
			"its name: sudo ss -lnptu 'sport = :%d'",
	}
	textNoPrivilege = wording.Text{
		VI: "không nghe được ở %s: chương trình không có quyền mở cổng này (%s). Chạy bằng configs/lachan.service, " +
			"bằng root, hoặc cấp quyền: sudo setcap cap_net_bind_service=+ep /usr/bin/lachan",
		EN: "cannot listen on %s: the program has no right to open this port (%s). Run it by configs/lachan.service, " +
			"as root, or grant the right: sudo setcap cap_net_bind_service=+ep /usr/bin/lachan",
	}
	textCannotListen = wording.Text{
		VI: "không nghe được ở %s (%s): %v",
		EN: "cannot listen on %s (%s): %v",
	}
)

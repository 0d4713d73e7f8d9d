package upstream

import "lachan/internal/wording"

// What users read about upstream settings. Each text takes the setting as it was
// written, unless said otherwise.
var (
	textEmptyServer = wording.Text{
		VI: "máy chủ DNS cấp trên bị bỏ trống; hãy ghi một địa chỉ như 1.1.1.1, hoặc system",
		EN: "the upstream server is empty; write an address such as 1.1.1.1, or system",
	}
	textNotAnAddress = wording.Text{
		VI: "máy chủ DNS cấp trên %q không phải là địa chỉ IP; hãy ghi địa chỉ như 1.1.1.1, 1.1.1.1:5353 hoặc [2606:4700::1111]:53 (không ghi tên máy), hoặc system",
		EN: "upstream server %q is not an IP address; write one such as 1.1.1.1, 1.1.1.1:5353 or [2606:4700::1111]:53 (not a host name), or system",
	}
	textNotOneHost = wording.Text{
		VI: "không thể hỏi máy chủ DNS cấp trên %q vì đó không phải là địa chỉ của riêng một máy; hãy ghi địa chỉ của máy chủ",
		EN: "upstream server %q cannot be asked, since that is not the address of one host; write the server's address",
	}
	// textBadPort takes the setting and the usual port.
	textBadPort = wording.Text{
		VI: "cổng trong %q không hợp lệ; hãy ghi một số từ 1 đến 65535, hoặc bỏ đi để dùng cổng %d",
		EN: "the port in %q is not valid; write a number from 1 to 65535, or leave it out for port %d",
	}
	textBadHost = wording.Text{
		VI: "máy chủ DNS cấp trên %q không có tên miền hay địa chỉ IP dùng được; hãy ghi như tls://9.9.9.9 hoặc tls://dns.quad9.net",
		EN: "upstream server %q has no usable host name or IP address; write it like tls://9.9.9.9 or tls://dns.quad9.net",
	}
	textBadIP = wording.Text{
		VI: "ip= trong %q phải là địa chỉ IP của một máy chủ đã ghi bằng tên, ví dụ tls://dns.quad9.net#ip=9.9.9.9",
		EN: "ip= in %q must be the IP address of a server that is given by its name, such as tls://dns.quad9.net#ip=9.9.9.9",
	}
	textBadPin = wording.Text{
		VI: "pin= trong %q phải là mã SHA-256 (base64, 44 ký tự) của khóa công khai; xem bằng: kdig -d @MÁY-CHỦ +tls example.com",
		EN: "pin= in %q must be the SHA-256 digest (base64, 44 characters) of a public key; show it with: kdig -d @SERVER +tls example.com",
	}
	// textUnknownSetting takes the setting and what is not known in it.
	textUnknownSetting = wording.Text{
		VI: "sau dấu # trong %q chỉ có thể là ip=ĐỊA-CHỈ, pin=MÃ-KHÓA và http=3, cách nhau bằng dấu &; không có %q",
		EN: "after the # in %q only ip=ADDRESS, pin=DIGEST and http=3 are allowed, with & between them, not %q",
	}
	// textUnknownScheme takes the setting and its scheme.
	textUnknownScheme = wording.Text{
		VI: "máy chủ DNS cấp trên %q có kiểu kết nối %q không được hỗ trợ; hãy dùng udp://, tcp://, tls://, https://, quic://, chỉ địa chỉ, hoặc system",
		EN: "upstream server %q has a scheme %q that is not supported; use udp://, tcp://, tls://, https://, quic://, the address alone, or system",
	}
	textBadPath = wording.Text{
		VI: "đường dẫn trong %q không dùng được; hãy ghi như https://dns.quad9.net/dns-query",
		EN: "the path in %q cannot be used; write it like https://dns.quad9.net/dns-query",
	}
	textBadHTTP = wording.Text{
		VI: "http= trong %q chỉ có thể là http=3 và chỉ dùng với https://",
		EN: "http= in %q can only be http=3, and only for https://",
	}
	textUnknownStrategy = wording.Text{
		VI: "cách chọn máy chủ DNS cấp trên %q không có; hãy ghi fastest (nhanh nhất), ordered (theo thứ tự) hoặc parallel (hỏi cùng lúc)",
		EN: "there is no upstream strategy %q; write fastest, ordered or parallel",
	}
	textNotAZone = wording.Text{
		VI: "vùng %q trong upstream.zones không phải là tên miền; hãy ghi như truong.lan",
		EN: "zone %q of upstream.zones is not a domain name; write one such as truong.lan",
	}
	textZoneTwice = wording.Text{
		VI: "vùng %q trong upstream.zones xuất hiện hai lần (không phân biệt chữ hoa, chữ thường và dấu chấm cuối); hãy gộp lại làm một",
		EN: "zone %q of upstream.zones appears twice (case and a final dot make no difference); merge the two",
	}
	// textSystemUnknown takes the file and the error.
	textSystemUnknown = wording.Text{
		VI: "chưa biết các máy chủ DNS của hệ thống (system): không đọc được %s: %v; sẽ tự nhận khi có, hoặc hãy ghi địa chỉ máy chủ vào upstream.servers",
		EN: "the system's DNS servers (system) are not known yet: cannot read %s: %v; they are taken up when they are there, or write addresses in upstream.servers",
	}
	// textSystemEmpty takes the file.
	textSystemEmpty = wording.Text{
		VI: "tệp %s chưa có dòng nameserver nào dùng được; sẽ tự nhận khi có, hoặc hãy ghi địa chỉ máy chủ vào upstream.servers thay cho system",
		EN: "file %s has no usable nameserver line yet; it is taken up when it is there, or write addresses in upstream.servers instead of system",
	}
	// textSystemOwn takes the file.
	textSystemOwn = wording.Text{
		VI: "tệp %s chỉ có địa chỉ của chính chương trình này; hãy ghi địa chỉ máy chủ DNS cấp trên vào upstream.servers thay cho system",
		EN: "file %s has only this program's own address; write the upstream servers' addresses in upstream.servers instead of system",
	}
)

// reasonTexts are the reasons why an upstream is down.
var reasonTexts = map[Reason]wording.Text{
	ReasonTimeout: {VI: "không trả lời kịp", EN: "no reply in time"},
	ReasonRefused: {VI: "từ chối kết nối", EN: "connection refused"},
	ReasonNoRoute: {VI: "mạng không có đường tới đó", EN: "no route to it"},
	ReasonClock: {
		VI: "chứng thư hết hạn hoặc chưa có hiệu lực: đồng hồ máy này có đúng không?",
		EN: "certificate expired or not yet valid: is the clock right?",
	},
	ReasonIdentity: {VI: "chứng thư hoặc khóa không đáng tin", EN: "certificate or key is not trusted"},
	ReasonNoName:   {VI: "không tìm được địa chỉ của nó", EN: "its address was not found"},
	ReasonOther:    {VI: "lỗi mạng", EN: "network error"},
}

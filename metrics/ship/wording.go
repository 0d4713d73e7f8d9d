package ship

import "lachan/internal/wording"

// Sending history to an engine that keeps that of many nodes.
var (
	// BadURL is for an address that ValidURL does not take.
	BadURL = wording.Text{
		VI: "địa chỉ %q không hợp lệ; hãy ghi địa chỉ nhận remote write, ví dụ http://prometheus.example:9090/api/v1/write",
		EN: "the address %q is not valid; write the address that takes remote write, such as http://prometheus.example:9090/api/v1/write",
	}
	textNotSent = wording.Text{
		VI: "chưa gửi được lịch sử số liệu tới %s: %v; số liệu vẫn được giữ trên máy này và sẽ được gửi bù. Nếu kéo dài, hãy kiểm tra metrics.write_url và đường mạng",
		EN: "the history cannot be sent to %s: %v; it is kept on this machine and will be sent later. If this goes on, check metrics.write_url and the network",
	}
)

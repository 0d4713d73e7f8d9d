package explain

import "lachan/internal/wording"

// What is wrong with a question to explain.
var (
	textWho = wording.Text{
		VI: "có nhiều trường, hãy cho biết ai hỏi: --client ĐỊA_CHỈ hoặc --unit MÃ (chỉ một trong hai)",
		EN: "there are several schools, say for whom: give either --client ADDR or --unit ID",
	}
	// NotAnAddress is what people read.
	NotAnAddress = wording.Text{
		VI: "%q không phải là địa chỉ IP",
		EN: "%q is not an IP address",
	}
	textNoUnit = wording.Text{
		VI: "không có đơn vị %q trong chính sách",
		EN: "there is no unit %q in the policy",
	}
	textName = wording.Text{
		VI: "%q không phải tên miền hay địa chỉ trang web; hãy ghi như www.tiktok.com hoặc https://www.tiktok.com/x",
		EN: "%q is no domain name and no address of a page; write it like www.tiktok.com or https://www.tiktok.com/x",
	}
	textCheck = wording.Text{
		VI: "đây là tên để thử xem bộ lọc có đang được dùng không (server.check_name): máy chủ này tự trả lời",
		EN: "this name is there to see whether the filter is in use (server.check_name): this server answers it itself",
	}
	textDiscovery = wording.Text{
		VI: "máy hỏi về chính máy chủ này (cách kết nối mã hóa): máy chủ tự trả lời, không hỏi ai",
		EN: "the question is about this server (its encrypted endpoints): it answers itself and asks nobody",
	}
	textAny = wording.Text{
		VI: "câu hỏi mọi loại bản ghi cùng lúc (ANY) được trả lời bằng một bản ghi HINFO (RFC 8482)",
		EN: "a question for all types at once (ANY) is answered by one HINFO record (RFC 8482)",
	}
	textInside = wording.Text{
		VI: "tên này chỉ có nghĩa bên trong mạng: máy chủ tự trả lời, không chuyển ra ngoài, trừ khi upstream.zones có vùng của nó",
		EN: "this name means something inside a network only: the server answers itself, unless upstream.zones has its zone",
	}
	textZone = wording.Text{
		VI: "hỏi máy chủ riêng của vùng này (upstream.zones)",
		EN: "asked of this zone's own servers (upstream.zones)",
	}
	textRebinding = wording.Text{
		VI: "nếu câu trả lời dẫn tới địa chỉ riêng (192.168..., 10..., 127...) thì bị bỏ, NODATA với EDE 15, " +
			"vì một trang bên ngoài có thể nhắm vào máy bên trong; cho phép bằng server.rebind_allowed hoặc allow của đơn vị",
		EN: "if the answer leads to a private address (192.168..., 10..., 127...) it is left out, NODATA with EDE 15, " +
			"as a page of the outside could aim at a machine of the inside; server.rebind_allowed or a unit's allow lets it through",
	}
	textPerClient = wording.Text{
		VI: "một máy hỏi quá %d câu mỗi giây thì bị từ chối (REFUSED, EDE 18)",
		EN: "a client that asks more than %d questions a second is REFUSED (EDE 18)",
	}
	textPerUnit = wording.Text{
		VI: "một trường hỏi quá %d câu mỗi giây thì bị từ chối (REFUSED, EDE 18)",
		EN: "a school that asks more than %d questions a second is REFUSED (EDE 18)",
	}
	textPerBoth = wording.Text{
		VI: "một máy hỏi quá %d câu mỗi giây, hoặc một trường quá %d câu, thì bị từ chối (REFUSED, EDE 18)",
		EN: "a client that asks more than %d questions a second, or a school more than %d, is REFUSED (EDE 18)",
	}
	textType = wording.Text{
		VI: "không có kiểu bản ghi %q",
		EN: "there is no query type %q",
	}
	textAtHour = wording.Text{
		VI: "%q chưa có giờ, mà lúc chặn lúc không tùy giờ; hãy ghi như %q",
		EN: "%q has no time of day, and what is blocked depends on it; write it like %q",
	}
	textAt = wording.Text{
		VI: "%q không phải là thời điểm; hãy ghi như \"20/11/2026 10:15\" hoặc 2026-11-20T10:15, hoặc 10:15 của hôm nay",
		EN: "%q is not a time; write it like \"20/11/2026 10:15\" or 2026-11-20T10:15, or 10:15 of today",
	}
)

package dnstap

import "lachan/internal/wording"

// What people read of the key `dnstap`.
var (
	textCollector = wording.Text{
		VI: "%q không dùng được; hãy ghi như unix:///run/dnstap.sock, hoặc tcp://127.0.0.1:6000 với địa chỉ của máy này hay của mạng riêng: dữ liệu gửi đi không mã hóa, ra ngoài mạng riêng thì cần đường hầm",
		EN: "%q cannot be used; write it as unix:///run/dnstap.sock, or tcp://127.0.0.1:6000 with an address of this machine or of a private network: what is sent is not encrypted, and beyond that takes a tunnel",
	}
	textMessages  = wording.Text{VI: "%q không dùng được; hãy ghi client_query, client_response hoặc cả hai", EN: "%q cannot be used; write client_query, client_response or both"}
	textAddresses = wording.Text{VI: "%q không dùng được; hãy ghi cut (chỉ phần đầu của địa chỉ) hoặc none (không có địa chỉ)", EN: "%q cannot be used; write cut (the first part of addresses) or none (no addresses)"}
	textText      = wording.Text{VI: "chỉ dùng chữ không dấu, nhiều nhất %d ký tự", EN: "plain ASCII, at most %d characters"}
)

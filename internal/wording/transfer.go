package wording

// Why a zone was not transferred, and what to do. The copy that was there stays
// in use in every case.
var (
	TransferAddress = Text{
		"địa chỉ (url) của vùng không hợp lệ; hãy ghi axfr://máy-chủ[:cổng]/tên-vùng, ví dụ axfr://192.0.2.53/rpz.example",
		"the zone's url is not valid; write axfr://server[:port]/zone, such as axfr://192.0.2.53/rpz.example"}
	TransferKey = Text{
		"không dùng được khóa TSIG: %v; hãy kiểm tra tsig.name, tsig.algorithm và tệp tsig.secret_file (khóa dạng base64)",
		"the TSIG key cannot be used: %v; check tsig.name, tsig.algorithm and the file tsig.secret_file (the secret in base64)"}
	TransferSignature = Text{
		"trả lời của %s không có chữ ký TSIG đúng nên bị từ chối: %v; hãy kiểm tra tên khóa, thuật toán, khóa và đồng hồ của hai máy",
		"the reply of %s has no valid TSIG signature and was refused: %v; check the key's name, its algorithm, the secret and the clocks of both machines"}
	TransferRefused = Text{
		"máy chủ %s không cho chuyển vùng %s: %v; hãy kiểm tra tên vùng và quyền chuyển vùng (allow-transfer, TSIG) trên máy chủ đó",
		"server %s does not give zone %s: %v; check the zone's name and who may transfer it there (allow-transfer, TSIG)"}
	TransferOlder = Text{
		"số phiên bản (serial) của vùng trên %s nhỏ hơn bản đang dùng: %v; nếu vùng được tạo lại, hãy tăng serial ở máy chủ đó",
		"the zone's serial at %s is lower than that of the copy in use: %v; if the zone was made anew, raise its serial there"}
	TransferBroken = Text{
		"trả lời của %s không phải là một lần chuyển vùng hợp lệ: %v; sẽ tự thử lại, nếu kéo dài hãy báo đơn vị cung cấp",
		"the reply of %s is not a valid zone transfer: %v; it will be tried again, tell the publisher if this goes on"}
	TransferExpired = Text{
		"bản sao của vùng %s đã quá hạn do máy chủ đặt ra (SOA expire); bản cũ vẫn được dùng, hãy kiểm tra máy chủ cung cấp",
		"the copy of zone feed %s is older than its primary allows (SOA expire); it stays in use, check the primary"}

	ConfigTSIG = Text{
		"tsig cần cả name và secret_file, và chỉ dùng cho url axfr://",
		"tsig needs both name and secret_file, and a url axfr://"}
	ConfigTSIGFile = Text{
		"không dùng được khóa TSIG: %v; tệp secret_file chỉ chứa khóa dạng base64",
		"the TSIG key cannot be used: %v; the file secret_file holds the secret in base64 and nothing else"}
	ConfigZoneFormat = Text{
		"danh sách lấy bằng axfr:// luôn có format rpz; hãy bỏ format hoặc ghi format: rpz",
		"a feed from axfr:// is always of format rpz; leave format out or write format: rpz"}
	ConfigZoneVerify = Text{
		"danh sách lấy bằng axfr:// được bảo vệ bằng tsig, không dùng verify; hãy bỏ verify",
		"a feed from axfr:// is protected by tsig and has no verify; leave verify out"}
)

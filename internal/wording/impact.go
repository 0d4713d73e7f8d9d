package wording

// What a version of a list would newly block of what was asked lately.
var (
	ImpactHeld = Text{
		"; nếu dùng bản này, %d tên được hỏi gần đây (khoảng %d lượt) sẽ bị chặn thêm, xem `lachan lists diff`",
		"; with it %d names that were asked lately (some %d times) would be newly blocked, see `lachan lists diff`"}
	ImpactNone = Text{
		"%s: trong khoảng %d lượt hỏi gần đây, không tên nào được hỏi từ %[3]d lượt trở lên sẽ bị chặn thêm",
		"%s: of some %d recent questions, no name that was asked %[3]d times or more would be newly blocked"}
	ImpactSome = Text{
		"%s: %d tên được hỏi gần đây sẽ bị chặn thêm, khoảng %d trong %d lượt hỏi (không kể tên ít được hỏi):",
		"%s: %d names that were asked lately would be newly blocked, some %d of %d questions (names that few ask are left out):"}
	ImpactName    = Text{"  %s: khoảng %d lượt", "  %s: some %d times"}
	ImpactMore    = Text{"  … và %d tên khác", "  … and %d more"}
	ImpactMissing = Text{
		"%s: không biết bản này sẽ chặn thêm tên nào đang được hỏi: chỉ máy chủ đang chạy mới biết, và không hỏi được nó (%v)",
		"%s: which names that are asked it would newly block is not known: only the running server knows, and it could not be asked (%v)"}
	ImpactFile = Text{
		"%s: máy chủ chỉ cho biết tên nào đang được hỏi sẽ bị chặn thêm đối với bản mà nó giữ lại, không phải đối với một tệp",
		"%s: which names that are asked would be newly blocked the server tells of a version that it holds back, not of a file"}
	ImpactFlag = Text{"địa chỉ HTTP của máy chủ đang chạy; mặc định theo http.listen", "HTTP address of the running server; default that of http.listen"}
)

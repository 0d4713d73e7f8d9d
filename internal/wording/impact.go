package wording

// What a version of a list would newly block of what was asked lately.
var (
	ImpactHeld = Text{
		"; nếu dùng bản này, %d tên được hỏi gần đây (khoảng %d lượt) sẽ bị chặn thêm, xem `lachan lists diff`",
		"; with it %d names that were asked lately (some %d times) would be newly blocked, see `lachan lists diff`"}
)

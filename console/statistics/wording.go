package statistics

import "lachan/internal/wording"

// What the series are called.
var (
	TextAllowed   = wording.Text{VI: "Được mở", EN: "Allowed"}
	TextBlocked   = wording.Text{VI: "Bị chặn", EN: "Blocked"}
	TextContent   = wording.Text{VI: "Nội dung", EN: "Content"}
	TextTechnical = wording.Text{VI: "Quảng cáo, kỹ thuật", EN: "Adverts, technical"}

	// textNoChange is said in English alone: the figures say in Vietnamese which of these it is.
	textNoChange = wording.Text{
		VI: "không so sánh được hai kỳ",
		EN: "the two periods cannot be compared: one is not over, has no figures, or is less complete",
	}
)

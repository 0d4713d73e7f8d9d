package blockpage

import "lachan/internal/wording"

// What the pages say.
var (
	textTitle = wording.Text{
		VI: "Trang này không mở được ở đây",
		EN: "This page cannot be opened here",
	}
	textLead = wording.Text{
		VI: "Bộ lọc của trường đã chặn trang này. Không ai ghi lại là bạn đã mở nó.",
		EN: "The school's filter blocks it. It is not recorded that it was you who opened it.",
	}
	textUrgentTitle = wording.Text{
		VI: "Bạn không một mình",
		EN: "You are not alone",
	}
	textUrgentLead = wording.Text{
		VI: "Nếu có điều gì làm bạn buồn, sợ hay đau, hãy nói với một người lớn mà bạn tin, hoặc gọi 111. Bạn không làm gì sai.",
		EN: "If something makes you sad, afraid or hurts you, talk to a grown-up you trust, or call 111. You have done nothing wrong.",
	}
	textUrgentCall = wording.Text{
		VI: "Gọi 111",
		EN: "Call 111",
	}
	textUrgentLine = wording.Text{
		VI: "Tổng đài quốc gia bảo vệ trẻ em: miễn phí, ngày đêm, giữ bí mật cho bạn.",
		EN: "The national child helpline: free, day and night, in confidence.",
	}
	textUrgentWhy = wording.Text{
		VI: "Trang vừa mở không xem được ở đây. Không ai ghi lại là bạn đã mở nó.",
		EN: "The page you were opening cannot be seen here. It is not recorded that it was you.",
	}
	textName = wording.Text{
		VI: "Tên miền",
		EN: "Name",
	}
	textReason = wording.Text{
		VI: "Lý do",
		EN: "Reason",
	}
	textCategory = wording.Text{
		VI: "Nhóm nội dung",
		EN: "Category",
	}
	textSchool = wording.Text{
		VI: "Trường",
		EN: "School",
	}
	textOrder = wording.Text{
		VI: "Văn bản",
		EN: "Document",
	}
	textContact = wording.Text{
		VI: "Liên hệ",
		EN: "Contact",
	}
	textAsk = wording.Text{
		VI: "Bạn cần trang này để học?",
		EN: "Do you need this page to learn?",
	}
	textAskWhy = wording.Text{
		VI: "Bạn cần nó để làm gì?",
		EN: "What do you need it for?",
	}
	textAskHint = wording.Text{
		VI: "Đừng ghi tên hay số điện thoại. Chỉ có lời nhắn này, tên miền và tên trường được gửi đi.",
		EN: "Write no name and no number. Only this text, the name of the page and your school are sent.",
	}
	textAskButton = wording.Text{
		VI: "Gửi yêu cầu mở",
		EN: "Ask to have it opened",
	}
	textSent = wording.Text{
		VI: "Đã gửi yêu cầu",
		EN: "Your request was sent",
	}
	textSentLead = wording.Text{
		VI: "Người phụ trách của trường sẽ xem. Bạn không cần gửi lại.",
		EN: "Somebody at the school will look at it. You need not send it again.",
	}
	textAnswer = wording.Text{
		VI: "Đã trả lời",
		EN: "Answer",
	}
	textAnswered = wording.Text{
		VI: "ngày %s: %s",
		EN: "on %s: %s",
	}
	textAnsweredBare = wording.Text{
		VI: "ngày %s: không mở, không kèm lời giải thích",
		EN: "on %s: it stays closed, without a word of explanation",
	}
	textOpened = wording.Text{
		VI: "Trang này đã được mở",
		EN: "This page was opened",
	}
	textOpenedLead = wording.Text{
		VI: "Thiết bị của bạn còn nhớ lần bị chặn. Hãy đóng trang, chờ một phút rồi mở lại.",
		EN: "Your device remembers that it was blocked. Close it, wait a minute and open it again.",
	}
	textOpenedAt = wording.Text{
		VI: "Đã mở lúc",
		EN: "Opened at",
	}
	textAsked = wording.Text{
		VI: "Yêu cầu mở",
		EN: "Request",
	}
	textAskedLead = wording.Text{
		VI: "đã có người của trường gửi, đang chờ trả lời",
		EN: "somebody at the school has sent one, and it waits for an answer",
	}
	textBusy = wording.Text{
		VI: "Chưa gửi được yêu cầu",
		EN: "Your request could not be sent",
	}
	textBusyLead = wording.Text{
		VI: "Đang có quá nhiều yêu cầu. Hãy thử lại sau một giờ, hoặc hỏi thầy cô.",
		EN: "There are too many requests at the moment. Try again in an hour, or ask a teacher.",
	}
	textNothing = wording.Text{
		VI: "Ở đây không có trang nào",
		EN: "There is no page here",
	}
	textNothingLead = wording.Text{
		VI: "Đây là máy chủ của bộ lọc. Nếu bạn không mở được một trang, hãy thử lại sau một phút, hoặc hỏi người phụ trách mạng của trường.",
		EN: "This is a server of the filter. If a page does not open, try again in a minute, or ask the person that looks after the school's network.",
	}
	textCheck = wording.Text{
		VI: "Bộ lọc đang hoạt động",
		EN: "The filter is in use",
	}
	textCheckLead = wording.Text{
		VI: "Máy này đang hỏi tên miền qua Lá Chắn.",
		EN: "This device looks names up through Lá Chắn.",
	}
	textCheckUnit = wording.Text{
		VI: "Máy này được tính là của",
		EN: "This device counts as part of",
	}
	textCheckUnknown = wording.Text{
		VI: "chưa thuộc trường nào trong chính sách",
		EN: "no school of the policy",
	}
	textHotline = wording.Text{
		VI: "Cần giúp đỡ? Gọi 111, tổng đài quốc gia bảo vệ trẻ em, miễn phí, ngày đêm.",
		EN: "Need help? Call 111, the national child helpline, free, day and night.",
	}
)

package wording

// Sentences of the block page. They are for children too: no blame, no jargon.
var (
	PageTitle = Text{"Trang này không mở được ở đây", "This page cannot be opened here"}
	PageLead  = Text{"Bộ lọc của trường đã chặn trang này. Không ai ghi lại là bạn đã mở nó.", "The school's filter blocks it. Nobody notes that it was you who opened it."}

	PageUrgentTitle = Text{"Bạn không một mình", "You are not alone"}
	PageUrgentLead  = Text{"Nếu có điều gì làm bạn buồn, sợ hay đau, hãy nói với một người lớn mà bạn tin, hoặc gọi 111. Bạn không làm gì sai.", "If something makes you sad, afraid or hurts you, talk to a grown-up you trust, or call 111. You have done nothing wrong."}
	PageUrgentCall  = Text{"Gọi 111", "Call 111"}
	PageUrgentLine  = Text{"Tổng đài quốc gia bảo vệ trẻ em: miễn phí, ngày đêm, giữ bí mật cho bạn.", "The national child helpline: free, day and night, in confidence."}
	PageUrgentWhy   = Text{"Trang vừa mở không xem được ở đây. Không ai ghi lại là bạn đã mở nó.", "The page you were opening cannot be seen here. Nobody notes that it was you."}

	PageName     = Text{"Tên miền", "Name"}
	PageReason   = Text{"Lý do", "Reason"}
	PageCategory = Text{"Nhóm nội dung", "Category"}
	PageSchool   = Text{"Trường", "School"}
	PageOrder    = Text{"Văn bản", "Document"}
	PageContact  = Text{"Liên hệ", "Contact"}

	PageByAuthority = Text{"theo yêu cầu của cơ quan có thẩm quyền", "by order of an authority"}
	PageByLock      = Text{"cấp trên quy định chặn cho mọi trường", "a higher level blocks it for all schools"}
	PageByOwn       = Text{"trường, hoặc đơn vị cấp trên, đã chặn tên này", "the school, or a unit above it, has blocked this name"}
	PageByProfile   = Text{"không dùng ở đây vào lúc này", "not for use here at this time"}
	PageByDefault   = Text{"lúc này chỉ mở được các trang trong danh sách học tập", "at this time only listed pages for lessons can be opened"}

	PageAsk       = Text{"Bạn cần trang này để học?", "Do you need this page to learn?"}
	PageAskWhy    = Text{"Bạn cần nó để làm gì?", "What do you need it for?"}
	PageAskHint   = Text{"Đừng ghi tên hay số điện thoại. Chỉ có lời nhắn này, tên miền và tên trường được gửi đi.", "Write no name and no number. Only this text, the name of the page and your school are sent."}
	PageAskButton = Text{"Gửi yêu cầu mở", "Ask to have it opened"}

	PageSent     = Text{"Đã gửi yêu cầu", "Your request was sent"}
	PageSentLead = Text{"Người phụ trách của trường sẽ xem. Bạn không cần gửi lại.", "Somebody at the school will look at it. You need not send it again."}
	PageBusy     = Text{"Chưa gửi được yêu cầu", "Your request could not be sent"}
	PageBusyLead = Text{"Đang có quá nhiều yêu cầu. Hãy thử lại sau một giờ, hoặc hỏi thầy cô.", "There are too many at the moment. Try again in an hour, or ask a teacher."}

	PageNothing     = Text{"Ở đây không có trang nào", "There is no page here"}
	PageNothingLead = Text{"Đây là máy chủ của bộ lọc. Nếu bạn không mở được một trang, hãy thử lại sau một phút, hoặc hỏi người phụ trách mạng của trường.", "This is a server of the filter. If a page does not open, try again in a minute, or ask who looks after the school's network."}

	PageCheck        = Text{"Bộ lọc đang hoạt động", "The filter is in use"}
	PageCheckLead    = Text{"Máy này đang hỏi tên miền qua Lá Chắn.", "This device looks names up through Lá Chắn."}
	PageCheckUnit    = Text{"Máy này được tính là của", "This device counts as part of"}
	PageCheckUnknown = Text{"chưa thuộc trường nào trong chính sách", "no school of the policy"}

	PageNowhere = Text{"trang báo chặn cần địa chỉ mà máy bị chặn sẽ tới; hãy ghi server.page: {a: 10.20.0.2}", "the block page needs the address that blocked names get; write server.page: {a: 10.20.0.2}"}
	PageTLS     = Text{"cần có chứng chỉ; hãy ghi server.page: {cert: tệp.pem, key: tệp.pem}", "a certificate is needed; write server.page: {cert: file.pem, key: file.pem}"}

	PageHotline = Text{"Cần giúp đỡ? Gọi 111, tổng đài quốc gia bảo vệ trẻ em, miễn phí, ngày đêm.", "Need help? Call 111, the national child helpline, free, day and night."}
)

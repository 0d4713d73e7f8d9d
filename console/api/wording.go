package api

import "lachan/internal/wording"

// Why a request is not answered, and what to do.
var (
	textInternal = wording.Text{
		VI: "lỗi của chương trình, đã ghi vào nhật ký của máy chủ; hãy thử lại, và báo cho người vận hành nếu vẫn lỗi",
		EN: "a fault of the program, which the server's log tells of; try again, and tell the operator if it stays",
	}
	textNoPath = wording.Text{
		VI: "không có đường dẫn này; /api/v1/openapi.yaml liệt kê mọi đường dẫn",
		EN: "there is no such path; /api/v1/openapi.yaml lists all",
	}
	textMethod = wording.Text{
		VI: "đường dẫn này không nhận %s; hãy dùng %s",
		EN: "this path does not take %s; use %s",
	}
	textUnknown = wording.Text{
		VI: "chưa biết bạn là ai: hãy gửi \"Authorization: Bearer lachan_...\" (lachan token add), hoặc đăng nhập bằng POST /api/v1/session",
		EN: "you are not known: send \"Authorization: Bearer lachan_...\" (lachan token add), or log in with POST /api/v1/session",
	}
	textCrossSite = wording.Text{
		VI: "yêu cầu này do trang của nơi khác gửi; hãy gửi từ chính máy chủ này hoặc bằng mã của chương trình",
		EN: "a page of another site sends this request; send it from this server's own, or with a token",
	}
	textMediaType = wording.Text{
		VI: "nội dung phải là JSON bằng UTF-8, không nén: hãy gửi Content-Type: application/json",
		EN: "the body has to be JSON in UTF-8, not compressed: send Content-Type: application/json",
	}
	textTooLarge = wording.Text{
		VI: "nội dung lớn hơn %d KiB; hãy chia ra nhiều yêu cầu",
		EN: "the body is larger than %d KiB; make several requests of it",
	}
	textUnread = wording.Text{
		VI: "nội dung không đến kịp hoặc bị ngắt giữa chừng; hãy gửi lại",
		EN: "the body came too slowly or ended too early; send it again",
	}
	textEmpty = wording.Text{
		VI: "thiếu nội dung; hãy gửi một đối tượng JSON",
		EN: "the body is missing; send an object of JSON",
	}
	textJSON = wording.Text{
		VI: "nội dung không phải JSON đúng: %v; hãy gửi một đối tượng như trong /api/v1/openapi.yaml",
		EN: "the body is no valid JSON: %v; send one object as in /api/v1/openapi.yaml",
	}
	textNotUTF8 = wording.Text{
		VI: "nội dung không phải UTF-8 trọn vẹn; hãy gửi bằng UTF-8, không có BOM và không có ký tự bị cắt đôi",
		EN: "the body is not whole UTF-8; send it in UTF-8, without a byte order mark and without half characters",
	}
	textFieldWrong = wording.Text{
		VI: "trường %q không đọc được: %v; thời điểm ghi như 2026-12-31T09:40:11+07:00, nội dung tệp ghi bằng base64",
		EN: "the field %q cannot be read: %v; a time is written as 2026-12-31T09:40:11+07:00, a file as base64",
	}
	textOneObject = wording.Text{
		VI: "nội dung phải là đúng một đối tượng JSON {...}",
		EN: "the body has to be exactly one object of JSON, {...}",
	}
	textTwice = wording.Text{
		VI: "trường %q có hai lần; hãy để lại một",
		EN: "the field %q is there twice; leave one of them out",
	}
	textDeep = wording.Text{
		VI: "nội dung lồng nhau quá %d tầng; hãy gửi như trong /api/v1/openapi.yaml",
		EN: "the body is more than %d levels deep; send it as in /api/v1/openapi.yaml",
	}
	textUnknownField = wording.Text{
		VI: "không có trường %q; /api/v1/openapi.yaml liệt kê các trường",
		EN: "there is no field %q; /api/v1/openapi.yaml lists the fields",
	}
	textWrongType = wording.Text{
		VI: "trường %q không thể là %s; xem /api/v1/openapi.yaml",
		EN: "the field %q cannot be of type %s; see /api/v1/openapi.yaml",
	}
	textLimit = wording.Text{
		VI: "phải là số từ 1 đến %d",
		EN: "has to be a number from 1 to %d",
	}
	textAfter = wording.Text{
		VI: "phải là \"next\" của trang trước; hãy bỏ đi để đọc từ đầu",
		EN: "has to be \"next\" of the page before; leave it out to read from the beginning",
	}
	textIfMatch = wording.Text{
		VI: "phải là ETag đã nhận, ví dụ \"1287\" trong dấu ngoặc kép",
		EN: "has to be the ETag that was received, such as \"1287\" in quotation marks",
	}
	textIfNoneMatch = wording.Text{
		VI: "chỉ nhận * (chưa có thì mới tạo); đã xem rồi thì hãy gửi If-Match",
		EN: "can only be * (make it if it is not there); send If-Match for what was seen",
	}
	textKeyWrong = wording.Text{
		VI: "khóa gồm từ 1 đến %d ký tự ASCII in được; hãy dùng khóa như vậy, hoặc bỏ phần đầu này đi",
		EN: "the key has 1 to %d characters of printable ASCII; send such a key, or leave the header out",
	}
	textKeyOther = wording.Text{
		VI: "khóa này đã dùng cho một yêu cầu khác; hãy dùng khóa mới",
		EN: "this key was used for another request; use a new one",
	}
	textKeyWorks = wording.Text{
		VI: "yêu cầu với khóa này đang được thực hiện; hãy hỏi lại sau",
		EN: "the request with this key is being worked on; ask again later",
	}
	textKeySecret = wording.Text{
		VI: "việc đã xong, nhưng câu trả lời chỉ cho xem một lần; hãy xem kết quả bằng GET, và làm lại với khóa mới nếu cần",
		EN: "it was done, but its answer is shown only once; look with GET, and do it anew with a new key if need be",
	}
	textKeyUnknown = wording.Text{
		VI: "không rõ việc đã xong chưa, vì máy chủ dừng giữa chừng; hãy xem kết quả bằng GET trước khi làm lại với khóa mới",
		EN: "whether it was done is not known, as the server stopped in between; look with GET before doing it with a new key",
	}
	textIfMatchNeeded = wording.Text{
		VI: "thay cả đối tượng thì phải gửi If-Match với ETag đã xem, hoặc If-None-Match: * để tạo mới",
		EN: "what replaces something whole has to send If-Match with the ETag that was seen, or If-None-Match: * to make it",
	}
	textFlag = wording.Text{
		VI: "phải là true hoặc false",
		EN: "has to be true or false",
	}
	textQuery = wording.Text{
		VI: "tham số sau dấu ? không đúng cách viết; hãy mã hóa ký tự đặc biệt như trong địa chỉ web",
		EN: "the parameters after ? are not well formed; encode special characters as in addresses of the web",
	}
	textNoParameter = wording.Text{
		VI: "không có tham số %q; /api/v1/openapi.yaml liệt kê các tham số",
		EN: "there is no parameter %q; /api/v1/openapi.yaml lists them",
	}
	textHowMany = wording.Text{
		VI: "phải có từ 1 đến %d mã",
		EN: "has to have 1 to %d ids",
	}
	textNoProposal = wording.Text{
		VI: "không có đề nghị %d nào chờ, hoặc bạn không được xem",
		EN: "no proposal %d waits, or it is not for you to see",
	}
	textNoRecord = wording.Text{
		VI: "không có quyết định %d, hoặc bạn không được xem",
		EN: "there is no record %d, or it is not for you to see",
	}
	textSeq = wording.Text{
		VI: "phải là số của một quyết định, từ 1",
		EN: "has to be the number of a record, from 1",
	}
	textNotAllowed = wording.Text{
		VI: "bạn không có quyền \"%v\" với đơn vị %q; xem who_may để biết ai có",
		EN: "you have not the right \"%v\" over unit %q; who_may says who has",
	}
	textNeeded = wording.Text{
		VI: "thiếu tham số này",
		EN: "this parameter is missing",
	}
	textNoAccount = wording.Text{
		VI: "không có tài khoản %q, hoặc bạn không được xem",
		EN: "there is no account %q, or it is not for you to see",
	}
	textNoSession = wording.Text{
		VI: "chỉ người đã đăng nhập mới sửa được tài khoản của mình: hãy đăng nhập bằng POST /api/v1/session",
		EN: "only somebody who is logged in changes their own account: log in with POST /api/v1/session",
	}
	textNoUnit = wording.Text{
		VI: "không có đơn vị %q",
		EN: "there is no unit %q",
	}
	textDay = wording.Text{
		VI: "phải là một ngày, ví dụ 2026-11-28",
		EN: "has to be a day, such as 2026-11-28",
	}
	textNoObject = wording.Text{
		VI: "chưa có quyết định nào về %s %q; nếu có trong policy.yaml thì sửa ở đó",
		EN: "nothing was decided on the %s %q; if it is in policy.yaml it is changed there",
	}
	textAddress = wording.Text{
		VI: "phải là một địa chỉ mạng, ví dụ 10.20.8.7",
		EN: "has to be a network address, such as 10.20.8.7",
	}
	textNoReport = wording.Text{
		VI: "không có báo cáo %q; báo cáo làm xong được giữ một giờ, hãy làm lại",
		EN: "there is no report %q; one that was made is kept for an hour, make it anew",
	}
	textReportWorks = wording.Text{
		VI: "báo cáo đang được làm; hãy hỏi lại sau",
		EN: "the report is being made; ask again later",
	}
	textReportsFull = wording.Text{
		VI: "đang có quá nhiều báo cáo được làm hoặc chờ tải; hãy thử lại sau",
		EN: "too many reports are being made or wait to be fetched; try again later",
	}
	textSince = wording.Text{
		VI: "%q không phải số của một quyết định, cũng không phải ngày; hãy ghi như 1287 hoặc 2026-11-28",
		EN: "%q is neither the number of a record nor a day; write 1287 or 2026-11-28",
	}
	textForm = wording.Text{
		VI: "form là lines hoặc tar",
		EN: "form is lines or tar",
	}
	textNotFold = wording.Text{
		VI: "console.yaml không phải kết quả của sổ; hãy khởi động lại máy chủ để viết lại",
		EN: "console.yaml is not what the records come to; restart the server to have it written anew",
	}
)

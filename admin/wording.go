package admin

import (
	"lachan/internal/wording"
)

// invalid refuses a mistake in what was decided.
func invalid(field string, text wording.Text) error {
	return &Refusal{Kind: Invalid, Field: field, Text: text}
}

// What the desk says. Each refusal says what is wrong and what to do.
var (
	textEverything = wording.Text{VI: "toàn hệ thống", EN: "everything"}

	textTapPeople = wording.Text{
		VI: "bật dnstap cần hai tài khoản của hai người, một người đề nghị và một người xác nhận; tài khoản của máy không bật được",
		EN: "switching dnstap on takes the accounts of two people, one who proposes it and one who confirms; the machine's own cannot",
	}
	textTapWhy = wording.Text{
		VI: "hãy ghi lý do bật dnstap: lý do hiện trên mọi trang khi đang bật và trong báo cáo",
		EN: "say why dnstap is to be on: while it is, every page shows that, and reports have it",
	}
	textTapUntil = wording.Text{
		VI: "%q không dùng được làm lúc kết thúc; hãy ghi một ngày hoặc một thời điểm như 2026-12-01T07:00:00+07:00, trong 30 ngày tới",
		EN: "the end %q cannot be; write a day, or a time as 2026-12-01T07:00:00+07:00, within 30 days from now",
	}
	textTapped    = wording.Text{VI: "dnstap đang bật theo quyết định số %d; hãy tắt trước", EN: "dnstap is on by decision %d; switch that off first"}
	textNotTapped = wording.Text{VI: "dnstap không bật", EN: "dnstap is not on"}

	textNotAllowed = wording.Text{
		VI: "tài khoản này không có quyền \"%v\" đối với %v; hãy hỏi người có quyền",
		EN: "this account has no right \"%v\" over %v; ask somebody who has",
	}
	textNoUnit = wording.Text{
		VI: "không có đơn vị %q, hoặc tài khoản này không được xem; hãy kiểm tra mã đơn vị",
		EN: "there is no unit %q, or this account may not see it; check its id",
	}
	textDiskFull = wording.Text{
		VI: "chưa ghi được nên chưa quyết định gì: %v; hãy giải phóng chỗ trên ổ đĩa của state_dir rồi làm lại",
		EN: "nothing is decided, as it could not be written: %v; make room on the disk of state_dir, then try again",
	}
	textApart = wording.Text{
		VI: "chưa quyết định gì: cần hai trong ba máy trung tâm gặp được nhau, mà bây giờ chưa đủ; máy chủ và các nút vẫn trả lời. Hãy xem tình trạng fleet-hubs rồi làm lại",
		EN: "nothing is decided: it takes two of the three hubs that are together, and now there are not; answers and nodes go on. Look at the condition fleet-hubs, then try again",
	}
	textUnsure = wording.Text{
		VI: "chưa rõ đã quyết định hay chưa: các máy trung tâm khác mất liên lạc trước khi xác nhận. Khi hai máy gặp lại nhau, điều này có trong sổ thì có hiệu lực, không có thì làm lại",
		EN: "whether it is decided is not known: the other hubs went away before they confirmed it. Once two of them are together again it is in force if it is in the ledger; if not, try again",
	}
	textConflict = wording.Text{
		VI: "người khác vừa thay đổi mục này; hãy xem lại rồi quyết định",
		EN: "somebody has changed this meanwhile; look at it again and decide",
	}
	textTrouble = wording.Text{
		VI: "đã ghi quyết định số %d nhưng chưa áp dụng được, hệ thống sẽ thử lại: %v",
		EN: "decision %d is written but not in force yet, it is tried again: %v",
	}
	textNoCategory = wording.Text{
		VI: "không có nhóm %q; lachan catalogue categories liệt kê các nhóm",
		EN: "there is no category %q; lachan catalogue categories lists them",
	}
	textNoService = wording.Text{
		VI: "không có dịch vụ %q; lachan catalogue services liệt kê các dịch vụ",
		EN: "there is no service %q; lachan catalogue services lists them",
	}
	textIsCode = wording.Text{
		VI: "%q là mã, không phải tên miền; hãy ghi %s",
		EN: "%q is a code and no domain name; write %s",
	}
	textFrom = wording.Text{
		VI: "thời điểm bắt đầu %q không thể có; hãy ghi năm từ 1900 đến 8999, như 2026-12-01T07:00:00+07:00",
		EN: "the beginning %q cannot be; write a year from 1900 to 8999, such as 2026-12-01T07:00:00+07:00",
	}
	textAddress = wording.Text{
		VI: "%q là địa chỉ IP; hãy ghi tên miền",
		EN: "%q is an address; write a domain name",
	}
	textNoName = wording.Text{
		VI: "%q không phải tên miền; hãy ghi như olm.vn, không có https:// và không có dấu /",
		EN: "%q is no domain name; write it as olm.vn, without https:// and without /",
	}
	textSuffix = wording.Text{
		VI: "%q bao gồm quá nhiều tên miền của nhiều người; hãy ghi tên cụ thể",
		EN: "%q covers the names of too many others; write the name itself",
	}
	textLocked = wording.Text{
		VI: "%s thuộc %s do %v khóa (%s); chỉ nơi đã khóa mới mở được, hãy gửi yêu cầu lên nơi đó",
		EN: "%s is in %s, which %v has locked (%s); only they can lift it, so send a request to them",
	}
	textUntil = wording.Text{
		VI: "%q không phải thời hạn hợp lệ; hãy ghi ngày như 2026-12-31, giờ theo RFC 3339, \"lesson\" (45 phút), \"term\" (hết học kỳ) hoặc \"never\" (không hết hạn)",
		EN: "%q is no valid end; write a day as 2026-12-31, a time of RFC 3339, \"lesson\" (45 minutes), \"term\" (the end of term) or \"never\"",
	}
	textEndsBefore = wording.Text{
		VI: "thời hạn %q đã qua hoặc trước lúc bắt đầu; hãy chọn thời hạn sau đó",
		EN: "the end %q is over, or before the beginning; choose a later one",
	}
	textNoException = wording.Text{
		VI: "không có ngoại lệ %q của %v do quyết định tạo ra; hãy xem danh sách ngoại lệ",
		EN: "there is no exception %q of %v that was decided on; look at the list of exceptions",
	}
	textStanding = wording.Text{
		VI: "quyết định %d đã được thay bằng quyết định %d; hãy hoàn tác quyết định sau trước",
		EN: "decision %d was replaced by decision %d; undo the later one first",
	}
	textNoUndo = wording.Text{
		VI: "quyết định %d (%s) không hoàn tác được; hãy ra quyết định mới ngược lại",
		EN: "decision %d (%s) cannot be undone; decide the opposite",
	}
	textNoRecord = wording.Text{
		VI: "không có quyết định số %d, hoặc tài khoản này không được xem; hãy kiểm tra số",
		EN: "there is no decision %d, or this account may not see it; check the number",
	}
	textNoProposal = wording.Text{
		VI: "không có đề nghị số %d đang chờ; có thể đã được xác nhận hoặc bỏ",
		EN: "no proposal %d is waiting; it may have been confirmed or dropped",
	}
	textTooLate = wording.Text{
		VI: "đề nghị số %d đã quá 72 giờ; hãy đề nghị lại",
		EN: "proposal %d is older than 72 hours; propose it again",
	}
	textSamePerson = wording.Text{
		VI: "cần người thứ hai xác nhận; người đề nghị không tự xác nhận được",
		EN: "a second person has to confirm it, not the one who proposed it",
	}
	textNoJSON       = wording.Text{VI: "không ghi lại được: %v", EN: "it cannot be written: %v"}
	textHowManyUnits = wording.Text{VI: "mỗi lần ghi từ 1 đến %d đơn vị", EN: "one decision makes 1 to %d units"}
	textTwice        = wording.Text{VI: "đơn vị %q có hai lần", EN: "the unit %q is there twice"}
	textLine         = wording.Text{VI: "dòng %d: %v", EN: "line %d: %v"}
	textMoreLines    = wording.Text{VI: "và %d dòng sai nữa; chưa ghi dòng nào", EN: "and %d more wrong lines; nothing is written"}
	textHowManyNames = wording.Text{VI: "cần từ 1 đến %d tên, mỗi tên một dòng", EN: "it takes 1 to %d names, one a line"}
	textOneByOne     = wording.Text{VI: "thay đổi này của đơn vị %s cần hai người: hãy sửa riêng đơn vị ấy", EN: "this change of the unit %s takes two people: change that unit by itself"}
	textNoObject     = wording.Text{
		VI: "giá trị phải là một đối tượng JSON như trong policy.yaml",
		EN: "the value has to be a JSON object, as in policy.yaml",
	}
	textNoID = wording.Text{
		VI: "%q không phải mã hợp lệ; chỉ dùng chữ thường a-z, số, '-', '_', '.', nhiều nhất 63 ký tự",
		EN: "%q is no valid id; use a-z, digits, '-', '_' and '.', at most 63 of them",
	}
	textOtherID = wording.Text{
		VI: "mã trong nội dung là %q, khác %q; hãy ghi giống nhau",
		EN: "the id in the text is %q and not %q; write the same",
	}
	textAdoptedStill = wording.Text{
		VI: "%s đã được nhận về sổ quyết định nhưng còn ở %s; hãy xóa các dòng ấy, nạp lại, rồi sửa ở đây",
		EN: "%s was adopted and is still at %s; delete these lines, reload, then change it here",
	}
	textFileHome = wording.Text{
		VI: "%s được ghi tại %s; hãy sửa ở đó, ví dụ: %s, hoặc nhận về bằng lachan policy adopt %s",
		EN: "%s is written at %s; change it there, for example: %s, or adopt it by lachan policy adopt %s",
	}
	textNothingToDo = wording.Text{
		VI: "đã như vậy rồi, không có gì để thay đổi",
		EN: "it is so already, there is nothing to change",
	}
	textMistake = wording.Text{
		VI: "chính sách sẽ sai: %v; chưa ghi gì, hãy sửa rồi thử lại",
		EN: "the policy would have a mistake: %v; nothing was written, mend it and try again",
	}
	textNotChecked = wording.Text{
		VI: "chưa kiểm tra được chính sách, chưa ghi gì; hãy thử lại: %v",
		EN: "the policy could not be checked, nothing was written; try again: %v",
	}
	textHowMany = wording.Text{
		VI: "hãy chọn từ 1 đến %d yêu cầu",
		EN: "choose 1 to %d requests",
	}
	textAnswered = wording.Text{
		VI: "yêu cầu %s đã được trả lời; hãy mở lại trước khi trả lời khác",
		EN: "request %s was answered; reopen it before you answer otherwise",
	}
	textAnswerEnds = wording.Text{
		VI: "mở theo yêu cầu phải có thời hạn; hãy chọn \"lesson\" (45 phút), \"term\" (hết học kỳ) hoặc một ngày",
		EN: "what a request opens has to have an end; choose \"lesson\" (45 minutes), \"term\" (the end of term) or a day",
	}
	textReason = wording.Text{
		VI: "từ chối phải có lý do; người hỏi sẽ đọc được",
		EN: "a refusal needs a reason; those who asked can read it",
	}
	textNothingAbove = wording.Text{
		VI: "không có đơn vị cấp trên của %v để chuyển lên",
		EN: "there is no unit above %v to send it to",
	}
	textNoOrder = wording.Text{
		VI: "%s không bị chặn theo văn bản nào; hãy tự trả lời hoặc chuyển lên cấp trên",
		EN: "no document orders %s to be blocked; answer it or send it up",
	}
	textNoOutcome = wording.Text{
		VI: "%q không phải cách trả lời; hãy chọn \"open\" (mở), \"refuse\" (từ chối), \"up\" (chuyển lên cấp trên), \"authority\" (chuyển cơ quan ra văn bản) hoặc \"close\" (đóng)",
		EN: "%q is no outcome; choose \"open\", \"refuse\", \"up\" (to the unit above), \"authority\" (to who ordered the block) or \"close\"",
	}
	textNoRequest = wording.Text{
		VI: "không có yêu cầu %q, hoặc tài khoản này không được xem; lachan requests liệt kê",
		EN: "there is no request %q, or this account may not see it; lachan requests lists them",
	}
	textNoFeed = wording.Text{
		VI: "không có danh sách %q; lachan lists status liệt kê",
		EN: "there is no feed %q; lachan lists status lists them",
	}
	textListWritten = wording.Text{
		VI: "danh sách %q đã viết ở %s; hãy đặt tên khác, hoặc sửa ở đó",
		EN: "the list %q is written in %s; take another name, or change it there",
	}
	textListOfFile = wording.Text{
		VI: "danh sách %q viết ở %s; hãy xóa dòng ấy rồi nạp lại máy chủ",
		EN: "the list %q is written in %s; delete it there and reload the server",
	}
	textListUsed = wording.Text{
		VI: "danh sách này đang được dùng với tên %q theo quyết định số %d; muốn đổi thì bỏ nó trước",
		EN: "this list is used as %q by decision %d; to change it drop it first",
	}
	textListsFull = wording.Text{
		VI: "đã chọn đủ %d danh sách; hãy bỏ bớt một danh sách, hoặc viết trong lachan.yaml",
		EN: "%d lists are chosen already; drop one, or write more in lachan.yaml",
	}
	textNothingHeld = wording.Text{
		VI: "không có phiên bản nào của %s đang bị giữ lại; lachan lists status cho biết danh sách nào có",
		EN: "no version of %s is held back; lachan lists status shows which lists have one",
	}
	textNoVersion = wording.Text{
		VI: "không có phiên bản trước của %s để quay về; lachan lists status cho biết danh sách nào có",
		EN: "there is no version of %s to go back to; lachan lists status shows which lists have one",
	}
	textAccountThere = wording.Text{
		VI: "tài khoản %s đã có ở đơn vị khác; hãy chọn mã khác",
		EN: "account %s is there already, in another unit; choose another id",
	}
	textNameEmpty = wording.Text{VI: "hãy ghi tên người dùng", EN: "write the name of the person"}
	textNoToken   = wording.Text{
		VI: "khóa API không được quản lý tài khoản; hãy đăng nhập",
		EN: "a token may not manage accounts; log in",
	}
	textNoAccount = wording.Text{
		VI: "không có tài khoản %q, hoặc tài khoản này không được xem; lachan account list liệt kê",
		EN: "there is no account %q, or this one may not see it; lachan account list lists them",
	}
	textBeyond = wording.Text{
		VI: "việc này vượt quá vai trò của tài khoản này đối với %v; hãy hỏi cấp trên",
		EN: "this is beyond the role of this account over %v; ask those above",
	}
	textNoRole = wording.Text{
		VI: "không có vai trò %q; có \"school\" (trường), \"commune\" (xã, phường), \"province\" (tỉnh), \"operator\" (vận hành), \"authority\" (cơ quan ra văn bản), \"viewer\" (chỉ xem)",
		EN: "there is no role %q; there are \"school\", \"commune\", \"province\", \"operator\", \"authority\", \"viewer\"",
	}
	textNoGrant = wording.Text{
		VI: "tài khoản %q không có vai trò ấy đối với %v; lachan account list cho biết các vai trò",
		EN: "account %q has no such role over %v; lachan account list shows the roles",
	}
	textTokenName = wording.Text{
		VI: "hãy ghi tên của khóa API, để sau này biết nó dùng cho việc gì",
		EN: "write a name for the token, by which people know later what it is for",
	}
	textNoRight = wording.Text{
		VI: "không có quyền %q; các quyền: %s",
		EN: "there is no right %q; the rights are: %s",
	}
	textTokenOfOther = wording.Text{
		VI: "khóa API của tài khoản người khác chỉ được đọc, không có quyền %q: sổ ghi ai quyết định; hãy để chủ tài khoản tự tạo",
		EN: "a token of somebody else's account may only read, not %q: the ledger says who decided; let its owner make it",
	}
	textTokenEnd = wording.Text{
		VI: "%q không phải thời hạn của khóa API; hãy chọn một ngày trong vòng một năm tới",
		EN: "%q is no end of a token; choose a day within a year",
	}
	textNoSuchToken = wording.Text{
		VI: "không có khóa API %q; lachan token list liệt kê",
		EN: "there is no token %q; lachan token list lists them",
	}
	textNoLanguage = wording.Text{
		VI: "không có ngôn ngữ %q; hãy chọn \"both\" (cả hai), \"vi\" hoặc \"en\"",
		EN: "there is no language %q; choose \"both\", \"vi\" or \"en\"",
	}
	textNoNotify = wording.Text{
		VI: "không có cách báo tin %q; hãy chọn một trong %s",
		EN: "there is no way of telling %q; choose one of %s",
	}
	textNoMail = wording.Text{
		VI: "%q không phải địa chỉ thư; hãy ghi như it@school.example",
		EN: "%q is no address for mail; write it as it@school.example",
	}
	textNoWebhook = wording.Text{
		VI: "%q không phải địa chỉ webhook; phải bắt đầu bằng https://",
		EN: "%q is no address of a webhook; it has to begin with https://",
	}
	textIDOfAuthority = wording.Text{
		VI: "%q là mã của một cơ quan ra văn bản; hãy chọn mã khác cho đơn vị",
		EN: "%q is the id of an authority; choose another one for the unit",
	}
	textNoAuthority = wording.Text{
		VI: "không có cơ quan %q; các cơ quan có danh sách trong lachan.yaml (feeds: authority:) là: %s",
		EN: "there is no authority %q; those with a list in lachan.yaml (feeds: authority:) are: %s",
	}
	textTableSize = wording.Text{
		VI: "bảng phải có nội dung và nhiều nhất %d MiB",
		EN: "the table has to have something in it, and at most %d MiB",
	}
	textTable = wording.Text{
		VI: "bảng chưa dùng được: %v; hãy sửa rồi gửi lại",
		EN: "the table cannot be used: %v; mend it and hand it over again",
	}
	textNothingUsed = wording.Text{
		VI: "không dùng được dòng nào của bảng, %d dòng bị từ chối",
		EN: "no row of the table can be used, refused: %d",
	}
	textFirstRow = wording.Text{
		VI: "; dòng %d: %v; hãy sửa rồi gửi lại",
		EN: "; row %d: %v; mend it and hand it over again",
	}
	textNoOrderTable = wording.Text{
		VI: "văn bản %q của %q không có bảng nào đang hiệu lực; các văn bản có bảng là: %s",
		EN: "no table of document %q of %q is in force; documents that have one are: %s",
	}
	textNoDocument = wording.Text{
		VI: "%q không phải số văn bản; hãy ghi như 15/QĐ-A05",
		EN: "%q is no number of a document; write it as 15/QĐ-A05",
	}
	textNoDigest = wording.Text{VI: "%q không phải là mã băm SHA-256 của một hồ sơ chứng minh", EN: "%q is not the SHA-256 of an evidence pack"}
	textNoPart   = wording.Text{
		VI: "không có kỳ %q hoặc phần %q của báo cáo; hãy ghi kỳ như 2026-Q4",
		EN: "a report has no period %q or no part %q; write a period as 2026-Q4",
	}
	textLong        = wording.Text{VI: "quá dài; nhiều nhất %d byte", EN: "too long; at most %d bytes"}
	textMachineOnly = wording.Text{
		VI: "chỉ máy chủ tự ghi việc này",
		EN: "only the server itself records this",
	}
	textRecordSize = wording.Text{
		VI: "quyết định này thành bản ghi %d KiB, nhiều nhất %d KiB (gồm cả nội dung trước và sau); " +
			"hãy chia nhỏ, hoặc đưa danh sách dài vào một feed",
		EN: "this decision makes a record of %d KiB, at most %d KiB is taken (with what was before); " +
			"divide it, or put a long list into a feed",
	}
	textFirstGone = wording.Text{
		VI: "người đề nghị %d nay không còn quyền ấy; hãy đề nghị lại",
		EN: "whoever proposed %d has not that right any more; propose it anew",
	}
	textAdopt = wording.Text{
		VI: "không nhận về được %s: %v",
		EN: "%s cannot be adopted: %v",
	}
	textNoHub = wording.Text{
		VI: "máy này chưa là máy trung tâm của hệ thống; hãy chạy lachan fleet init, rồi ghi fleet.listen vào lachan.yaml",
		EN: "this machine is no hub of a fleet; run lachan fleet init, then set fleet.listen in lachan.yaml",
	}
	textNodeName = wording.Text{
		VI: "%q không làm tên nút được; hãy dùng chữ thường, số và dấu nối, như sa-pa-1",
		EN: "%q cannot be the name of a node; use lower-case letters, digits and hyphens, such as sa-pa-1",
	}
	textNoArea = wording.Text{
		VI: "không có vùng %q; vùng là các đơn vị ghi ở fleet.areas của lachan.yaml",
		EN: "there is no area %q; areas are the units that fleet.areas of lachan.yaml names",
	}
	textNoCode = wording.Text{
		VI: "mã này chưa từng được cấp, đã dùng hoặc đã hết hạn; hãy xin mã mới: lachan fleet invite TÊN",
		EN: "this code was never given out, was used, or is over; ask for another: lachan fleet invite NAME",
	}
	textNoNode = wording.Text{
		VI: "không có nút %q trong hệ thống; lachan fleet status cho biết các nút",
		EN: "the fleet has no node %q; lachan fleet status names those there are",
	}
	textHubDecides = wording.Text{
		VI: "đơn vị, hồ sơ, lịch và ngoại lệ theo danh mục của máy này do máy trung tâm %s quyết định; hãy làm việc này ở đó",
		EN: "units, profiles, timetables and exceptions for categories of this machine are decided at the hub %s; do this there",
	}
	textNoRing = wording.Text{
		VI: "không có vòng %q; vòng là \"canary\" (vài nút nhận trước) hoặc \"early\" (một phần mười)",
		EN: "there is no ring %q; rings are \"canary\" (a few nodes, first) and \"early\" (a tenth)",
	}
	textNotOnWay = wording.Text{
		VI: "danh sách %q không có lệnh nào đang trên đường tới các nút; lachan fleet status cho biết có những lệnh nào",
		EN: "no order of the list %q is on its way to the nodes; lachan fleet status says which ones are",
	}
	textNoRelease = wording.Text{
		VI: "không có bản chính sách nào đang trên đường tới các nút",
		EN: "no release of the policy is on its way to the nodes",
	}
	textNoBefore = wording.Text{
		VI: "không có bản chính sách trước để quay về",
		EN: "there is no release before to go back to",
	}
)

// Words is what people call what came of a request.
func (o Outcomes) Words() wording.Text {
	switch o {
	case Open:
		return wording.Text{VI: "đã mở", EN: "opened"}
	case Refuse:
		return wording.Text{VI: "đã từ chối", EN: "refused"}
	case SendUp, ToAuthority:
		return wording.Text{VI: "đã chuyển lên trên", EN: "sent up"}
	case Close:
		return wording.Text{VI: "đã đóng", EN: "closed"}
	}
	return wording.Text{VI: string(o), EN: string(o)}
}

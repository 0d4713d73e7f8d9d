package decide

import "lachan/internal/wording"

// What all commands say.
var (
	textFlagNeeded = wording.Text{
		VI: "thiếu %s",
		EN: "%s is missing",
	}
	textFromWrong = wording.Text{
		VI: "--from %q phải có dạng 2026-11-28T09:40:00+07:00",
		EN: "--from %q has to look like 2026-11-28T09:40:00+07:00",
	}
	textSayYes = wording.Text{
		VI: "việc này cần xác nhận: hãy thêm --yes, hoặc xem trước bằng --preview",
		EN: "this has to be confirmed: add --yes, or look first with --preview",
	}
	textSure = wording.Text{
		VI: "Ghi quyết định này? [c/K]",
		EN: "Do it? [y/N]",
	}
	textNotDone = wording.Text{
		VI: "chưa ghi gì",
		EN: "nothing was done",
	}
	textPreview = wording.Text{
		VI: "xem trước, chưa ghi gì: %s của %s",
		EN: "what would be, nothing is done: %s of %s",
	}
	textWaiting = wording.Text{
		VI: "đề nghị số %d: %s của %s; chờ người thứ hai trong 72 giờ (lachan ledger confirm %[1]d)",
		EN: "proposal no. %d: %s of %s; a second person confirms within 72 hours (lachan ledger confirm %[1]d)",
	}
	textDone = wording.Text{
		VI: "đã ghi, quyết định số %d: %s của %s; hoàn tác bằng lachan ledger undo %[1]d",
		EN: "done, record no. %d: %s of %s; lachan ledger undo %[1]d takes it back",
	}
	textImpact = wording.Text{
		VI: "  đơn vị và nhóm liên quan: %d; bây giờ mở thêm %d, chặn thêm %d; trong giờ học mở thêm %d, chặn thêm %d",
		EN: "  units and groups: %d; now opened for %d, blocked for %d; during lessons opened for %d, blocked for %d",
	}
	textVoid = wording.Text{
		VI: "  không có tác dụng, vì %s",
		EN: "  it has no effect, because of %s",
	}
	textSecret = wording.Text{
		VI: "  chỉ hiện một lần, hãy cất ngay: %s",
		EN: "  shown once, keep it now: %s",
	}
	textAll = wording.Text{
		VI: "tất cả",
		EN: "all",
	}
	textNoEnd = wording.Text{
		VI: "không hạn",
		EN: "no end",
	}
	textWritten = wording.Text{
		VI: "đã ghi %s, %d byte",
		EN: "wrote %s, %d bytes",
	}
	textNoFile = wording.Text{
		VI: "không ghi được tệp: %v; hãy chọn tên tệp chưa có bằng --out",
		EN: "the file could not be written: %v; name one that is not there with --out",
	}
)

// lachan except.
var (
	textExcept = wording.Text{
		VI: "mở hoặc chặn một tên cho một đơn vị, có thời hạn",
		EN: "open or block a name for a unit, with an end",
	}
	textExceptLong = wording.Text{
		VI: "Một ngoại lệ có hiệu lực ngay, không cần nạp lại chính sách, và được ghi thành một dòng của sổ quyết định. policy.yaml không bị sửa.",
		EN: "An exception is in force at once, with no reload, and is one record of the ledger. policy.yaml stays as it is.",
	}
	textExceptAdd = wording.Text{
		VI: "mở (hoặc chặn) một tên cho một đơn vị",
		EN: "open (or block) a name for a unit",
	}
	textExceptAddLong = wording.Text{
		VI: "NAME là một tên miền cùng mọi tên bên dưới, service:MÃ (một dịch vụ), hoặc category:MÃ (một nhóm); xem các mã bằng `lachan catalogue`. Tên đã bị đơn vị cấp trên khóa thì không mở được ở đây.",
		EN: "NAME is a domain with all below it, service:CODE, or category:CODE; `lachan catalogue` has the codes. What a unit above has locked cannot be opened here.",
	}
	textExceptEnd = wording.Text{
		VI: "kết thúc một ngoại lệ trước hạn",
		EN: "end an exception before its time",
	}
	textExceptList = wording.Text{
		VI: "liệt kê các ngoại lệ",
		EN: "list exceptions",
	}
	textExceptNone = wording.Text{
		VI: "không có ngoại lệ nào",
		EN: "there are no exceptions",
	}
	textExceptLine = wording.Text{
		VI: "%d: %s %s, từ %s đến %s, %s",
		EN: "%d: %s %s, from %s to %s, %s",
	}
	textOrphan = wording.Text{
		VI: " (mồ côi: đơn vị không còn)",
		EN: " (orphan: the unit is gone)",
	}
	textVoidBy = wording.Text{
		VI: " (không tác dụng vì %s)",
		EN: " (void because of %s)",
	}
	textEnded = wording.Text{
		VI: " (đã hết hạn)",
		EN: " (ended)",
	}
)

// lachan requests, while a server runs.
var (
	textRequestsNone = wording.Text{
		VI: "không có yêu cầu nào đang chờ",
		EN: "no request is open",
	}
	textRequestLine = wording.Text{
		VI: "%s: %s mở %s (%s), hỏi %d lần, đã chờ %s trong %s giờ học",
		EN: "%s: %s asks for %s (%s), times: %d, waited %s of %s school hours",
	}
	textAnswered = wording.Text{
		VI: " = %s, bởi %s: %s",
		EN: " = %s by %s: %s",
	}
	textFollows = wording.Text{
		VI: "hỏi lại sau khi yêu cầu %s đã được trả lời",
		EN: "asked again after request %s was answered",
	}
	textLockedBy = wording.Text{
		VI: " (khóa bởi %s)",
		EN: " (locked by %s)",
	}
	textLate = wording.Text{
		VI: " (quá hạn)",
		EN: " (late)",
	}
	textReject = wording.Text{
		VI: "bỏ bản đang bị giữ lại của một danh sách, và ghi vào sổ quyết định",
		EN: "drop the version of a list that is held back, and record it",
	}
	textBy = wording.Text{
		VI: "thay mặt %s",
		EN: "on behalf of %s",
	}
)

// lachan ledger.
var (
	textLedger = wording.Text{
		VI: "xem, kiểm tra, hoàn tác trong sổ quyết định",
		EN: "show, verify and undo what was decided",
	}
	textLedgerLong = wording.Text{
		VI: "Mọi quyết định trong bảng điều khiển, API và dòng lệnh là một dòng của sổ: ai, lúc nào, đổi gì, vì sao. Các dòng nối nhau bằng mã băm và được ký, nên sửa hay xóa một dòng là lộ.",
		EN: "Whatever is decided in the console, the API or the commands is one record: who, when, what, why. Records are chained by hashes and signed, so that a record changed or removed is found out.",
	}
	textLedgerShow = wording.Text{
		VI: "in các quyết định, hoặc một quyết định với trước và sau",
		EN: "print the records, or one of them with before and after",
	}
	textLedgerNone = wording.Text{
		VI: "sổ chưa có quyết định nào",
		EN: "no record is there",
	}
	textRecord = wording.Text{
		VI: "%d  %s  %s (%s, %s)  %s %s, %s",
		EN: "%d  %s  %s (%s, %s)  %s %s, %s",
	}
	textVerify = wording.Text{
		VI: "đọc lại cả sổ và kiểm tra chuỗi, chữ ký và kết quả",
		EN: "read the whole ledger again: chain, signatures and what comes of it",
	}
	textVerifyLong = wording.Text{
		VI: "Không cần máy chủ chạy; DIR là một bản sao của sổ, FILE.tar là tệp đã xuất. Trạng thái thoát là 1 nếu có dòng không đúng; dòng sai đầu tiên được nêu tên.",
		EN: "No server has to run; DIR is a copy of a ledger, FILE.tar an export. The exit status is 1 if a record is not what it was; the first one is named.",
	}
	textVerified = wording.Text{
		VI: "sổ nguyên vẹn: %d quyết định, đầu sổ %s",
		EN: "the ledger is whole: %d records, head %s",
	}
	textBroken = wording.Text{
		VI: "sổ không còn nguyên vẹn từ quyết định %d (%s dòng %d): %v; hãy giữ nguyên các tệp, khôi phục từ bản sao, và báo người vận hành",
		EN: "the ledger is not what it was from record %d on (%s line %d): %v; keep the files, restore from a copy, tell the operator",
	}
	textNoLedger = wording.Text{
		VI: "không đọc được sổ ở %s: %v; hãy chỉ đúng thư mục ledger của state_dir, hoặc chạy với quyền của chủ thư mục",
		EN: "the ledger in %s cannot be read: %v; name the folder ledger of a state_dir, or run as its owner",
	}
	textExport = wording.Text{
		VI: "ghi cả sổ ra một tệp JSON, mỗi dòng một quyết định",
		EN: "write the ledger as JSON, a record a line",
	}
	textExportLong = wording.Text{
		VI: "Tệp .tar có đủ để kiểm tra trên máy khác (lachan ledger verify TỆP.tar), không có khóa bí mật; tệp .jsonl chỉ có các dòng.",
		EN: "A .tar has all that verifying takes on another machine (lachan ledger verify FILE.tar), without the private key; a .jsonl has the lines alone.",
	}
	textUndo = wording.Text{
		VI: "hoàn tác một quyết định bằng một quyết định mới",
		EN: "take a record back, by a record of its own",
	}
	textUndoLong = wording.Text{
		VI: "Không hoàn tác được nếu một quyết định sau đó dựa trên nó: hãy hoàn tác quyết định sau trước.",
		EN: "It is refused if something later stands on it: undo that first.",
	}
	textProposals = wording.Text{
		VI: "những việc đang chờ người thứ hai",
		EN: "what waits for a second person",
	}
	textProposalsNone = wording.Text{
		VI: "không có việc nào chờ người thứ hai",
		EN: "nothing waits for a second person",
	}
	textProposal = wording.Text{
		VI: "%d: %s đề nghị %s %s của %s, chờ đến %s: %s",
		EN: "%d: %s proposes %s %s of %s, until %s: %s",
	}
	textConfirm = wording.Text{
		VI: "xác nhận một đề nghị, với tư cách người thứ hai",
		EN: "confirm a proposal, as the second person",
	}
	textDecline = wording.Text{
		VI: "bác một đề nghị",
		EN: "drop a proposal",
	}
)

// lachan policy.
var (
	textPolicy = wording.Text{
		VI: "nhận một đơn vị của policy.yaml về sổ, và xuất tất cả ra một tệp",
		EN: "take a unit of policy.yaml over, and write all as one file",
	}
	textPolicyLong = wording.Text{
		VI: "Mỗi đơn vị có một nơi: policy.yaml (hoặc bảng CSV), hoặc sổ quyết định. Chương trình không bao giờ sửa tệp do người viết.",
		EN: "Each unit is at home in one place: policy.yaml (or a table), or the ledger. The program never writes a file that people write.",
	}
	textAdopt = wording.Text{
		VI: "nhận một đơn vị về sổ quyết định",
		EN: "take a unit over into the ledger",
	}
	textAdoptLong = wording.Text{
		VI: "In ra các dòng phải xóa trong policy.yaml; sau khi xóa và nạp lại, đơn vị được sửa bằng bảng điều khiển và API.",
		EN: "It prints the lines to delete in policy.yaml; once they are, and it is reloaded, the unit is changed by console and API.",
	}
	textPolicyExport = wording.Text{
		VI: "ghi chính sách đang dùng thành một policy.yaml",
		EN: "write the policy in force as one policy.yaml",
	}
	textPolicyExportLong = wording.Text{
		VI: "Gồm policy.yaml, các bảng và sổ quyết định; tệp ấy đứng một mình được.",
		EN: "It has policy.yaml, the tables and the ledger in it, and stands alone.",
	}
)

// lachan account.
var (
	textAccount = wording.Text{
		VI: "người được đăng nhập, và vai trò của họ",
		EN: "people who may log in, and their roles",
	}
	textAccountLong = wording.Text{
		VI: "Vai trò: \"school\" (trường), \"commune\" (xã, phường), \"province\" (tỉnh), \"operator\" (vận hành), \"authority\" (cơ quan ra văn bản), \"viewer\" (chỉ xem); mỗi vai trò trên một đơn vị và các đơn vị bên dưới. \"province\" và \"operator\" cần người thứ hai xác nhận.",
		EN: "Roles: \"school\", \"commune\", \"province\", \"operator\", \"authority\", \"viewer\"; each over a unit and all below it. A second person confirms \"province\" and \"operator\".",
	}
	textAccountAdd = wording.Text{
		VI: "thêm một tài khoản, chưa có vai trò nào",
		EN: "add an account, with no role yet",
	}
	textAccountAddLong = wording.Text{
		VI: "In ra mã dùng một lần; người ấy đặt mật khẩu bằng mã đó.",
		EN: "It prints a code that is used once; the person sets a password with it.",
	}
	textGrant = wording.Text{
		VI: "giao một vai trò trên một đơn vị",
		EN: "give a role over a unit",
	}
	textGrantLong = wording.Text{
		VI: "ROLE là \"school\" (trường), \"commune\" (xã, phường), \"province\" (tỉnh), \"operator\" (vận hành), \"authority\" (cơ quan ra văn bản), \"viewer\" (chỉ xem).",
		EN: "ROLE is \"school\", \"commune\", \"province\", \"operator\", \"authority\", \"viewer\".",
	}
	textRevoke = wording.Text{
		VI: "thu một vai trò lại",
		EN: "take a role away",
	}
	textReset = wording.Text{
		VI: "bỏ mật khẩu, mã hai lớp và mọi phiên của một tài khoản, in mã mới dùng một lần",
		EN: "take the password, second factors and sessions of an account away, and print a new code",
	}
	textResetLong = wording.Text{
		VI: "Dùng khi một người mất điện thoại hoặc quên mật khẩu. Vai trò của họ vẫn giữ nguyên.",
		EN: "For somebody who lost a phone or forgot a password. Their roles stay.",
	}
	textRemove = wording.Text{
		VI: "xóa một tài khoản, cùng vai trò, phiên và mã của nó",
		EN: "remove an account, with its roles, sessions and tokens",
	}
	textAccountList = wording.Text{
		VI: "liệt kê các tài khoản và vai trò",
		EN: "list accounts and their roles",
	}
	textAccountNone = wording.Text{
		VI: "chưa có tài khoản nào",
		EN: "there are no accounts",
	}
	textAccountLine = wording.Text{
		VI: "%s: %s, %s",
		EN: "%s: %s, %s",
	}
	textGrantLine = wording.Text{
		VI: "%s trên %s, đến %s",
		EN: "%s over %s, until %s",
	}
)

// lachan token.
var (
	textToken = wording.Text{
		VI: "mã để chương trình dùng API",
		EN: "tokens by which programs use the API",
	}
	textTokenLong = wording.Text{
		VI: "Một mã làm được phần chung của quyền của nó và quyền của chủ nó, nhiều nhất một năm, và không tạo được mã khác.",
		EN: "A token may do what its scopes and its owner have in common, at most for a year, and makes no other.",
	}
	textTokenAdd = wording.Text{
		VI: "tạo một mã; mã chỉ hiện một lần",
		EN: "make a token; it is shown once",
	}
	textTokenAddLong = wording.Text{
		VI: "Gửi nó trong \"Authorization: Bearer lachan_...\". Mặc định chỉ đọc.",
		EN: "Send it as \"Authorization: Bearer lachan_...\". By default it reads only.",
	}
	textTokenEnd = wording.Text{
		VI: "kết thúc một mã",
		EN: "end a token",
	}
	textTokenList = wording.Text{
		VI: "liệt kê các mã của một tài khoản",
		EN: "list the tokens of an account",
	}
	textTokenNone = wording.Text{
		VI: "tài khoản này không có mã nào",
		EN: "the account has no tokens",
	}
	textTokenLine = wording.Text{
		VI: "%s: %s, quyền %s, %s, đến %s, dùng lần cuối %s",
		EN: "%s: %s, scopes %s, %s, until %s, last used %s",
	}
)

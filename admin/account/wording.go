package account

import "lachan/internal/wording"

// What people are told of accounts.

var roleNames = map[Role]wording.Text{
	School:    {VI: "trường", EN: "school"},
	Commune:   {VI: "xã, phường", EN: "commune"},
	Province:  {VI: "tỉnh", EN: "province"},
	Operator:  {VI: "người vận hành", EN: "operator"},
	Authority: {VI: "cơ quan ra văn bản", EN: "authority"},
	Viewer:    {VI: "người xem", EN: "viewer"},
	Machine:   {VI: "người quản trị máy chủ", EN: "administrator of the machine"},
}

var rightNames = map[Right]wording.Text{
	View:        {VI: "xem", EN: "view"},
	Answer:      {VI: "trả lời yêu cầu", EN: "answer requests"},
	Except:      {VI: "đặt ngoại lệ", EN: "make exceptions"},
	Structure:   {VI: "sửa đơn vị, hồ sơ, quy tắc", EN: "change units, profiles, rules"},
	Calendar:    {VI: "sửa lịch", EN: "change calendars"},
	Lock:        {VI: "khóa, mở khóa", EN: "lock and lift"},
	Lists:       {VI: "duyệt danh sách", EN: "approve lists"},
	Order:       {VI: "giao và thi hành văn bản", EN: "hand over and carry out orders"},
	ReadOrders:  {VI: "xem văn bản", EN: "read orders"},
	Release:     {VI: "tung bản mới", EN: "advance releases"},
	Hold:        {VI: "dừng bản mới", EN: "hold releases"},
	Report:      {VI: "lập báo cáo", EN: "make reports"},
	ReadReports: {VI: "xem báo cáo", EN: "read reports"},
	Accounts:    {VI: "quản lý người dùng", EN: "manage accounts"},
	Audit:       {VI: "xem sổ quyết định", EN: "read the ledger"},
}

var (
	textName = wording.Text{
		VI: "tên đăng nhập có từ %d đến %d ký tự: chữ thường không dấu, chữ số và . _ @ -",
		EN: "a name to log in by has %d to %d characters: small letters of English, digits and . _ @ -",
	}
	textNameTaken = wording.Text{VI: "đã có người dùng %s; hãy chọn tên khác", EN: "there is an account %s; choose another name"}
	textNoAccount = wording.Text{
		VI: "không có người dùng này; xem danh sách bằng: lachan account list",
		EN: "there is no such account; lachan account list shows those there are",
	}
	textFull = wording.Text{
		VI: "đã có %d người dùng, nhiều nhất có thể; hãy xóa những người không dùng nữa",
		EN: "there are %d accounts, the most there can be; remove those that are not used any more",
	}
	textWrong = wording.Text{
		VI: "tên hoặc mật khẩu không đúng; nếu quên, hãy nhờ người quản lý tài khoản đặt lại",
		EN: "the name or the password is wrong; if it is forgotten, ask those who manage the accounts to reset it",
	}
	textWrongOld  = wording.Text{VI: "mật khẩu đang dùng không đúng", EN: "the password that is in use is another one"}
	textWrongCode = wording.Text{
		VI: "mã không đúng, đã hết hạn hoặc đã dùng; hãy chờ mã tiếp theo, hoặc dùng một mã khôi phục",
		EN: "the code is wrong, over or used; wait for the next one, or use a recovery code",
	}
	textWrongInvite = wording.Text{
		VI: "tên hoặc mã không đúng, hay mã đã hết hạn; hãy xin mã mới ở người quản lý tài khoản",
		EN: "the name or the code is wrong, or the code is over; ask those who manage the accounts for a new one",
	}
	textWrongFirst = wording.Text{
		VI: "mã không đúng hoặc đã hết hạn; khởi động lại để có mã mới, hoặc dùng: lachan account add",
		EN: "the code is wrong or over; start the server again for a new one, or use lachan account add",
	}
	textFirst = wording.Text{
		VI: "chưa có người dùng nào; mã để tạo người đầu tiên, dùng một lần đến %[2]s: %[1]s",
		EN: "there is no account yet; the code that makes the first one, once, until %[2]s: %[1]s",
	}
	textTOTPLost = wording.Text{
		VI: "khóa của ứng dụng tạo mã không đọc được nữa (secret.key đã thay); hãy dùng mã khôi phục, hoặc nhờ đặt lại trên máy chủ: lachan account reset",
		EN: "the key of the app cannot be read any more (secret.key is another one); use a recovery code, or have it reset on the machine: lachan account reset",
	}
	textTooSoon = wording.Text{
		VI: "đã sai nhiều lần; hãy thử lại sau %d giây",
		EN: "too many tries failed; try again in %d seconds",
	}
	textBusy         = wording.Text{VI: "máy chủ đang bận kiểm tra mật khẩu; hãy thử lại sau một giây", EN: "too many passwords are being checked; try again in a second"}
	textSessionEnded = wording.Text{VI: "phiên đã hết; hãy đăng nhập lại", EN: "the session has ended; log in again"}
	textTokenEnded   = wording.Text{VI: "khóa API không đúng, đã hết hạn hoặc đã bị hủy; hãy tạo khóa mới", EN: "the token is wrong, over or ended; make a new one"}
	textStepUp       = wording.Text{VI: "việc này cần yếu tố thứ hai; hãy nhập mã rồi làm lại", EN: "this takes the second factor; enter a code and do it again"}
	textProvided     = wording.Text{VI: "người dùng này đăng nhập qua %s, nên không có mật khẩu ở đây", EN: "this account is logged in by %s, and has no password here"}
	textNoProvider   = wording.Text{VI: "chưa cấu hình đăng nhập qua nhà cung cấp (console.oidc)", EN: "no provider is configured to log in by (console.oidc)"}
	textProviderDown = wording.Text{
		VI: "nhà cung cấp đăng nhập không trả lời; hãy thử lại, hoặc đăng nhập bằng mật khẩu",
		EN: "the provider does not answer; try again, or log in by a password",
	}
	textNotYours = wording.Text{
		VI: "lần đăng nhập này không bắt đầu ở trình duyệt này, hoặc đã quá 10 phút; hãy bắt đầu lại",
		EN: "this login was not begun in this browser, or more than 10 minutes ago; begin again",
	}
	textProviderRefused = wording.Text{
		VI: "nhà cung cấp đăng nhập không xác nhận; hãy bắt đầu lại",
		EN: "the provider does not vouch for this login; begin again",
	}
	textNothingGranted = wording.Text{
		VI: "đã biết %s là ai, nhưng người này chưa được giao quyền nào; hãy liên hệ %s (mã: %s)",
		EN: "%s is known, and was granted nothing yet; ask %s (subject: %s)",
	}
	textAskAnybody = wording.Text{VI: "người quản trị hệ thống lọc", EN: "the administrator of the filter"}
	textNoPasskeys = wording.Text{
		VI: "passkey chỉ dùng được khi console.url là https:// kèm tên miền, với chứng chỉ mà trình duyệt tin; hãy dùng ứng dụng tạo mã",
		EN: "passkeys work only where console.url is https:// and a name, with a certificate that browsers trust; use an app that makes codes",
	}
	textPasskeyRefused = wording.Text{
		VI: "thiết bị không xác nhận được, hoặc đã quá 5 phút; hãy bắt đầu lại",
		EN: "the device could not prove it, or took more than 5 minutes; begin again",
	}
	textPasskeysFull = wording.Text{
		VI: "đã có %d passkey, nhiều nhất có thể; hãy xóa cái không dùng nữa",
		EN: "there are %d passkeys, the most there can be; remove one that is not used any more",
	}
	textNoPending    = wording.Text{VI: "chưa có ứng dụng nào chờ xác nhận; hãy bắt đầu lại", EN: "no app waits to be confirmed; begin again"}
	textNoFactor     = wording.Text{VI: "mã khôi phục thay cho yếu tố thứ hai, mà người dùng này chưa có", EN: "recovery codes stand for a second factor, and this account has none"}
	textNoPasskey    = wording.Text{VI: "không có passkey này", EN: "there is no such passkey"}
	textNoSession    = wording.Text{VI: "không có phiên này; có lẽ nó đã hết", EN: "there is no such session; it may have ended"}
	textNoToken      = wording.Text{VI: "không có khóa API này; có lẽ nó đã bị hủy", EN: "there is no such token; it may have been ended"}
	textTokenOfToken = wording.Text{VI: "khóa API không tạo được khóa khác; hãy đăng nhập", EN: "a token makes no other token; log in"}
	textScope        = wording.Text{VI: "không có quyền nào tên là %s", EN: "there is no right called %s"}
	textTokenUntil   = wording.Text{VI: "khóa API phải hết hạn sau hôm nay và trong vòng một năm", EN: "a token ends after today and within a year"}
	textTokensFull   = wording.Text{
		VI: "nhiều nhất %d khóa API cho một người, %d cho tất cả; hãy hủy những khóa không dùng nữa",
		EN: "an account has at most %d tokens, all together %d; end those that are not used any more",
	}
)

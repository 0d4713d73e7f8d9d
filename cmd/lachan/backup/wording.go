package backup

import "lachan/internal/wording"

// A refusal says in both languages what is wrong and what to do.
type refusal struct{ text wording.Text }

func (r *refusal) Error() string         { return r.text.String() }
func (r *refusal) Wording() wording.Text { return r.text }

func refuse(text wording.Text, args ...any) error {
	if len(args) > 0 {
		text = text.With(args...)
	}
	return &refusal{text}
}

// What is said of commands and flags.
var (
	textBackup = wording.Text{
		VI: "sao lưu mọi dữ liệu của máy chủ vào một tệp, kể cả khi máy chủ đang chạy",
		EN: "writes all that the server keeps into one file, also while it runs",
	}
	textBackupLong = wording.Text{
		VI: "Trong tệp có sổ quyết định, tài khoản, số liệu, yêu cầu, văn bản, địa chỉ đã liên kết, bản tốt gần nhất của các " +
			"danh sách, khoá, và các tệp cấu hình. Tệp được mã hoá bằng age cho một khoá công khai hay một mật khẩu. Không mã " +
			"hoá thì không có khoá và tài khoản trong tệp.",
		EN: "In it are the ledger, accounts, statistics, requests, orders, linked addresses, the last good copies of lists, " +
			"keys, and the files of the configuration. It is encrypted by age for a public key or with a passphrase. Without " +
			"that there are no keys and no accounts in it.",
	}
	textRestore = wording.Text{
		VI: "đưa dữ liệu của một tệp sao lưu vào state_dir, trọn vẹn hoặc không gì cả",
		EN: "puts the state of a backup into state_dir, whole or not at all",
	}
	textRestoreLong = wording.Text{
		VI: "Máy chủ phải dừng trước. Dữ liệu đang có được giữ lại dưới một tên khác bên cạnh. Các tệp cấu hình nằm trong " +
			"state_dir/config để bạn tự chép.",
		EN: "The server has to be stopped. The state that is there is kept under another name beside it. The files of the " +
			"configuration are put into state_dir/config, for you to copy.",
	}
	textDowngrade = wording.Text{
		VI: "cho biết một bản chương trình cũ hơn có đọc được dữ liệu đang có không",
		EN: "tells whether an older build can read the state that is there",
	}
	textDowngradeLong = wording.Text{
		VI: "Trước khi một bản mới ghi theo dạng mới, dữ liệu cũ được giữ trong state_dir/.before-PHIÊN_BẢN.",
		EN: "Before a new build writes a new format, the state is kept as it was in state_dir/.before-VERSION.",
	}
	textFlagAge            = wording.Text{VI: "khoá công khai age1... được mở tệp; có thể ghi nhiều lần", EN: "a public key age1... that may open it; may be repeated"}
	textFlagPassphrase     = wording.Text{VI: "tệp có mật khẩu ở dòng đầu", EN: "a file with a passphrase in its first line"}
	textFlagOpen           = wording.Text{VI: "không mã hoá, và không có khoá, tài khoản trong tệp", EN: "not encrypted, without keys and accounts"}
	textFlagIdentity       = wording.Text{VI: "tệp có khoá bí mật AGE-SECRET-KEY-...", EN: "a file with the secret key AGE-SECRET-KEY-..."}
	textFlagPassphraseOpen = wording.Text{VI: "tệp có mật khẩu ở dòng đầu", EN: "a file with the passphrase in its first line"}
	textFlagDryRun         = wording.Text{VI: "chỉ kiểm tra tệp và cho biết sẽ thay đổi gì", EN: "only checks the file and tells what would change"}
	textFlagForce          = wording.Text{VI: "thay dữ liệu đang có, kể cả khi sổ quyết định mới hơn", EN: "in place of the state that is there, even if its ledger is newer"}
)

// What is said of what was done.
var (
	textProgress        = wording.Text{VI: "sao lưu, MiB", EN: "backing up, MiB"}
	textProgressRestore = wording.Text{VI: "đọc tệp sao lưu, MiB", EN: "reading the backup, MiB"}
	textWritten         = wording.Text{
		VI: "đã ghi %s: %d tệp, %d MiB, nén còn %d MiB; quyết định cuối số %d",
		EN: "wrote %s: %d files, %d MiB, packed in %d MiB; last decision no. %d",
	}
	textNoSecrets = wording.Text{
		VI: "trong tệp không có khoá và tài khoản: máy khôi phục từ tệp này sẽ tạo khoá mới và tài khoản đầu tiên mới",
		EN: "there are no keys and no accounts in it: a server restored from it makes new keys and a new first account",
	}
	textWhole = wording.Text{
		VI: "%s nguyên vẹn: tạo lúc %s bằng bản %s, %d tệp, %d MiB, quyết định cuối số %d",
		EN: "%s is whole: made %s by version %s, %d files, %d MiB, last decision no. %d",
	}
	textDifference = wording.Text{
		VI: "chưa thay đổi gì. Sẽ thêm %d tệp, thay %d, giữ nguyên %d, bỏ %d; quyết định cuối từ số %d thành số %d",
		EN: "nothing was changed. It would add %d files, change %d, leave %d, take away %d; last decision no. %d would become no. %d",
	}
	textBefore = wording.Text{
		VI: "dữ liệu trước đó nằm ở %s; xoá khi không còn cần",
		EN: "the state from before is in %s; remove it when it is not needed any more",
	}
	textNoSecretsIn = wording.Text{
		VI: "tệp không có khoá và tài khoản: lần chạy tới sẽ cho mã để tạo tài khoản đầu tiên",
		EN: "it had no keys and no accounts: the next start tells the code for the first account",
	}
	textRestored = wording.Text{
		VI: "đã khôi phục vào %s; các tệp cấu hình nằm ở %s. Chạy máy chủ: sudo systemctl start lachan",
		EN: "restored into %s; the files of the configuration are in %s. Start the server: sudo systemctl start lachan",
	}
	textDowngradeFine = wording.Text{
		VI: "bản %s đọc được dữ liệu đang có",
		EN: "version %s can read the state that is there",
	}
)

// What is refused.
var (
	textHow = wording.Text{
		VI: "hãy chọn đúng một cách: --age KHOÁ_CÔNG_KHAI, --passphrase-file TỆP, hoặc --without-secrets",
		EN: "choose one of --age PUBLIC_KEY, --passphrase-file FILE and --without-secrets",
	}
	textBadRecipient = wording.Text{
		VI: "%q không phải khoá công khai của age; tạo bằng age-keygen",
		EN: "%q is no public key of age; age-keygen makes one",
	}
	textBadIdentity = wording.Text{
		VI: "%s không có khoá bí mật của age (AGE-SECRET-KEY-...)",
		EN: "%s has no secret key of age (AGE-SECRET-KEY-...)",
	}
	textNoPassphrase = wording.Text{
		VI: "dòng đầu của %s trống; hãy ghi mật khẩu vào đó",
		EN: "the first line of %s is empty; write the passphrase there",
	}
	textKeyNeeded = wording.Text{
		VI: "tệp đã mã hoá; hãy thêm --identity TỆP hoặc --passphrase-file TỆP",
		EN: "it is encrypted; add --identity FILE or --passphrase-file FILE",
	}
	textWrongKey = wording.Text{
		VI: "không mở được bằng khoá này, hoặc phần đầu của tệp đã hỏng (%v)",
		EN: "this key does not open it, or the beginning of the file is damaged (%v)",
	}
	textForeign = wording.Text{
		VI: "đây không phải tệp do lachan backup tạo ra",
		EN: "this is no file that lachan backup has made",
	}
	textNewer = wording.Text{
		VI: "tệp do bản mới hơn tạo ra (%s); hãy dùng bản đó để khôi phục",
		EN: "it was made by a newer version (%s); restore it with that",
	}
	textNewerFormats = wording.Text{
		VI: "tệp do bản %s tạo ra, bản này chưa đọc được phần: %s; hãy dùng bản đó để khôi phục",
		EN: "it was made by version %s, and this one does not read its parts %s; restore it with that version",
	}
	textTooMuch = wording.Text{
		VI: "tệp ghi rằng nó chứa nhiều hơn mức cho phép (1 TiB, 2.000.000 tệp)",
		EN: "it says that it holds more than it may (1 TiB, 2,000,000 files)",
	}
	textBadName = wording.Text{
		VI: "trong tệp có tên không được phép: %q; không đưa gì vào",
		EN: "it has a name in it that it may not have: %q; nothing was put in",
	}
	textUnlisted = wording.Text{
		VI: "trong tệp có phần không có trong bản kê của nó; không đưa gì vào",
		EN: "there is something in it that its manifest does not list; nothing was put in",
	}
	textCut = wording.Text{
		VI: "tệp bị cụt ở phần %s; không đưa gì vào. Hãy chép lại tệp, hoặc dùng một bản sao lưu khác",
		EN: "it ends early, in %s; nothing was put in. Copy the file again, or take another backup",
	}
	textDamaged = wording.Text{
		VI: "tệp bị hỏng ở phần %s (%v); không đưa gì vào. Hãy chép lại tệp, hoặc dùng một bản sao lưu khác",
		EN: "it is damaged in %s (%v); nothing was put in. Copy the file again, or take another backup",
	}
	textNoRoom = wording.Text{
		VI: "cần %d MiB ở %s, chỉ còn %d MiB; dữ liệu đang có không thay đổi",
		EN: "%d MiB are needed in %s, %d MiB are left; the state that is there was not changed",
	}
	textNoRoomBeside = wording.Text{
		VI: "không tạo được thư mục trong %s (%v); hãy chạy bằng sudo",
		EN: "cannot make a folder in %s (%v); run it with sudo",
	}
	textCannotSwap = wording.Text{
		VI: "không đổi được tên %s (%v). Nếu đó là một ổ đĩa riêng, hãy khôi phục vào thư mục khác bằng --state_dir rồi chép vào",
		EN: "cannot rename %s (%v). If it is a disk of its own, restore into another folder with --state_dir and copy that",
	}
	textRuns = wording.Text{
		VI: "máy chủ đang chạy; hãy dừng nó trước: sudo systemctl stop lachan",
		EN: "the server runs; stop it first: sudo systemctl stop lachan",
	}
	textOlderLedger = wording.Text{
		VI: "sổ quyết định trong tệp cũ hơn: tới số %d, ở đây đã tới số %d. Thêm --force nếu thật muốn bỏ những quyết định sau đó",
		EN: "the ledger in it is older: up to no. %d, here it is at no. %d. Add --force if you want to lose what was decided since",
	}
	textThere = wording.Text{
		VI: "%s đã có dữ liệu; xem trước bằng --dry-run, thay bằng --force",
		EN: "%s has a state in it; --dry-run shows what would change, --force takes its place",
	}
	textNoProgram = wording.Text{
		VI: "%s không cho biết phiên bản (%v); hãy chỉ tới tệp chương trình lachan của bản kia",
		EN: "%s does not tell its version (%v); name the file of the other build of lachan",
	}
	textDowngradeNot = wording.Text{
		VI: "bản %s không đọc được phần: %s. Dữ liệu trước lần nâng cấp nằm ở %s: dừng máy chủ, đưa thư mục đó vào chỗ của %s",
		EN: "version %s cannot read the parts %s. The state before the upgrade is in %s: stop the server and put it in place of %s",
	}
	textDowngradeNone = wording.Text{
		VI: "bản %s không đọc được phần: %s, và không có dữ liệu trước lần nâng cấp; hãy khôi phục từ một bản sao lưu cũ hơn",
		EN: "version %s cannot read the parts %s, and there is no state from before the upgrade; restore an older backup",
	}
)

package packed

import (
	"errors"

	"lachan/internal/wording"
)

// Why something packed is not read, and what to do.
var (
	textLarge = wording.Text{
		VI: "tệp nén bung ra lớn hơn max_bytes của nguồn; nếu đúng là như vậy, hãy tăng max_bytes",
		EN: "the file unpacks to more than the feed's max_bytes; if that is right, raise max_bytes",
	}
	textFiles = wording.Text{
		VI: "tệp nén có quá %d tệp; hãy trỏ url tới một danh sách, hoặc tới tệp nén của một nhóm nội dung",
		EN: "the archive has more than %d files; point url to one list, or to the archive of one category",
	}
	textSeveral = wording.Text{
		VI: "tệp nén có nhiều nhóm nội dung, mà một nguồn chỉ là một nhóm (%v); hãy trỏ url tới tệp nén của riêng nhóm cần dùng",
		EN: "the archive has several categories and a feed is one (%v); point url to the archive of the category you want",
	}
	textOther = wording.Text{
		VI: "danh sách được nén theo kiểu không đọc được (%v); đọc được gz, zst, xz, bz2, tar và zip, hãy hỏi đơn vị cung cấp tệp kiểu ấy, hoặc bung ra trước",
		EN: "the list is packed in a way that is not read (%v); gz, zst, xz, bz2, tar and zip are: ask the publisher for one of these, or unpack it first",
	}
	textDamaged = wording.Text{
		VI: "dữ liệu nén của danh sách bị hỏng; hãy tải lại, nếu kéo dài hãy báo đơn vị cung cấp",
		EN: "the compressed data of the list are damaged; fetch it again, tell the publisher if this goes on",
	}
)

// Explain says for people why Lists did not open something; it is not ok for errors
// of others.
func Explain(err error) (text wording.Text, ok bool) {
	switch {
	case errors.Is(err, ErrTooLarge):
		return textLarge, true
	case errors.Is(err, ErrFiles):
		return textFiles.With(MaxFiles), true
	case errors.Is(err, ErrSeveral):
		return textSeveral.With(err), true
	case errors.Is(err, ErrOther):
		return textOther.With(err), true
	case errors.Is(err, ErrDamaged):
		return textDamaged, true
	}
	return wording.Text{}, false
}

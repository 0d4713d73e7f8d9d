// Package finding says in each language what is wrong with a record of a ledger. The ledger
// itself knows the English alone.
package finding

import (
	"errors"
	"strings"

	"lachan/admin/ledger"
	"lachan/internal/wording"
)

// Text is what an error of verifying a ledger, or of putting one together, says of a record,
// without the place of it.
func Text(err error) wording.Text {
	var bad *ledger.Bad
	for errors.As(err, &bad) {
		err = bad.What
	}
	if errors.Is(err, ledger.ErrUnread) { // why it cannot be is of the parser
		return wording.Text{VI: inVietnamese[ledger.ErrUnread], EN: err.Error()}
	}
	text := wording.Of(err)
	for what, vi := range inVietnamese {
		if errors.Is(err, what) {
			text.VI = strings.Replace(err.Error(), what.Error(), vi, 1)
		}
	}
	return text
}

// inVietnamese is what can be wrong with a record.
var inVietnamese = map[error]string{
	ledger.ErrTorn:        "dòng ấy bị đứt, không có chỗ kết thúc",
	ledger.ErrUnread:      "không đọc được dòng ấy",
	ledger.ErrMissing:     "thiếu quyết định ấy: quyết định kế tiếp trong tệp có số lớn hơn",
	ledger.ErrOrder:       "số không nối tiếp: các dòng đã bị đổi chỗ",
	ledger.ErrChain:       "không nối tiếp dòng trước: dòng trước không còn là dòng đã có ở đó",
	ledger.ErrSignature:   "chữ ký không phải của máy này: dòng ấy đã bị sửa, hoặc do máy khác ghi",
	ledger.ErrGroup:       "một quyết định gồm nhiều dòng không còn đủ dòng",
	ledger.ErrCut:         "thiếu quyết định ấy: đầu sổ đã ký có ghi nó, nên phần cuối đã bị cắt",
	ledger.ErrRewritten:   "không phải quyết định mà đầu sổ đã ký ghi: phần trước nó đã bị viết lại",
	ledger.ErrOtherRecord: "bản sao khác có bản ghi khác cùng số này: một trong hai là giả, hoặc của lịch sử khác",
	ledger.ErrNotLinked:   "dòng ấy không nêu số nào của sổ",
	ledger.ErrKeyUnknown:  "không máy trung tâm nào được khóa gốc công nhận đã ký dòng ấy",
}

package finding_test

import (
	"errors"
	"fmt"
	"testing"

	"lachan/admin/ledger"
	"lachan/admin/ledger/finding"
)

// TestWhatIsWrongIsSaidInBothLanguages, of which Vietnamese has no word of the other.
func TestWhatIsWrongIsSaidInBothLanguages(t *testing.T) {
	f := func(err error, vi, en string) {
		t.Helper()
		if got := finding.Text(err); got.VI != vi || got.EN != en {
			t.Errorf("got %q, %q", got.VI, got.EN)
		}
	}
	f(fmt.Errorf("%w: %w", ledger.ErrUnread, errors.New("unexpected end")), "không đọc được dòng ấy", "it cannot be read: unexpected end")
	f(&ledger.Bad{Seq: 7, File: "00000001.jsonl", Line: 3, What: &ledger.Bad{What: ledger.ErrSignature}},
		"chữ ký không phải của máy này: dòng ấy đã bị sửa, hoặc do máy khác ghi", ledger.ErrSignature.Error())
	f(fmt.Errorf("%w: /srv/copy", ledger.ErrOtherRecord),
		"bản sao khác có bản ghi khác cùng số này: một trong hai là giả, hoặc của lịch sử khác: /srv/copy", ledger.ErrOtherRecord.Error()+": /srv/copy")
	for _, what := range []error{
		ledger.ErrTorn, ledger.ErrMissing, ledger.ErrOrder, ledger.ErrChain, ledger.ErrGroup, ledger.ErrCut,
		ledger.ErrRewritten, ledger.ErrNotLinked, ledger.ErrKeyUnknown,
	} {
		if got := finding.Text(what); got.VI == "" || got.VI == got.EN || got.EN != what.Error() {
			t.Errorf("%v: got %+v", what, got)
		}
	}
	f(errors.New("disk is full"), "disk is full", "disk is full")
}
